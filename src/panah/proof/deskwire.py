"""What a member's desk says to the relay and what it answers, byte for byte; beside `relaywire.py`, by the same rules.

Every request here carries a signature (`relaysign.py`) and is harmless twice. Spec: docs/spec/relay.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from panah.proof.relaywire import LARGEST, WireError, read_day, spell_day

PULL: Final = b"panah/1/pull\n"
STREAM: Final = b"panah/1/stream\n"
PUSH: Final = b"panah/1/push\n"
PUSHED: Final = b"panah/1/pushed\n"
ACK: Final = b"panah/1/ack\n"
VOUCH: Final = b"panah/1/vouch\n"
CHALLENGE: Final = b"panah/1/challenge\n"
SOLVED: Final = b"panah/1/answer\n"
DUTIES: Final = b"panah/1/duties\n"
MOST_NUMBERS: Final = 4096
"""Envelopes that one `ack` names."""
MOST_VOUCHERS: Final = 256
LARGEST_PUSH: Final = 8 * 1024 * 1024
"""Bytes of a push at most; a desk sends more in several."""
_PUSH_HEAD: Final = 32 + 32 + 4
_ROW_HEAD: Final = 8 + 32 + 1 + 10 + 10 + 4


@dataclass(frozen=True, slots=True)
class Row:
    """An envelope as a desk pulls it. `mark`: `d` between desks, `s` from a stranger, `v` from one with a voucher."""

    seq: int
    lookup: bytes
    mark: str
    day: dt.date
    expires: dt.date
    envelope: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """An envelope that a desk brings. For a mailbox: its address (a file: SHA-256 of the file's id) and its deletion
    hash. Between desks: 32 random bytes and NOTHING.
    """

    lookup: bytes
    deletion: bytes
    envelope: bytes


def write_pull(after: int) -> bytes:
    """Ask for what comes after this number."""
    return PULL + after.to_bytes(8, "big")


def read_pull(body: bytes) -> int:
    """Give the number."""
    if not body.startswith(PULL) or len(body) != len(PULL) + 8:
        raise WireError
    return int.from_bytes(body[len(PULL) :], "big")


def write_stream(rows: Iterable[Row]) -> bytes:
    """Spell rows, in the order of their numbers."""
    parts = [STREAM]
    for row in rows:
        head = row.seq.to_bytes(8, "big") + row.lookup + row.mark.encode() + spell_day(row.day) + spell_day(row.expires)
        parts += (head, len(row.envelope).to_bytes(4, "big"), row.envelope)
    return b"".join(parts)


def read_stream(data: bytes) -> Iterator[Row]:
    """Read rows; numbers that do not grow are refused."""
    last = 0
    for head, envelope in _listed(data, STREAM, _ROW_HEAD):
        seq, mark = int.from_bytes(head[:8], "big"), head[40:41]
        if seq <= last or mark not in {b"d", b"s", b"v"}:
            raise WireError
        last = seq
        yield Row(seq, head[8:40], mark.decode(), read_day(head[41:51]), read_day(head[51:61]), envelope)


def write_push(pushes: Iterable[Push]) -> bytes:
    """Spell what a desk brings."""
    parts = [PUSH]
    for one in pushes:
        parts += (one.lookup, one.deletion, len(one.envelope).to_bytes(4, "big"), one.envelope)
    return b"".join(parts)


def read_push(body: bytes) -> list[Push]:
    """Read what a desk brings; envelopes are not looked at."""
    return [Push(head[:32], head[32:64], envelope) for head, envelope in _listed(body, PUSH, _PUSH_HEAD)]


def write_numbers(magic: bytes, numbers: Sequence[int]) -> bytes:
    """Spell numbers: `ACK` those that a desk has taken in, `PUSHED` those that a push got, in its order."""
    return b"".join((magic, *(number.to_bytes(8, "big") for number in numbers)))


def read_numbers(magic: bytes, data: bytes) -> list[int]:
    """Read numbers."""
    body = data[len(magic) :]
    if not data.startswith(magic) or len(body) % 8 or len(body) > 8 * MOST_NUMBERS:
        raise WireError
    return [int.from_bytes(body[at : at + 8], "big") for at in range(0, len(body), 8)]


def write_vouch(until: dt.date, vouchers: Sequence[bytes]) -> bytes:
    """Spell new vouchers, good until a day: for each the SHA-256 of its `voucher_of`."""
    return b"".join((VOUCH, spell_day(until), *vouchers))


def read_vouch(body: bytes) -> tuple[dt.date, list[bytes]]:
    """Read new vouchers."""
    start = len(VOUCH) + 10
    if not body.startswith(VOUCH) or (len(body) - start) % 32 or not 1 <= (len(body) - start) // 32 <= MOST_VOUCHERS:
        raise WireError
    return read_day(body[len(VOUCH) : start]), [body[at : at + 32] for at in range(start, len(body), 32)]


def write_challenge(origin: str, day: dt.date, roster: int, secret: bytes) -> bytes:
    """Spell what the site seals to one member: who opens it can tell the 32 secret bytes."""
    return b"".join((CHALLENGE, origin.encode(), b"\n", spell_day(day), b"\n%d\n" % roster, secret))


def read_challenge(data: bytes) -> tuple[str, dt.date, int, bytes]:
    """Give origin, day, roster leaf and the secret of an opened challenge, its padding cut off or not."""
    lines = data.split(b"\n", 4)
    if not data.startswith(CHALLENGE) or len(lines) != 5 or len(lines[4]) < 32 or any(lines[4][32:]):
        raise WireError
    if not lines[1].isascii() or not re.fullmatch(rb"[0-9]{1,15}", lines[3]):
        raise WireError
    return lines[1].decode(), read_day(lines[2]), int(lines[3]), lines[4][:32]


def write_solved(day: dt.date, secret: bytes) -> bytes:
    """Answer the challenge of a day."""
    return SOLVED + spell_day(day) + secret


def read_solved(body: bytes) -> tuple[dt.date, bytes]:
    """Give day and secret."""
    if not body.startswith(SOLVED) or len(body) != len(SOLVED) + 42:
        raise WireError
    return read_day(body[len(SOLVED) : -32]), body[-32:]


def _listed(data: bytes, magic: bytes, head: int) -> Iterator[tuple[bytes, bytes]]:
    """Take a list apart: heads of one length that end in the size of the envelope after them."""
    if not data.startswith(magic):
        raise WireError
    at = len(magic)
    while at < len(data):
        start = at + head
        size = int.from_bytes(data[start - 4 : start], "big")
        if start + size > len(data) or not 0 < size <= LARGEST:
            raise WireError
        yield data[at : start - 4], data[start : start + size]
        at = start + size
