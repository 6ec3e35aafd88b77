"""Receipt codes: typing errors are caught, and the vectors hold that the browser code reads too."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import InputError
from panah.seal import receipt

VECTORS = json.loads((pathlib.Path(__file__).parents[1] / "vectors" / "receipt.json").read_text())
codes = st.text("0123456789", min_size=26, max_size=26).map(lambda digits: digits + receipt.check_digit(digits))


def test_new_codes_have_27_digits_pass_and_differ():
    fresh = {receipt.new_code() for _ in range(50)}
    assert len(fresh) == 50
    assert all(receipt.check_code(code) == code and code.isascii() for code in fresh)


@given(codes, st.integers(0, 26), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(code, place, shift):
    wrong = str((int(code[place]) + shift) % 10)
    with pytest.raises(InputError):
        receipt.check_code(code[:place] + wrong + code[place + 1 :])


@given(codes, st.integers(0, 25))
def test_swapped_neighbours_are_always_caught(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(InputError):
            receipt.check_code(swapped)


def test_the_table_is_a_totally_antisymmetric_quasigroup():
    table = [[int(digit) for digit in row] for row in receipt._DAMM]
    digits = range(10)
    assert all(sorted(row) == list(digits) for row in table)
    assert all(sorted(column) == list(digits) for column in zip(*table, strict=True))
    for x in digits:
        for y in range(x):
            assert table[x][y] != table[y][x]
            assert all(table[table[state][x]][y] != table[table[state][y]][x] for state in digits)


@given(
    codes, st.sampled_from(["۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "0123456789"]), st.sampled_from([" ", "-", "–", "\u200f", "\n"])
)
def test_a_code_may_be_typed_in_the_digits_and_groups_of_its_reader(code, script, gap):
    typed = receipt.group(code).translate(str.maketrans("0123456789", script)).replace(" ", gap)
    assert receipt.check_code(typed) == code


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_a_sentence_that_does_not_repeat_it(text):
    try:
        code = receipt.check_code(text)
    except InputError as error:
        spoken = error.text() + error.hint_text()
        assert len(text.strip()) < 4 or text.strip() not in spoken
    else:
        assert len(code) == 27


def test_groups_are_nine_threes():
    assert receipt.group("012345678901234567890123457") == "012 345 678 901 234 567 890 123 457"


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["code"][:6])
def test_shared_vectors_hold(vector):
    assert receipt.check_code(vector["shown"]) == vector["code"]
    assert receipt.gift_secret(vector["code"]).hex() == vector["secret_hex"]
    assert base64.b64encode(receipt.commitment(vector["code"])).decode() == vector["rc_b64"]


@pytest.mark.parametrize("vector", VECTORS["vectors"][:3], ids=lambda vector: vector["code"][:6])
def test_the_derivation_is_plain_hkdf_written_out_by_hand(vector):
    extracted = hmac.digest(bytes(32), vector["code"].encode(), "sha256")
    secret = hmac.digest(extracted, b"panah/1/gift-receipt\x01", "sha256")
    assert secret.hex() == vector["secret_hex"]
    committed = hashlib.sha256(b"panah/1/receipt\0" + secret).digest()
    assert base64.b64encode(committed).decode() == vector["rc_b64"]


def test_the_published_table_is_the_one_in_use():
    assert tuple(VECTORS["damm"]) == receipt._DAMM


@pytest.mark.parametrize("entry", VECTORS["typed"])
def test_shared_spellings_are_read(entry):
    assert receipt.check_code(entry["typed"]) == entry["code"]


@pytest.mark.parametrize("typed", VECTORS["refused"])
def test_shared_mistakes_are_refused(typed):
    with pytest.raises(InputError):
        receipt.check_code(typed)
