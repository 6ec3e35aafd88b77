"""Gifts through the writer: the goal is met exactly, each event counts once, nothing that arrived is lost."""

from __future__ import annotations

import base64
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panah.errors import RefusedError
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import GoalError, promise, receive_event
from panah.site.gifts.banking import book_list
from panah.storage.models import Counter, Entry, Gift, Posting
from tests.storage.lab import NOW, event, request

RAIL = FakeRail()


def counter(fund) -> Counter:
    return Counter.objects.using(fund.alias).get()


def give(fund, amount, **options):
    asked = request(amount, **options)
    promise(fund, asked, NOW)
    return receive_event(fund, RAIL, event(asked.id, amount), NOW)


def credit(amount: int, ref: str = "", day: str = "2026-01-19") -> dict[str, object]:
    line = {"line": base64.b64encode(secrets.token_bytes(32)).decode(), "kind": "credit", "cur": "EUR"}
    return line | {"amount": amount, "day": day} | ({"ref": ref} if ref else {})


def bank_list(*lines) -> dict[str, object]:
    return {"upto": "2026-01-20", "lines": list(lines)}


LISTED = base64.b64encode(bytes(32)).decode()


def books_hold(fund) -> None:
    """Every entry balances, and the counter says what the postings say."""
    totals: dict[str, int] = {}
    for posting in Posting.objects.using(fund.alias).all():
        totals[posting.account] = totals.get(posting.account, 0) + posting.minor
    assert sum(totals.values()) == 0
    now = counter(fund)
    assert -totals.get("income:gifts", 0) == now.counted
    assert -totals.get("liabilities:held", 0) == now.held
    gifts = Gift.objects.using(fund.alias)
    assert sum(gift.counted for gift in gifts.all()) == now.counted
    assert now.counted + now.claimed <= now.goal


def test_a_gift_is_promised_paid_and_booked(new_fund):
    fund = new_fund()
    outcome = give(fund, 2500)
    assert (outcome.status, outcome.counted, outcome.held) == ("booked", 2500, 0)
    assert counter(fund).counted == 2500
    assert Entry.objects.using(fund.alias).count() == 1
    books_hold(fund)


def test_repeating_a_promise_or_an_event_changes_nothing(new_fund):
    fund = new_fund()
    asked = request(2500)
    assert promise(fund, asked, NOW) == promise(fund, asked, NOW)
    paid = event(asked.id, 2500)
    first, second = receive_event(fund, RAIL, paid, NOW), receive_event(fund, RAIL, paid, NOW)
    assert first == second
    assert receive_event(fund, RAIL, event(asked.id, 2500), NOW).status == "ignored"
    assert counter(fund).counted == 2500


def test_the_last_part_is_offered_as_a_choice(new_fund):
    fund = new_fund(goal=10_000)
    give(fund, 8000)
    with pytest.raises(GoalError) as refused:
        promise(fund, request(1800), NOW)
    assert [option.minor for option in refused.value.options] == [2000, 1500]
    give(fund, 2000)
    assert counter(fund).state == "met"
    with pytest.raises(RefusedError, match="goal is reached"):
        promise(fund, request(2000), NOW)


def test_two_people_pay_for_the_last_part_and_one_is_voided(new_fund):
    fund = new_fund(goal=10_000)
    one, two = request(10_000), request(10_000)
    promise(fund, one, NOW)
    promise(fund, two, NOW)
    assert receive_event(fund, RAIL, event(one.id, 10_000), NOW).status == "booked"
    assert receive_event(fund, RAIL, event(two.id, 10_000), NOW).status == "refused"
    books_hold(fund)


def test_a_giver_who_agreed_pays_only_what_is_left(new_fund):
    fund = new_fund(goal=10_000)
    one, two = request(8000), request(10_000, takes_rest=True)
    promise(fund, one, NOW)
    promise(fund, two, NOW)
    receive_event(fund, RAIL, event(one.id, 8000), NOW)
    assert receive_event(fund, RAIL, event(two.id, 10_000), NOW).counted == 2000
    assert counter(fund).state == "met"


