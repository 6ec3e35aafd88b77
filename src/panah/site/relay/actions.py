"""Every write of relay and mailbox: one function per story, durable when it returns.

Nothing here sees who sends: an address, a header or an hour never comes this far. All of them are harmless twice.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.core import intake
from panah.proof import deskwire
from panah.proof.relaywire import NOTHING, Deposit, address_of, sent_of
from panah.seal.envelope import close_padded
from panah.seal.padding import WIRE, fill
from panah.seal.recipients import read_recipients
from panah.site.relay.depositing import ROWS, Deposits, last_day, salt_of
from panah.site.relay.forgetting import drop, forget_acknowledged
from panah.site.relay.queries import open_until, read_answers
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.proof.deskwire import Push
    from panah.site.relay.queries import Limits, Way
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome

YESTERDAY = dt.timedelta(days=1)
LEAP: Final = 10_000_000
"""Numbers that a restored fund leaves out: desks have seen some of them, and ask for what comes after."""


# -- people


def draw_salt(fund: FundHome, day: dt.date) -> bytes:
    """Give the salt of a day's work, drawn when first asked for."""
    return writer_for(fund).submit(partial(salt_of, day=day))


def take_in(fund: FundHome, deposit: Deposit, bucket: int, way: Way, allowed: Limits, today: dt.date) -> str:
    """Take in an envelope from outside, or give the word why not. Work and shape were looked at before."""
    digest = sha256(deposit.envelope).digest()

    def job(batch: Batch) -> str:
        return batch.part(Deposits).take(batch, deposit, bucket, digest, way, allowed, today)

    return writer_for(fund).submit(job)


def delete(fund: FundHome, token: bytes, which: bytes) -> bool:
    """Delete what a word deletes: all, or the one reply of this hash. Tell whether anything went."""
    return writer_for(fund).submit(partial(_delete, token=token, which=which))


def _delete(batch: Batch, token: bytes, which: bytes) -> bool:
    named = [address_of(token), sent_of(token)]
    found = batch.query("SELECT seq, lookup, vouched FROM storage_envelope WHERE deletion IN (%s, %s)", named)
    seqs = [seq for seq, _, _ in found]
    if which != NOTHING:
        replies = [(seq, bytes(lookup)) for seq, lookup, vouched in found if vouched is None]
        seqs = [seq for seq, lookup in replies if which in {lookup, _hash_of(batch, seq)}]
    drop(batch, seqs)
    return bool(seqs)


def _hash_of(batch: Batch, seq: int) -> bytes:
    return sha256(bytes(batch.query("SELECT blob FROM storage_envelope WHERE seq = %s", [seq])[0][0])).digest()


# -- desks


def push(fund: FundHome, pushes: Sequence[Push], today: dt.date) -> list[int]:
    """Take in what a desk brings; give the numbers. Shapes were looked at before."""
    return writer_for(fund).submit(partial(_push, pushes=pushes, today=today))


def _push(batch: Batch, pushes: Sequence[Push], today: dt.date) -> list[int]:
    numbers = []
    for one in pushes:
        query = "SELECT seq FROM storage_envelope WHERE lookup = %s AND vouched IS NULL AND blob = %s"
        found = batch.query(query, [one.lookup, one.envelope])
        if not found:
            deletion = None if one.deletion == NOTHING else one.deletion
            row = (one.lookup, deletion, today, WIRE[len(one.envelope)], last_day(today), None, one.envelope)
            batch.write(ROWS, [row])
            found = batch.query(query, [one.lookup, one.envelope])
        numbers.append(int(found[0][0]))
    return numbers


def acknowledge(fund: FundHome, member: str, numbers: Sequence[int], today: dt.date) -> bool:
    """Write down that a member's desk keeps these; tell whether that was the last word about some of them."""
    return writer_for(fund).submit(partial(_acknowledge, member=member, numbers=numbers, today=today))


