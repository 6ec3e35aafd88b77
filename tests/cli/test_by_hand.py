"""Gifts that members enter: cash with a code on paper, and money that an exchange receipt values."""

import base64
import json
import re

import pytest

from panah.proof import leaf
from panah.seal.receipt import check_code, commitment

FUND = ("--fund", "lantern.invalid/2021", "--day", "2026-11-20")
SIG = {"sig": [["stand-in", "A" * 86 + "=="]]}


@pytest.fixture
def receipt(at):
    (at / "receipt.jpg").write_bytes(b"paper")
    return "receipt.jpg"


def test_a_code_for_the_giver_is_shown_once_and_only_its_commitment_is_signed(run, at):
    code, out, err = run("member", "write", "cash-gift", *FUND, "--amount", "50 EUR", "--new-code")
    assert code == 0, err
    body = json.loads((at / "cash-gift.json").read_text())
    leaf.check(body | SIG, statement=True)
    shown = check_code(re.search(r"Receipt code: ([0-9 ]+)", out)[1])
    assert base64.b64decode(body["rc"]) == commitment(shown)
    assert shown not in (at / "cash-gift.json").read_text()


def test_an_exchange_is_two_files_over_one_receipt(run, at, receipt):
    gifts = ("--gift", "5000 AFN 2026-11-18", "--gift", "3000 AFN 2026-11-19")
    rest = ("--received", "104.23 EUR", "--to", "assets:bank", "--receipt", receipt)
    code, _, err = run("member", "write", "exchange", *FUND, "--rail", "cash", *gifts, *rest)
    assert code == 0, err
    body, settle = (json.loads((at / name).read_text()) for name in ("exchange.json", "exchange.settle.json"))
    leaf.check(body | SIG, statement=True)
    leaf.check(settle | SIG)
    assert (body["out"], body["in"], len(body["gifts"])) == (800_000, 10_423, 2)
    assert (settle["from"], settle["out"], settle["to"], settle["in"]) == (
        "assets:cash",
        800_000,
        "assets:bank",
        10_423,
    )


@pytest.mark.parametrize("gift", ["5000 AFN", "5000 AFN yesterday", "5000 AFN 2026-11-18 name=x", "x AFN 2026-11-18"])
def test_what_is_no_gift_is_told_with_an_example(run, receipt, gift):
    rest = ("--received", "1 EUR", "--to", "assets:bank", "--receipt", receipt)
    code, _, err = run("member", "write", "exchange", *FUND, "--rail", "cash", "--gift", gift, *rest)
    assert code == 2
    assert "Write for example" in err or "Type a number" in err


def test_gifts_of_two_currencies_have_two_receipts(run, receipt):
    gifts = ("--gift", "5000 AFN 2026-11-18", "--gift", "3000 PKR 2026-11-19")
    rest = ("--received", "104.23 EUR", "--to", "assets:bank", "--receipt", receipt)
    code, _, err = run("member", "write", "exchange", *FUND, "--rail", "cash", *gifts, *rest)
    assert code == 2
    assert "each receipt" in err
