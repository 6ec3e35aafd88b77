"""Hostile and clumsy input: a clear error, or the amount that was meant; never anything in between."""

import base64
import datetime as dt
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import InputError, PanahError
from panah.seal.receipt import commitment, new_code
from panah.site.gifts.forms import (
    LIMIT,
    FormError,
    Receipt,
    is_gift_id,
    read_gift,
    read_payment,
    read_receipt_code,
)
from panah.storage.rows import new_gift_id

RAILS = {"bank": {}, "fake": {}}


def form(**changes):
    fields = {"gift": new_gift_id(dt.date(2022, 1, 18)), "amount": "25", "rail": "fake", "code": new_code()} | changes
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def read(**changes):
    return read_gift(form(**changes), "EUR", RAILS)


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("25", 2500),
        ("25.5", 2550),
        ("25,50", 2550),
        ("۲۵٫۵۰", 2550),
        ("٢٥", 2500),
        ("1,000", 100000),
        ("1.000,00", 100000),
        (" 25 ", 2500),
        ("\u200f۲۵\u200f", 2500),
        ("1 000", 100000),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed, minor):
    assert read(amount=typed).amount.minor == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "-5",
        "+5",
        "1e3",
        "1E9",
        "0x10",
        "NaN",
        "inf",
        "9" * 30,
        "25\u202e52",
        "2\u200f5",
        "25.5555",
        "½",
        "²5",
        "1,00,0",
        "25 EUR; DROP TABLE",
        "<script>",
        "\ud7ff",
        "१२三",
        "0.00",
        "٫",
        ".",
        ",",
    ],
)
def test_what_is_no_amount_is_an_error_of_that_field(typed):
    with pytest.raises(FormError) as caught:
        read(amount=typed)
    assert list(caught.value.problems) == ["amount"]
    assert caught.value.typed["amount"] == typed


def test_every_problem_is_named_at_once_and_nothing_typed_is_lost():
    with pytest.raises(FormError) as caught:
        read(amount="x", rail="gold", rest="yes")
    assert set(caught.value.problems) == {"amount", "rail"}
    assert caught.value.typed["rest"] == "yes"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"amount=%ff&gift=a", b"a=b", b"amount=1&amount=2", b"x" * (LIMIT + 1), b"&" * 4000, b"%00=1"],
)
def test_what_no_browser_sends_is_refused_whole(body):
    with pytest.raises(InputError):
        read_gift(body, "EUR", RAILS)


@pytest.mark.parametrize("gift", ["", "1", "../../etc", "A" * 32, "0" * 33, "' OR 1=1 --", "0" * 31 + "\n", "۰" * 32])
def test_a_tampered_id_is_refused(gift):
    assert not is_gift_id(gift)
    with pytest.raises(InputError):
        read(gift=gift)


@pytest.mark.parametrize("field", ["amount", "rail", "gift", "code", "rc", "rest"])
def test_a_nul_character_is_refused_anywhere(field):
    with pytest.raises(InputError):
        read(**{field: "2\x005"})


def test_the_browser_may_keep_the_code_and_send_its_commitment():
    code = new_code()
    sent = base64.b64encode(commitment(code)).decode()
    assert read(code=None, rc=sent).rc == read(code=code).rc
    assert read(code="", rc=sent).code == ""


@pytest.mark.parametrize("rc", ["AAAA", "not base64!", base64.b64encode(bytes(31)).decode(), "é"])
def test_a_commitment_of_another_shape_is_refused(rc):
    with pytest.raises(InputError):
        read(code=None, rc=rc)


def test_a_code_and_a_commitment_together_are_refused():
    # Else a page could show one code and commit to another.
    with pytest.raises(InputError):
        read(rc=base64.b64encode(bytes(32)).decode())


def test_a_code_never_shows_in_what_could_be_logged():
    code = new_code()
    assert code not in repr(read(code=code))
    with pytest.raises(FormError) as caught:
        read_receipt_code(urlencode({"code": code[:-1] + str((int(code[-1]) + 1) % 10)}).encode())
    assert code[:20] not in repr(caught.value) + str(caught.value.problems) + str(caught.value.typed)


def test_a_receipt_code_may_be_typed_with_persian_digits_and_gaps():
    code = new_code()
    persian = " ".join(code).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert read_receipt_code(urlencode({"code": persian}).encode()) == Receipt(code, "", "", "")


@pytest.mark.parametrize("body", [b"do=steal", b"do=pay&amount=1", b"", b"do=pay&do=fail"])
def test_the_demo_pays_or_fails_and_knows_nothing_else(body):
    with pytest.raises(InputError):
        read_payment(body)


@given(st.binary(max_size=200))
def test_any_bytes_at_all_end_in_a_gift_or_a_known_error(body):
    for reader in (lambda: read_gift(body, "EUR", RAILS), lambda: read_receipt_code(body), lambda: read_payment(body)):
        try:
            reader()
        except PanahError:
            continue
