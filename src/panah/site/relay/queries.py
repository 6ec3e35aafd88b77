"""What relay and mailbox read. Nothing here writes, and nothing tells how many others there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from django.conf import settings
from django.db import connections

from panah.core import intake
from panah.core.fund import Act, State, allows
from panah.core.intake import Answers, Quota
from panah.proof.deskwire import Row
from panah.proof.mailboxwire import CHUNK, slots_of
from panah.proof.relaywire import address_of, sent_of
from panah.seal.padding import wire_size
from panah.storage.funds import FundHome
from panah.storage.rows import FundRules
from panah.storage.writer import read_rules

Way = Literal["script", "door"]
"""How people's envelopes come in; each has its own quota."""

REPLY_BUCKET: Final = 16 * 1024
_PULLED: Final = 4 * 1024 * 1024
_ROWS: Final = 700
_SALTS: Final = 64
# The one that is given out newest first, and never a file: those lie in larger buckets or under names of their own.
_IS_REPLY: Final = "vouched IS NULL AND deletion IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the host allows: envelopes a day by each way (`cost_of`), zero bits of work."""

    script: int
    door: int
    bits: int

    def of(self, way: Way) -> int:
        """Give a way's quota."""
        return self.door if way == "door" else self.script


def limits() -> Limits:
    """Read the settings; `checks.py` has looked at them."""
    return Limits(int(settings.PANAH_INTAKE_SCRIPT), int(settings.PANAH_INTAKE_DOOR), int(settings.PANAH_INTAKE_WORK))


@dataclass(frozen=True, slots=True)
class Desks:
    """What a signed request is checked against: the roster in force, and the newest roster leaf of the log."""

    rules: FundRules
    leaf: int


def desks(fund: FundHome) -> Desks:
    """Read it anew for each request: who left is refused from the next one on."""
    with connections[fund.alias].cursor() as cursor:
        return Desks(read_rules(cursor), roster_leaf(cursor))


def roster_leaf(cursor: Any) -> int:
    """Give the leaf of the log's newest roster; 0 is the charter with the first one."""
    cursor.execute("SELECT max(leaf) FROM storage_entry WHERE kind = 'roster'")
    return int(cursor.fetchone()[0] or 0)


def read_answers(cursor: Any) -> dict[str, tuple[dt.date, bytes]]:
    """Give each member's newest answered challenge."""
    cursor.execute("SELECT member, day, key FROM storage_answer")
    return {name: (as_day(day), bytes(key)) for name, day, key in cursor.fetchall()}


def as_day(value: Any) -> dt.date:
    """Read a day as either database gives it to a plain cursor."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def open_until(state: str, paused: Any, roster: Any, answers: Answers, today: dt.date) -> dt.date | None:
    """Give the last day on which intake stays open by itself, None when it is closed."""
    if paused or not allows(State(state), Act.ASK):
        return None
    return intake.open_until(roster, answers, today)


@dataclass(frozen=True, slots=True)
class Intake:
    """How intake stands. `used`: today's quotas by way; no salt yet: nobody asked for today's."""

    origin: str
    until: dt.date | None
    roster: int
    live: frozenset[str]
    answers: Answers
    used: dict[Way, Quota]
    salt: bytes


def intake_of(fund: FundHome, today: dt.date) -> Intake:
    """Read how intake stands: for pages, doors, desks and the host."""
    allowed = limits()
    with connections[fund.alias].cursor() as cursor:
        rules, leaf, answers = read_rules(cursor), roster_leaf(cursor), read_answers(cursor)
        cursor.execute("SELECT state, intake_paused FROM storage_counter WHERE id = 1")
        state, paused = cursor.fetchone()
        cursor.execute(
            "SELECT salt, script, script_vouched, door, door_vouched FROM storage_intakeday WHERE day = %s", [today]
        )
        salt, *used = cursor.fetchone() or (b"", 0, 0, 0, 0)
    return Intake(
        rules.origin, open_until(state, paused, rules.roster, answers, today), leaf,
        intake.live(rules.roster, answers, today), answers,
        {"script": Quota(allowed.script, *used[:2]), "door": Quota(allowed.door, *used[2:])}, bytes(salt),
    )  # fmt: skip


_salts: dict[tuple[FundHome, dt.date], bytes] = {}


def salt_on(fund: FundHome, day: dt.date) -> bytes | None:
    """Give the salt of a day's work, None when nobody asked for it; it never changes, so it is read once."""
    known = _salts.get((fund, day))
    if known is not None:
        return known
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT salt FROM storage_intakeday WHERE day = %s", [day])
        row = cursor.fetchone()
    if row is None:
        return None
    if len(_salts) >= _SALTS:
        _salts.clear()
    return _salts.setdefault((fund, day), bytes(row[0]))


