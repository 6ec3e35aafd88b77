"""What strangers learn from the relay, and what they can't do to it: equal answers, and bodies read with care."""

from __future__ import annotations

import io
import os
import threading

import pytest

from panah.proof import mailboxwire, relaywire
from panah.proof.relaywire import ANSWER, NOTHING
from panah.seal import padding
from panah.site.relay import forms, views
from tests.relaylab import KIND, Person, straight
from tests.site.relays import World

POSTS = sorted(path for path, place in views._ADDRESSES.items() if place.method == "POST")
SQLITE = pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)


class Watched(io.BytesIO):
    """A body that tells whether anybody read it."""

    was_read = False

    def read(self, size: int | None = -1) -> bytes:
        self.was_read = True
        return super().read(size)


@SQLITE
@pytest.mark.parametrize("path", POSTS)
def test_bodies_are_capped_before_they_are_read(closed_world: World, path: str) -> None:
    limit = views._ADDRESSES[path].limit
    for changes, status in (
        ({"CONTENT_LENGTH": ""}, 411), ({"CONTENT_LENGTH": "-1"}, 411), ({"CONTENT_LENGTH": "٣"}, 411),
        ({"CONTENT_LENGTH": str(limit + 1)}, 413), ({"CONTENT_LENGTH": "9" * 30}, 413),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded"}, 415), ({"CONTENT_TYPE": None}, 415),
        ({"REQUEST_METHOD": "GET"}, 405), ({"REQUEST_METHOD": "PUT"}, 405),
    ):  # fmt: skip
        body = Watched(b"x" * 50)
        send = straight(**{"wsgi.input": body} | changes)
        assert send(path, b"x" * 50, {}, "POST") == (status, relaywire.answer("unreadable"))
        assert not body.was_read


@SQLITE
@pytest.mark.parametrize("path", POSTS)
def test_junk_is_answered_in_words_of_one_length(world: World, path: str) -> None:
    for junk in (b"", b"panah/1/", os.urandom(64), b"panah/1/deposit\n" + os.urandom(300), bytes(120)):
        status, answer = world.line.send(path, junk, {}, "POST")
        word = relaywire.read_answer(answer)
        too_long = len(junk) > views._ADDRESSES[path].limit
        assert (status, len(answer)) == (413 if too_long else 200, ANSWER)
        assert word in {"unreadable", "stranger"}


@SQLITE
def test_what_is_no_envelope_is_not_kept(world: World) -> None:
    person = world.person()
    good = person.seal(*world.members)
    salt, bits = world.line.standing().salt, world.line.standing().bits
    for bad in (
        good[:-1], good + b"\0", b"\0" * len(good), good[:40].replace(b"age", b"agf") + good[40:],
        good[:-1] + b"x", good[:24] + b"\x1f\x8b" + good[26:],
    ):  # fmt: skip
        assert world.line.say("relay/deposit", person.parcel(bad, salt=salt, bits=bits)) == "unreadable"
    assert world.rows() == []


@SQLITE
def test_a_body_that_ends_early_or_stalls_is_given_up(world: World, monkeypatch) -> None:
    person = world.person()
    body = person.parcel(person.seal(*world.members))
    cut = straight(CONTENT_LENGTH=str(len(body) + 10))
    assert cut("relay/deposit", body, {}, "POST") == (408, relaywire.answer("unreadable"))
    monkeypatch.setattr(forms, "PATIENCE", -1000.0)
    assert world.line.send("relay/deposit", body, {}, "POST")[0] == 408
    assert world.rows() == []


@SQLITE
def test_only_so_many_bodies_are_read_at_once(world: World, monkeypatch) -> None:
    """Slow senders take half of the threads at most; the others go on giving."""
    monkeypatch.setattr(forms, "WAIT", 0.01)
    holding, go_on = threading.Semaphore(0), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            holding.release()
            go_on.wait(30)
            return super().read(size)

    body = mailboxwire.write_delete(NOTHING)

    def send_slowly() -> None:
        straight(**{"wsgi.input": Slow(body)})("mailbox/delete", body, {}, "POST")

    slow = [threading.Thread(target=send_slowly) for _ in range(forms.READERS)]
    for thread in slow:
        thread.start()
    for _ in slow:
        holding.acquire()
    assert world.line.send("mailbox/delete", body, {}, "POST") == (503, relaywire.answer("busy"))
    go_on.set()
    for thread in slow:
        thread.join()
    assert world.line.say("mailbox/delete", body) == "done"


