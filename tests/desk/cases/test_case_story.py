"""An ask becomes a case on two desks, is answered, and who is removed opens nothing new."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.core.casework_life import Status
from panah.desk.cases import actions, people, queries
from panah.errors import RefusedError
from panah.proof.mailboxwire import SLOT
from panah.seal.letter import File
from tests.desklab import NOW, TODAY, Person


def test_an_ask_reaches_all_desks_and_its_case_only_those_assigned(team):
    lale, omid, tara = team.desks()
    person = Person(team)
    source = person.ask()
    team.sync(lale, omid, tara)
    assert [[one.source for one in queries.inbox(desk)] for desk in (lale, omid, tara)] == [[source]] * 3
    case = actions.open_case(lale, source, NOW, members=["omid"], label="Lantern one")
    team.sync(lale, omid, tara)
    for desk in (lale, omid):
        [line] = queries.cases(desk, TODAY)
        assert (line.id, line.label, line.people, line.members) == (case, "Lantern one", 1, ("lale", "omid"))
        assert desk.case(case).texts[0].what["text"] == "سه نفریم، یکی بیمار"
    assert queries.cases(tara, TODAY) == []
    with pytest.raises(RefusedError):
        tara.case(case)
    assert [queries.inbox(desk) for desk in (lale, omid, tara)] == [[], [], []]


def test_the_answer_lies_in_the_mailbox_in_the_size_of_a_slot_with_the_word_that_it_was_collected(team):
    lale, omid = team.desks("lale", "omid")
    person = Person(team)
    source = person.ask()
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW, members=["omid"])
    team.sync(lale, omid)
    actions.send_reply(omid, case, person.address, "سلام، چه روزی می‌توانید حرف بزنید؟", NOW)
    team.sync(omid, lale)
    collected, reply = person.replies()
    assert (collected.kind, reply.kind, reply.by) == ("collected", "reply", "omid")
    assert reply.body["text"] == "سلام، چه روزی می‌توانید حرف بزنید؟"
    assert reply.body["lang"] == "fa"
    assert {len(sealed) for sealed in team.relay.boxes[person.box.address]} == {SLOT}
    assert [message.out for message in lale.case(case).messages] == [True]
    word = person.write("فردا عصر")
    team.sync(lale, omid)
    [letter] = queries.inbox(omid)
    assert (letter.source, letter.cases) == (word, (case,))
    actions.take_message(omid, word, case, NOW)
    team.sync(omid, lale)
    assert lale.case(case).unanswered
    assert queries.inbox(lale) == []


def test_who_is_removed_opens_nothing_that_is_written_after(team):
    lale, omid = team.desks("lale", "omid")
    source = Person(team).ask()
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW, members=["omid"])
    team.sync(lale, omid)
    actions.note(omid, case, "before", NOW)
    team.sync(omid, lale)
    people.remove(lale, case, "omid", NOW, "works elsewhere now")
    actions.note(lale, case, "a secret after", NOW)
    team.sync(lale, omid)
    before = {opened.hash for opened in omid.state.opened.values()}
    assert {one.what["text"] for one in omid.case(case).notes} == {"before"}
    assert {one.what["text"] for one in lale.case(case).notes} == {"before", "a secret after"}
    with pytest.raises(RefusedError):
        actions.note(omid, case, "still here?", NOW)
    # All keys that the removed member has, against all rows: nothing that was sealed after opens.
    again = team.desk("omid", warm=False)
    assert {opened.hash for opened in again.state.opened.values()} == before
    people.assign(lale, case, "omid", NOW)
    team.sync(lale, again)
    assert {one.what["text"] for one in again.case(case).notes} == {"before", "a secret after"}


def test_who_joins_the_team_later_and_is_assigned_reads_the_past_although_the_relay_has_forgotten_it(team):
    lale, omid = team.desks("lale", "omid")
    source = Person(team).ask()
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW)
    for number in range(6):
        actions.note(lale, case, f"note {number}", NOW)
    team.sync(lale, omid)
    team.relay.forget(needed=2)
    assert team.relay.rows == []
    tara = team.desk("tara")
    team.sync(lale, tara)
    people.assign(lale, case, "tara", NOW)
    team.sync(lale, tara)
    assert len(tara.case(case).notes) == 6
    assert queries.faults(tara, case) == []


def test_a_circle_is_closed_to_who_left_the_team_before_anything_is_written(team):
    lale, omid, tara = team.desks()
    source = Person(team).ask()
    team.sync(lale, omid, tara)
    case = actions.open_case(lale, source, NOW, members=["omid"])
    team.sync(lale, omid, tara)
    team.change("lale", "tara", version=9)
    lale.learn(team.known())
    assert queries.outsiders(lale, case) == ["omid"]
    actions.note(lale, case, "after omid left", NOW)
    assert queries.outsiders(lale, case) == []
    team.sync(lale)
    for row in team.relay.rows:  # whatever the site hands to the leaver
        omid.store.take([row])
    late = team.desk("omid", warm=False)
    assert late.case(case).notes == []


def test_status_disclosure_and_frozen_mailboxes_are_refused_in_words(team):
    [lale] = team.desks("lale")
    person = Person(team)
    source = person.ask(who="other", contact="her sister")
    team.sync(lale)
    case = actions.open_case(lale, source, NOW)
    with pytest.raises(RefusedError, match="from asked to verified"):
        actions.set_status(lale, case, Status.VERIFIED, NOW)
    actions.say(lale, case, "reached", NOW, how="video call")
    actions.set_status(lale, case, Status.VERIFIED, NOW)
    consent = actions.put(lale, case, "consent", NOW, to="a host", what=["ages"], purpose="a room")
    with pytest.raises(RefusedError, match="not agreed"):
        actions.disclose(lale, case, consent, ["ages", "names"], NOW)
    actions.disclose(lale, case, consent, ["ages"], NOW)
    actions.freeze(lale, case, person.address, "another hand", NOW)
    with pytest.raises(RefusedError, match="frozen"):
        actions.send_reply(lale, case, person.address, "hello", NOW)
    assert lale.case(case).status is Status.VERIFIED


def test_what_was_written_can_be_taken_back_and_tasks_and_filters_show_what_is_due(team):
    [lale] = team.desks("lale")
    sources = [Person(team).ask(f"ask {number}") for number in range(2)]
    team.sync(lale)
    first, second = (actions.open_case(lale, source, NOW) for source in sources)
    wrong = actions.note(lale, first, "of another case", NOW)
    actions.take_back(lale, first, wrong, NOW)
    task = actions.put(lale, second, "task", NOW, text="call the clinic", due="2026-03-03", who="lale")
    assert lale.case(first).notes == []
    assert [line.id for line in queries.cases(lale, TODAY)] == [second, first]
    assert [line.id for line in queries.cases(lale, TODAY, status=Status.ASKED, member="lale")] == [second, first]
    assert queries.cases(lale, TODAY, member="omid") == []
    actions.finish_task(lale, second, task, NOW)
    assert {line.next_due.what for line in queries.cases(lale, TODAY) if line.next_due} == {"verify"}


def test_doubles_are_merged_and_the_answer_goes_to_either_mailbox(team):
    lale, omid = team.desks("lale", "omid")
    one, two = Person(team), Person(team)
    sources = [one.ask("first"), two.ask("the same family again")]
    team.sync(lale, omid)
    kept = actions.open_case(lale, sources[0], NOW, members=["omid"])
    double = actions.open_case(lale, sources[1], NOW)
    people.merge(lale, double, kept, NOW)
    team.sync(lale, omid)
    assert queries.head_of(omid, double) == kept
    assert not omid.case(double).is_live  # let in by the merge
    actions.send_reply(omid, kept, two.address, "to the second mailbox", NOW)
    team.sync(omid)
    assert two.replies()[-1].body["text"] == "to the second mailbox"


def test_an_ask_with_files_moves_whole_and_its_copy_goes(team):
    lale, omid = team.desks("lale", "omid")
    photo = File("passport.jpg", "image/jpeg", b"\xff\xd8 invented pixels" * 400)
    source = Person(team).ask(files=(photo,))
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW, members=["omid"])
    team.sync(lale, omid)
    [told] = omid.case(case).texts[0].what["files"]
    digest = omid.state.files[case, told["id"]]
    assert omid.files(digest) == (photo,)
    assert people.tidy(omid, NOW) == 1
    assert omid.store.envelope(source) is None
    assert omid.files(digest) == (photo,)


def test_my_file_names_no_member_and_tells_what_is_kept(team):
    [lale] = team.desks("lale")
    person = Person(team)
    source = person.ask("I need a room")
    team.sync(lale)
    case = actions.open_case(lale, source, NOW, label="inner label")
    actions.note(lale, case, "spoke by phone", NOW)
    actions.send_reply(lale, case, person.address, "we look for one", NOW)
    file = queries.my_file(lale, case)
    assert file["asked"][0]["text"] == "I need a room"
    assert [one["text"] for one in file["messages"]] == ["we look for one"]
    assert [one["text"] for one in file["notes"]] == ["spoke by phone"]
    assert queries.my_file(lale, case, notes=False)["notes"] == []
    assert "lale" not in repr(file)
    assert "inner label" not in repr(file)


def test_a_day_after_its_clock_a_case_is_shredded_here_and_elsewhere_by_each(team):
    lale, omid = team.desks("lale", "omid")
    source = Person(team).ask("canary words of the ask")
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW, members=["omid"])
    actions.note(lale, case, "canary words of a note", NOW)
    team.sync(lale, omid)
    with pytest.raises(RefusedError, match="still kept"):
        people.shred(lale, case, NOW)
    people.withdraw(lale, case, "word", NOW)
    people.tidy(lale, NOW)
    people.shred(lale, case, NOW, "asked for it")
    team.sync(lale, omid)
    assert queries.cases(lale, TODAY) == []
    assert omid.case(case).withdrawn  # one member alone erases nothing elsewhere
    assert queries.waiting_shreds(lale) == {case: {"omid"}}
    people.join_shredding(omid, case, NOW + dt.timedelta(days=1))
    team.sync(omid, lale)
    assert queries.waiting_shreds(lale) == {}
    # From the sealed rows that are left, no key of either opens the case again; nor do they come back from the relay.
    lale.store.pull_anew()
    team.sync(lale)
    for name in ("lale", "omid"):
        desk = team.desk(name, warm=False)
        assert desk.state.ids() == []
        assert not any(opened.circle == case for opened in desk.state.opened.values())
