"""The list for the site: same bytes for two treasurers, doubles harmless, nothing lost, no names."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import InputError, PanahError
from panah.proof import canonical, leaf
from panah.rails.bank import camt053, droprules, lines, listing, unmatched
from panah.rails.bank.camtentry import NOT_ADDING_UP
from tests.rails.camt_lab import DAY, Batch, Transfer, make_camt
from tests.rails.listing_lab import REFS, SALT, build, listed, read


def test_a_matched_credit_is_listed_without_a_name():
    made = listed(Transfer(2500, ref=REFS[0], payer="Mina Example", text="for Sara", value=dt.date(2022, 1, 17)))
    (row,) = made.body["lines"]
    assert row == {
        "line": row["line"],
        "kind": "credit",
        "cur": "EUR",
        "amount": 2500,
        "day": "2022-01-17",
        "ref": REFS[0],
    }
    assert "Mina" not in json.dumps(made.body)
    assert not made.waiting
    assert (made.counts.credits, made.counts.total, made.counts.matched) == (1, 2500, 1)


def test_the_body_is_a_statement_of_the_log():
    made = listed(Transfer(2500, ref=REFS[0]), Transfer(5, credit=False))
    leaf.check(made.body | {"sig": [["sara", "x"]]}, statement=True)
    assert leaf.kind(made.body) == "bank-list"


def test_an_empty_list_says_up_to_when_the_bank_was_read():
    assert listed().body["lines"] == []


def test_without_a_reference_a_credit_waits_for_a_person():
    made = listed(Transfer(2500, text="hello"))
    assert made.body["lines"] == []
    assert [(one.reason, one.line.text) for one in made.waiting] == [(listing.NO_REFERENCE, "hello")]


def test_a_doubtful_credit_waits_even_with_a_reference():
    made = listed(Batch((Transfer(1, ref=REFS[0]), Transfer(1)), total=3), Transfer(4, ref=REFS[1], returned=True))
    assert made.body["lines"] == []
    assert {one.reason for one in made.waiting} >= {NOT_ADDING_UP}
    assert len(made.waiting) == 2


def test_another_currency_waits_for_a_person():
    made = build(read(make_camt([Transfer(100, ref=REFS[0])], currency="CHF")))
    (waiting,) = made.waiting
    assert waiting.reason == listing.OTHER_CURRENCY
    again = build(
        read(make_camt([Transfer(100, ref=REFS[0])], currency="CHF")), decisions={waiting.line_id: listing.GIFT}
    )
    assert again.waiting == made.waiting
    assert not build([waiting.line], decisions={waiting.line_id: listing.NOT_A_GIFT}).waiting
    settled = unmatched.settle(unmatched.renew((), made.waiting), 1, listing.GIFT)
    assert [(one.number, one.decision) for one in unmatched.renew(settled, again.waiting)] == [(1, "")]


@pytest.mark.parametrize(
    ("decision", "ref"),
    [(REFS[1], REFS[1]), (listing.GIFT, None), (listing.NOT_A_GIFT, "none")],
    ids=["reference", "gift", "no gift"],
)
def test_a_person_settles_what_waits(decision, ref):
    (waiting,) = listed(Transfer(2500)).waiting
    made = listed(Transfer(2500), decisions={waiting.line_id: decision})
    assert [row.get("ref") for row in made.body["lines"]] == ([] if ref == "none" else [ref])
    assert not made.waiting


def test_a_return_undoes_its_credit():
    entries = [
        Transfer(2500, ref=REFS[0], end_to_end="E1"),
        Transfer(2500, end_to_end="E1", credit=False, returned=True),
    ]
    credit, back = sorted(listed(*entries).body["lines"], key=lambda row: row["kind"])
    assert (credit["kind"], back["kind"], back["undoes"], back["ref"]) == ("credit", "return", credit["line"], REFS[0])


def test_a_correction_finds_its_credit_by_the_reference():
    made = listed(Transfer(2500, ref=REFS[0]), Transfer(2500, ref=REFS[0], credit=False, reversal=True))
    rows = {row["kind"]: row for row in made.body["lines"]}
    assert rows["correction"]["undoes"] == rows["credit"]["line"]


@given(st.integers(0, 2), st.integers(0, 2), st.integers(0, 50))
def test_a_credit_stands_before_what_undoes_it(came, left, salt):
    """Also when the bank dates the return before the credit."""
    entries = [
        Transfer(25, ref=REFS[0], end_to_end="E", value=DAY - dt.timedelta(days=came)),
        Transfer(25, end_to_end="E", value=DAY - dt.timedelta(days=left), credit=False, returned=True),
    ]
    body = listing.build(
        read(make_camt(entries)), bytes([salt]) * 16, origin="o.example", currency="EUR", upto=DAY
    ).body
    assert [row["kind"] for row in body["lines"]] == ["credit", "return"]


def test_two_returns_never_undo_more_than_the_credit():
    back = Transfer(600, end_to_end="E1", credit=False, returned=True)
    made = listed(Transfer(1000, ref=REFS[0], end_to_end="E1"), back, back)
    assert [row["kind"] for row in made.body["lines"] if "undoes" in row] == ["return"]
    assert [one.reason for one in made.waiting] == [listing.UNKNOWN_ORIGINAL]


def test_a_return_of_an_unknown_credit_needs_a_reference():
    made = listed(Transfer(2500, ref=REFS[0], credit=False, returned=True), Transfer(300, credit=False, returned=True))
    assert [(row["ref"], "undoes" in row) for row in made.body["lines"]] == [(REFS[0], False)]
    (waiting,) = made.waiting
    assert waiting.reason == listing.UNKNOWN_ORIGINAL
    again = listed(
        Transfer(2500, ref=REFS[0], credit=False, returned=True),
        Transfer(300, credit=False, returned=True),
        decisions={waiting.line_id: REFS[2]},
    )
    assert {row["ref"] for row in again.body["lines"]} == {REFS[0], REFS[2]}


def test_the_return_of_what_was_no_gift_is_none_either():
    entries = [Transfer(2500, end_to_end="E1"), Transfer(2500, end_to_end="E1", credit=False, returned=True)]
    credit = next(one for one in listed(*entries).waiting if one.line.kind == "credit")
    made = listed(*entries, decisions={credit.line_id: listing.NOT_A_GIFT})
    assert made.body["lines"] == []
    assert not made.waiting


def test_earlier_lines_only_help_to_find_what_a_return_undoes():
    late = DAY + dt.timedelta(days=3)
    found = read(
        make_camt([Transfer(2500, ref=REFS[0]), Transfer(2500, ref=REFS[0], credit=False, returned=True, day=late)])
    )
    made = build(found, since=late)
    assert [row["kind"] for row in made.body["lines"]] == ["return"]
    assert made.body["lines"][0]["undoes"] == listing.line_id(SALT, found[0])


def test_outgoing_money_is_only_counted():
    made = listed(Transfer(900, credit=False, payer="Landlord"))
    assert made.body["lines"] == []
    assert not made.waiting
    assert made.counts.outgoing == 1


def test_rules_drop_lines_but_never_one_with_a_reference():
    rules = droprules.read_rules(
        '[[drop]]\nwhy = "fees"\npayer = "tennis"\n[[drop]]\nwhy = "rent"\ntext = "RENT jan"\n'
    )
    found = read(
        make_camt(
            [
                Transfer(1, payer="Tennis Club"),
                Transfer(2, text="rent  January"),
                Transfer(3, payer="Tennis Club", ref=REFS[0]),
                Transfer(4, payer="Tennis", credit=False),
                Transfer(5),
            ]
        )
    )
    kept, counts = droprules.drop(found, rules)
    assert counts == (1, 1)
    assert sorted(line.amount.minor for line in kept) == [3, 4, 5]
    made = build(found, dropped=frozenset(line.bank_id for line in found if line not in kept))
    assert (made.counts.dropped, made.counts.credits, len(made.waiting)) == (2, 1, 1)


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "a = 1",
        "[[drop]]",
        '[[drop]]\nwhy="x"',
        '[[drop]]\nwhy="x"\ntext="ab"',
        '[[drop]]\nwhy="x"\ntext=5',
        '[[drop]]\nwhy="x"\ntext="long"\nmore="y"',
        "drop = 1",
        "drop = [1]",
    ],
)
def test_rules_that_could_drop_anything_are_refused(source):
    with pytest.raises(InputError) as refused:
        droprules.read_rules(source)
    assert refused.value.hint_text()


transfers = st.builds(
    Transfer,
    st.integers(1, 4),
    ref=st.sampled_from(["", *REFS[:3]]),
    text=st.sampled_from(["", "thanks"]),
    day=st.sampled_from([DAY, DAY + dt.timedelta(days=1)]),
    end_to_end=st.sampled_from(["NOTPROVIDED", "E1", "E2"]),
    own=st.sampled_from(["", "B1", "B2"]),
    credit=st.booleans(),
    returned=st.booleans(),
    reversal=st.booleans(),
)


@given(st.lists(transfers, max_size=10), st.randoms())
def test_the_list_does_not_depend_on_order_and_doubles_are_harmless(entries, random):
    mixed = entries.copy()
    random.shuffle(mixed)
    one, other = make_camt(entries), make_camt(mixed, version="04")
    first = canonical.encode(build(read(one)).body)
    assert canonical.encode(build(read(other)).body) == first
    assert canonical.encode(build(read(one, other, one)).body) == first
    assert canonical.encode(build(reversed(read(other, one))).body) == first


def test_a_bank_that_gives_one_reference_to_two_transfers_harms_nothing():
    both = [Transfer(1, ref=REFS[0], own="B1"), Transfer(1, ref=REFS[1], own="B1")]
    first = build(read(make_camt(both))).body
    assert first == build(read(make_camt(both[::-1]))).body
    assert len(first["lines"]) == 2


@given(st.lists(transfers, max_size=10))
def test_every_movement_is_listed_waiting_or_counted(entries):
    made = listed(*entries)
    counts = made.counts
    placed = len(made.body["lines"]) + len(made.waiting) + counts.outgoing + counts.not_gifts + counts.dropped
    assert placed == len(entries)
    assert counts.credits + counts.returns == len(made.body["lines"])


@given(st.lists(transfers, max_size=8), st.integers(0, 8))
def test_overlapping_files_give_the_same_lines_as_one(entries, cut):
    entries = sorted(entries, key=lambda one: one.day)
    days = sorted({one.day for one in entries})
    parts = [make_camt([one for one in entries if one.day == day], upto=day, since=day) for day in days]
    whole = make_camt(entries)
    assert read(*parts, whole) == read(whole) == read(*reversed(parts))


def test_another_salt_gives_other_ids_and_a_short_one_is_refused():
    found = read(make_camt([Transfer(1, ref=REFS[0])]))
    assert listing.line_id(SALT, found[0]) != listing.line_id(b"other" * 8, found[0])
    with pytest.raises(InputError):
        listing.line_id(b"short", found[0])


def test_an_origin_that_is_none_is_refused():
    with pytest.raises(PanahError):
        listed(Transfer(1, ref=REFS[0]), origin="NOT AN ORIGIN")


def test_a_missing_statement_stops_the_day_that_was_read():
    day = [DAY + dt.timedelta(days=n) for n in range(4)]
    first, second, fourth = (
        camt053.parse(make_camt([Transfer(1, day=one)], opening=opening, since=one, upto=one))[0]
        for one, opening in ((day[0], 100), (day[1], 101), (day[3], 999))
    )
    assert lines.covered([second, first]) == (day[1], False)
    assert lines.covered([fourth, second, first]) == (day[1], True)
