"""People, desks and a relay for tests: real envelopes, real signatures, over HTTP or straight into the site's code."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panah.proof import deskwire, mailboxwire, relaysign, relaywire
from panah.proof.deskwire import Push, Row
from panah.proof.relaywire import NOTHING, Deposit
from panah.seal import padding
from panah.seal.envelope import close, close_padded
from panah.seal.letter import Letter
from panah.seal.memberkey import MemberKey
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_padded, read_identities
from panah.site.relay import views

KIND = "application/octet-stream"
SIZES = {bucket: size for size, bucket in padding.WIRE.items()}
Send = Callable[[str, bytes, Mapping[str, str], str], tuple[int, bytes]]
"""(address below the fund's folder, body, headers, method) → status and body."""


def straight(slug: str = "", way: str = "script", **changes: Any) -> Send:
    """Hand requests to the relay's code as a server would, changed as told."""

    def send(path: str, body: bytes, headers: Mapping[str, str], method: str) -> tuple[int, bytes]:
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/{path}", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": KIND,
            "wsgi.input": io.BytesIO(body), views.WAY: way,
            **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}, **changes,
        }  # fmt: skip
        return views.take(slug, path, environ)

    return send


@dataclass
class Line:
    """A way to a relay. What anybody can ask."""

    origin: str
    send: Send
    now: Callable[[], dt.datetime]

    def say(self, path: str, body: bytes) -> str:
        """Send, and read the word that comes back."""
        return relaywire.read_answer(self.send(path, body, {}, "POST")[1])

    def standing(self) -> relaywire.Standing:
        return relaywire.read_standing(self.send("relay/standing", b"", {}, "GET")[1])


@dataclass
class Person:
    """Somebody with a mailbox; its secrets are drawn here, not derived from a code (that is slow, and tested elsewhere)."""

    line: Line
    lookup: bytes = field(default_factory=lambda: os.urandom(32))
    token: bytes = field(default_factory=lambda: os.urandom(32))
    identity: Any = field(default_factory=pyrage.x25519.Identity.generate)

    @property
    def address(self) -> bytes:
        return relaywire.address_of(self.lookup)

    @property
    def deletion(self) -> bytes:
        return relaywire.address_of(self.token)

    def seal(self, *to: MemberKey, text: str = "we are four", bucket: int = 0) -> bytes:
        """Seal an ask to these members; `bucket` is the least it shall fill."""
        letter = Letter(self.line.origin, "ask", 0, {"text": text + " " * max(0, bucket // 2)})
        return close(letter, read_recipients([one.public["seal"] for one in to]))

    def parcel(self, envelope: bytes, voucher: bytes = NOTHING, salt: bytes = b"", bits: int = 0) -> bytes:
        """Spell the deposit of an envelope."""
        work = relaywire.find_work(salt, envelope, relaywire.bits_for(bits, len(envelope))) if bits else bytes(8)
        sent, deletion = relaywire.sent_of(self.lookup), relaywire.sent_of(self.token)
        return relaywire.write_deposit(Deposit(sent, deletion, voucher, work, envelope))

    def deposit(self, envelope: bytes, voucher: bytes = NOTHING) -> str:
        """Send it with the work that the relay asks for; give the word."""
        standing = self.line.standing()
        return self.line.say("relay/deposit", self.parcel(envelope, voucher, standing.salt, standing.bits))

    def read(self, part: int = 0) -> mailboxwire.Box:
        _, data = self.line.send("mailbox/read", mailboxwire.write_read(self.lookup, part), {}, "POST")
        return mailboxwire.read_box(data)

    def letters(self, part: int = 0) -> list[bytes]:
        """Open the slots that open."""
        found = []
        for slot in self.read(part).slots:
            try:
                found.append(open_padded(slot, read_identities([str(self.identity)])).rstrip(b"\0"))
            except Exception:  # noqa: BLE001 - a dummy
                continue
        return found

    def delete(self, which: bytes = NOTHING) -> str:
        return self.line.say("mailbox/delete", mailboxwire.write_delete(self.token, which))


@dataclass
class Desk:
    """A member's desk: signs what it sends."""

    line: Line
    member: MemberKey
    roster: int = 0

    def ask(self, path: str, body: bytes, /, **changes: Any) -> bytes:
        """Send a signed request; `changes` lie about what is signed."""
        said = {"origin": self.line.origin, "path": path, "body": body, "now": self.line.now()} | changes
        key = Ed25519PrivateKey.from_private_bytes(self.member.seed)
        header = relaysign.sign(key, self.member.name, self.roster, **said)
        return self.line.send(path, body, {relaysign.HEADER: header}, "POST")[1]

    def word(self, path: str, body: bytes, /, **changes: Any) -> str:
        return relaywire.read_answer(self.ask(path, body, **changes))

    def pull(self, after: int = 0) -> list[Row]:
        return list(deskwire.read_stream(self.ask("relay/pull", deskwire.write_pull(after))))

    def pull_all(self) -> Iterator[Row]:
        last = 0
        while rows := self.pull(last):
            yield from rows
            last = rows[-1].seq

    def push(self, *pushes: Push) -> list[int]:
        return deskwire.read_numbers(deskwire.PUSHED, self.ask("relay/push", deskwire.write_push(pushes)))

    def ack(self, *numbers: int) -> str:
        return self.word("relay/ack", deskwire.write_numbers(deskwire.ACK, numbers))

    def secret(self) -> tuple[dt.date, bytes]:
        """Open today's challenge."""
        sealed = self.ask("relay/challenge", deskwire.CHALLENGE)
        opened = open_padded(sealed, read_identities([self.member.identity]))
        _, day, _, secret = deskwire.read_challenge(opened)
        return day, secret

    def answer(self) -> str:
        """Show that this member can open what is sent today."""
        return self.word("relay/answer", deskwire.write_solved(*self.secret()))

    def reply(self, person: Person, text: bytes, bucket: int = 16 * 1024) -> Push:
        """Seal something to a person's mailbox."""
        key = read_recipients([str(person.identity.to_public())])
        return Push(person.address, person.deletion, close_padded(text.ljust(bucket, b"\0"), key))

    def between(self, *to: MemberKey, size: int = 4096) -> Push:
        """Seal something to members, to nobody's mailbox."""
        key = read_recipients([one.public["seal"] for one in to])
        return Push(os.urandom(32), NOTHING, close_padded(os.urandom(100).ljust(size, b"\0"), key))


def hash_of(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