def _acknowledge(batch: Batch, member: str, numbers: Sequence[int], today: dt.date) -> bool:
    known = []
    for number in sorted(set(numbers)):
        found = batch.query(
            "SELECT seq FROM storage_envelope WHERE seq = %s AND (vouched IS NOT NULL OR deletion IS NULL)", [number]
        )
        if found:
            known.append(number)
            batch.execute(
                "INSERT INTO storage_acknowledgement (seq, member) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [number, member],
            )
    return forget_acknowledged(batch, today, known) > 0


def vouch(fund: FundHome, until: dt.date, names: Sequence[bytes]) -> None:
    """Write down vouchers, by their SHA-256."""

    def job(batch: Batch) -> None:
        for name in names:
            batch.execute(
                "INSERT INTO storage_voucher (id, until) VALUES (%s, %s) ON CONFLICT DO NOTHING", [name, until]
            )

    writer_for(fund).submit(job)


def challenge(fund: FundHome, member: str, roster_leaf: int, today: dt.date) -> bytes | None:
    """Give today's challenge of a member, sealed to the key that the roster gives now; None: not one who opens."""
    return writer_for(fund).submit(partial(_challenge, member=member, leaf=roster_leaf, today=today))


def _challenge(batch: Batch, member: str, leaf: int, today: dt.date) -> bytes | None:
    roster: Any = batch.rules.roster
    key = intake.openers(roster).get(member)
    if key is None:
        return None
    found = batch.query("SELECT key, blob FROM storage_challenge WHERE day = %s AND member = %s", [today, member])
    if found and bytes(found[0][0]) == key:
        return bytes(found[0][1])
    recipient = next(one["seal"] for one in roster["members"] if one["name"] == member)
    # The secret is forgotten here: the site keeps its hash and can't answer for anybody.
    secret = secrets.token_bytes(32)
    text = deskwire.write_challenge(batch.rules.origin, today, leaf, secret)
    sealed = close_padded(fill((text,)), read_recipients([recipient]))
    batch.execute("DELETE FROM storage_challenge WHERE day = %s AND member = %s", [today, member])
    batch.execute(
        "INSERT INTO storage_challenge (day, member, key, digest, blob) VALUES (%s, %s, %s, %s, %s)",
        [today, member, key, sha256(secret).digest(), sealed],
    )
    return sealed


def answer(fund: FundHome, member: str, day: dt.date, secret: bytes, today: dt.date) -> bool:
    """Write down that a member opened a challenge of today or yesterday; False: that is not what was in it."""
    return writer_for(fund).submit(partial(_answer, member=member, day=day, secret=secret, today=today))


def _answer(batch: Batch, member: str, day: dt.date, secret: bytes, today: dt.date) -> bool:
    roster: Any = batch.rules.roster
    key = intake.openers(roster).get(member, b"")
    found = batch.query("SELECT key, digest FROM storage_challenge WHERE day = %s AND member = %s", [day, member])
    right = found and bytes(found[0][0]) == key and secrets.compare_digest(bytes(found[0][1]), sha256(secret).digest())
    if not right or not today - YESTERDAY <= day <= today:
        return False
    before = read_answers(batch.cursor)
    if before.get(member, (dt.date.min, b""))[0] <= day:
        batch.execute("DELETE FROM storage_answer WHERE member = %s", [member])
        batch.execute("INSERT INTO storage_answer (member, day, key) VALUES (%s, %s, %s)", [member, day, key])
    c = batch.counter
    told, tells = (
        open_until(c.state, c.intake_paused, roster, answers, today) for answers in (before, read_answers(batch.cursor))
    )
    if told != tells:
        c.face += 1  # pages name the day
    return True


# -- the host


def leap(batch: Batch) -> None:
    """Go on with numbers that no desk has seen, after a restore from an older copy (job)."""
    table, column = "storage_envelope", "seq"
    if batch.cursor.db.vendor == "postgresql":
        name = batch.query("SELECT pg_get_serial_sequence(%s, %s)", [table, column])[0][0]
        batch.query(f"SELECT setval(%s, (SELECT last_value FROM {name}) + %s)", [name, LEAP])
        return
    if not batch.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [LEAP, table]):
        batch.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, LEAP])
