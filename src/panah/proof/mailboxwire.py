"""What a person asks of a mailbox and what it answers, byte for byte; beside `relaywire.py`, by the same rules.

Reading gives equal slots and one line, always of one length, also for a mailbox that nobody ever had: whoever has the
code finds out which slots are real by opening them. Spec: docs/spec/relay.md.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from panah.proof.relaywire import NOTHING, WireError, read_day_or_none, spell_day

READ: Final = b"panah/1/read\n"
MAILBOX: Final = b"panah/1/mailbox\n"
PIECE: Final = b"panah/1/chunk\n"
DELETE: Final = b"panah/1/delete\n"
SLOT: Final = 18_448
"""Bytes of a slot: an envelope of the 16 KiB bucket (seal/padding.py)."""
CHUNK: Final = 67_600
"""Bytes of a chunk of an attachment: an envelope of the 64 KiB bucket is one, smaller ones are filled with zeros."""
SLOTS: Final = 8
PART: Final = 3
"""Slots in one part of a mailbox, for slow lines: 1 the newest, then 2, then 3 (its last slot is always a dummy)."""
_LINE: Final = 48


@dataclass(frozen=True, slots=True)
class Box:
    """What reading a mailbox gives. `sent` is the day until which something of it that not all desks took waits,
    `kept` the first day on which a reply goes; None: nothing. Which slots are real only its key can tell.
    """

    sent: dt.date | None
    kept: dt.date | None
    slots: tuple[bytes, ...]


def write_read(lookup: bytes, part: int = 0) -> bytes:
    """Ask for a mailbox: 0 for all eight slots, 1 to 3 for a part of `PART`."""
    return READ + lookup + bytes([part])


def read_read(body: bytes) -> tuple[bytes, int]:
    """Give lookup id and part."""
    if not body.startswith(READ) or len(body) != len(READ) + 33 or body[-1] > -(-SLOTS // PART):
        raise WireError
    return body[len(READ) : -1], body[-1]


def slots_of(part: int) -> tuple[int, int]:
    """Give the first slot of a part (from 0) and how many are answered."""
    return ((part - 1) * PART, PART) if part else (0, SLOTS)


def write_box(box: Box) -> bytes:
    """Spell the answer: one length for all mailboxes, and for those that are none."""
    line = b"sent=%b kept=%b" % (spell_day(box.sent), spell_day(box.kept))
    return b"".join((MAILBOX, line.ljust(_LINE - 1), b"\n", *box.slots))


def read_box(data: bytes) -> Box:
    """Read the answer."""
    start = len(MAILBOX) + _LINE
    line = data[len(MAILBOX) : start]
    found = re.fullmatch(rb"sent=(.{10}) kept=(.{10}) +\n", line)
    if not data.startswith(MAILBOX) or found is None or (len(data) - start) % SLOT:
        raise WireError
    slots = tuple(data[at : at + SLOT] for at in range(start, len(data), SLOT))
    return Box(read_day_or_none(found[1]), read_day_or_none(found[2]), slots)


def write_piece(identity: bytes, number: int) -> bytes:
    """Ask for a chunk (from 0) of the attachment with this id (32 bytes, from inside a reply)."""
    return PIECE + identity + number.to_bytes(2, "big")


def read_piece(body: bytes) -> tuple[bytes, int]:
    """Give the id and the chunk's number."""
    if not body.startswith(PIECE) or len(body) != len(PIECE) + 34:
        raise WireError
    return body[len(PIECE) : -2], int.from_bytes(body[-2:], "big")


def write_delete(token: bytes, which: bytes = NOTHING) -> bytes:
    """Ask to delete: all that this word deletes, or the one reply whose envelope's SHA-256 (or file's name) this is."""
    return DELETE + token + which


def read_delete(body: bytes) -> tuple[bytes, bytes]:
    """Give the word and which one."""
    if not body.startswith(DELETE) or len(body) != len(DELETE) + 64:
        raise WireError
    return body[len(DELETE) : -32], body[-32:]
