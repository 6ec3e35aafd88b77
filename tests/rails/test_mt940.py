"""MT940 as German and other banks write it."""

import contextlib
import datetime as dt
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.bank import mt940
from panah.rails.bank.camtentry import CAME_BACK, NO_DETAILS, REVERSED_DEBIT

REF = "RF18539007547034"
HEAD = ":20:STARTUMS\n:25:37040044/0532013000EUR\n:28C:1/1\n:60F:C220117EUR1000,00\n"
CREDIT = f""":61:2201180118CR25,50NTRFNONREF//B123
:86:166?00GUTSCHRIFT?20EREF+NOTPROVIDED?21SVWZ+Spende {REF[:8]}?22{REF[8:]} danke?30COBADEFF?31DE02120300000000202051?32MINA EXAMPLE
"""
RETURN = """:61:2201180118DR10,00NRTINONREF//B124
:86:159?00RETOURE?20SVWZ+Konto erloschen?32SOMEBODY
"""
DEBIT = """:61:2201180118D5,00NMSCNONREF//B125
:86:117?00LASTSCHRIFT?20SVWZ+Strom?32POWER CO
"""
FOOT = ":62F:C220118EUR{}\n-\n"
GOOD = (HEAD + CREDIT + RETURN + DEBIT + FOOT.format("1010,50")).encode()


def one(text):
    (statement,) = mt940.parse(text.encode() if isinstance(text, str) else text)
    return statement


def test_a_statement_gives_lines_balances_and_references():
    statement = one(GOOD)
    assert [(line.kind, line.amount.plain(), line.ref) for line in statement.lines] == [
        ("credit", "25.50", REF),
        ("return", "10.00", None),
        ("debit", "5.00", None),
    ]
    assert statement.account == "37040044/0532013000EUR"
    assert (statement.opening, statement.closing) == (Money(100_000, "EUR"), Money(101_050, "EUR"))
    assert statement.upto == dt.date(2022, 1, 18)
    assert statement.checked
    assert statement.lines[0].payer == "MINA EXAMPLE"
    assert statement.lines[2].payer == statement.lines[2].text == ""


def test_reversal_marks_are_corrections():
    text = (
        HEAD
        + ":61:2201180118RC25,50NTRFNONREF//B1\n:86:x\n:61:2201180118RD5,00NTRFNONREF//B2\n:86:y\n"
        + FOOT.format("979,50")
    )
    assert [(line.kind, line.doubt) for line in one(text).lines] == [("correction", ""), ("credit", REVERSED_DEBIT)]


def test_a_returned_payment_of_the_fund_is_no_gift():
    text = HEAD + ":61:2201180118C10,00NRTINONREF//B1\n:86:x\n" + FOOT.format("1010,00")
    assert one(text).lines[0].doubt == CAME_BACK


def test_a_batch_is_a_question_for_a_person():
    text = HEAD + ":61:2201180118C10,00NTRFNONREF//B1\n:86:191?00SAMMLER?20ANZAHL 12\n" + FOOT.format("1010,00")
    assert one(text).lines[0].doubt == NO_DETAILS


def test_unstructured_details_hold_a_reference_too():
    text = HEAD + f":61:2201180118C10,00NTRFNONREF\n:86:/REMI/{REF[:10]}\n{REF[10:]} thanks\n" + FOOT.format("1010,00")
    assert one(text).lines[0].ref == REF


def test_several_statements_and_line_ends_of_any_kind():
    both = (GOOD.decode() + GOOD.decode()).replace("\n", "\r\n")
    assert len(mt940.parse(both.encode())) == 2
    assert one(b"\xef\xbb\xbf" + GOOD).lines == one(GOOD).lines
    assert one(GOOD.replace(b"MINA", "ZOË".encode("cp1252"))).lines[0].payer == "ZOË EXAMPLE"


def test_ids_stay_when_other_days_are_exported():
    alone = one(HEAD + CREDIT + FOOT.format("1025,50"))
    assert alone.lines[0].bank_id == one(GOOD).lines[0].bank_id


@pytest.mark.parametrize(
    "text",
    [
        HEAD + CREDIT + FOOT.format("1025,51"),
        HEAD + CREDIT,
        CREDIT,
        HEAD.replace(":25:37040044/0532013000EUR\n", "") + CREDIT + FOOT.format("1025,50"),
        HEAD + CREDIT.replace("25,50", "25,505") + FOOT.format("1025,51"),
        HEAD + CREDIT.replace("25,50", ",") + FOOT.format("1000,00"),
        HEAD + CREDIT.replace("25,50", "2,5,50") + FOOT.format("1025,50"),
        HEAD.replace("EUR", "XTS") + CREDIT + FOOT.format("1025,50").replace("EUR", "XTS"),
        HEAD + CREDIT.replace("220118", "221318", 1) + FOOT.format("1025,50"),
        HEAD + ":61:2201180118C1,00\n:61:2201180118C25,50NTRFNONREF\n" + FOOT.format("1025,50"),
        HEAD + CREDIT.replace("danke", "\0") + FOOT.format("1025,50"),
        "", ":20:", ":20:x\n:61:", "hello", ":99:x",
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(text):
    with pytest.raises(InputError) as refused:
        mt940.parse(text.encode())
    assert refused.value.hint_text()


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(InputError):
        mt940.parse(GOOD + b" " * mt940.LIMIT)


def test_the_name_of_a_file_is_not_opened(tmp_path):
    path = tmp_path / "statement"
    path.write_bytes(GOOD)
    with pytest.raises(InputError):
        mt940.parse(str(path).encode())


def test_neither_errors_nor_logs_quote_the_statement(caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InputError) as refused:
        mt940.parse(GOOD.replace(b"2201180118CR", b"MINA EXAMPLE"))
    assert "MINA" not in refused.value.text() + caplog.text
    assert refused.value.__suppress_context__


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data):
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        damaged[at : at + data.draw(st.integers(0, 10))] = data.draw(
            st.binary(max_size=10) | st.sampled_from([b"\n:61:", b"?20", b"\n:62F:", b"+", b",", b"//", b":20:\n"])
        )
    with contextlib.suppress(InputError):
        mt940.parse(bytes(damaged))
