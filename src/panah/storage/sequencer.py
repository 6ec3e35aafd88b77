"""From journal to log: gives waiting entries their places, writes tiles, signs the checkpoint.

Order of writes (crash-safe at each step; starting up runs the same steps):
1. places and final leaf bytes, in the database, in one transaction;
2. tiles and entry bundles of the new size, as durable files;
3. the signed checkpoint, in the database, by compare-and-swap on the size it grows from and the lease's epoch;
4. the checkpoint file.
A crash after 1 leads to the same leaves in the same order again; after 2, to the same bytes; after
3, only the file is written. Only the holder of the lease (`lease.py`) takes steps 1 and 3, and both check its
epoch under the fund's lock: no second history is signed, also not by a process that was paused and wakes.
Whoever writes a tile writes the same bytes under its name, because places were given in the database before.
A fund that was restored extends nothing while its providers have yet to be asked (`site/gifts/replaying.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, Final

from django.db import connections

from panah.errors import N_, FatalError
from panah.proof import leaf
from panah.proof.canonical import decode
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import SigningKey
from panah.proof.tiles import entries_path, partial_widths, plan_tiles, tile_path
from panah.storage import lease
from panah.storage.batch import Batch
from panah.storage.bulk import Update
from panah.storage.durable import write_file, write_files
from panah.storage.funds import FundHome
from panah.storage.lock import exclusive
from panah.storage.logkey import read_log_key
from panah.storage.writer import read_rules, writer_for

LARGEST_STEP: Final = 4096
_PLACED: Final = Update("storage_entry", {"leaf": "bigint", "body": "bytea", "id": "bigint"})
_shuffle = secrets.SystemRandom().shuffle

Steps = Callable[[str], None]
"""Hears the name of each step before the next begins; tests cut it off there."""


def _nobody(_: str) -> None:
    return


def sequence(fund: FundHome, *, steps: Steps = _nobody) -> int:
    """Bring all waiting entries into the log; give its size.

    Waits for the lease. When its holder is at work in another process, the entries are left to that one.
    """
    with lease.held(fund) as epoch:
        return log_size(fund) if epoch is None else extend(fund, epoch, steps)


def extend(fund: FundHome, epoch: int, steps: Steps = _nobody) -> int:
    """Bring all waiting entries into the log as the holder of the lease. Raises `LeaseLostError`."""
    while not awaits_replay(fund):
        steps("begin")
        assigned = writer_for(fund).submit(partial(assign_places, epoch=epoch))
        steps("placed")
        size = write_log(fund, epoch, steps)
        if assigned < LARGEST_STEP:
            return size
    return log_size(fund)


def awaits_replay(fund: FundHome) -> bool:
    """Tell whether a restored fund has yet to ask a provider what happened since its backup: it signs nothing then."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM storage_replay LIMIT 1")
        return cursor.fetchone() is not None


