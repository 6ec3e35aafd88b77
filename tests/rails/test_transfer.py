"""What a giver is told to type, and the QR code that types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.bank.epc import check_bic, check_iban, epc_text
from panah.rails.bank.latin import transliterate
from panah.rails.bank.rail import BankRail
from panah.rails.base import GiftOrder

IBAN, BIC, REF = "DE89370400440532013000", "COBADEFFXXX", "RF18539007547034"
SEPA = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
AMOUNT = Money(2550, "EUR")
CHARTER = {"payee": "Refuge Circle e.V.", "iban": IBAN, "bic": BIC}


def told(charter=CHARTER, amount=AMOUNT):
    return BankRail().instructions(GiftOrder("g", amount, REF, "fa"), charter)


def test_lines_stand_in_the_order_of_a_banks_form():
    assert [(line.name, line.shown, line.copied) for line in told().lines] == [
        ("payee", "Refuge Circle e.V.", "Refuge Circle e.V."),
        ("iban", "DE89 3704 0044 0532 0130 00", IBAN),
        ("bic", BIC, BIC),
        ("amount", "25.50 EUR", "25.50"),
        ("reference", "RF18 5390 0754 7034", REF),
    ]


def test_the_code_is_what_epc069_12_says():
    assert told().qr_text == f"BCD\n002\n1\nSCT\n{BIC}\nRefuge Circle e.V.\n{IBAN}\nEUR25.50\n\n{REF}"


def test_without_a_bic_its_line_is_left_out_and_empty_in_the_code():
    made = told({"payee": "Refuge", "iban": IBAN})
    assert "bic" not in [line.name for line in made.lines]
    assert made.qr_text.split("\n")[4] == ""


def test_other_currencies_have_lines_and_no_code():
    made = told(amount=Money(2550, "CHF"))
    assert made.lines[-2].copied == "25.50"
    assert made.qr_text == ""


def test_a_payee_is_shown_as_written_and_copied_as_banks_carry_it():
    assert (
        told({"payee": "پناه e.V.", "iban": IBAN}).lines[0].shown,
        told({"payee": "پناه e.V.", "iban": IBAN}).lines[0].copied,
    ) == ("پناه e.V.", "pnah e.V.")


def test_the_code_fits_its_largest_size():
    text = epc_text("W" * 70, IBAN, Money(99_999_999_999, "EUR"), REF, BIC)
    assert len(text.encode()) <= 331


@pytest.mark.parametrize(
    "iban", ["DE88370400440532013000", "DE8937040044053201300", "", "GB82", "DE٨٩370400440532013000"]
)
def test_a_wrong_iban_is_refused(iban):
    with pytest.raises(InputError):
        check_iban(iban)


def test_an_iban_and_a_bic_may_be_written_with_spaces():
    assert check_iban("de89 3704 0044 0532 0130 00") == IBAN
    assert check_bic("coba de ff") == "COBADEFF"


@pytest.mark.parametrize("bic", ["COBA", "COBADEFFXXXX", "C0BADEFF!"])
def test_a_wrong_bic_is_refused(bic):
    with pytest.raises(InputError):
        check_bic(bic)


def test_the_code_refuses_what_banks_would():
    for amount in (Money(0, "EUR"), Money(100_000_000_000, "EUR"), Money(5, "CHF")):
        with pytest.raises(InputError):
            epc_text("A", IBAN, amount, REF)
    with pytest.raises(InputError):
        epc_text("A", IBAN, Money(1, "EUR"), "RF19539007547034")
    with pytest.raises(InputError):
        epc_text("A" * 71, IBAN, Money(1, "EUR"), REF)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Müller & Söhne", "Muller + Sohne"), ("Straße Øst Łódź", "Strasse Ost Lodz"), ("İstanbul", "Istanbul"),
        ("صندوق همبستگی", "snduq hmbstgi"), ("پښتو", "pshtu"), ("چراغ‌دان", "chragh dan"),
        ("۱۲۳ ٤٥", "123 45"), ("“Hope” – now", "'Hope' - now"), ("A\tB", "A B"), ("e\u0301", "e"), ("ﬁ", "fi"),
    ],
)  # fmt: skip
def test_names_are_spelled_for_banks(text, spelled):
    assert transliterate(text) == spelled


@pytest.mark.parametrize("text", ["", "  ", "***", "基金", "Фонд", "Refuge 基"])
def test_a_name_that_would_lose_letters_is_refused(text):
    with pytest.raises(InputError) as refused:
        transliterate(text)
    assert refused.value.hint_text()


@given(st.text())
def test_a_spelled_name_holds_nothing_else(text):
    try:
        spelled = transliterate(text)
    except InputError:
        return
    assert set(spelled) <= SEPA
    assert transliterate(spelled) == spelled
