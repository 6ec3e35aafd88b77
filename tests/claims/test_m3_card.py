"""M3 for cards: each provider event counts once, in any order, late or doubled.

A story is drawn: givers, banks and the account's owner act, the provider fails now and then, its events are
lost in a queue, doubled and shuffled. When everything has come to its end, the books and the account agree
to the cent, the goal is kept, no card is blocked and nothing is under way. Told in another order, the same
story leaves the same money.
"""

from __future__ import annotations

import random
import secrets

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panah.errors import RefusedError
from panah.site.gifts.capturing import carry_due
from panah.storage.writer import stop_writers
from tests.cardlab import START, CardLab, make_lab
from tests.stripe_local.server import local_stripe
from tests.stripe_local.world import FaultError, World

STEPS = (
    "pay", "pay", "pay", "rest", "walk away", "decline", "refund", "part", "fail refund", "dispute", "win", "lose",
    "by hand", "bank cancels", "trouble", "deliver", "time", "due",
)  # fmt: skip
stories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(500, 9000)), min_size=4, max_size=25)


@pytest.fixture(scope="module")
def stripe():
    clock = [START]
    with local_stripe(lambda: clock[0]) as made:
        yield made, clock


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request):
    """One for all examples: each has a fund, and so a file or a schema, of its own."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def act(lab: CardLab, what: str, number: int, chance: random.Random) -> None:
    """Let one thing happen; what can't happen now does not."""
    world = lab.world
    captured = [name for name, intent in world.intents.items() if intent["amount_received"]]
    waiting = [name for name, intent in world.intents.items() if intent["status"] == "requires_capture"]
    undisputed = [name for name in captured if name not in {one["payment_intent"] for one in world.disputes.values()}]
    opened = [name for name, one in world.disputes.items() if one["status"] == "needs_response"]
    try:
        if what in {"pay", "rest"}:
            lab.pay(number, rest=what == "rest")
        elif what == "walk away":
            lab.visit(number)
        elif what == "decline":
            world.decline(lab.visit(number)[1])
        elif what in {"refund", "part"} and undisputed:
            world.refund(chance.choice(undisputed), None if what == "refund" else 100)
        elif what == "fail refund" and world.refunds:
            name = chance.choice(list(world.refunds))
            if world.refunds[name]["status"] != "failed":
                world.fail_refund(name)
        elif what == "dispute" and undisputed:
            payment = chance.choice(undisputed)
            left = world.intents[payment]["amount_received"] - sum(
                one["amount"] for one in world.refunds.values()
                if one["payment_intent"] == payment and one["status"] != "failed"
            )  # fmt: skip
            if left:
                world.dispute(payment, left)
        elif what in {"win", "lose"} and opened:
            world.close_dispute(chance.choice(opened), "won" if what == "win" else "lost")
        elif what == "by hand" and waiting:
            world.capture(chance.choice(waiting), None)
        elif what == "bank cancels" and waiting:
            world.cancel(chance.choice(waiting))
        elif what == "trouble":
            lab.stripe.trouble(chance.choice(["/capture", "/cancel", "/expire", "/sessions", "/v1/"]),
                               chance.choice(["after", "before", 500, 429]))  # fmt: skip
        elif what == "time":
            lab.pass_time(number)
        elif what == "due":
            carry_due(lab.fund, lambda _: lab.rail, lab.now)
    except (RefusedError, FaultError):
        pass


def tell(lab: CardLab, chance: random.Random) -> None:
    """Deliver some of what waits: shuffled, some twice, some kept back for later."""
    events = lab.stripe.take_events()
    kept = [event for event in events if chance.random() < 0.3]
    told = [event for event in events if event not in kept]
    told += [event for event in told if chance.random() < 0.4]
    chance.shuffle(told)
    later = [event for event in told if lab.send(event) == "later"]
    lab.world.events = kept + later + lab.world.events


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories, st.integers(0, 2**32))
def test_any_story_told_in_any_order_leaves_books_and_account_equal(tmp_path, stripe, database, story, seed):
    server, clock = stripe
    server.world = World(lambda: clock[0], server.address)
    server.troubles.clear()
    chance = random.Random(seed)
    lab = make_lab(tmp_path, server, clock, slug="h" + secrets.token_hex(8), goal=20_000, database=database)
    try:
        for what, number in story:
            act(lab, what, number, chance)
            if what == "deliver":
                tell(lab, chance)
            counter = lab.counter
            assert counter.counted + counter.claimed <= counter.goal
        server.troubles.clear()
        waiting = server.take_events()
        chance.shuffle(waiting)
        lab.deliver(waiting + waiting[: len(waiting) // 2])
        lab.settle()
        lab.holds()
        lab.is_quiet()
    finally:
        stop_writers()
        connections[lab.fund.alias].close()
        del connections[lab.fund.alias]
