"""Intake is open only while two members have shown within a week that they can open what is sent now."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from panah.core import intake
from panah.proof import canonical, deskwire, relaywire
from panah.seal.memberkey import new_member
from panah.storage.models import Counter
from tests.relaylab import Desk, straight
from tests.site.relays import World


def test_one_answer_is_not_enough_and_two_open_for_a_week(closed_world: World) -> None:
    world = closed_world
    assert (world.line.standing().until, world.ask()[2]) == (None, "closed")
    world.answer("anar")
    assert (world.line.standing().until, world.ask()[2]) == (None, "closed")
    world.answer("benafsha")
    assert world.line.standing().until == world.now.date() + dt.timedelta(days=7)
    assert world.ask()[2] == "taken"
    world.pass_days(7)
    assert (world.line.standing().until, world.ask()[2]) == (world.now.date(), "taken")
    world.pass_days(1)
    assert (world.line.standing().until, world.ask()[2]) == (None, "closed")
    world.answer("cyrus", "dilshad")
    assert world.ask()[2] == "taken"


def test_the_day_is_that_of_the_second_newest_answer(world: World) -> None:
    first = world.now.date()
    world.pass_days(3)
    world.answer("anar")
    assert world.line.standing().until == first + dt.timedelta(days=7)
    world.answer("cyrus")
    assert world.line.standing().until == world.now.date() + dt.timedelta(days=7)


def test_pages_are_drawn_anew_when_their_day_changes_and_only_then(closed_world: World) -> None:
    world = closed_world

    def face() -> int:
        return Counter.objects.using(world.fund.alias).get().face

    faces = [face()]
    for name in ("anar", "benafsha", "cyrus", "anar"):
        world.answer(name)
        faces.append(face())
    assert [later - earlier for earlier, later in itertools.pairwise(faces)] == [0, 1, 0, 0]


def test_a_challenge_is_for_one_member_and_answers_are_not_accepted_from_another(closed_world: World) -> None:
    anar, benafsha = (closed_world.desks[name] for name in ("anar", "benafsha"))
    day, secret = anar.secret()
    assert benafsha.secret()[1] != secret
    assert benafsha.word("relay/answer", deskwire.write_solved(day, secret)) == "wrong"
    assert anar.word("relay/answer", deskwire.write_solved(day, bytes(32))) == "wrong"
    assert anar.ask("relay/challenge", deskwire.CHALLENGE) == anar.ask("relay/challenge", deskwire.CHALLENGE)
    assert anar.answer() == "done"


def test_an_answer_counts_for_its_own_day_and_not_past_yesterday(closed_world: World) -> None:
    anar = closed_world.desks["anar"]
    day, secret = anar.secret()
    closed_world.pass_days(1)
    assert anar.word("relay/answer", deskwire.write_solved(day, secret)) == "done"
    assert closed_world.rows("day", "storage_answer") in ([(day.isoformat(),)], [(day,)])
    closed_world.pass_days(1)
    assert anar.word("relay/answer", deskwire.write_solved(day, secret)) == "wrong"


def test_the_site_keeps_nothing_that_answers_a_challenge(closed_world: World) -> None:
    _, secret = closed_world.desks["anar"].secret()
    kept = b"".join(
        bytes(value) for row in closed_world.rows("key, digest, blob", "storage_challenge") for value in row
    )
    assert kept
    assert secret not in kept


def test_intake_closes_with_the_roster_and_desks_go_on(world: World) -> None:
    world.ask()
    end = dt.date.fromisoformat(world.team.roster().body()["until"])
    world.now = dt.datetime.combine(end, dt.time(12), dt.UTC)
    world.answer("anar", "benafsha")
    assert (world.line.standing().until, world.ask()[2]) == (end, "taken")
    world.pass_days(1)
    assert world.ask()[2] == "closed"
    assert world.desks["cyrus"].pull()


def test_one_member_closes_intake_by_the_switch(world: World) -> None:
    world.team.say("pause", "anar", id="AAAAAAAAAAAAAAAAAAAAAA==", what="intake")
    assert (world.line.standing().until, world.ask()[2]) == (None, "closed")
    world.team.say("resume", id="AAAAAAAAAAAAAAAAAAAAAQ==", what="intake")
    assert world.ask()[2] == "taken"


def test_a_member_with_a_new_key_has_answered_nothing_yet(world: World) -> None:
    team, renewed = world.team, new_member("benafsha")
    public = [key.public | ({"seal": renewed.public["seal"]} if name == "benafsha" else {})
              for name, key in team.members.items()]  # fmt: skip
    until = (team.now.date() + dt.timedelta(days=30)).isoformat()
    team.say("roster", roster={"members": public, "until": until})
    assert world.ask()[2] == "closed"
    key = type(renewed)("benafsha", team.members["benafsha"].seed, renewed.identity)
    assert Desk(world.line, key).answer() == "done"
    assert world.ask()[2] == "taken"


def test_only_those_who_open_intake_are_challenged(closed_world: World) -> None:
    world = closed_world
    roster = world.team.roster().body() | {"intake": ["anar", "cyrus"]}
    world.team.say("roster", roster=roster)
    assert world.desks["dilshad"].word("relay/challenge", deskwire.CHALLENGE) == "unknown"
    world.answer("anar", "cyrus")
    assert world.ask()[2] == "taken"
    told = canonical.decode(world.desks["dilshad"].ask("relay/duties", deskwire.DUTIES))
    day = world.now.date()
    assert told == {
        "answered": [["anar", day.isoformat()], ["cyrus", day.isoformat()]], "open": 1,
        "until": (day + dt.timedelta(days=7)).isoformat(),
    }  # fmt: skip


def test_standing_tells_nothing_of_how_much_was_sent(closed_world: World) -> None:
    before = closed_world.line.send("relay/standing", b"", {}, "GET")
    assert closed_world.line.send("relay/standing", b"", {}, "GET") == before
    closed_world.answer("anar", "benafsha")
    opened = closed_world.line.send("relay/standing", b"", {}, "GET")
    closed_world.ask()
    assert closed_world.line.send("relay/standing", b"", {}, "GET") == opened
    assert straight("nowhere")("relay/standing", b"", {}, "GET") == (404, relaywire.answer("unknown"))


# -- the rules alone

TODAY = dt.date(2026, 3, 2)
ROSTER = {"members": [{"name": name, "seal": f"age1{name}"} for name in "abc"], "until": "2026-03-20"}
FRESH = {name: (TODAY, intake.key_of(f"age1{name}")) for name in "abc"}


@pytest.mark.parametrize(
    ("answers", "open_until"),
    [
        ({}, None),
        ({"a": FRESH["a"]}, None),
        ({"a": FRESH["a"], "b": FRESH["b"]}, dt.date(2026, 3, 9)),
        ({"a": FRESH["a"], "b": (TODAY - dt.timedelta(8), FRESH["b"][1])}, None),
        ({"a": FRESH["a"], "b": (TODAY, b"another key")}, None),
        ({"a": FRESH["a"], "zohra": FRESH["b"]}, None),
    ],
)
def test_who_is_live(answers, open_until):
    assert intake.open_until(ROSTER, answers, TODAY) == open_until


def test_intake_never_outlives_the_roster():
    late = {name: (dt.date(2026, 3, 18), key) for name, (_, key) in FRESH.items()}
    assert intake.open_until(ROSTER, late, dt.date(2026, 3, 19)) == dt.date(2026, 3, 20)
    assert intake.open_until(ROSTER, late, dt.date(2026, 3, 21)) is None


def test_nothing_goes_by_one_word_however_few_are_live():
    assert not intake.may_go({"a"}, {"a"})
    assert not intake.may_go({"a", "b"}, set())
    assert not intake.may_go({"a", "c"}, {"a", "b"})
    assert intake.may_go({"a", "b", "c"}, {"a", "b"})


def test_a_part_of_each_day_is_kept_for_vouched_codes():
    day = intake.Quota(8, 6, 0)
    assert (day.has_room(1, vouched=False), day.has_room(1, vouched=True)) == (False, True)
    assert not intake.Quota(8, 6, 2).has_room(1, vouched=True)
    assert not intake.Quota(8, 0, 8).has_room(1, vouched=False)
    assert not intake.Quota(8, 4, 0).has_room(4, vouched=False)
