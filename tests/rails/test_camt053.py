"""camt.053 in the shapes that banks send it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.bank import camt053, camtentry
from panah.rails.bank.reference import new_reference
from tests.rails.camt_lab import DAY, Batch, Transfer, make_camt, make_statement, wrap

VERSIONS = [f"{number:02}" for number in range(2, 14)]
REF = "RF18539007547034"


def lines_of(entries, **kwargs):
    (statement,) = camt053.parse(make_camt(entries, **kwargs))
    return statement.lines


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_same_lines(version):
    entries = [
        Transfer(2500, ref=REF, value=dt.date(2022, 1, 17)),
        Batch((Transfer(100), Transfer(200, text="two"))),
        Transfer(700, credit=False),
    ]
    (statement,) = camt053.parse(make_camt(entries, version=version))
    assert [(one.kind, one.amount.minor, one.ref) for one in statement.lines] == [
        ("credit", 2500, REF),
        ("credit", 100, None),
        ("credit", 200, None),
        ("debit", 700, None),
    ]
    assert statement.lines[0].day == dt.date(2022, 1, 17)
    assert statement.lines[0].booked == DAY
    assert statement.account == "DE89370400440532013000"
    assert (statement.opening, statement.closing) == (Money(100_000, "EUR"), Money(102_100, "EUR"))
    assert statement.checked
    assert statement.upto == DAY


@pytest.mark.parametrize("version", VERSIONS)
def test_a_payer_is_found_in_every_version(version):
    assert lines_of([Transfer(1, payer="Mina & Co")], version=version)[0].payer == "Mina & Co"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("01", "camt.053.001"),
        ("14", "camt.053.001"),
        ("08", "camt.052.001"),
        ("08", "camt.054.001"),
        ("09", "pain.001.001"),
    ],
)
def test_other_messages_and_versions_are_refused_with_a_hint(version, message):
    with pytest.raises(InputError) as refused:
        camt053.parse(wrap(make_statement([Transfer(1)]), version, message=message))
    assert refused.value.hint_text()


def test_a_batch_of_forty_is_split():
    parts = tuple(Transfer(100 + n, ref=new_reference()) for n in range(40))
    found = lines_of([Batch(parts, own="B1")])
    assert [(one.amount.minor, one.ref) for one in found] == [(part.minor, part.ref) for part in parts]
    assert len({one.bank_id for one in found}) == 40


def test_equal_transfers_in_a_batch_stay_apart():
    found = lines_of([Batch((Transfer(100), Transfer(100), Transfer(100)))])
    assert len({one.bank_id for one in found}) == 3


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_batch_that_does_not_add_up_stays_whole(version):
    (found,) = lines_of([Batch((Transfer(100, ref=REF), Transfer(200)), total=301)], version=version)
    assert (found.amount.minor, found.ref, found.doubt) == (301, None, camtentry.NOT_ADDING_UP)


def test_a_batch_without_its_transfers_stays_whole():
    (found,) = lines_of([Batch((Transfer(100), Transfer(200)), details=False)])
    assert (found.amount.minor, found.doubt) == (300, camtentry.NO_DETAILS)


def test_a_batch_may_hold_a_transfer_the_other_way():
    found = lines_of([Batch((Transfer(500), Transfer(100, credit=False, returned=True)))])
    assert [(one.kind, one.amount.minor) for one in found] == [("credit", 500), ("return", 100)]


def test_a_return_and_a_correction_are_recognised():
    entries = [
        Transfer(900, returned=True, credit=False),
        Transfer(800, reversal=True, credit=False),
        Transfer(700, credit=False),
    ]
    assert [one.kind for one in lines_of(entries)] == ["return", "correction", "debit"]


def test_money_that_comes_back_to_the_fund_is_no_gift():
    entries = [Transfer(900, returned=True, ref=REF), Transfer(800, reversal=True)]
    assert [one.doubt for one in lines_of(entries)] == [camtentry.CAME_BACK, camtentry.REVERSED_DEBIT]


@pytest.mark.parametrize("code", ["RRTN", "RPCR"])
def test_a_return_is_known_by_its_transaction_code(code):
    data = make_camt([Transfer(900, credit=False)]).replace(b"ESCT", code.encode())
    assert camt053.parse(data)[0].lines[0].kind == "return"


def test_pending_entries_are_counted_and_left_out():
    (statement,) = camt053.parse(make_camt([Transfer(1), Transfer(2, status="PDNG")]))
    assert [one.amount.minor for one in statement.lines] == [1]
    assert statement.pending == 1


def test_an_amount_sent_in_another_currency_counts_as_what_arrived():
    (found,) = lines_of([Transfer(1105, foreign="USD 12.34")], version="02")
    assert found.amount == Money(1105, "EUR")


def test_a_currency_without_decimals_is_exact():
    data = make_camt([Transfer(2500)], currency="JPY")
    assert camt053.parse(data)[0].lines[0].amount == Money(25, "JPY")


def test_a_reference_in_free_text_is_found():
    assert lines_of([Transfer(1, ref="rf18 5390\n0754 7034", structured=False, text="Spende")])[0].ref == REF


def test_payees_of_the_fund_are_not_kept():
    (found,) = lines_of([Transfer(1, credit=False, text="rent", payer="Landlord")])
    assert found.text == found.payer == ""


def test_several_statements_in_one_file():
    both = make_statement([Transfer(1)]) + make_statement([Transfer(2)], ident="2", opening=100_001)
    assert [one.lines[0].amount.minor for one in camt053.parse(wrap(both))] == [1, 2]


def test_a_statement_that_does_not_add_up_is_refused():
    with pytest.raises(InputError, match="does not add up"):
        camt053.parse(make_camt([Transfer(1)], closing=100_002))


def test_one_page_of_several_is_not_checked():
    data = make_camt([Transfer(1)], closing=999_999)
    paged = data.replace(
        b"</CreDtTm><Acct>", b"</CreDtTm><StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><Acct>"
    )
    assert not camt053.parse(paged)[0].checked


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_read(encoding):
    assert lines_of([Transfer(1, payer="Zoë Müller")], encoding=encoding)[0].payer == "Zoë Müller"


@given(st.data())
def test_a_split_batch_has_the_total_of_its_entry(data):
    parts = data.draw(
        st.lists(st.builds(Transfer, st.integers(1, 10**9), credit=st.booleans()), min_size=2, max_size=12)
    )
    off = data.draw(st.sampled_from([0, 0, 1]))
    batch = Batch(tuple(parts))
    if batch.minor + off <= 0:
        batch = Batch((*parts, Transfer(2 * 10**10)))
    batch = Batch(batch.parts, total=batch.minor + off)
    version = data.draw(st.sampled_from(["04", "08", "13"]))
    found = lines_of([batch], version=version)
    assert sum(one.signed() for one in found) == batch.minor
    assert len(found) == (1 if off else len(batch.parts))


@given(st.permutations([Transfer(n % 3 + 1, text=f"t{n % 4}", own=f"A{n}" if n % 2 else "") for n in range(9)]))
def test_ids_do_not_depend_on_the_order_in_the_file(entries):
    ordered = sorted(entries, key=repr)
    assert {one.bank_id for one in lines_of(entries)} == {one.bank_id for one in lines_of(ordered)}


def test_ids_stay_when_the_bank_exports_other_days_or_another_version():
    day_two = Transfer(500, text="gift", own="", day=dt.date(2022, 1, 19))
    early = lines_of([Transfer(1), day_two], upto=dt.date(2022, 1, 19))
    late = lines_of([day_two, Transfer(3)], version="02", ident="77")
    assert early[1].bank_id == late[0].bank_id