# -- C5: sizes


@SQLITE
def test_deposits_have_the_sizes_of_buckets_and_one_answer(world: World) -> None:
    sent, answered = set(), set()
    for number in range(60):
        person = world.person()
        envelope = person.seal(*world.members[: 2 + number % 3], text="ض" * (number * 137))
        parcel = person.parcel(envelope)
        sent.add(len(parcel) - relaywire.DEPOSIT_HEAD)
        status, answer = world.line.send("relay/deposit", parcel, {}, "POST")
        answered.add((status, len(answer)))
    assert sent <= set(padding.WIRE)
    assert len(sent) > 1
    assert answered == {(200, ANSWER)}


@SQLITE
def test_each_outcome_of_a_deposit_looks_alike_from_outside(world: World, monkeypatch) -> None:
    heads = set()

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        heads.add((status, tuple(headers)))

    def post(body: bytes) -> str:
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/relay/deposit", "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": KIND, "wsgi.input": io.BytesIO(body),
        }  # fmt: skip
        [answer] = views.before(lambda *_: [])(environ, start)
        return relaywire.read_answer(answer)

    person, standing = world.person(), world.line.standing()
    envelope = person.seal(*world.members)
    good = person.parcel(envelope, salt=standing.salt, bits=standing.bits)
    words = [post(good), post(good[:-1]), post(person.parcel(envelope, salt=bytes(32), bits=1))]
    monkeypatch.setattr(views.queries.settings, "PANAH_INTAKE_SCRIPT", "0")
    fresh = world.person()
    other = fresh.parcel(fresh.seal(*world.members), salt=standing.salt, bits=standing.bits)
    words.append(post(other)[:4])
    world.pass_days(9)
    monkeypatch.setattr(views.queries.settings, "PANAH_INTAKE_WORK", "0")
    words.append(post(other))
    assert words[0:2] + words[3:] == ["taken", "unreadable", "full", "closed"]
    assert len(heads) == 1


# -- C6: nothing about others


def see_as_stranger(world: World) -> list[tuple[str, int, bytes]]:
    """Everything that anybody can ask, with what comes back; random slots by their lengths."""
    stranger = Person(world.line, b"L" * 32, b"T" * 32)
    asked = [
        ("relay/standing", b"", "GET"), ("mailbox/delete", mailboxwire.write_delete(stranger.token), "POST"),
        ("mailbox/chunk", mailboxwire.write_piece(b"i" * 32, 0), "POST"), ("relay/pull", b"", "POST"),
        ("relay/deposit", stranger.parcel(b"x" * 6160), "POST"), ("relay/duties", b"panah/1/duties\n", "POST"),
    ]  # fmt: skip
    seen = [(path, *world.line.send(path, body, {}, method)) for path, body, method in asked]
    for part in range(4):
        status, data = world.line.send("mailbox/read", mailboxwire.write_read(stranger.lookup, part), {}, "POST")
        seen.append((f"mailbox/read {part} {len(data)}", status, data[:64]))
        assert len({len(slot) for slot in mailboxwire.read_box(data).slots}) == 1
    return seen


def test_a_stranger_sees_the_same_beside_none_and_beside_500_others(world: World) -> None:
    before = see_as_stranger(world)
    desk = world.desks["anar"]
    envelope = world.person().seal(*world.members)
    for number in range(10):
        others = [world.person() for _ in range(25)]
        desk.push(*(desk.reply(one, b"answer %d" % number) for one in others))
        desk.push(*(desk.between(*world.members) for _ in range(25)))
    for _ in range(20):
        person = world.person()
        assert person.deposit(envelope) == "taken"
    assert len(world.rows()) == 520
    assert see_as_stranger(world) == before


def test_dummies_differ_and_open_for_nobody(world: World) -> None:
    person = world.person()
    slots = [*person.read().slots, *person.read().slots]
    assert len(set(slots)) == 16
    assert person.letters() == []
    assert all(padding.WIRE[len(slot)] == 16 * 1024 for slot in slots)


@SQLITE
def test_a_fault_of_ours_is_one_word_and_leaves_no_trace(world: World, monkeypatch, caplog) -> None:
    def fail(*_):
        raise ValueError("مریم 0799 secret")

    monkeypatch.setattr(views.actions, "delete", fail)
    status, answer = world.line.send("mailbox/delete", mailboxwire.write_delete(b"t" * 32), {}, "POST")
    assert (status, answer) == (500, relaywire.answer("busy"))
    assert "secret" not in caplog.text
