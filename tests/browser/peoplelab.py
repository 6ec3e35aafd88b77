"""A fund whose intake is open, its team with real keys, and what a desk does: pull, open, answer. Nothing is mocked."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from panah.proof import mailboxwire
from panah.proof.deskwire import Push, Row
from panah.seal.envelope import close
from panah.seal.letter import File, Letter, Signer
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, read_identities
from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.funds import attach
from tests.browser.conftest import leave
from tests.browser.stage import Stage
from tests.fund_world import Team
from tests.relaylab import Desk, Line
from tests.sitelab import free_port, running_site


@dataclass(frozen=True)
class Room(Stage):
    """A served fund with a team whose keys open what is sent."""

    team: Team = field(default=None)  # type: ignore[assignment]

    def line(self) -> Line:
        def send(path: str, body: bytes, headers: Mapping[str, str], method: str) -> tuple[int, bytes]:
            headers = {"content-type": "application/octet-stream", **headers}
            answer = httpx.request(method, f"{self.address}/{path}", content=body, headers=headers, timeout=60)
            return answer.status_code, answer.content

        return Line("lantern-fund.invalid/2021", send, lambda: dt.datetime.now(dt.UTC))

    def desk(self, name: str) -> Desk:
        return Desk(self.line(), self.team.members[name])

    def opens(self) -> None:
        """Two members show that they are there."""
        assert [self.desk(name).answer() for name in ("anar", "benafsha")] == ["done", "done"]

    def read(self, row: Row, name: str = "anar") -> Letter:
        """Open what somebody sent, as a member's desk does."""
        identities = read_identities([self.team.members[name].identity])
        return open_envelope(row.envelope, identities, origin=self.line().origin)

    def newest(self) -> tuple[Row, Letter]:
        row = list(self.desk("anar").pull_all())[-1]
        return row, self.read(row)

    def count(self) -> int:
        return len(list(self.desk("anar").pull_all()))

    def answer(
        self,
        asked: Letter,
        kind: str = "reply",
        files: tuple[File, ...] = (),
        by: str = "anar",
        key_of: str = "",
        **body: Any,
    ) -> bytes:
        """A member answers: sealed to the mailbox, signed, pushed. Attachments go first, as letters of their own."""
        listed = [self._attach(asked, one, by) for one in files]
        envelope = self._seal(asked, kind, body | ({"files": listed} if listed else {}), by, key_of=key_of)
        self._push(asked, asked.mailbox, envelope)
        return envelope

    def _attach(self, asked: Letter, one: File, by: str) -> dict[str, Any]:
        identity = os.urandom(32)
        envelope = self._seal(asked, "file", {}, by, (one,))
        self._push(asked, sha256(identity).digest(), envelope)
        return {"id": base64_of(identity), "size": len(envelope), "name": one.name, "type": one.type}

    def _seal(
        self, asked: Letter, kind: str, body: dict[str, Any], by: str, files: tuple[File, ...] = (), key_of: str = ""
    ) -> bytes:
        """Seal what a member writes; with `key_of` it is signed by somebody else than it says."""
        to = read_recipients([asked.body["mailbox"]["recipient"]])
        signer = Signer(by, Ed25519PrivateKey.from_private_bytes(self.team.members[key_of or by].seed))
        # A reply fills the bucket of a slot, however short it is.
        body = body if kind == "file" else body | {"pad": "x" * 5000}
        sealed = close(Letter(self.line().origin, kind, 0, body, asked.mailbox, files, by), to, signer)
        assert kind == "file" or len(sealed) == mailboxwire.SLOT
        return sealed

    def _push(self, asked: Letter, name: bytes, envelope: bytes) -> None:
        token = base64_bytes(asked.body["mailbox"]["deletion"])
        assert len(self.desk("anar").push(Push(name, token, envelope))) == 1

    def stored(self) -> list[tuple[Any, ...]]:
        """All that the relay's tables hold."""

        def read() -> list[tuple[Any, ...]]:
            rows: list[tuple[Any, ...]] = []
            with connections[self.fund.alias].cursor() as cursor:
                for table in ("envelope", "acknowledgement", "challenge", "answer", "intakeday", "voucher"):
                    cursor.execute(f"SELECT * FROM storage_{table} ORDER BY 1, 2")
                    rows += [(table, *map(bytes_of, row)) for row in cursor.fetchall()]
            return rows

        attach(self.fund)
        return self.aside.submit(read).result()


def bytes_of(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def base64_bytes(text: str) -> bytes:
    return base64.b64decode(text)


def write_room(home: Any, now: dt.datetime, until: dt.date | None = None) -> Team:
    """Found and open a fund whose members have real keys."""
    team = Team(home, now=now)
    charter = team.charter()
    if until:
        charter = replace(charter, roster=team.roster(until))
    team.found(charter)
    team.open()
    return team


@contextlib.contextmanager
def served_room(home: Any, *, is_open: bool = True, until: dt.date | None = None, days_ago: int = 0) -> Iterator[Room]:
    """Serve a fund that was founded some days ago."""
    with ThreadPoolExecutor(1) as aside:
        port = free_port()
        now = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
        team = aside.submit(write_room, home, now, until).result()
        write_site(Host(home, "lantern", f"http://127.0.0.1:{port}"))
        aside.submit(leave, home).result()
        with running_site(home, port=port) as site:
            room = Room(site.address, team.fund, aside, None, team)
            if is_open:
                room.opens()
            yield room
        aside.submit(leave, home).result()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The fund of a module whose people ask and answer."""
    with served_room(tmp_path_factory.mktemp("home")) as room:
        yield room
