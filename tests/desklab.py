"""Desks of an invented team and a relay in memory that speaks the relay's own bytes; keys are made when tests run."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage

from panah.desk.vault.desk import Desk, replay
from panah.desk.vault.following import Known
from panah.desk.vault.home import Fund, Home
from panah.desk.vault.keyring import Keyring
from panah.desk.vault.store import Store
from panah.desk.vault.sync import Met, sync
from panah.proof import deskwire, relaysign, relaywire
from panah.proof.deskwire import Row
from panah.proof.relaywire import Standing, answer
from panah.seal import envelope, padding
from panah.seal import mailbox as mailboxes
from panah.seal.letter import File, Letter
from panah.seal.memberkey import MemberKey, new_member
from panah.seal.receipt import new_code
from panah.seal.recipients import read_recipients
from panah.seal.roster import read_roster
from panah.seal.unseal import open_envelope, read_identities

ORIGIN = "lantern.invalid/winter"
LEAF0 = "5a" * 32
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
NAMES = ("lale", "omid", "tara")


class Relay:
    """The relay of one fund as docs/spec/relay.md tells it, for desks: rows, numbers, who acknowledged what."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.boxes: dict[bytes, list[bytes]] = {}
        self.acknowledged: dict[str, set[int]] = {}
        self.answered: set[str] = set()
        self.keys: dict[str, MemberKey] = {}
        self.version = 7
        self.count = 0
        self.now = NOW
        self.down = False
        self.held: set[int] = set()

    def line(self) -> Line:
        return Line(self)

    def deposit(self, envelope: bytes, name: bytes = b"", mark: str = "s") -> int:
        """Take in what a stranger sends, or a desk."""
        name = name or secrets.token_bytes(32)
        for row in self.rows:
            if (row.lookup, row.envelope) == (name, envelope):
                return row.seq
        self.count += 1
        day = self.now.date()
        self.rows.append(Row(self.count, name, mark, day, day + dt.timedelta(days=100), envelope))
        return self.count

    def push(self, one: deskwire.Push) -> int:
        if one.deletion == relaywire.NOTHING:
            return self.deposit(one.envelope, one.lookup, "d")
        self.count += 1
        self.boxes.setdefault(one.lookup, []).append(one.envelope)
        return self.count

    def forget(self, needed: int) -> None:
        """Let go what so many desks have."""
        taken = [seq for numbers in self.acknowledged.values() for seq in numbers]
        self.rows = [row for row in self.rows if taken.count(row.seq) < needed]


