"""The relay takes in, hands out and forgets: on both databases, with real envelopes and real signatures."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from panah.proof import deskwire, relaywire
from panah.proof.mailboxwire import CHUNK
from panah.proof.relaywire import NOTHING
from panah.seal.memberkey import new_member
from tests.relaylab import SIZES, Desk, Person, hash_of, straight
from tests.site.relays import WORK, World


def test_an_ask_reaches_every_desk_and_its_answer_the_mailbox(world: World) -> None:
    person, envelope, word = world.ask()
    assert word == "taken"
    for desk in world.desks.values():
        [row] = desk.pull()
        assert (row.envelope, row.mark, row.lookup, row.day) == (
            envelope, "s", relaywire.sent_of(person.lookup), world.now.date(),
        )  # fmt: skip
    assert person.letters() == []
    desk = world.desks["anar"]
    desk.push(desk.reply(person, b"we read you"))
    assert person.letters() == [b"we read you"]
    assert len(list(desk.pull_all())) == 1, "replies are for their reader, not for desks"


def test_sending_the_same_again_keeps_one(world: World) -> None:
    person, envelope, _ = world.ask()
    assert [person.deposit(envelope) for _ in range(3)] == ["taken"] * 3
    assert len(world.rows()) == 1
    desk = world.desks["anar"]
    push = desk.between(*world.members)
    assert desk.push(push, push) + desk.push(push) == [2, 2, 2]


def test_the_newest_eight_replies_are_shown_in_slots_of_one_size(world: World) -> None:
    person, desk = world.person(), world.desks["anar"]
    for number in range(10):
        desk.push(desk.reply(person, b"reply %d" % number))
    assert person.letters() == [b"reply %d" % number for number in range(9, 1, -1)]
    assert [person.letters(part) for part in (1, 2, 3)] == [
        [b"reply 9", b"reply 8", b"reply 7"], [b"reply 6", b"reply 5", b"reply 4"], [b"reply 3", b"reply 2"],
    ]  # fmt: skip


def test_attachments_come_in_filled_chunks(world: World) -> None:
    person, desk = world.person(), world.desks["anar"]
    identity, data = b"i" * 32, b"\xff" * 262144
    push = desk.reply(person, data, 256 * 1024)
    desk.push(deskwire.Push(hash_of(identity), push.deletion, push.envelope))
    pieces = []
    for number in range(4):
        body = b"panah/1/chunk\n" + identity + number.to_bytes(2, "big")
        status, piece = world.line.send("mailbox/chunk", body, {}, "POST")
        assert (status, len(piece)) == (200, CHUNK)
        pieces.append(piece)
    assert b"".join(pieces)[: SIZES[262144]] == push.envelope
    for body in (b"panah/1/chunk\n" + identity + b"\x00\x04", b"panah/1/chunk\n" + bytes(34)):
        assert world.line.send("mailbox/chunk", body, {}, "POST") == (404, relaywire.answer("unknown"))


def test_a_mailbox_says_until_when_what_it_sent_waits(world: World) -> None:
    person, _, _ = world.ask()
    day = person.read().sent
    assert day is not None
    assert 90 <= (day - world.now.date()).days < 120
    assert (person.read().kept, world.person().read().sent) == (None, None)
    world.desks["anar"].push(world.desks["anar"].reply(person, b"hello"))
    assert person.read().kept
    for name in ("anar", "benafsha"):
        world.desks[name].ack(1)
    assert person.read().sent is None


def test_the_owner_deletes_everything_or_one_reply(world: World) -> None:
    person, _, _ = world.ask()
    other, _, _ = world.ask()
    desk = world.desks["anar"]
    first, second = desk.reply(person, b"one"), desk.reply(person, b"two")
    desk.push(first, second, desk.reply(other, b"other"))
    assert person.delete(hash_of(first.envelope)) == "done"
    assert (person.letters(), len(desk.pull())) == ([b"two"], 2)
    assert (person.delete(), person.delete()) == ("done", "done")
    assert (person.letters(), len(desk.pull())) == ([], 1)
    assert (other.letters(), other.read().sent is not None) == ([b"other"], True)
    assert Person(world.line).delete() == "done"


# -- quotas, work, vouchers


def test_a_full_day_says_when_to_return_and_keeps_a_part_for_vouchers(world: World, monkeypatch) -> None:
    monkeypatch.setattr(settings, "PANAH_INTAKE_SCRIPT", "8")
    words = [world.ask()[2] for _ in range(7)]
    tomorrow = (world.now.date() + dt.timedelta(days=1)).isoformat()
    assert words == ["taken"] * 6 + [f"full {tomorrow}"]
    standing = world.line.standing()
    assert (standing.full, standing.next_day.isoformat()) == (True, tomorrow)
    voucher = relaywire.voucher_of("invented words")
    body = deskwire.write_vouch(world.now.date() + dt.timedelta(days=30), [hash_of(voucher), b"v" * 32])
    assert world.desks["anar"].word("relay/vouch", body) == "done"
    person = world.person()
    envelope = person.seal(*world.members)
    assert person.deposit(envelope, b"unknown".ljust(32)) == f"full {tomorrow}"
    assert person.deposit(envelope, voucher) == "taken"
    assert person.deposit(envelope, voucher) == "taken", "sent again after a lost answer"
    assert world.desks["anar"].pull()[-1].mark == "v"
    assert world.person().deposit(person.seal(*world.members), voucher) == f"full {tomorrow}", "used once"
    world.pass_days(1)
    assert world.ask()[2] == "taken"


def test_large_envelopes_take_more_of_a_day_and_more_work(world: World, monkeypatch) -> None:
    monkeypatch.setattr(settings, "PANAH_INTAKE_SCRIPT", "8")
    person = world.person()
    envelope = person.seal(*world.members, bucket=1024 * 1024)
    assert len(envelope) == SIZES[1024 * 1024]
    assert person.deposit(envelope) == "taken"
    assert [world.ask()[2][:5] for _ in range(3)] == ["taken", "taken", "full "]


def test_the_door_has_a_quota_of_its_own_and_needs_no_work(world: World, monkeypatch) -> None:
    monkeypatch.setattr(settings, "PANAH_INTAKE_SCRIPT", "0")
    monkeypatch.setattr(settings, "PANAH_INTAKE_DOOR", "4")
    door = world.over(straight(way="door"))
    assert (world.line.standing().full, door.standing().full, door.standing().bits) == (True, False, 0)
    words = []
    for _ in range(4):
        person = Person(door)
        words.append(door.say("relay/deposit", person.parcel(person.seal(*world.members)))[:5])
    assert words == ["taken"] * 3 + ["full "]
    assert door.send("relay/pull", b"", {}, "POST") == (404, relaywire.answer("unknown"))


def test_without_work_nothing_is_taken(world: World) -> None:
    person, standing = world.person(), world.line.standing()
    assert standing.bits == WORK
    envelope = person.seal(*world.members)
    while relaywire.work_holds(standing.salt, hash_of(envelope), bytes(8), WORK):  # by chance, once in 64
        envelope = person.seal(*world.members)
    good = person.parcel(envelope, salt=standing.salt, bits=WORK)
    assert world.line.say("relay/deposit", person.parcel(envelope)) == "work"
    assert world.line.say("relay/deposit", good) == "taken"


def test_work_begun_before_midnight_holds_a_day_longer(world: World) -> None:
    salt = world.line.standing().salt
    words = []
    for _ in range(3):
        person = world.person()
        envelope = person.seal(*world.members)
        while relaywire.work_holds(world.line.standing().salt, hash_of(envelope), bytes(8), WORK - 3):
            envelope = person.seal(*world.members)
        words.append(world.line.say("relay/deposit", person.parcel(envelope, salt=salt, bits=WORK)))
        world.pass_days(1)
    assert words == ["taken", "taken", "work"]


# -- who is a desk


def test_strangers_leavers_and_false_signatures_are_refused_alike(world: World) -> None:
    world.ask()
    anar = world.desks["anar"]
    body = deskwire.write_pull(0)
    assert anar.word("relay/pull", body, origin="other.invalid") == "stranger"
    assert anar.word("relay/pull", body, path="relay/ack") == "stranger"
    assert anar.word("relay/pull", body, body=b"other") == "stranger"
    assert anar.word("relay/pull", body, now=world.now - dt.timedelta(minutes=7)) == "stranger"
    assert Desk(world.line, new_member("zohra")).word("relay/pull", body) == "stranger"
    assert Desk(world.line, new_member("anar")).word("relay/pull", body) == "stranger"
    assert Desk(world.line, anar.member, roster=3).word("relay/pull", body) == "roster"
    assert world.line.say("relay/pull", body) == "stranger"
    assert len(anar.pull()) == 1


def test_who_left_pulls_nothing_from_that_moment_on(world: World) -> None:
    world.ask()
    leaver = world.desks["dilshad"]
    assert len(leaver.pull()) == 1
    team = world.team
    members = [key.public for name, key in team.members.items() if name != "dilshad"]
    team.say("roster", roster={"members": members, "until": (team.now.date() + dt.timedelta(days=30)).isoformat()})
    for path, body in (
        ("relay/pull", deskwire.write_pull(0)), ("relay/ack", deskwire.write_numbers(deskwire.ACK, [1])),
        ("relay/push", deskwire.write_push([leaver.between(*world.members)])),
        ("relay/challenge", deskwire.CHALLENGE), ("relay/duties", deskwire.DUTIES),
    ):  # fmt: skip
        assert leaver.word(path, body) == "stranger"
    assert len(world.desks["anar"].pull()) == 1, "before the log has the leaf, the old one is still the newest"
    leaf = len(team.snapshot()[0]) - 1
    assert world.desks["anar"].word("relay/pull", deskwire.write_pull(0)) == "roster"
    assert len(Desk(world.line, team.members["anar"], leaf).pull()) == 1


def test_what_members_write_to_each_other_needs_no_open_intake(closed_world: World) -> None:
    desk = closed_world.desks["anar"]
    assert desk.push(desk.between(*closed_world.members), desk.between(*closed_world.members)) == [1, 2]
    assert [row.mark for row in closed_world.desks["cyrus"].pull(1)] == ["d"]
    assert NOTHING not in {row.lookup for row in desk.pull()}
