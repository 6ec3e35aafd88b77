"""What events make of a case."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.core.casework_clocks import dues, ends, papers_due
from panah.core.casework_events import WHAT, read_event
from panah.core.casework_fold import _RULES, fold, may_disclose
from panah.core.casework_life import FOLLOWS, LIVE, Status
from panah.core.teamwork import _RULES as TEAM_RULES
from panah.errors import InputError
from tests.caselab import ADDRESS, CASE, MAILBOX, OTHER, Hand, opened, word_hash

TODAY = dt.date(2026, 3, 2)


def state(desk: Hand):
    return fold(desk.case, desk.known)


def test_an_ask_becomes_a_case_with_household_needs_and_a_way_to_answer():
    household = [{"who": "mother", "age": 61}, {"who": "daughter", "age": 4}]
    case = state(opened(household=household, needs=["shelter", "medicine"], country="AF", deadline="2026-04-01"))
    assert [person["age"] for person in case.household.values()] == [61, 4]
    assert [need["kind"] for need in case.needs.values()] == ["shelter", "medicine"]
    assert (case.status, case.lang, case.country, case.deadline) == (Status.ASKED, "fa", "AF", "2026-04-01")
    assert case.mailboxes[ADDRESS].recipient == MAILBOX["recipient"]
    assert case.is_live
    assert not case.set_aside


def test_status_goes_the_way_of_a_life_and_what_skips_a_judgement_takes_no_effect():
    desk = opened()
    for to in ("supported", "verified", "closed", "supported", "travelling", "safe", "closed"):
        desk.write("status", to=to)
    case = state(desk)
    assert case.status is Status.CLOSED
    assert [(one.event.what["to"], one.why) for one in case.set_aside] == [("supported", "life"), ("closed", "life")]


def test_every_status_can_be_reached_from_asked_and_none_but_closed_is_final_for_the_living():
    reached, edge = {Status.ASKED}, [Status.ASKED]
    while edge:
        for follows in FOLLOWS[edge.pop()]:
            if follows not in reached:
                reached.add(follows)
                edge.append(follows)
    assert reached == set(Status) == set(FOLLOWS)
    assert all(FOLLOWS[one] for one in Status)
    assert all(one not in FOLLOWS[one] for one in LIVE)


def test_whoever_was_asked_for_is_verified_only_after_somebody_reached_them():
    desk = opened(who="other", knows=0)
    desk.write("status", to="verified")
    assert state(desk).status is Status.ASKED
    desk.write("reached", how="on the number that her sister gave, in Dari")
    desk.write("status", to="verified")
    assert state(desk).status is Status.VERIFIED


def test_nothing_is_disclosed_on_a_proxys_word_or_without_consent_and_consent_ends():
    desk = opened(who="other")
    desk.write(
        "consent", id="1" * 16, to="a host in Lyon", what=["first name", "ages"], purpose="a room", until="2026-05-01"
    )
    assert not may_disclose(state(desk), "1" * 16, ["ages"], "2026-03-05")
    desk.write("reached", how="by phone")
    case = state(desk)
    assert may_disclose(case, "1" * 16, ["ages"], "2026-05-01")
    assert not may_disclose(case, "1" * 16, ["ages"], "2026-05-02")
    assert not may_disclose(case, "1" * 16, ["ages", "phone"], "2026-03-05")
    desk.write("consent-ended", id="1" * 16, day="2026-03-10")
    desk.write("disclosed", consent="1" * 16, what=["ages"], day="2026-03-09")
    desk.write("disclosed", consent="1" * 16, what=["ages"], day="2026-03-10")
    case = state(desk)
    assert [(one.event.what["day"], one.why) for one in case.set_aside] == [("2026-03-10", "no-consent")]
    assert len(case.disclosed) == 2  # it happened: it is told as well


def test_a_consent_is_never_widened():
    desk = opened()
    desk.write("consent", id="1" * 16, to="host", what=["ages"], purpose="a room")
    desk.write("consent", id="1" * 16, to="host", what=["ages", "phone"], purpose="a room")
    assert not may_disclose(state(desk), "1" * 16, ["phone"], "2026-03-05")


def test_one_member_freezes_a_mailbox_and_two_thaw_it():
    desk = opened("lale", "omid")
    desk.write("freeze", address=ADDRESS, why="writes in another hand")
    assert state(desk).mailboxes[ADDRESS].is_frozen
    desk.write("thaw", address=ADDRESS, why="control question held")
    assert state(desk).mailboxes[ADDRESS].is_frozen
    other = Hand("omid", desk.known)
    other.write("thaw", address=ADDRESS, why="spoke with her")
    assert not state(other).mailboxes[ADDRESS].is_frozen
    other.write("freeze", address=ADDRESS, why="again")
    assert state(other).mailboxes[ADDRESS].is_frozen


def test_a_paper_is_due_to_go_when_two_have_seen_it_unless_it_is_kept_for_something_until_a_day():
    desk = opened("lale", "omid")
    desk.write("paper", id="2" * 16, what="passport")
    desk.write("paper", id="3" * 16, what="tazkira", kept_for="visa form", until="2026-03-20")
    for key in ("2" * 16, "3" * 16):
        desk.write("paper-seen", id=key, day="2026-03-02")
        desk.write("paper-seen", id=key, day="2026-03-03")
    assert papers_due(state(desk), TODAY) == []  # one member looking twice is one
    other = Hand("omid", desk.known)
    other.write("paper-deleted", id="2" * 16, day="2026-03-02")
    for key in ("2" * 16, "3" * 16):
        other.write("paper-seen", id=key, day="2026-03-02")
    case = state(other)
    assert case.papers["2" * 16].deleted == ""
    assert papers_due(case, TODAY) == ["2" * 16]
    assert set(papers_due(case, dt.date(2026, 3, 21))) == {"2" * 16, "3" * 16}
    other.write("paper-deleted", id="2" * 16, day="2026-03-04")
    assert papers_due(state(other), TODAY) == []
    assert state(other).papers["2" * 16].seen == {"lale": "2026-03-02", "omid": "2026-03-02"}


def test_clocks_tell_what_is_due_and_keep_moves_the_end_but_not_for_ever():
    desk = opened(deadline="2026-03-09")
    desk.write("task", id="4" * 16, text="call the clinic", due="2026-03-05", who="lale")
    assert [(one.what, one.day.isoformat()) for one in dues(state(desk), TODAY)] == [
        ("task", "2026-03-05"), ("deadline", "2026-03-09"), ("verify", "2026-03-16"),
    ]  # fmt: skip
    desk.write("task-done", id="4" * 16)
    desk.write("status", to="declined", why="not for this fund")
    assert [one.what for one in dues(state(desk), TODAY)] == ["shred"]
    assert ends(state(desk)) == dt.date(2026, 4, 1)
    desk.write("keep", until="2040-01-01", why="court case")
    assert ends(state(desk)) == dt.date(2028, 3, 1)
    desk.write("withdrawn", day="2026-03-03", by="mailbox")
    assert ends(state(desk)) == dt.date(2026, 3, 3)


def test_what_a_member_took_back_is_gone_and_nobody_takes_back_anothers_word_or_what_left_the_house():
    desk = opened("lale", "omid")
    mistake = desk.write("note", text="wrong case")
    told = desk.write("reply", address=ADDRESS, slot="5" * 16, lang="fa", text="سلام", day="2026-03-02")
    other = Hand("omid", desk.known)
    other.write("void", event=mistake.id)
    assert len(state(other).notes) == 1
    desk.hear(*other.known[-1:])
    desk.write("void", event=mistake.id)
    desk.write("void", event=told.id)
    case = state(desk)
    assert case.notes == []
    assert len(case.messages) == 1


def test_a_message_taken_in_by_two_desks_stands_once():
    desk = opened("lale", "omid")
    other = Hand("omid", desk.known)
    for one in (desk, other):
        one.write("message", source=word_hash("m"), address=ADDRESS, lang="fa", text="سلام", day="2026-03-02")
    desk.hear(*other.known)
    case = state(desk)
    assert [message.text for message in case.messages] == ["سلام"]
    assert case.unanswered


def test_duplicates_are_merged_with_their_mailboxes():
    kept, double = opened(), opened(case=OTHER)
    double.write("merged", into=CASE)
    kept.write("merge", from_=OTHER, mailboxes=[["C" * 42 + "A=", MAILBOX]])
    assert not state(double).is_live
    assert set(state(kept).mailboxes) == {ADDRESS, "C" * 42 + "A="}


def test_who_was_never_let_in_changes_nothing():
    desk = opened("lale", "omid")
    stranger = Hand("tara", desk.known)
    stranger.write("status", to="declined")
    stranger.write("assign", name="tara")
    stranger.write("note", text="let me in")
    case = state(stranger)
    assert (case.status, case.members, case.notes) == (Status.ASKED, {"lale", "omid"}, [])
    assert {one.why for one in case.set_aside} == {"not-a-member"}


def test_what_a_removed_member_writes_later_does_not_stand_however_it_is_dated():
    desk = opened("lale", "omid")
    gone = Hand("omid", desk.known)
    early = gone.write("note", text="before")
    desk.hear(early)
    secretly = Hand("omid", gone.known)
    backdated = secretly.write("note", text="dated before the removal, written after")
    desk.write("remove", name="omid", n=1)
    late = Hand("omid", [*desk.known, backdated])
    late.write("assign", name="omid")
    desk.hear(backdated, *late.known)
    case = state(desk)
    assert [note.what["text"] for note in case.notes] == ["before"]
    assert case.members == {"lale"}
    desk.write("assign", name="omid")
    back = Hand("omid", desk.known)
    back.write("note", text="back again")
    assert [note.what["text"] for note in state(back).notes] == ["before", "back again"]


def test_a_case_whose_beginning_was_withheld_says_so_and_has_nothing_in_force():
    desk = opened("lale", "omid")
    desk.write("note", text="a note")
    case = fold(CASE, desk.known[1:])
    assert (case.opened, case.notes) == ("", [])
    assert case.set_aside


def test_every_kind_of_event_has_a_rule_in_exactly_one_record():
    assert set(_RULES) | set(TEAM_RULES) == set(WHAT)
    assert not set(_RULES) & set(TEAM_RULES)


@pytest.mark.parametrize(
    "change",
    [
        {"lamport": 0}, {"lamport": 2**41}, {"n": 0}, {"id": "xyz"}, {"at": "2026-03-02"}, {"seen": [["lale"]]},
        {"prev": "00"}, {"more": 1}, {"what": {"type": "note"}}, {"what": {"type": "note", "text": "a\x00b"}},
        {"what": {"type": "weigh", "text": "x"}}, {"what": {"type": "note", "text": "x", "colour": "red"}},
        {"what": []}, {"what": {"type": ["note"], "text": "x"}}, {"what": {"type": "status", "to": "rich"}},
        {"what": {"type": "task", "id": "1" * 16, "text": "x", "due": "2026-02-30"}},
    ],
)  # fmt: skip
def test_a_record_of_another_shape_is_refused(change):
    body = {
        "case": CASE, "id": "1" * 16, "n": 1, "lamport": 1, "prev": "", "seen": [], "at": "2026-03-02T10:00",
        "what": {"type": "note", "text": "x"},
    }  # fmt: skip
    read_event(body, "lale", "00")
    with pytest.raises(InputError):
        read_event(body | change, "lale", "00")
