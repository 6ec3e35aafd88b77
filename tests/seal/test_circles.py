"""Circles: the assigned open, the removed do not, two desks that differ come together, and shredding leaves a record."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from panah.errors import InputError, RefusedError
from panah.seal import circles, envelope
from panah.seal.shredding import SHREDDED, Wraps
from panah.seal.unseal import open_envelope, read_identities
from tests.seallab import ORIGIN, RECOVERY, ROSTERS, identity_of, letter_of, roster_of, signer_of

TEAM = ("lale", "omid", "tara", "nasrin", "yusef")
ROSTER = roster_of(*TEAM)
ROSTERS = type(ROSTERS)([ROSTER])
DAY = "2021-10-01"


def wrapped(circle, by="lale"):
    return circles.wrap(circle, ROSTER, signer_of(by), RECOVERY)


def unwrapped(stored, name):
    return circles.unwrap(stored, read_identities([identity_of(name)]), origin=ORIGIN, keys=ROSTERS.key)


def record(circle, text="note"):
    """A record of the circle, as a desk writes it."""
    return envelope.close(letter_of("event", by="lale", body={"text": text}), circle.recipients, signer_of("lale"))


def opens(circle, stored):
    try:
        open_envelope(stored, circle.identities, origin=ORIGIN, keys=ROSTERS.key)
    except InputError:
        return False
    return True


def test_the_assigned_and_recovery_unwrap_it_and_nobody_else():
    circle = circles.new_circle("case", ["omid", "lale"])
    stored = wrapped(circle)
    for name in ("lale", "omid", "recovery"):
        assert unwrapped(stored, name) == (circle, "lale")
    for name in ("tara", "nasrin"):
        with pytest.raises(InputError):
            unwrapped(stored, name)
    assert opens(circle, record(circle))


def test_a_wrap_signed_by_nobody_of_the_roster_is_refused():
    circle = circles.new_circle("case", ["lale"])
    with pytest.raises(InputError):
        unwrapped(wrapped(circle, "stranger"), "lale")


def test_the_removed_open_the_past_they_saw_and_nothing_new():
    circle = circles.new_circle("case", ["lale", "omid"])
    before = record(circle)
    after = circles.remove(circle, ["omid"])
    assert after.members == ("lale",)
    assert opens(circle, before)
    assert opens(after, before)
    assert opens(after, record(after))
    assert not opens(circle, record(after))
    with pytest.raises(InputError):
        unwrapped(wrapped(after), "omid")


def test_who_is_assigned_later_reads_the_past():
    circle = circles.remove(circles.new_circle("case", ["lale", "omid"]), ["omid"])
    old = record(circle)
    later = circles.assign(circles.rotate(circle), "tara")
    found, _ = unwrapped(wrapped(later), "tara")
    assert opens(found, old)
    assert opens(found, record(later))
    assert circles.assign(later, "tara") is later
    assert circles.assign(later, "omid").members == ("lale", "omid", "tara"), "the removed may come back"


def test_nobody_can_remove_everybody():
    circle = circles.new_circle("index", ["lale"])
    with pytest.raises(RefusedError):
        circles.remove(circle, ["lale"])
    with pytest.raises(RefusedError):
        circles.new_circle("index", [])
    assert circles.remove(circle, ["omid"]) is circle


def test_who_was_removed_has_no_say_and_cannot_put_a_key_of_their_own_in():
    circle = circles.new_circle("case", ["lale", "omid"])
    known = circles.remove(circle, ["omid"])
    forged = circles.rotate(circles.assign(circle, "omid"))
    offered, by = unwrapped(wrapped(forged, "omid"), "lale")
    with pytest.raises(RefusedError):
        circles.take(known, offered, by)
    stranger = circles.new_circle("case", ["lale"])
    with pytest.raises(RefusedError):
        circles.take(None, *unwrapped(wrapped(stranger, "tara"), "lale"))
    assert circles.take(known, circles.rotate(known), "lale").members == ("lale",)


def test_two_desks_that_removed_somebody_at_once_come_to_one_key_that_neither_removed_has():
    start = circles.new_circle("case", ["lale", "omid", "tara", "nasrin"])
    one, two = circles.remove(start, ["tara"]), circles.remove(start, ["nasrin"])
    in_between = [record(one), record(two)]
    both, again = circles.unite(one, two), circles.unite(two, one)
    assert both.identity == again.identity
    assert both.members == ("lale", "omid")
    assert all(opens(both, stored) for stored in in_between)
    new = record(both)
    assert opens(again, new)
    # Tara was still inside when nasrin was removed, and the other way round.
    assert not any(opens(seen, new) for seen in (start, one, two))


actions = st.lists(st.tuples(st.sampled_from(["assign", "remove", "rotate"]), st.sampled_from(TEAM)), max_size=5)


def played(circle, history):
    for action, name in history:
        try:
            circle = circles.rotate(circle) if action == "rotate" else circles.__dict__[action](
                circle, name if action == "assign" else [name]
            )  # fmt: skip
        except RefusedError:
            continue
    return circle


@settings(max_examples=80)
@given(actions, actions, actions)
def test_desks_that_differ_come_to_the_same_in_any_order(first, second, third):
    start = circles.new_circle("case", TEAM[:3])
    desks = [played(start, history) for history in (first, second, third)]
    united = [circles.unite(circles.unite(one, two), three) for one, two, three in itertools.permutations(desks)]
    assert len({(each.identity, each.members) for each in united}) == 1
    assert circles.unite(united[0], united[1]).identity == united[0].identity
    for each in united:
        assert all(opens(each, record(desk)) for desk in desks)


def test_two_who_removed_each_other_leave_it_to_recovery():
    start = circles.new_circle("case", ["lale", "omid"])
    nobody = circles.unite(circles.remove(start, ["lale"]), circles.remove(start, ["omid"]))
    assert nobody.members == ()
    with pytest.raises(RefusedError):
        wrapped(nobody)


class Team(RuleBasedStateMachine):
    """Random lives of one case: whoever is outside opens nothing that is sealed after they went."""

    @initialize()
    def begin(self):
        self.circle = circles.new_circle("case", ["lale", "omid"])
        self.known = dict.fromkeys(self.circle.members, self.circle)

    def spread(self):
        stored = wrapped(self.circle)
        for name in self.circle.members:
            found, by = unwrapped(stored, name)
            self.known[name] = found if name not in self.known else circles.unite(self.known[name], found)
            assert by == "lale"

    @rule(name=st.sampled_from(TEAM))
    def assign(self, name):
        self.circle = circles.assign(self.circle, name)
        self.spread()

    @rule(name=st.sampled_from(TEAM[1:]))
    def remove(self, name):
        self.circle = circles.remove(self.circle, [name])
        self.spread()

    @rule()
    def rotate(self):
        if len(self.circle.seeds) < 12:
            self.circle = circles.rotate(self.circle)
            self.spread()

    @invariant()
    def only_members_open_what_is_new(self):
        if hasattr(self, "circle"):
            stored = record(self.circle)
            opened = {name for name, circle in self.known.items() if opens(circle, stored)}
            assert opened == set(self.circle.members)


Team.TestCase.settings = settings(max_examples=25, stateful_step_count=12)
TestTeam = Team.TestCase


@pytest.mark.parametrize(
    "change",
    [
        {"circle": "x"}, {"of": "intake"}, {"turns": []}, {"turns": [["lale", 2]]}, {"turns": [["Lale", 1]]},
        {"turns": [["lale", 0]]}, {"seeds": []}, {"seeds": ["AAAA"]}, {"past": ["x"]}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrap_of_another_shape_is_refused(change):
    circle = circles.new_circle("case", ["lale"])
    good = envelope.close  # what wrap does, with a body that wrap would not write
    stored = wrapped(circle)
    body = dict(open_envelope(stored, read_identities([identity_of("lale")]), origin=ORIGIN, keys=ROSTERS.key).body)
    spoiled = letter_of("wrap", by="lale", body=body | change)
    with pytest.raises(InputError):
        unwrapped(good(spoiled, ROSTER.recipients(["lale"]), signer_of("lale")), "lale")


def test_secrets_stay_out_of_repr():
    circle = circles.new_circle("case", ["lale"])
    assert "seeds" not in repr(circle)
    assert circle.identity not in repr(circle)


def test_after_shredding_no_wrap_is_left_and_everybody_has_said_so():
    circle = circles.new_circle("case", ["lale", "omid"])
    first, second = wrapped(circle), wrapped(circles.assign(circle, "tara"))
    desks = {name: Wraps() for name in ("lale", "omid", "tara")}
    for desk in desks.values():
        desk.keep(circle, first)
        desk.keep(circles.assign(circle, "tara"), second)
    for name, desk in desks.items():
        body = desk.shred(circle.id, name, DAY)
        assert len(body["wraps"]) == 2
        told = envelope.close(letter_of(SHREDDED, by=name, body=body), ROSTER.recipients(TEAM), signer_of(name))
        for other, reader in desks.items():
            reader.acknowledge(
                open_envelope(told, read_identities([identity_of(other)]), origin=ORIGIN, keys=ROSTERS.key)
            )
        waiting = {later for later in desks if desks[later].kept.get(circle.id)}
        assert desks["lale"].missing(circle.id) == waiting
    for desk in desks.values():
        desk.keep(circle, first)  # a late or hostile copy is not taken in again
        assert not desk.kept.get(circle.id)


def test_an_acknowledgement_must_be_one():
    with pytest.raises(InputError):
        Wraps().acknowledge(letter_of("event", by="lale"))