class Line:
    """A `Transport`."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    def get(self, path: str) -> bytes:
        assert path == "relay/standing"
        relay, day = self.relay, self.relay.now.date()
        return relaywire.write_standing(Standing(ORIGIN, day, day, relay.version, False, day, 0, bytes(32)))

    def source(self) -> Any:
        raise AssertionError("this relay has no log")

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        relay = self.relay
        sender = relaysign.read(headers[relaysign.HEADER])
        member = relay.keys.get(sender.name)
        public = base64.b64decode(member.public["sign"]) if member else bytes(32)
        if not relaysign.holds(sender, public, origin=ORIGIN, path=path, body=body, now=relay.now):
            return answer("stranger")
        if sender.roster != relay.version:
            return answer("roster")
        if relay.down:
            raise ConnectionResetError
        assert member is not None
        return getattr(self, "_" + path.removeprefix("relay/"))(member, body)

    def _pull(self, _: MemberKey, body: bytes) -> bytes:
        after = deskwire.read_pull(body)
        rows = [row for row in self.relay.rows if row.seq > after and row.seq not in self.relay.held]
        return deskwire.write_stream(rows[:40])

    def _push(self, _: MemberKey, body: bytes) -> bytes:
        return deskwire.write_numbers(deskwire.PUSHED, [self.relay.push(one) for one in deskwire.read_push(body)])

    def _ack(self, member: MemberKey, body: bytes) -> bytes:
        numbers = deskwire.read_numbers(deskwire.ACK, body)
        self.relay.acknowledged.setdefault(member.name, set()).update(numbers)
        return answer("done")

    def _challenge(self, member: MemberKey, _: bytes) -> bytes:
        self.secret = secrets.token_bytes(32)
        padded = padding.fill(
            (deskwire.write_challenge(ORIGIN, self.relay.now.date(), self.relay.version, self.secret),)
        )
        return envelope.close_padded(padded, read_recipients([member.public["seal"]]))

    def _answer(self, member: MemberKey, body: bytes) -> bytes:
        if deskwire.read_solved(body) != (self.relay.now.date(), self.secret):
            return answer("wrong")
        self.relay.answered.add(member.name)
        return answer("done")


class Team:
    """Three members with their folders, one relay, and recovery."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES) -> None:
        self.folder = folder
        self.keys = {name: new_member(name) for name in names}
        self.recovery = str(pyrage.x25519.Identity.generate().to_public())
        self.relay = Relay()
        self.rosters: list[tuple[int, dict[str, Any]]] = []
        self.change(*names)
        self.open: list[Desk] = []

    def change(self, *names: str, version: int = 7) -> None:
        """Put a roster in force."""
        roster = {"members": [self.keys[name].public for name in names], "until": "2026-12-31"}
        self.rosters.append((version, roster))
        self.relay.version, self.relay.keys = version, {name: self.keys[name] for name in names}

    def known(self) -> Known:
        return Known(tuple(self.rosters), b"", self.relay.now.date().isoformat())

    def home(self, name: str) -> Home:
        home = Home(self.folder / name)
        if not home.stream.exists():
            home.found(Fund(ORIGIN, LEAF0, "http://127.0.0.1:9/", self.recovery), b"locked elsewhere")
        return home

    def desk(self, name: str, *, warm: bool = True) -> Desk:
        """Unlock a member's desk, without the second that a passphrase takes; one that is open is closed first."""
        home = self.home(name)
        for other in self.open:
            if other.name == name:
                other.close()
        desk = Desk(home, Keyring(self.keys[name]), self.known(), Store(home.stream))
        replay(desk, warm=warm)
        self.open.append(desk)
        return desk

    def desks(self, *names: str) -> list[Desk]:
        return [self.desk(name) for name in names or NAMES]

    def sync(self, *desks: Desk) -> list[Met]:
        """Let desks meet the site in turn, and once more to hear of each other."""
        return [sync(desk, self.relay.line(), self.relay.now) for desk in (*desks, *desks)][len(desks) :]

    def close(self) -> None:
        for desk in self.open:
            desk.close()


class Person:
    """Somebody with a mailbox, who sends as the browser does."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.box = mailboxes.derive(new_code(), bytes.fromhex(LEAF0))
        self.sent = relaywire.sent_of(self.box.lookup)

    @property
    def address(self) -> str:
        return base64.b64encode(self.box.address).decode()

    def ask(self, text: str = "سه نفریم، یکی بیمار", files: tuple[File, ...] = (), **more: Any) -> bytes:
        body = {"who": "self", "text": text, "household": [{"who": "mother", "age": 61}], "needs": ["shelter"]}
        return self._send("ask", body | more, files)

    def offer(self, kind: str = "host-home", **more: Any) -> bytes:
        return self._send(
            "offer", {"kind": kind, "text": "a room in Lyon", "capacity": 3, "until": "2026-06-01"} | more
        )

    def write(self, text: str, files: tuple[File, ...] = ()) -> bytes:
        return self._send("message", {"text": text}, files)

    def _send(self, kind: str, body: dict[str, Any], files: tuple[File, ...] = ()) -> bytes:
        """Seal and deposit; gives the envelope's hash, as a desk calls it."""
        whole: dict[str, Any] = {"lang": "fa", **body}
        if kind in {"ask", "offer"}:
            deletion = base64.b64encode(self.box.deletion_hash).decode()
            whole["mailbox"] = {"recipient": self.box.recipient, "deletion": deletion}
        version, leaf = self.team.rosters[-1]
        roster = read_roster(ORIGIN, version, leaf)
        letter = Letter(ORIGIN, kind, version, whole, self.box.address, files)
        sealed = envelope.close(letter, roster.intake(TODAY))
        self.team.relay.deposit(sealed, self.sent)
        return sha256(sealed).digest()

    def replies(self) -> list[Letter]:
        """Open the mailbox with its own key, newest last."""
        return [self.read(sealed) for sealed in self.team.relay.boxes.get(self.box.address, [])]

    def read(self, sealed: bytes) -> Letter:
        rosters = self.team.open[0].rosters
        identities = read_identities([self.box.identity])
        return open_envelope(sealed, identities, origin=ORIGIN, keys=rosters.key, mailbox=self.box.address)
