"""What is said to a fund's relay and what it answers, byte for byte: door, desk, site and tests share it.

It stands beside the other formats on the wire because every side may import it and none may import another; it knows
nothing of keys, HTTP or tables. Shapes are closed: a magic line, fields of fixed lengths, then one envelope (or a list
of them) whose inside is nobody's business here. Numbers are big-endian. An answer that a stranger can cause is a
`word` of always `ANSWER` bytes, or has one other length; so who listens learns nothing from it, and neither does who
asks about others. Reading raises `WireError`, always the same one. Spec: docs/spec/relay.md.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from panah.errors import N_, InputError, ProofError
from panah.proof import canonical
from panah.proof.note import decode_base64, encode_base64
from panah.proof.schema import ORIGIN, day, matching, octets, record, whole

NOTHING: Final = bytes(32)
"""No voucher; no word that deletes (letters between desks); all of a mailbox."""
ANSWER: Final = 32
"""Bytes of every answer in words."""
LARGEST: Final = 4_197_376
"""Bytes of the largest envelope."""

DEPOSIT: Final = b"panah/1/deposit\n"
STANDING: Final = "panah/1/standing"
DEPOSIT_HEAD: Final = len(DEPOSIT) + 3 * 32 + 8
_SENT: Final = b"panah/1/sent\0"
_NO_DAY: Final = b"----------"
_DAY: Final = re.compile(rb"20[0-9]{2}-[01][0-9]-[0-3][0-9]")


class WireError(InputError):
    """Bytes that no client of ours sends, or no relay of ours answers."""

    sentence = N_("This form can't be read.")


# -- what things are called


def address_of(lookup: bytes) -> bytes:
    """Give the name under which replies to a mailbox lie (`Mailbox.address`, `Letter.mailbox`)."""
    return sha256(lookup).digest()


def sent_of(secret: bytes) -> bytes:
    """Give the name under which a mailbox's own words lie, from its lookup id; from its deletion word, what deletes
    them. Nobody without the code can tell that this name and `address_of` belong together.
    """
    return sha256(_SENT + secret).digest()


def voucher_of(code: str) -> bytes:
    """Give what a deposit shows for a voucher's code; the relay knows its SHA-256."""
    return sha256(b"panah/1/voucher\0" + code.encode()).digest()


# -- words


def answer(word: str) -> bytes:
    """Spell an answer in words: ASCII, filled with blanks, a line feed at the end."""
    return word.encode("ascii").ljust(ANSWER - 1) + b"\n"


def read_answer(data: bytes) -> str:
    """Read an answer in words."""
    if len(data) != ANSWER or not data.isascii() or answer(data.decode().rstrip()) != data:
        raise WireError
    return data.decode().rstrip()


# -- strangers: deposit


@dataclass(frozen=True, slots=True)
class Deposit:
    """An envelope on its way in. `sent` and `deletion` are `sent_of` the lookup id and the deletion word, `voucher` is
    `voucher_of` or NOTHING, `work` has 8 bytes (by the door: zeros).
    """

    sent: bytes
    deletion: bytes
    voucher: bytes
    work: bytes
    envelope: bytes


def write_deposit(deposit: Deposit) -> bytes:
    """Spell a deposit."""
    one = deposit
    return b"".join((DEPOSIT, one.sent, one.deletion, one.voucher, one.work, one.envelope))


def read_deposit(body: bytes) -> Deposit:
    """Read a deposit; its envelope is not looked at."""
    if not body.startswith(DEPOSIT) or len(body) <= DEPOSIT_HEAD:
        raise WireError
    at = len(DEPOSIT)
    sent, deletion, voucher = (body[at + 32 * turn : at + 32 * turn + 32] for turn in range(3))
    return Deposit(sent, deletion, voucher, body[at + 96 : at + 104], body[DEPOSIT_HEAD:])


def cost_of(stored_size: int) -> int:
    """Give what an envelope of so many bytes takes of a day's quota: 1; 4 for the 1 MiB bucket, 16 for 4 MiB."""
    return 16 if stored_size > 1_050_880 else 4 if stored_size > 264_256 else 1


def bits_for(bits: int, stored_size: int) -> int:
    """Give the zero bits that work for an envelope of this size shows; `bits` as the relay's standing says."""
    return bits + cost_of(stored_size).bit_length() - 1 if bits else 0


def work_holds(salt: bytes, envelope_hash: bytes, work: bytes, bits: int) -> bool:
    """Tell whether SHA-256(salt ‖ SHA-256(envelope) ‖ work) begins with `bits` zero bits."""
    digest = sha256(salt + envelope_hash + work).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def find_work(salt: bytes, envelope: bytes, bits: int) -> bytes:
    """Do the work: 2^bits hashes, more or less."""
    inner = sha256(envelope).digest()
    start = sha256(salt + inner)
    for number in range(2**63):
        one = start.copy()
        one.update(work := number.to_bytes(8, "big"))
        if int.from_bytes(one.digest(), "big") >> (256 - bits) == 0:
            return work
    raise WireError


# -- how intake stands


@dataclass(frozen=True, slots=True)
class Standing:
    """What anybody may know. `until` is the last day on which intake stays open if no member says more (None: it is
    closed), `roster` the leaf to seal to, `full` whether today's quota is used up: then `next_day` is when to return.
    `salt` (32 bytes) and `bits` are what work is done on; bits 0: none is asked for.
    """

    origin: str
    today: dt.date
    until: dt.date | None
    roster: int
    full: bool
    next_day: dt.date
    bits: int
    salt: bytes


def write_standing(standing: Standing) -> bytes:
    """Spell it as canonical JSON."""
    one = standing
    return canonical.encode(
        {
            "t": STANDING, "o": one.origin, "day": one.today.isoformat(), "open": int(one.until is not None),
            "until": (one.until or one.today).isoformat(), "roster": one.roster, "full": int(one.full),
            "next": one.next_day.isoformat(), "bits": one.bits, "salt": encode_base64(one.salt),
        }
    )  # fmt: skip


_standing = record(
    {
        "t": matching("panah/1/standing", "the type"), "o": matching(ORIGIN.pattern, "an origin"), "day": day,
        "open": whole(0, 1), "until": day, "roster": whole(0), "full": whole(0, 1), "next": day, "bits": whole(0, 40),
        "salt": octets(32),
    }
)  # fmt: skip


def read_standing(data: bytes) -> Standing:
    """Read it."""
    try:
        body: dict[str, Any] = canonical.decode(data)
        _standing(body, "standing")
    except ProofError as error:
        raise WireError from error
    until = dt.date.fromisoformat(body["until"]) if body["open"] else None
    return Standing(
        body["o"], dt.date.fromisoformat(body["day"]), until, body["roster"], bool(body["full"]),
        dt.date.fromisoformat(body["next"]), body["bits"], decode_base64(body["salt"]),
    )  # fmt: skip


# -- days


def spell_day(day: dt.date | None) -> bytes:
    return day.isoformat().encode() if day else _NO_DAY


def read_day(text: bytes) -> dt.date:
    try:
        return dt.date.fromisoformat(text.decode()) if _DAY.fullmatch(text) else _refuse()
    except ValueError as error:
        raise WireError from error


def read_day_or_none(text: bytes) -> dt.date | None:
    return None if text == _NO_DAY else read_day(text)


def _refuse() -> dt.date:
    raise WireError
