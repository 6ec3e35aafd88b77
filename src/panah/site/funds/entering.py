"""Gifts that members enter by hand: cash, and money that only an exchange receipt values.

Promises: entered once, whoever sends the statement again; what is past the goal is held, as with every gift that
can't be refused; an exchange's parts are its whole, and one receipt values one exchange.
"""

from __future__ import annotations

import datetime as dt
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from panah.core.fund import Act, State, require
from panah.core.rates import receipt_rate
from panah.errors import N_, RefusedError
from panah.proof.note import decode_base64, encode_base64
from panah.proof.signature import signing_bytes
from panah.rails.registry import PUSH
from panah.site.gifts.banking import accepted_by, gift_for, remember_line
from panah.site.gifts.booking import Arrival, book
from panah.site.gifts.foreign import fix_rate, is_foreign, rate_on, rates_of, split_worth
from panah.storage.rows import GiftRow, new_gift_id

if TYPE_CHECKING:
    from panah.site.funds.setting import Setting
    from panah.storage.batch import Batch


def cash_gift(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    _require_rail(batch, "cash", body["cur"])
    _require_free(batch, [body.get("rc", "")])
    day = dt.date.fromisoformat(body["day"])
    rates = rates_of(setting.fund.home)
    if is_foreign(batch, body["cur"]) and rate_on(batch, rates, body["cur"], day) is None:
        known = body["cur"] in rates.quoted
        raise RefusedError(
            N_("What %(currency)s was worth on that day is not known here."),
            hint=N_("Import the ECB's newest file: panah site rates FILE.")
            if known
            else N_("The ECB does not quote it: panah member write exchange, once it is exchanged."),
            currency=body["cur"],
        )
    row = _new_row(batch, "cash", body["cur"], body, setting.today)
    fix_rate(batch, row, rates, day)
    _book(batch, row, body["amount"], day, _hash_of(body), setting.today)


def exchange(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    own = accepted_by(batch)[0]
    _require_rail(batch, body["rail"], body["cur"])
    _check_sums(body, own)
    source = f"receipt:{decode_base64(body['receipt']).hex()[:16]}"
    if batch.query("SELECT 1 FROM storage_gift WHERE source = %s", [source]):
        raise RefusedError(N_("This receipt was entered already."))
    _require_free(batch, [gift.get("rc", "") for gift in body["gifts"]])
    _require_new_lines(batch, body["gifts"])
    rate, listed = receipt_rate(body["out"], body["cur"], body["in"], own), _hash_of(body)
    for gift in body["gifts"]:
        day = dt.date.fromisoformat(gift["day"])
        if "ref" in gift:
            row = gift_for(batch, gift | {"cur": body["cur"]}, setting.today)
        else:
            row = _new_row(batch, body["rail"], body["cur"], gift, setting.today)
        row.rate, row.source = rate, source
        _book(batch, row, gift["amount"], day, listed, setting.today)
        if "line" in gift:
            remember_line(batch, gift | {"kind": "credit"}, decode_base64(gift["line"]), row.id, listed)


def _require_rail(batch: Batch, rail: str, currency: str) -> None:
    require(State(batch.counter.state), Act.BOOK)
    rails: Any = batch.rules.charter["rails"]
    if rail not in rails or rail not in PUSH:
        raise RefusedError(N_("The charter names no such rail, or money on it is not entered by hand."))
    if currency not in accepted_by(batch):
        raise RefusedError(
            N_("The charter accepts no %(cur)s."),
            hint=N_("Two members amend it first: accepts under [fund]."), cur=currency,
        )  # fmt: skip


def _check_sums(body: dict[str, Any], own: str) -> None:
    if body["into"] != own or body["cur"] == own:
        raise RefusedError(N_("An exchange leads from another currency into the fund's own."))
    if sum(gift["amount"] for gift in body["gifts"]) != body["out"]:
        raise RefusedError(N_("The gifts of this exchange are not its sum."))
    if any(gift["day"] > body["day"] for gift in body["gifts"]):
        raise RefusedError(N_("A gift of this exchange came after it."))


def _require_free(batch: Batch, commitments: list[str]) -> None:
    codes = [decode_base64(rc) for rc in commitments if rc]
    doubled = len(set(codes)) != len(codes)
    if doubled or any(batch.query("SELECT 1 FROM storage_gift WHERE rc = %s", [code]) for code in codes):
        raise RefusedError(
            N_("This receipt code belongs to another gift."), hint=N_("Hand a new code to the giver for each gift.")
        )


def _require_new_lines(batch: Batch, gifts: list[dict[str, Any]]) -> None:
    lines = [decode_base64(gift["line"]) for gift in gifts if "line" in gift]
    doubled = len(set(lines)) != len(lines)
    if doubled or any(batch.query("SELECT 1 FROM storage_bankline WHERE line = %s", [line]) for line in lines):
        raise RefusedError(N_("A line of the bank's statement is booked already."))


def _new_row(batch: Batch, rail: str, currency: str, entry: dict[str, Any], today: dt.date) -> GiftRow:
    # Without a code nobody can claim it as theirs.
    commitment = decode_base64(entry["rc"]) if "rc" in entry else secrets.token_bytes(32)
    row = GiftRow(new_gift_id(today), rail, currency, entry["amount"], False, commitment, None, today)
    batch.add_gift(row)
    return row


def _book(batch: Batch, row: GiftRow, amount: int, day: dt.date, listed: str, today: dt.date) -> None:
    counted, _ = split_worth(batch, row, amount)
    book(batch, row, Arrival(amount, counted, day, listed), today)
    batch.counter.face += 1


def _hash_of(body: dict[str, Any]) -> str:
    return encode_base64(sha256(signing_bytes(body)).digest())
