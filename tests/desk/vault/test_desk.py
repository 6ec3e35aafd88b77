"""Unlocking, replaying, syncing: what a desk keeps, and what it believes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import random

import pytest

from panah.core.casework_fold import fold
from panah.desk.cases import actions, people, queries
from panah.desk.vault import keyring, snapshot
from panah.desk.vault.desk import open_desk
from panah.desk.vault.home import Fund, Home, open_own, seal_own
from panah.desk.vault.keyring import FILE, KEPT_DAYS, change_key, finish_change, open_keyring
from panah.desk.vault.store import Store
from panah.desk.vault.sync import WHOLE_EVERY, sync
from panah.errors import InputError, RefusedError
from panah.seal.memberkey import new_member
from panah.seal.unseal import read_identities
from tests.desklab import LEAF0, NOW, ORIGIN, TODAY, Person, Team


def filled(team: Team, notes: int = 4):
    lale, omid = team.desks("lale", "omid")
    source = Person(team).ask("canary of an ask")
    team.sync(lale, omid)
    case = actions.open_case(lale, source, NOW, members=["omid"], label="canary of a label")
    for number in range(notes):
        actions.note(lale, case, f"canary of note {number}", NOW)
    team.sync(lale, omid)
    return lale, omid, case


def test_a_desk_starts_the_same_warm_and_cold_with_and_without_a_line(team):
    lale, _, case = filled(team)
    actions.note(lale, case, "written without a line", NOW)
    lale.keep_snapshot()
    cold = team.desk("lale", warm=False)
    warm = team.desk("lale")
    assert warm.case(case) == cold.case(case) == lale.case(case)
    assert warm.state.opened == cold.state.opened
    actions.note(warm, case, "after a warm start", NOW)
    team.sync(warm)
    cold = team.desk("lale", warm=False)
    assert [one.what["text"] for one in cold.case(case).notes][-2:] == ["written without a line", "after a warm start"]


def test_nothing_in_the_folder_is_readable(team):
    lale, _, _ = filled(team)
    lale.keep_snapshot()
    lale.close()
    for path in (team.folder / "lale").iterdir():
        assert b"canary" not in path.read_bytes(), path.name
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_snapshot_counts_only_for_what_lies_in_the_stream_and_only_if_this_member_signed_it(team):
    lale, omid, case = filled(team)
    lale.keep_snapshot()
    gone = lale.state.envelopes(case)[-1]
    before = len(lale.case(case).notes)
    lale.store.forget([gone])
    assert len(team.desk("lale").case(case).notes) == before - 1
    # A snapshot by somebody else, sealed to the same public key: whoever had the disk can make one.
    theirs = dataclasses.replace(
        lale.ring, member=dataclasses.replace(omid.ring.member, name="lale", identity=lale.ring.member.identity)
    )
    forged = [one._replace(by="lale") for one in lale.state.opened.values()]
    snapshot.write_snapshot(lale.home, theirs, ORIGIN, forged, set())
    assert snapshot.read_snapshot(lale.home, lale.ring, ORIGIN) == ({}, set())
    for damage in (b"", b"x", b"\0" * 70_000):
        lale.home.write(snapshot.FILE, damage)
        assert len(team.desk("lale").case(case).notes) == before - 1


def test_letters_that_come_before_the_wrap_that_opens_them_are_found_later(team):
    lale, _, case = filled(team, notes=8)
    rows = list(lale.store.rows())
    fresh = team.desk("tara")
    random.Random(4).shuffle(rows)
    fresh.ring = lale.ring  # the same keys, another order
    fresh.state.opener = lale.state.opener
    fresh.store.queue_again([])
    fresh.state.add(rows, lale.store.envelope, {})
    assert fresh.state.case(case) == lale.case(case)


def test_many_letters_held_back_at_once_are_missed_and_later_ones_still_open(team):
    lale, omid, case = filled(team)
    start = team.relay.count
    for number in range(12):
        actions.note(lale, case, f"late {number}", NOW)
    sync(lale, team.relay.line(), NOW)
    team.relay.held = set(range(start + 1, start + 12))
    [met] = team.sync(omid)
    assert "late 11" in {one.what["text"] for one in omid.case(case).notes}
    assert [fault.kind for fault in queries.faults(omid, case)] == ["gap"]
    assert met.faults == {}  # told once, in the sync that brought it


def test_a_colleagues_event_shows_what_the_site_withheld(team):
    lale, omid, case = filled(team)
    tara = team.desk("tara")
    people.assign(lale, case, "tara", NOW)
    team.sync(lale, omid, tara)
    actions.note(lale, case, "held from tara", NOW)
    sync(lale, team.relay.line(), NOW)
    held = team.relay.count
    sync(omid, team.relay.line(), NOW)
    actions.note(omid, case, "omid has seen it", NOW)
    sync(omid, team.relay.line(), NOW)
    team.relay.held = {held}
    met = sync(tara, team.relay.line(), NOW)
    assert [(fault.kind, fault.name) for fault in met.faults[case]] == [("withheld", "lale")]


def test_one_key_on_two_machines_is_told_as_a_fork(team):
    lale, omid, case = filled(team)
    twin = team.desk("lale")
    lale.close()
    actions.note(twin, case, "one history", NOW)
    rows = list(twin.store.rows())
    twin.store.forget([rows[-1].hash])
    again = team.desk("lale")
    actions.note(again, case, "another one", NOW)
    omid.state.add([rows[-1], list(again.store.rows())[-1]], again.store.envelope, {})
    assert [(fault.kind, fault.name) for fault in queries.faults(omid, case)] == [("fork", "lale")]


def test_desks_that_write_without_a_line_come_to_the_same_case(team):
    lale, omid, case = filled(team)
    dice = random.Random(11)
    for turn in range(30):
        desk = dice.choice([lale, omid])
        act = dice.choice(["note", "status", "need"])
        if act == "note":
            actions.note(desk, case, f"note {turn}", NOW)
        elif act == "status":
            actions.say(desk, case, "status", NOW, to=dice.choice(["verified", "supported", "safe", "closed"]))
        else:
            actions.put(
                desk, case, "need", NOW, key=f"{turn % 2:016x}", kind="shelter", state=dice.choice(["open", "met"])
            )
        if dice.random() < 0.2:
            sync(desk, team.relay.line(), NOW)
    assert lale.case(case) != omid.case(case)
    team.sync(lale, omid)
    team.sync(lale)
    assert lale.case(case) == omid.case(case)
    assert fold(case, reversed(lale.state.events(case))) == omid.case(case)
    assert queries.faults(lale, case) == []


def test_a_broken_line_loses_nothing_and_a_relay_that_went_back_gets_what_it_lost(team):
    lale, omid, case = filled(team)
    actions.note(lale, case, "on its way", NOW)
    team.relay.down = True
    with pytest.raises(ConnectionResetError):
        sync(lale, team.relay.line(), NOW)
    assert lale.store.waits() == 1
    team.relay.down = False
    team.sync(lale, omid)
    assert lale.store.waits() == 0
    # The site was restored from an old backup: it counts again from the middle.
    team.relay.rows, team.relay.count = team.relay.rows[:3], 3
    actions.note(omid, case, "after the restore", NOW)
    team.sync(omid, lale)
    assert "after the restore" not in {one.what["text"] for one in lale.case(case).notes}
    team.relay.now += WHOLE_EVERY
    lale.learn(team.known())
    team.sync(lale)
    assert {"on its way", "after the restore"} <= {one.what["text"] for one in lale.case(case).notes}


def test_a_desk_acknowledges_what_it_has_answers_the_challenge_and_is_refused_in_words(team):
    lale, _, _ = filled(team)
    assert team.relay.acknowledged["lale"] == {row.seq for row in team.relay.rows}
    assert "lale" in team.relay.answered
    team.change("omid", "tara", version=9)
    lale.learn(team.known())
    with pytest.raises(RefusedError, match="does not know this desk"):
        sync(lale, team.relay.line(), NOW)


def test_what_no_browser_of_ours_writes_is_counted_and_stops_nothing(team):
    [lale] = team.desks("lale")
    person = Person(team)
    person.ask(colour="red")
    person._send("ask", {"who": "nobody", "text": "x"})
    good = person.ask()
    team.relay.deposit(b"not an envelope")
    team.sync(lale)
    assert [one.source for one in queries.inbox(lale)] == [good]
    assert len(lale.state.unread) == 3


def test_keys_from_before_open_for_180_days_and_a_crash_between_two_steps_loses_none(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring, "unlock", functools.cache(keyring.unlock))  # each takes a second on purpose
    home, passphrase = Home(tmp_path / "desk"), "six invented words for one desk"
    old, new = new_member("lale"), new_member("lale")
    home.found(Fund(ORIGIN, LEAF0, "http://127.0.0.1:9/"), old.lock(passphrase))
    with pytest.raises(InputError):
        home.found(Fund(ORIGIN, LEAF0, "http://127.0.0.1:9/"), b"")
    ring = change_key(home, open_keyring(home, passphrase, TODAY), new, passphrase, TODAY)
    assert [identity for identity, _ in ring.older] == [old.identity]
    last = TODAY + dt.timedelta(days=KEPT_DAYS)
    assert [one for one, _ in open_keyring(home, passphrase, last).older] == [old.identity]
    assert open_keyring(home, passphrase, last + dt.timedelta(days=1)).older == ()
    stored = home.read(FILE)
    home.write("next-" + FILE, stored or b"")  # killed after the key was changed, before the ring
    home.remove(FILE)
    mended = finish_change(home, open_keyring(home, passphrase, TODAY))
    assert [identity for identity, _ in mended.older] == [old.identity]
    assert open_keyring(home, passphrase, TODAY) == mended
    with pytest.raises(RefusedError):
        change_key(home, mended, new_member("omid"), passphrase, TODAY)
    desk = open_desk(tmp_path / "desk", passphrase, NOW)
    assert desk.state.ids() == []
    desk.close()
    with pytest.raises(InputError):
        open_desk(tmp_path / "desk", "another passphrase", NOW)


def test_a_second_program_on_the_same_folder_is_refused(team):
    lale = team.desk("lale")
    with pytest.raises(RefusedError, match="another window"):
        Store(lale.home.stream)
    lale.close()
    Store(lale.home.stream).close()


def test_what_a_desk_seals_to_itself_is_its_own_word_or_nothing():
    lale, omid = new_member("lale"), new_member("omid")
    sealed = seal_own(lale, ORIGIN, "own-log", {"day": "2026-03-02"})
    mine = read_identities([lale.identity])
    assert open_own(sealed, lale, mine, ORIGIN, "own-log") is not None
    assert open_own(sealed, lale, mine, ORIGIN, "own-keys") is None
    assert open_own(sealed, lale, mine, "other.invalid", "own-log") is None
    forged = seal_own(dataclasses.replace(omid, name="lale", identity=lale.identity), ORIGIN, "own-log", {})
    assert open_own(forged, lale, mine, ORIGIN, "own-log") is None
