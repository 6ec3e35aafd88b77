"""The door's socket: the same relay, a quota of its own, and nobody else's."""

from __future__ import annotations

import http.client
import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from panah.proof import relaywire
from panah.site.relay import doorway
from tests.relaylab import KIND, Person, Send
from tests.site.relays import World

pytestmark = pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)


class Wire(http.client.HTTPConnection):
    """HTTP over a Unix socket, as the door speaks it."""

    def __init__(self, path: Path) -> None:
        super().__init__("door", timeout=30)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self._path)


def over(path: Path) -> Send:
    def send(place: str, body: bytes, headers: Mapping[str, str], method: str) -> tuple[int, bytes]:
        wire = Wire(path)
        wire.request(method, f"/{place}", body or None, {"Content-Type": KIND, **headers})
        answer = wire.getresponse()
        found = answer.status, answer.read()
        wire.close()
        assert {name.lower() for name, _ in answer.getheaders()} == {"content-length"}
        return found

    return send


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="door-") as folder:
        yield Path(folder)


@pytest.fixture
def door(place: Path) -> Iterator[doorway.Doorway]:
    made = doorway.listen(place)
    assert made is not None
    yield made
    made.stop()
    assert not (place / doorway.NAME).exists()


def test_a_person_without_script_asks_and_is_answered(world: World, door: doorway.Doorway, place: Path) -> None:
    line = world.over(over(place / doorway.NAME))
    person = Person(line)
    envelope = person.seal(*world.members, bucket=64 * 1024)
    assert line.standing().bits == 0
    assert person.deposit(envelope) == "taken"
    desk = world.desks["anar"]
    assert desk.pull()[0].envelope == envelope
    desk.push(desk.reply(person, b"answer"))
    assert person.letters() == [b"answer"]
    assert person.delete() == "done"
    assert person.letters() == []
    assert world.rows("script, door", "storage_intakeday") == [(0, 1)]


def test_desks_and_everything_else_do_not_answer_there(world: World, door: doorway.Doorway, place: Path) -> None:
    send = over(place / doorway.NAME)
    for path in ("relay/pull", "relay/push", "relay/ack", "en/give/", "health", "f/other/relay/deposit", "%00"):
        assert send(path, b"", {}, "POST") == (404, relaywire.answer("unknown"))
    assert send("relay/deposit", b"", {}, "GET") == (405, relaywire.answer("unreadable"))


def test_only_owner_and_group_may_knock(world: World, door: doorway.Doorway, place: Path) -> None:
    assert stat.S_IMODE((place / doorway.NAME).stat().st_mode) == 0o660


def test_one_process_listens_and_a_killed_one_leaves_no_lock(world: World, place: Path) -> None:
    first = doorway.listen(place)
    assert first is not None
    assert doorway.listen(place) is None
    first.stop()
    (place / doorway.NAME).write_bytes(b"")  # what a killed process leaves
    second = doorway.listen(place)
    assert second is not None
    second.stop()


def test_a_home_with_too_long_a_path_goes_without(world: World, place: Path) -> None:
    deep = place / ("d" * 120)
    deep.mkdir()
    assert doorway.listen(deep) is None
