"""Whatever order events come in, and however often: one case. And chains tell who was cut, doubled or held back."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from panah.core.casework import in_order
from panah.core.casework_chains import find_faults
from panah.core.casework_events import Event
from panah.core.casework_fold import fold
from panah.core.teamwork import fold_team
from tests.caselab import ADDRESS, CASE, Hand, opened, word_hash

NAMES = ("lale", "omid", "tara")
ACTS = {
    "note": lambda n: {"text": f"note {n}"},
    "status": lambda n: {"to": ("verified", "supported", "travelling", "safe", "closed", "declined", "asked")[n % 7]},
    "need": lambda n: {"id": f"{n % 3:016x}", "kind": "shelter", "state": ("open", "met", "dropped")[n % 3]},
    "assign": lambda n: {"name": NAMES[n % 3]},
    "remove": lambda n: {"name": NAMES[n % 3], "n": n % 5},
    "freeze": lambda _: {"address": ADDRESS, "why": "x"},
    "thaw": lambda _: {"address": ADDRESS, "why": "x"},
    "merged": lambda n: {"into": f"{n % 4:032x}"},
    "consent": lambda n: {"id": f"{n % 2:016x}", "to": "host", "what": ["ages"], "purpose": "room"},
    "consent-ended": lambda n: {"id": f"{n % 2:016x}", "day": f"2026-03-{n % 20 + 1:02}"},
    "disclosed": lambda n: {"consent": f"{n % 2:016x}", "what": ["ages"], "day": f"2026-03-{n % 20 + 1:02}"},
    "paper": lambda n: {"id": f"{n % 2:016x}", "what": "passport"},
    "paper-seen": lambda n: {"id": f"{n % 2:016x}", "day": f"2026-03-{n % 20 + 1:02}"},
    "message": lambda n: {
        "source": word_hash(str(n % 3)),
        "address": ADDRESS,
        "lang": "fa",
        "text": "x",
        "day": "2026-03-01",
    },
}
TEAM_ACTS = {
    "offer": lambda n: {
        "offer": f"{n % 3:032x}",
        "from_": "offer",
        "kind": "host-home",
        "source": word_hash(str(n % 4)),
    },
    "offer-vetted": lambda n: {"offer": f"{n % 3:032x}"},
    "offer-report": lambda n: {"offer": f"{n % 3:032x}", "why": "x"},
    "offer-lifted": lambda n: {"offer": f"{n % 3:032x}", "why": "x"},
    "taken": lambda n: {"source": word_hash(str(n % 4)), "into": f"{n % 5:032x}"},
    "dropped": lambda n: {"source": word_hash(str(n % 4)), "why": "x"},
}


def history(seed: int, steps: int, acts: dict[str, object]) -> tuple[dict[str, Hand], list[Event]]:
    """Three desks that write and hear from each other at random."""
    dice = random.Random(seed)
    first = opened("lale", "omid", "tara")
    desks = {"lale": first} | {name: Hand(name, first.known) for name in NAMES[1:]}
    written = list(first.known)
    for _ in range(steps):
        desk = desks[dice.choice(NAMES)]
        if dice.random() < 0.35:
            other = desks[dice.choice(NAMES)]
            desk.hear(*(one for one in other.known if one not in desk.known))
        kind = dice.choice(list(acts))
        written.append(desk.write(kind, **acts[kind](dice.randrange(60))))
    return desks, written


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40), st.randoms(use_true_random=False))
def test_desks_that_have_the_same_events_have_the_same_case(seed, steps, dice):
    _, written = history(seed, steps, ACTS)
    straight = fold(CASE, written)
    mixed = [*written, *dice.sample(written, dice.randrange(len(written)))]
    dice.shuffle(mixed)
    assert fold(CASE, mixed) == straight
    assert straight.opened
    assert [event.order for event in straight.events] == sorted(event.order for event in written)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_teams_record_converges_too(seed, steps, dice):
    _, written = history(seed, steps, TEAM_ACTS)
    mixed = written * 2
    dice.shuffle(mixed)
    assert fold_team(mixed) == fold_team(written)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(2, 30))
def test_honest_desks_show_no_fault_at_any_moment_to_who_has_all(seed, steps):
    desks, written = history(seed, steps, ACTS)
    assert find_faults(written) == []
    for desk in desks.values():  # each heard whole chains, only not all of them yet
        assert {fault.kind for fault in find_faults(desk.known)} <= {"withheld"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.integers(6, 30), st.data())
def test_an_event_that_is_held_back_is_missed_as_soon_as_anybody_mentions_a_later_one(seed, steps, data):
    _, written = history(seed, steps, ACTS)
    held = data.draw(st.sampled_from(written[1:]))
    left = [event for event in written if event != held]
    mentioned = any(
        (event.by == held.by and event.n > held.n) or dict(event.seen).get(held.by, 0) >= held.n for event in left
    )
    found = {(fault.kind, fault.name) for fault in find_faults(left)}
    assert bool(found & {("gap", held.by), ("withheld", held.by)}) == mentioned


def test_two_different_second_events_of_one_member_are_a_fork():
    desk = opened("lale", "omid")
    twin = Hand("lale", desk.known)
    one, other = desk.write("note", text="to you"), twin.write("note", text="to others")
    assert find_faults([*desk.known, other])[0][:2] == ("fork", "lale")
    assert find_faults(desk.known) == []
    later = twin.write("note", text="goes on")
    assert ("fork", "lale", 3) in find_faults([desk.known[0], one, later])
    assert in_order([one, other, one]) == sorted([one, other], key=lambda event: event.order)


def test_a_clock_that_somebody_drove_to_its_end_stops_nobody():
    desk = opened("lale", "omid")
    mad = desk.known[0]._replace(
        by="omid", n=1, lamport=2**40, prev="", hash=word_hash("mad"), what={"type": "note", "text": "x"}
    )
    desk.hear(mad)
    event = desk.write("note", text="still here")
    assert event.lamport == 2**40
    assert len(fold(CASE, desk.known).notes) == 2
