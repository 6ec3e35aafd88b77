"""What was opened, kept sealed, so that a desk starts without opening twenty thousand envelopes again.

Never trusted more than the stream: each entry counts only for an envelope whose SHA-256 it names, computed now over the
bytes that lie there; what is not in the stream any more is not in the desk. It is signed by the member who reads it, so
nobody who had the disk can put words into it. Lost, damaged, of another key: the desk opens everything anew.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from panah.desk.vault.home import Home, open_own, seal_own
from panah.desk.vault.keyring import Keyring
from panah.desk.vault.opening import Opened
from panah.seal.letter import File
from panah.seal.names import mark_of
from panah.seal.outer import MAGIC

FILE: Final = "snapshot.sealed"
_KIND: Final = "own-snapshot"
_PIECE: Final = 4_000_000
"""Bytes in one letter; the largest bucket has room for them and the head."""
_LENGTH: Final = struct.Struct(">I")


def write_snapshot(home: Home, ring: Keyring, origin: str, opened: Iterable[Opened], closed: Iterable[bytes]) -> None:
    """Keep what was opened, and what this member's keys do not open."""
    rows = [
        [
            base64.b64encode(one.hash).decode(), one.seq, base64.b64encode(one.name).decode(), one.kind, one.by,
            base64.b64encode(one.mailbox).decode(), one.body, one.files, one.circle, one.day, one.ring, one.nth,
            one.vouched,
        ]
        for one in opened
    ]  # fmt: skip
    shut = [base64.b64encode(digest).decode() for digest in closed]
    data = orjson.dumps({"rows": rows, "closed": shut, "keys": _keys(ring)})
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
    parts: list[bytes] = []
    for number, piece in enumerate(pieces):
        body = {"part": number, "of": len(pieces)}
        sealed = seal_own(ring.member, origin, _KIND, body, (File("rows", "application/json", piece),))
        parts += (_LENGTH.pack(len(sealed)), sealed)
    home.write(FILE, b"".join(parts))


def read_snapshot(home: Home, ring: Keyring, origin: str) -> tuple[dict[bytes, Opened], set[bytes]]:
    """Give what was opened, by the envelopes' hashes, and what did not open; nothing when any part does not hold."""
    stored = home.read(FILE) or b""
    data = []
    for number, sealed in enumerate(_cut(stored)):
        letter = open_own(sealed, ring.member, ring.identities, origin, _KIND)
        if letter is None or letter.body.get("part") != number or len(letter.files) != 1:
            break
        data.append(letter.files[0].data)
        if number + 1 == letter.body.get("of"):
            whole: dict[str, Any] = orjson.loads(b"".join(data))
            shut = whole["closed"] if whole["keys"] == _keys(ring) else []
            return {one.hash: one for one in map(_read, whole["rows"])}, set(map(base64.b64decode, shut))
    return {}, set()


def _keys(ring: Keyring) -> list[str]:
    return sorted(map(mark_of, (ring.member.identity, *(identity for identity, _ in ring.older))))


def _cut(stored: bytes) -> Iterator[bytes]:
    at = 0
    while at + _LENGTH.size + len(MAGIC) <= len(stored):
        (size,) = _LENGTH.unpack_from(stored, at)
        at += _LENGTH.size
        yield stored[at : at + size]
        at += size


def _read(row: list[Any]) -> Opened:
    digest, seq, name, kind, by, mailbox, body, files, *rest = row
    return Opened(
        base64.b64decode(digest), seq, base64.b64decode(name), kind, by, base64.b64decode(mailbox), body,
        tuple(tuple(file) for file in files), *rest,
    )  # fmt: skip
