"""From journal to log: gives waiting entries their places, writes tiles, signs the checkpoint.

Order of writes (crash-safe at each step; starting up runs the same steps):
1. places and final leaf bytes, in the database, in one transaction;
2. tiles and entry bundles of the new size, as durable files;
3. the signed checkpoint, in the database, by compare-and-swap on the size it grows from;
4. the checkpoint file.
A crash after 1 leads to the same leaves in the same order again; after 2, to the same bytes; after
3, only the file is written. Two sequencers can't both win step 3, so no second history is signed.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connections

from panah.errors import N_, FatalError
from panah.proof import leaf
from panah.proof.canonical import decode
from panah.proof.checkpoint import Checkpoint
from panah.proof.tiles import entries_path, partial_widths, plan_tiles, tile_path
from panah.storage.batch import Batch
from panah.storage.durable import write_file, write_files
from panah.storage.funds import FundHome
from panah.storage.logkey import read_log_key
from panah.storage.rows import FundRules
from panah.storage.writer import read_rules, writer_for

LARGEST_STEP: Final = 4096
_shuffle = secrets.SystemRandom().shuffle
log = logging.getLogger("panah.storage")


def sequence(fund: FundHome, *, steps: Callable[[str], None] = lambda _: None) -> int:
    """Bring all waiting entries into the log; give its size. `steps` hears each step's name (for crash tests)."""
    while True:
        steps("begin")
        assigned = writer_for(fund).submit(assign_places)
        steps("placed")
        size = extend_log(fund, steps=steps)
        if assigned < LARGEST_STEP:
            return size


def assign_places(batch: Batch) -> int:
    """Give waiting entries their places: runs of gifts shuffled, everything else in order (job)."""
    rows = batch.query(
        "SELECT id, kind, body, gift_ref FROM storage_entry WHERE leaf IS NULL ORDER BY id LIMIT %s",
        [LARGEST_STEP],
    )
    places: dict[str, int] = {}
    changes: list[tuple[int, bytes, int]] = []
    for number, kind, body, gift in _mix_gifts(rows):
        place = batch.counter.next_leaf
        batch.counter.next_leaf = place + 1
        data = bytes(body)
        if kind == "gift" and gift is not None:
            places[gift] = place
        elif gift is not None:
            data = _point_at(batch, places, gift, data)
        changes.append((place, data, number))
    if changes:
        batch.cursor.executemany("UPDATE storage_entry SET leaf = %s, body = %s WHERE id = %s", changes)
    return len(changes)


def _mix_gifts(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    # Within a run of gifts the order says nothing about who came first. A void or a count after them
    # stays after them: it points back, and the running total must never pass the goal.
    mixed: list[tuple[Any, ...]] = []
    run: list[tuple[Any, ...]] = []
    for row in rows:
        if row[1] == "gift":
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


def extend_log(fund: FundHome, *, steps: Callable[[str], None] = lambda _: None) -> int:
    """Write, sign and publish what has a place but is not in the log yet; give the log's size."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size, note FROM storage_loghead WHERE id = 1")
        old_size, note = cursor.fetchone()
        cursor.execute("SELECT body FROM storage_entry WHERE leaf >= %s ORDER BY leaf", [old_size])
        leaves = [bytes(row[0]) for row in cursor.fetchall()]
        rules = read_rules(cursor)
    if leaves:
        root, files = plan_tiles(lambda path: (fund.log / path).read_bytes(), old_size, leaves)
        write_files((fund.log / path, data) for path, data in files)
        steps("tiles")
        note = _swap_head(fund, rules, old_size, old_size + len(leaves), root)
        steps("signed")
    if note and (not (fund.log / "checkpoint").is_file() or (fund.log / "checkpoint").read_bytes() != bytes(note)):
        write_file(fund.log / "checkpoint", bytes(note))
        steps("published")
    _drop_outgrown(fund, old_size, old_size + len(leaves))
    return int(old_size) + len(leaves)


def _swap_head(fund: FundHome, rules: FundRules, old_size: int, size: int, root: bytes) -> bytes:
    key = read_log_key(fund, rules.origin, rules.vkey)
    note = Checkpoint(rules.origin, size, root).sign(key)

    def swap(batch: Batch) -> None:
        changed = batch.execute(
            "UPDATE storage_loghead SET size = %s, note = %s WHERE id = 1 AND size = %s",
            [size, note, old_size],
        )
        if changed != 1:
            raise FatalError(
                N_("Another process has extended this log: this one stops before it signs a second history.")
            )

    writer_for(fund).submit(swap)
    return note


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


class Sequencer:
    """Runs `sequence` every `interval` seconds and whenever it is asked to flush. One per fund and process."""

    def __init__(self, fund: FundHome, interval: float, after: Callable[[], None]) -> None:
        self._fund, self._interval, self._after = fund, interval, after
        self._wake = threading.Event()
        self._ending = False
        self._size = sequence(fund)  # start-up is the same code as every step: it completes what a crash cut off
        self._thread = threading.Thread(target=self._run, name=f"sequencer {fund.slug}", daemon=True)
        self._thread.start()

    def flush(self) -> None:
        """Ask for a step now (goal met, close, backup); returns at once."""
        self._wake.set()

    def stop(self) -> None:
        """Make a last step and end."""
        self._ending = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(self._interval)
            self._wake.clear()
            try:
                size = sequence(self._fund)
            except FatalError as error:
                log.critical("sequencer stopped: %s", error.code)
                return
            except Exception as error:  # noqa: BLE001 - a full disk may pass: try again at the next interval
                log.error("sequencer step failed: %s", type(error).__name__)
                continue
            if size != self._size:
                self._size = size
                self._after()
        connections[self._fund.alias].close()