def log_size(fund: FundHome) -> int:
    """Give how many leaves are signed."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size FROM storage_loghead WHERE id = 1")
        return int(cursor.fetchone()[0])


def assign_places(batch: Batch, epoch: int) -> int:
    """Give waiting entries their places: runs of gifts shuffled, everything else in order (job)."""
    lease.check(batch, epoch)
    rows = batch.query(
        "SELECT id, kind, body, gift_ref FROM storage_entry WHERE leaf IS NULL ORDER BY id LIMIT %s",
        [LARGEST_STEP],
    )
    places: dict[str, int] = {}
    changes: list[tuple[int, bytes, int]] = []
    for number, kind, body, gift in _mix_gifts(rows, _turning_points(batch, rows)):
        place = batch.counter.next_leaf
        batch.counter.next_leaf = place + 1
        data = bytes(body)
        if kind == "gift" and gift is not None:
            places[gift] = place
        elif gift is not None:
            data = _point_at(batch, places, gift, data)
        changes.append((place, data, number))
    batch.write(_PLACED, changes)
    return len(changes)


def _turning_points(batch: Batch, rows: Sequence[tuple[Any, ...]]) -> set[int]:
    # A reader of the log takes an amendment into force at the first leaf of its day. A gift that is this leaf
    # keeps its place, or what was counted under the new goal could come before it. The newest leaves tell whether
    # that day was there already; should none of them, one gift too many keeps its place, which breaks nothing.
    starts = {
        str(decode(row[0].encode())["from"])
        for row in batch.query("SELECT body FROM storage_statement WHERE kind = 'amend'")
    }
    if not starts:
        return set()
    newest = batch.query("SELECT body FROM storage_entry WHERE leaf IS NOT NULL ORDER BY leaf DESC LIMIT 50")
    latest = max((str(decode(bytes(row[0])).get("day", "")) for row in newest), default="")
    points: set[int] = set()
    for number, _, data, _ in rows:
        day = str(decode(bytes(data)).get("day", ""))
        if any(latest < start <= day for start in starts):
            points.add(number)
        latest = max(latest, day)
    return points


def _mix_gifts(rows: Sequence[tuple[Any, ...]], fixed: Collection[int] = ()) -> list[tuple[Any, ...]]:
    # Within a run of gifts the order says nothing about who came first. A void or a count after them
    # stays after them: it points back, and the running total must never pass the goal.
    mixed: list[tuple[Any, ...]] = []
    run: list[tuple[Any, ...]] = []
    for row in rows:
        if row[1] == "gift" and row[0] not in fixed:
            run.append(row)
            continue
        _shuffle(run)
        mixed += [*run, row]
        run = []
    _shuffle(run)
    return mixed + run


def _point_at(batch: Batch, places: dict[str, int], gift: str, body: bytes) -> bytes:
    place = places.get(gift)
    if place is None:
        found = batch.query("SELECT leaf FROM storage_entry WHERE gift_ref = %s AND kind = 'gift'", [gift])
        place = found[0][0]
    return leaf.encode(decode(body) | {"gift": place})


def write_log(fund: FundHome, epoch: int, steps: Steps = _nobody) -> int:
    """Write, sign and publish what has a place but is not in the log yet; give the log's size."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size FROM storage_loghead WHERE id = 1")
        old_size = int(cursor.fetchone()[0])
        cursor.execute("SELECT body FROM storage_entry WHERE leaf >= %s ORDER BY leaf", [old_size])
        leaves = [bytes(row[0]) for row in cursor.fetchall()]
        rules = read_rules(cursor)
    size = old_size + len(leaves)
    if leaves:
        root, files = plan_tiles(lambda path: (fund.log / path).read_bytes(), old_size, leaves)
        write_files((fund.log / path, data) for path, data in files)
        steps("tiles")
        head = Checkpoint(rules.origin, size, root)
        job = partial(_swap_head, head=head, key=read_log_key(fund, rules.origin, rules.vkey), old_size=old_size)
        writer_for(fund).submit(partial(_as_holder, epoch=epoch, job=job))
        steps("signed")
    if publish_head(fund):
        steps("published")
    _drop_outgrown(fund, old_size, size)
    return size


def _as_holder(batch: Batch, epoch: int, job: Callable[[Batch], None]) -> None:
    lease.check(batch, epoch)
    job(batch)


def _swap_head(batch: Batch, head: Checkpoint, key: SigningKey, old_size: int) -> None:
    """Sign and keep the new head, in the transaction that has looked that it is ours to sign (job)."""
    if batch.query("SELECT size FROM storage_loghead WHERE id = 1") != [(old_size,)]:
        raise FatalError(N_("Another process has extended this log: this one stops before it signs a second history."))
    batch.execute("UPDATE storage_loghead SET size = %s, note = %s WHERE id = 1", [head.size, head.sign(key)])


def publish_head(fund: FundHome) -> bool:
    """Bring the checkpoint file up to the database's head; tell whether it was behind.

    Under the fund's lock: a process that was paused here must not put an older checkpoint over a newer one.
    """
    path = fund.log / "checkpoint"
    if _is_published(fund, _read_note(fund)):
        return False
    with exclusive(fund.alias):
        write_file(path, _read_note(fund))
    return True


def _read_note(fund: FundHome) -> bytes:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT note FROM storage_loghead WHERE id = 1")
        return bytes(cursor.fetchone()[0])


def _is_published(fund: FundHome, note: bytes) -> bool:
    path = fund.log / "checkpoint"
    return not note or (path.is_file() and path.read_bytes() == note)


def _drop_outgrown(fund: FundHome, old_size: int, size: int) -> None:
    # Partial tiles are kept for every published size until the full tile is there (C2SP tlog-tiles).
    for level, index, width in partial_widths(old_size):
        if (size >> (8 * level)) // 256 > index:
            _remove_partials(fund, tile_path(level, index))
            if level == 0:
                _remove_partials(fund, entries_path(index))
        del width


def _remove_partials(fund: FundHome, full: str) -> None:
    folder = fund.log / f"{full}.p"
    if folder.is_dir() and (fund.log / full).is_file():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