def test_transfers_past_the_goal_are_held_and_counted_when_room_comes(new_fund):
    fund = new_fund(goal=10_000)
    first = request(9000)
    promise(fund, first, NOW)
    receive_event(fund, RAIL, event(first.id, 9000), NOW)
    late, later = request(3000, rail="bank"), request(4000, rail="bank")
    references = [promise(fund, asked, NOW).reference for asked in (late, later)]
    lines = [
        credit(3000, references[0], "2026-01-19"),
        credit(4000, references[1], "2026-01-18"),
        credit(700),
    ]
    outcome = book_list(fund, bank_list(*lines), LISTED, NOW)
    assert (outcome.booked, outcome.counted, outcome.held) == (3, 1000, 6700)
    assert counter(fund).state == "met"
    books_hold(fund)
    receive_event(fund, RAIL, event(first.id, 2500, "refunded"), NOW)
    now = counter(fund)
    assert (now.state, now.counted, now.held) == ("met", 10_000, 4200)
    waiting = Gift.objects.using(fund.alias).get(id=later.id)
    assert waiting.counted == 2500, "the oldest value day comes first"
    books_hold(fund)


def test_a_line_counts_once_and_a_return_takes_it_out(new_fund):
    fund = new_fund()
    line = credit(3000)
    book_list(fund, bank_list(line), LISTED, NOW)
    undone = credit(3000) | {"kind": "return", "undoes": line["line"]}
    lost = credit(3000) | {"kind": "return", "undoes": base64.b64encode(bytes(32)).decode()}
    again = book_list(fund, bank_list(line, undone, lost), LISTED, NOW)
    assert (again.booked, again.doubles, again.undone, again.unknown) == (0, 1, 1, [lost["line"]])
    assert counter(fund).counted == 0
    books_hold(fund)


def test_a_return_that_names_only_the_reference_finds_its_gift(new_fund):
    fund = new_fund()
    reference = promise(fund, request(3000, rail="bank"), NOW).reference
    book_list(fund, bank_list(credit(3000, reference)), LISTED, NOW)
    outcome = book_list(fund, bank_list(credit(1000, reference) | {"kind": "return"}), LISTED, NOW)
    assert (outcome.undone, outcome.unknown, counter(fund).counted) == (1, [], 2000)
    books_hold(fund)


def test_a_second_transfer_under_one_reference_is_a_gift_of_its_own(new_fund):
    fund = new_fund()
    reference = promise(fund, request(3000, rail="bank"), NOW).reference
    book_list(fund, bank_list(credit(3000, reference), credit(3000, reference)), LISTED, NOW)
    rows = Gift.objects.using(fund.alias).all()
    assert sorted((row.twin, row.booked) for row in rows) == [(False, 3000), (True, 3000)]
    assert len({bytes(row.rc) for row in rows}) == 1


def test_a_code_serves_one_gift_only(new_fund):
    fund = new_fund()
    asked = request(3000)
    promise(fund, asked, NOW)
    other = request(3000)
    with pytest.raises(RefusedError, match="another gift"):
        promise(fund, type(other)(other.id, "fake", other.amount, False, asked.rc, "en"), NOW)


steps = st.lists(
    st.tuples(st.sampled_from(["give", "rest", "bank", "refund", "return"]), st.integers(500, 6000)),
    max_size=25,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_any_history_keeps_the_books(new_fund, story):
    fund = new_fund(goal=15_000, slug="h" + secrets.token_hex(8))
    paid, lines = [], []
    for what, amount in story:
        try:
            if what in {"give", "rest"}:
                asked = request(amount, takes_rest=what == "rest")
                promise(fund, asked, NOW)
                receive_event(fund, RAIL, event(asked.id, amount), NOW)
                paid.append(asked.id)
            elif what == "bank":
                lines.append(credit(amount))
                book_list(fund, bank_list(lines[-1]), LISTED, NOW)
            elif what == "refund" and paid:
                receive_event(fund, RAIL, event(paid.pop(0), amount, "refunded"), NOW)
            elif what == "return" and lines:
                gone = credit(amount) | {"kind": "return", "undoes": lines.pop(0)["line"]}
                book_list(fund, bank_list(gone), LISTED, NOW)
        except GoalError:
            continue
        except RefusedError:
            assert counter(fund).state != "open"
        books_hold(fund)
