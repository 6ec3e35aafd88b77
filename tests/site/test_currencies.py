"""Foreign money on a real fund: counted at the rate of its day, whole, and back in proportion."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panah.core.money import Money
from panah.core.postings import share, worth
from panah.core.statement import begin as begin_statement
from panah.errors import RefusedError
from panah.proof import leaf
from panah.rails.base import RailEvent
from panah.rails.registry import PULL
from panah.site.funds.actions import carry_out
from panah.site.gifts import foreign
from panah.site.gifts.actions import GiftRequest, GoalError, promise, receive_event
from panah.site.gifts.queries import gift_by_id
from panah.storage.models import Posting
from panah.verify.export import entries_of, export
from tests.fund_world import NAMES, Team
from tests.storage.test_claims import RemoteRail

RATES = b"Date,USD,GBP,JPY,IDR\n2026-03-02,1.1172,0.8338,175.68,20275.17\n2026-02-27,1.11,0.83,175,20000\n"
ACCEPTS = ('currency = "EUR"', 'currency = "EUR"\naccepts = ["USD", "GBP", "JPY", "IDR", "AFN"]')
CASH = ("[rails.fake]", "[rails.cash]\n[rails.fake]")


@pytest.fixture
def team(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "_shipped", [foreign.RateTable({})])
    foreign.take_rates(tmp_path, RATES)
    made = Team(tmp_path)
    made.found(made.charter([ACCEPTS, CASH]))
    made.open()
    return made


def begin(team, amount, currency, rail="fake", *, rest=False):
    asked = GiftRequest(secrets.token_hex(16), rail, Money(amount, currency), rest, secrets.token_bytes(32), "en")
    return promise(team.fund, asked, team.now)


def pay(team, gift, amount, currency, kind="authorised"):
    event = RailEvent(secrets.token_hex(8), gift, kind, Money(amount, currency), team.now.date())
    return receive_event(team.fund, PULL["fake"], event, team.now)


def give(team, amount, currency):
    made = begin(team, amount, currency)
    return made.id, pay(team, made.id, amount, currency)


def line(number, amount, currency, day="2026-03-02", **more):
    return {
        "line": base64.b64encode(number.to_bytes(32)).decode(), "kind": "credit", "cur": currency, "amount": amount, "day": day
    } | more  # fmt: skip


def book(team, *lines):
    body = begin_statement("bank-list", "lantern-fund.invalid/2021", upto="2026-03-02", lines=list(lines), id=name16())
    return carry_out(team.fund, team.sign(body, *NAMES[:2]), team.now)


def name16():
    return base64.b64encode(secrets.token_bytes(16)).decode()


def gifts(team):
    return [body for body in map(leaf.parse, team.snapshot()[0]) if body["t"] == "panah/1/gift"]


def test_a_foreign_gift_counts_at_the_rate_that_its_leaf_names(team):
    identity, outcome = give(team, 10_000, "USD")
    [body] = gifts(team)
    assert (body["cur"], body["amount"], body["rate"], body["source"]) == (
        "USD",
        10_000,
        "0.89509488",
        "ecb:2026-03-02",
    )
    assert body["counted"] == outcome.counted == worth(10_000, "USD", body["rate"], "EUR") == 8_951
    row = gift_by_id(team.fund, identity)
    assert (row.remains, row.booked, row.counted) == (10_000, 8_951, 8_951)
    assert team.audit().gross_by_currency == {"EUR": 0, "USD": 10_000}


def test_a_rate_older_than_four_days_refuses_new_card_gifts_in_kind_words(team):
    team.now += dt.timedelta(days=5)
    with pytest.raises(RefusedError, match="USD is worth today") as caught:
        begin(team, 10_000, "USD")
    assert "EUR" in caught.value.hint_text()
    begin(team, 10_000, "USD", "bank")  # a transfer is valued on the day it arrives


def test_a_claim_at_a_rate_that_grew_old_is_voided(team):
    made = begin(team, 10_000, "USD")
    team.now += dt.timedelta(days=5)
    assert pay(team, made.id, 10_000, "USD").status == "refused"
    assert team.audit().gross == 0


def test_the_rate_is_fixed_anew_with_the_claim_and_moves_no_more(team):
    made = begin(team, 10_000, "USD")
    foreign.take_rates(team.fund.home, b"Date,USD\n2026-03-03,1.25\n")
    team.now += dt.timedelta(days=1)
    pay(team, made.id, 10_000, "USD")
    assert [body["source"] for body in gifts(team)] == ["ecb:2026-03-03"]
    assert team.counter().counted == 8_000


def test_a_currency_that_the_charter_does_not_accept_is_refused(team):
    with pytest.raises(RefusedError, match="takes gifts in EUR, USD"):
        begin(team, 1_000, "CHF")


def test_what_is_left_is_offered_in_the_funds_own_money(team):
    goal = team.counter().goal
    give(team, goal - 5_000, "EUR")
    with pytest.raises(GoalError) as caught:
        begin(team, 10_000, "USD")
    assert {option.currency for option in caught.value.options} == {"EUR"}
    made = begin(team, 4_000, "USD", rest=True)
    give(team, 4_000, "EUR")
    assert pay(team, made.id, 4_000, "USD").status == "refused"  # foreign money is taken whole or not at all
    assert team.audit().counted == goal - 1_000


def test_bank_lines_are_booked_at_their_value_day_or_wait(team):
    late = line(3, 5_000, "USD", "2026-02-20")
    outcome = book(team, line(1, 10_000, "USD"), line(2, 10_000, "USD", "2026-03-01"), late, line(4, 90_000, "AFN"))
    assert outcome.booked == 2
    assert [(one[1], one[2].split(":")[0]) for one in outcome.waiting] == [
        ("USD", "the rate of its day is not here yet"), ("AFN", "the ECB does not quote it"),
    ]  # fmt: skip
    assert {body["source"] for body in gifts(team)} == {"ecb:2026-03-02", "ecb:2026-02-27"}
    foreign.take_rates(team.fund.home, b"Date,USD\n2026-02-20,1.1\n")
    again = book(team, line(1, 10_000, "USD"), late)
    assert (again.doubles, again.booked, again.waiting) == (1, 1, [])
    team.audit()


def test_a_transfer_in_other_money_than_promised_is_found_by_the_same_code(team):
    made = begin(team, 5_000, "EUR", "bank")
    book(team, line(1, 5_500, "USD", ref=made.reference))
    [body] = gifts(team)
    assert (body["cur"], base64.b64decode(body["rc"])) == ("USD", gift_by_id(team.fund, made.id).rc)
    back = line(2, 5_500, "USD", undoes=line(1, 0, "USD")["line"]) | {"kind": "return"}
    assert book(team, back).undone == 1
    assert team.audit().counted == 0


def test_cash_is_entered_by_two_and_found_by_its_code(team):
    rc = base64.b64encode(secrets.token_bytes(32)).decode()
    fields = {"id": name16(), "cur": "EUR", "amount": 5_000, "rc": rc}
    team.is_refused("cash-gift", NAMES[0], match="needs 2 members", **fields)
    team.say("cash-gift", **fields)
    team.is_refused("cash-gift", match="carried out already", **fields)
    team.is_refused("cash-gift", match="another gift", **fields | {"id": name16()})
    team.say("cash-gift", id=name16(), cur="USD", amount=10_000)
    assert [(body["rail"], body["cur"], body["counted"]) for body in sorted(gifts(team), key=lambda b: b["cur"])] == [
        ("cash", "EUR", 5_000), ("cash", "USD", 8_951),
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="does not take gifts this way"):
        begin(team, 5_000, "EUR", "cash")
    team.audit()


def test_money_that_the_ecb_does_not_quote_counts_by_its_exchange_receipt(team):
    team.is_refused("cash-gift", match="not known", id=name16(), cur="AFN", amount=500_000)
    waiting = line(7, 300_000, "AFN")
    assert len(book(team, waiting).waiting) == 1
    fields = {
        "id": name16(), "rail": "cash", "cur": "AFN", "out": 800_000, "into": "EUR", "in": 10_423,
        "receipt": base64.b64encode(b"r" * 32).decode(),
        "gifts": [{"amount": 500_000, "day": "2026-03-01"}, {"amount": 300_000, "day": "2026-03-02", "line": waiting["line"]}],
    }  # fmt: skip
    team.is_refused("exchange", match="not its sum", **fields | {"out": 800_001})
    team.say("exchange", **fields)
    team.say("settle", from_="assets:cash", out=800_000, cur="AFN", to="assets:bank", in_=10_423, into="EUR")
    team.is_refused("exchange", match="entered already", **fields | {"id": name16()})
    assert {body["source"] for body in gifts(team)} == {"receipt:" + "72" * 8}
    assert worth(800_000, "AFN", gifts(team)[0]["rate"], "EUR") == 10_423
    assert book(team, waiting).doubles == 1
    books = team.audit()
    assert (books.balances.get(("assets:cash", "AFN"), 0), books.balances["assets:bank", "EUR"]) == (0, 10_423)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["give", "refunded", "disputed", "bank"]), st.sampled_from(["EUR", "USD", "GBP", "JPY"]),
        st.integers(2_000, 400_000), st.integers(0, 5),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """One fund for all examples: founding one takes longer than filling it."""
    home = tmp_path_factory.mktemp("home")
    shipped, foreign._shipped[:] = list(foreign._shipped), [foreign.RateTable({})]
    foreign.take_rates(home, RATES)
    made = Team(home, slug="busy")
    made.found(made.charter([ACCEPTS, CASH]))
    made.open()
    yield made
    foreign._shipped[:] = shipped


@settings(max_examples=15, deadline=None)
@given(moves=MOVES)
def test_books_balance_in_every_currency_whatever_comes_and_goes_back(moves, busy):
    known = []
    for kind, currency, amount, which in moves:
        if kind == "bank":
            book(busy, line(secrets.randbits(200), amount, currency))
        elif kind == "give":
            try:
                made = begin(busy, amount, currency)
            except RefusedError:
                continue
            if pay(busy, made.id, amount, currency).status == "booked":
                known.append((made.id, currency))
        elif known:
            identity, own = known[which % len(known)]
            pay(busy, identity, amount // 3 + 1, own, kind)
    leaves = [leaf.parse(data) for data in busy.snapshot()[0]]
    books = busy.audit()  # by the verifier's rules, leaf by leaf: never over the goal, parts in proportion
    assert books.counted <= books.goal
    sums: dict[str, int] = {}
    for (_, currency), minor in books.balances.items():
        sums[currency] = sums.get(currency, 0) + minor
    for posting in Posting.objects.using(busy.fund.alias).all():
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.minor
    assert not any(sums.values())
    written = sum(int(row["minor"]) for row in rows_of(leaves) if row["account"] == "income:gifts")
    assert written == -books.counted


def rows_of(leaves):
    entries = json.loads("".join(export(entries_of(leaves), "json")))["entries"]
    return [posting for entry in entries for posting in entry["postings"]]


def test_a_card_claims_what_foreign_money_counts_and_captures_its_own_amount(team):
    seen = []
    rail = RemoteRail("captured", during=lambda: seen.append(team.counter().claimed))
    made = begin(team, 10_000, "USD")
    event = RailEvent("e1", made.id, "authorised", Money(10_000, "USD"), team.now.date())
    assert receive_event(team.fund, rail, event, team.now).status == "booked"
    assert seen == [8_951]
    assert [amount for _, amount, _ in rail.asked] == [10_000]
    part = RailEvent("e2", made.id, "refunded", Money(3_333, "USD"), team.now.date())
    receive_event(team.fund, rail, part, team.now)
    rest = RailEvent("e3", made.id, "disputed", Money(6_667, "USD"), team.now.date())
    receive_event(team.fund, rail, rest, team.now)
    row = gift_by_id(team.fund, made.id)
    assert (row.status, row.remains, row.booked, row.counted) == ("ended", 0, 0, 0)
    team.audit()


def test_members_return_a_part_of_foreign_money_in_its_own_currency(team):
    identity, _ = give(team, 10_000, "USD")
    index = next(i for i, data in enumerate(team.snapshot()[0]) if b'"panah/1/gift"' in data)
    back = 8_951 - worth_left(6_667)
    team.is_refused("gift-return", gift=index, amount=3_333, counted=back + 1)
    team.say("gift-return", gift=index, amount=3_333, counted=back)
    row = gift_by_id(team.fund, identity)
    assert (row.remains, row.counted) == (6_667, worth_left(6_667))
    team.audit()


def worth_left(cents):
    return share(8_951, cents, 10_000)


def test_real_programs_accept_the_books_in_all_currencies(busy, tmp_path):
    give(busy, 7_777, "GBP")
    give(busy, 200_000, "JPY")
    leaves = [leaf.parse(data) for data in busy.snapshot()[0]]
    journal, ledger = tmp_path / "books.journal", tmp_path / "books.beancount"
    journal.write_text("".join(export(entries_of(leaves), "hledger")))
    ledger.write_text("".join(export(entries_of(leaves), "beancount")))
    programs = [(Path(sys.executable).with_name("bean-check"), "--no-cache", ledger)]
    if shutil.which("hledger"):
        programs.append(("hledger", "-f", journal, "check", "--strict"))
    for command in programs:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
