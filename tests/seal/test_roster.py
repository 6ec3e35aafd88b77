"""Rosters: who is sealed to, whose signature counts when, and how keys and people change."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.errors import InputError, PanahError, RefusedError
from panah.proof.charterleaf import ROSTER as LEAF_SHAPE
from panah.seal import envelope, roster
from panah.seal.letter import Signer
from panah.seal.roster import Rosters, read_roster
from panah.seal.unseal import open_envelope, read_identities
from tests.seallab import ORIGIN, ROSTER, identity_of, letter_of, member_of, recipient_of, roster_of, signer_of

TODAY = dt.date(2021, 10, 1)
UNTIL = dt.date(2021, 11, 30)


def deposit_of(name="lale", word="lale again", **changes):
    body = roster.deposit(ROSTER, signer_of(name), signer_of(word), recipient_of(word), TODAY)
    return body | changes


def test_a_roster_is_read_from_its_leaf_as_it_was_written():
    written = roster.renewal(roster_of("lale", "omid", "tara"), UNTIL)
    LEAF_SHAPE(written, "roster")
    found = read_roster(ORIGIN, 12, written)
    assert found.members == ROSTER.members
    assert (found.version, found.until) == (12, UNTIL)


def test_intake_goes_to_all_members_or_to_those_named_for_it_and_stops_with_the_roster():
    assert ROSTER.intake(TODAY).names == tuple(one.seal for one in ROSTER.members)
    named = roster_of("lale", "omid", "tara", triage=("omid", "tara"))
    assert named.intake(ROSTER.until).names == (recipient_of("omid"), recipient_of("tara"))
    with pytest.raises(RefusedError, match="ended on"):
        ROSTER.intake(ROSTER.until + dt.timedelta(days=1))
    with pytest.raises(RefusedError, match="two members"):
        roster_of("lale", "omid", triage=("lale",)).intake(TODAY)


def test_a_circles_recipients_are_members_of_this_roster():
    assert len(ROSTER.recipients(("lale", "tara"), recipient_of("recovery"))) == 3
    with pytest.raises(RefusedError, match="not in the roster"):
        ROSTER.recipients(("lale", "nobody"))


def test_a_page_that_is_carried_around_warns_and_then_ends():
    made = dt.date(2021, 6, 1)
    days = {days: ROSTER.carried(made + dt.timedelta(days=days), made) for days in (-1, 0, 30, 31, 90, 91)}
    assert days == {-1: "ended", 0: "good", 30: "good", 31: "old", 90: "old", 91: "ended"}


def test_who_left_opens_nothing_that_is_sent_later_and_signs_nothing_new():
    after = roster_of("lale", "omid", version=20)
    rosters = Rosters([ROSTER, after])
    assert rosters.newest == after
    stored = envelope.close(letter_of(roster=20), after.intake(TODAY))
    with pytest.raises(InputError):
        open_envelope(stored, read_identities([identity_of("tara")]), origin=ORIGIN)
    for version, good in ((ROSTER.version, True), (20, False), (3, False)):
        assert (rosters.key("tara", version) is not None) is good
    signed = envelope.close(letter_of("reply", by="tara", roster=20), after.recipients(["lale"]), signer_of("tara"))
    with pytest.raises(InputError):
        open_envelope(signed, read_identities([identity_of("lale")]), origin=ORIGIN, keys=rosters.key)


def test_next_keys_are_taken_up_when_people_change():
    following = roster.read_deposit(ROSTER, deposit_of())
    assert following.seal == recipient_of("lale again")
    written, kept = roster.change(
        ROSTER, leave=["tara"], join=[member_of("nasrin")], deposits=[following], today=TODAY, until=UNTIL
    )
    LEAF_SHAPE(written, "roster")
    found = read_roster(ORIGIN, 30, written)
    assert [one.name for one in found.members] == ["lale", "omid", "nasrin"]
    assert found.member("lale") == following
    assert found.member("omid") == ROSTER.member("omid")
    assert kept == ("omid",)
    assert found.until == TODAY + dt.timedelta(days=30), "an old key lives through a change for 30 days at most"


def test_when_everybody_has_next_keys_the_roster_lasts_as_asked():
    deposits = [roster.read_deposit(ROSTER, deposit_of(name, name + " again")) for name in ("lale", "omid")]
    written, kept = roster.change(ROSTER, leave=["tara"], deposits=deposits, today=TODAY, until=UNTIL)
    assert kept == ()
    assert written["until"] == UNTIL.isoformat()


def test_who_leaves_is_not_triage_any_more_and_a_name_is_not_given_away():
    named = roster_of("lale", "omid", "tara", triage=("omid", "tara"))
    written, _ = roster.change(named, leave=["lale"], today=TODAY, until=UNTIL)
    assert written["intake"] == ["omid", "tara"]
    for gone in (["tara"], ["omid", "tara"]):
        with pytest.raises(RefusedError, match="two members"):
            roster.change(named, leave=gone, today=TODAY, until=UNTIL)
    written, _ = roster.change(
        named, leave=["tara"], join=[member_of("nasrin")], triage=["omid", "nasrin"], today=TODAY, until=UNTIL
    )
    LEAF_SHAPE(written, "roster")
    assert written["intake"] == ["omid", "nasrin"]
    for join in (member_of("tara"), member_of("lale")):
        with pytest.raises(RefusedError):
            roster.change(ROSTER, leave=["tara"], join=[join], today=TODAY, until=UNTIL)
    with pytest.raises(RefusedError):
        roster.change(ROSTER, leave=["nobody"], today=TODAY, until=UNTIL)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "omid"}, {"roster": 8}, {"o": "a.invalid"}, {"day": "2021-10-02"}, {"seal": recipient_of("thief")},
        {"seal": "age1pq1" + "q" * 60}, {"sign": "A" * 43 + "="}, {"more": 1}, {"sig": []},
    ],
    ids=lambda change: f"{next(iter(change))}",
)  # fmt: skip
def test_next_keys_that_were_changed_are_refused(change):
    with pytest.raises(PanahError):
        roster.read_deposit(ROSTER, deposit_of() | change)


def test_next_keys_need_the_present_and_the_next_key_and_must_be_new():
    thief = Signer("lale", signer_of("thief").key)
    for present, following, seal in (
        (thief, signer_of("lale again"), recipient_of("lale again")),
        (signer_of("lale"), signer_of("lale"), recipient_of("lale again")),
        (signer_of("lale"), signer_of("lale again"), recipient_of("lale")),
    ):
        with pytest.raises(InputError):
            roster.read_deposit(ROSTER, roster.deposit(ROSTER, present, following, seal, TODAY))
    claimed = deposit_of()
    other = deposit_of(word="another")
    with pytest.raises(InputError):
        roster.read_deposit(ROSTER, claimed | {"own": other["own"]})