# -- the mailbox


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a mailbox: the days of `mailboxwire.Box`, and the real slots of the part that was asked for."""

    sent: dt.date | None
    kept: dt.date | None
    replies: tuple[bytes, ...]


def read_mailbox(fund: FundHome, lookup: bytes, part: int) -> Found:
    """Read a mailbox; one that nobody has is an empty one."""
    first, count = slots_of(part)
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT min(expires) FROM storage_envelope WHERE lookup = %s AND vouched IS NOT NULL", [sent_of(lookup)]
        )
        sent = cursor.fetchone()[0]
        address = address_of(lookup)
        cursor.execute(f"SELECT min(expires) FROM storage_envelope WHERE lookup = %s AND {_IS_REPLY}", [address])
        kept = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT blob FROM storage_envelope WHERE lookup = %s AND {_IS_REPLY} AND bucket = %s"
            " ORDER BY seq DESC LIMIT %s OFFSET %s",
            [address, REPLY_BUCKET, min(count, 8 - first), first],
        )
        replies = tuple(bytes(blob) for (blob,) in cursor.fetchall())
    return Found(as_day(sent) if sent else None, as_day(kept) if kept else None, replies)


def read_chunk(fund: FundHome, identity: bytes, number: int) -> bytes | None:
    """Read a part of an attachment, filled to its size; None when there is none."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            f"SELECT substr(blob, %s, %s) FROM storage_envelope WHERE lookup = %s AND {_IS_REPLY} ORDER BY seq LIMIT 1",
            [number * CHUNK + 1, CHUNK, sha256(identity).digest()],
        )
        row = cursor.fetchone()
    return bytes(row[0]).ljust(CHUNK, b"\0") if row and row[0] else None


# -- desks


def read_after(fund: FundHome, after: int) -> list[Row]:
    """Read what every desk is given after a number: all but replies, up to some 4 MiB."""
    where = f"seq > %s AND NOT ({_IS_REPLY})"
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(f"SELECT seq, bucket FROM storage_envelope WHERE {where} ORDER BY seq LIMIT {_ROWS}", [after])
        last, room = after, _PULLED
        for seq, bucket in cursor.fetchall():
            room -= wire_size(bucket)
            if room < 0 and last > after:
                break
            last = seq
        cursor.execute(
            f"SELECT seq, lookup, vouched, day, expires, blob FROM storage_envelope WHERE {where} AND seq <= %s"
            " ORDER BY seq",
            [after, last],
        )
        return [
            Row(seq, bytes(lookup), _mark(vouched), as_day(day), as_day(expires), bytes(blob))
            for seq, lookup, vouched, day, expires, blob in cursor.fetchall()
        ]


def _mark(vouched: Any) -> str:
    return "d" if vouched is None else "v" if vouched else "s"


# -- the host


def waiting(fund: FundHome) -> str:
    """Say roughly how much lies at the relay: `none`, `under 100`, `under 1000`, `more`. A host needs no number."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM storage_envelope LIMIT 1000) AS seen")
        count = int(cursor.fetchone()[0])
    return "none" if not count else "under 100" if count < 100 else "under 1000" if count < 1000 else "more"
