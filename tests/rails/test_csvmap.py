"""CSV by a map that a person made."""

import contextlib
import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.bank import columns, csvmap

REF = "RF18539007547034"
MAP = """
booked = "Buchungstag"
value = "Valuta"
day_form = "%d.%m.%Y"
amount = "Betrag"
decimal = ","
currency = "Währung"
text = ["Verwendungszweck", "Kundenreferenz"]
payer = "Name"
encoding = "cp1252"
delimiter = ";"
skip = 1
"""
ROWS = f"""Umsätze
Buchungstag;Valuta;Name;Verwendungszweck;Kundenreferenz;Betrag;Währung
18.01.2022;17.01.2022;Mina Example;"Spende; {REF}";;1.025,50;EUR
18.01.2022;18.01.2022;Landlord;Miete;;-300,00;EUR
19.01.2022;19.01.2022;Zoë;;{REF};5,00;EUR
19.01.2022;19.01.2022;Nobody;;;0,00;EUR
"""
GOOD = ROWS.encode("cp1252")


def parsed(rows=GOOD, source=MAP):
    (statement,) = csvmap.parse(rows, columns.read_map(source))
    return statement


def test_lines_are_read_by_the_map():
    statement = parsed()
    assert [(one.kind, one.amount, one.ref, one.payer) for one in statement.lines] == [
        ("credit", Money(102_550, "EUR"), REF, "Mina Example"),
        ("debit", Money(30_000, "EUR"), None, ""),
        ("credit", Money(500, "EUR"), REF, "Zoë"),
    ]
    assert statement.lines[0].day == dt.date(2022, 1, 17)
    assert (statement.since, statement.upto) == (dt.date(2022, 1, 18), dt.date(2022, 1, 19))
    assert not statement.checked


SMALL = 'booked="d"\ntext=["t"]\nonly_currency="EUR"\n'


def signed(row, source):
    return [
        (one.kind, one.amount.minor)
        for one in csvmap.parse(f"d,t,a,b\n2022-01-18,x,{row}\n".encode(), columns.read_map(SMALL + source))[0].lines
    ]


@pytest.mark.parametrize(
    ("row", "source", "told"),
    [
        ("5.00,", 'amount="a"', ("credit", 500)),
        ("+5,", 'amount="a"', ("credit", 500)),
        ("−5.1,", 'amount="a"', ("debit", 510)),
        ('"1,000.00",', 'amount="a"', ("credit", 100_000)),
        ("1'000.00,", 'amount="a"', ("credit", 100_000)),
        ("5.00,H", 'amount="a"\nmark="b"\ncredit_marks=["H"]\ndebit_marks=["S"]', ("credit", 500)),
        ("5.00,S", 'amount="a"\nmark="b"\ncredit_marks=["H"]\ndebit_marks=["S"]', ("debit", 500)),
        ("5.00,", 'credit="a"\ndebit="b"', ("credit", 500)),
        (",5.00", 'credit="a"\ndebit="b"', ("debit", 500)),
        (",-5.00", 'credit="a"\ndebit="b"', ("debit", 500)),
    ],
)
def test_every_way_to_tell_the_direction(row, source, told):
    assert signed(row, source) == [told]


@pytest.mark.parametrize(
    ("row", "source"),
    [
        ("-5.00,H", 'amount="a"\nmark="b"\ncredit_marks=["H"]\ndebit_marks=["S"]'),
        ("5.00,X", 'amount="a"\nmark="b"\ncredit_marks=["H"]\ndebit_marks=["S"]'),
        ("5.00,5.00", 'credit="a"\ndebit="b"'),
        (",", 'credit="a"\ndebit="b"'),
        ("-5.00,", 'credit="a"\ndebit="b"'),
        *[(f"{amount},", 'amount="a"') for amount in ("NaN", "1e5", "--5", "5-", "(5)", "0x5", "٥", "5.001", '"5,00"', '"1,00.00"', "", "9" * 16)],
    ],
)  # fmt: skip
def test_an_amount_that_does_not_fit_the_map_is_refused(row, source):
    with pytest.raises(InputError) as refused:
        signed(row, source)
    assert refused.value.hint_text()


@pytest.mark.parametrize(
    "rows",
    [
        b"", b"\n\n", ROWS.encode("utf-16"), GOOD.replace(b";", b","), GOOD.replace(b"Betrag", b"Summe"), GOOD.replace(b"Name", b"Betrag"),
        GOOD.replace(b"18.01.2022;18", b"2022-01-18;18"), GOOD.replace(b"Miete;", b"Miete"), GOOD.replace(b"Miete", b"Mi\0ete"),
        GOOD.replace(b'"Spende', b'"Spe"nde'), GOOD[: GOOD.index(b"18.01")], GOOD.replace(b"EUR", b"XTS"), GOOD.replace(b"Miete", b"x" * 200_000),
        b"\x81" + GOOD,
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_the_map_is_refused(rows):
    with pytest.raises(InputError) as refused:
        parsed(rows)
    assert refused.value.hint_text()


@pytest.mark.parametrize(
    "source",
    [
        "booked", "", SMALL, SMALL + 'amount="a"\ncredit="c"\ndebit="d"', SMALL + 'credit="c"', SMALL + 'amount="a"\nmark="m"',
        SMALL + 'amount="a"\ncurrency="c"', 'booked="d"\ntext=["t"]\namount="a"', SMALL + 'amount="a"\nunknown="x"', SMALL + "amount=5",
        SMALL + 'amount="a"\nskip=-1', SMALL + 'amount="a"\nskip=true', SMALL + 'amount="a"\nencoding="utf-7"', SMALL + 'amount="a"\ndecimal=";"',
        SMALL + 'amount="a"\ndelimiter=";;"', SMALL.replace('["t"]', '"t"') + 'amount="a"', SMALL.replace('["t"]', "[1]") + 'amount="a"',
    ],
)  # fmt: skip
def test_a_map_with_a_contradiction_is_refused(source):
    with pytest.raises(InputError) as refused:
        columns.read_map(source)
    assert refused.value.hint_text()


def test_the_template_names_every_column_and_can_be_filled_in():
    text = csvmap.decode(GOOD, "cp1252")
    names = csvmap.headers(text, columns.guess_delimiter(text), 1)
    assert names[0] == "Buchungstag"
    made = columns.template([*names, 'evil"\nbooked = "x'], ";", "cp1252", 1)
    assert tomllib.loads(made) | {"booked": "d", "text": ["t"], "amount": "a"}
    with pytest.raises(InputError):
        columns.read_map(made)
    filled = (
        made.replace('booked = ""', 'booked = "Buchungstag"')
        .replace('amount = ""', 'amount = "Betrag"')
        .replace('[""]', '["Name"]')
    )
    assert len(parsed(source=filled).lines) == 3
    assert tomllib.loads(columns.template(["a", "b"], "\t", "utf-8"))["delimiter"] == "\t"


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data):
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        damaged[at : at + data.draw(st.integers(0, 10))] = data.draw(
            st.binary(max_size=10) | st.sampled_from([b'"', b";", b"\n", b"-", b"\r"])
        )
    with contextlib.suppress(InputError):
        csvmap.parse(bytes(damaged), columns.read_map(MAP))


@given(st.text(max_size=80))
def test_any_map_text_is_read_or_refused(source):
    with contextlib.suppress(InputError):
        columns.read_map(source)
