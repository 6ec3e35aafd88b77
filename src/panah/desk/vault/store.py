"""The stream on a desk's disk: sealed rows as they were pulled, and what waits to go out. Nothing here is plain.

Promises: what a call stored is durable when it returns; a kill at any point leaves the state before or after a call.
A row counts as pulled only together with its bytes, and is acknowledged to the relay only after that. The same
envelope stands once, however often it comes. What is deleted is overwritten, in the journal too (`secure_delete`,
truncated log), as far as the disk lets a program do that.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from panah.errors import N_, RefusedError
from panah.proof.deskwire import Push, Row

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS stream (
    id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, name BLOB NOT NULL, mark TEXT NOT NULL,
    day TEXT NOT NULL, expires TEXT NOT NULL, envelope BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS in_order ON stream (seq, id);
CREATE TABLE IF NOT EXISTS unacknowledged (seq INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name BLOB NOT NULL, deletion BLOB NOT NULL,
    number INTEGER, ours INTEGER NOT NULL, envelope BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS gone (hash BLOB PRIMARY KEY);
CREATE TABLE IF NOT EXISTS place (
    one INTEGER PRIMARY KEY CHECK (one = 1), pulled INTEGER NOT NULL, whole TEXT NOT NULL);
INSERT OR IGNORE INTO place VALUES (1, 0, '');
"""
_PRAGMAS: Final = (
    "locking_mode = EXCLUSIVE", "secure_delete = ON", "journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY",
)  # fmt: skip
OURS_AFTER: Final = 1 << 60
"""Where rows that the relay has not numbered yet stand: after all that it has."""


class Sealed(NamedTuple):
    """A row of the stream. `hash` is the envelope's SHA-256; `seq` its number, from `OURS_AFTER` on: not sent yet."""

    seq: int
    hash: bytes
    name: bytes
    mark: str
    day: str
    envelope: bytes


class Taken(NamedTuple):
    """What a pull brought: rows that are new here, and the numbers that ours got (hash → number)."""

    new: list[Sealed]
    back: dict[bytes, int]


class Store:
    """One connection, which holds the file: two programs with one member's key would write two histories.

    Raises `RefusedError` when another one has it.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600, exist_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None, timeout=0.5, check_same_thread=False)
        try:
            for line in _PRAGMAS:
                self._base.execute(f"PRAGMA {line}").fetchall()
            self._base.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            self._base.close()
            raise RefusedError(N_("This desk is open in another window or program.")) from error

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    # -- what came
    @property
    def pulled(self) -> int:
        """The number after which to pull."""
        return int(self._base.execute("SELECT pulled FROM place").fetchone()[0])

    def take(self, rows: Iterable[Row]) -> Taken:
        """Keep rows, but for what was deleted for good."""
        taken = Taken([], {})
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for row in rows:
                digest = hashlib.sha256(row.envelope).digest()
                self._base.execute("INSERT OR IGNORE INTO unacknowledged VALUES (?)", (row.seq,))
                self._base.execute("UPDATE place SET pulled = max(pulled, ?)", (row.seq,))
                if self._base.execute("SELECT 1 FROM gone WHERE hash = ?", (digest,)).fetchone():
                    continue
                kept = self._base.execute(
                    "INSERT OR IGNORE INTO stream VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                    (row.seq, digest, row.lookup, row.mark, row.day.isoformat(), row.expires.isoformat(), row.envelope),
                )  # fmt: skip
                waited = self._base.execute("DELETE FROM outgoing WHERE hash = ? AND ours", (digest,)).rowcount
                if waited:
                    taken.back[digest] = row.seq
                elif kept.rowcount:
                    taken.new.append(Sealed(row.seq, digest, row.lookup, row.mark, row.day.isoformat(), row.envelope))
        return taken

    def unacknowledged(self, most: int) -> list[int]:
        """Give numbers that the relay does not know to be here."""
        rows = self._base.execute("SELECT seq FROM unacknowledged ORDER BY seq LIMIT ?", (most,))
        return [seq for (seq,) in rows]

    def acknowledged(self, numbers: Sequence[int]) -> None:
        """The relay knows now."""
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM unacknowledged WHERE seq = ?", [(number,) for number in numbers])

    @property
    def whole(self) -> str:
        """The day on which everything was asked for from the first number on."""
        return str(self._base.execute("SELECT whole FROM place").fetchone()[0])

    def pull_anew(self, today: str = "") -> None:
        """Ask for everything again, as after the relay went back to an older state."""
        self._base.execute("UPDATE place SET pulled = 0, whole = ?", (today,))

    def rows(self) -> Iterator[Sealed]:
        """Give all rows in order, ours that wait after those that came; hashes are computed over the bytes here."""
        with closing(self._base.cursor()) as cursor:
            came = cursor.execute("SELECT seq, name, mark, day, envelope FROM stream ORDER BY seq, id")
            for seq, name, mark, day, envelope in came:
                yield Sealed(seq, hashlib.sha256(envelope).digest(), name, mark, day, envelope)
        ours = self._base.execute("SELECT id + ?, name, envelope FROM outgoing WHERE ours ORDER BY id", (OURS_AFTER,))
        for seq, name, envelope in ours.fetchall():
            yield Sealed(seq, hashlib.sha256(envelope).digest(), name, "d", "", envelope)

    def envelope(self, digest: bytes) -> bytes | None:
        """Give one envelope by its hash."""
        for table in ("stream", "outgoing"):
            found = self._base.execute(f"SELECT envelope FROM {table} WHERE hash = ?", (digest,)).fetchone()
            if found:
                return bytes(found[0])
        return None

    # -- what goes
    def queue(self, letters: Iterable[tuple[Push, bool]]) -> list[Sealed]:
        """Keep letters until the relay has them, all or none; True: part of the stream (between desks). Gives those."""
        queued = []
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for push, ours in letters:
                digest = hashlib.sha256(push.envelope).digest()
                number = self._base.execute(
                    "INSERT INTO outgoing (hash, name, deletion, number, ours, envelope) VALUES (?, ?, ?, NULL, ?, ?)",
                    (digest, push.lookup, push.deletion, ours, push.envelope),
                ).lastrowid or 0  # fmt: skip
                if ours:
                    queued.append(Sealed(OURS_AFTER + number, digest, push.lookup, "d", "", push.envelope))
        return queued

    def queue_again(self, digests: Iterable[bytes]) -> int:
        """Bring rows that the relay has forgotten to it once more, for somebody who came later; gives how many."""
        count = 0
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for digest in digests:
                count += self._base.execute(
                    "INSERT OR IGNORE INTO outgoing (hash, name, deletion, number, ours, envelope)"
                    " SELECT hash, name, zeroblob(32), NULL, 0, envelope FROM stream WHERE hash = ? AND mark = 'd'",
                    (digest,),
                ).rowcount
        return count

    def waiting(self, most: int) -> list[tuple[int, Push]]:
        """Give what the relay does not have yet, up to so many bytes and one letter at least."""
        found: list[tuple[int, Push]] = []
        size = 0
        with closing(self._base.cursor()) as cursor:
            lines = cursor.execute("SELECT id, name, deletion, envelope FROM outgoing WHERE number IS NULL ORDER BY id")
            for number, name, deletion, envelope in lines:
                size += len(envelope) + 68
                if found and size > most:
                    break
                found.append((number, Push(name, deletion, envelope)))
        return found

    def waits(self) -> int:
        """Count what the relay does not have yet."""
        return int(self._base.execute("SELECT count(*) FROM outgoing WHERE number IS NULL").fetchone()[0])

    def sent(self, numbered: Sequence[tuple[int, int]]) -> None:
        """The relay has these (our id, its number). What is of the stream stays until it comes back from there."""
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for ours, number in numbered:
                self._base.execute("UPDATE outgoing SET number = ? WHERE id = ?", (number, ours))
            self._base.execute("DELETE FROM outgoing WHERE number IS NOT NULL AND NOT ours")
        self._empty_log()

    def has(self, digest: bytes) -> bool:
        """Tell whether an envelope came from the relay."""
        return self._base.execute("SELECT 1 FROM stream WHERE hash = ?", (digest,)).fetchone() is not None

    # -- what is forgotten
    def forget(self, digests: Iterable[bytes]) -> None:
        """Delete rows for good: they are overwritten, and not taken in again from whomever they come.

        What the relay does not have yet still goes there, for the colleagues, and is deleted then.
        """
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for digest in digests:
                self._base.execute("DELETE FROM stream WHERE hash = ?", (digest,))
                self._base.execute("DELETE FROM outgoing WHERE hash = ? AND number IS NOT NULL", (digest,))
                self._base.execute("UPDATE outgoing SET ours = 0 WHERE hash = ?", (digest,))
                self._base.execute("INSERT OR IGNORE INTO gone VALUES (?)", (digest,))
        self._empty_log()

    def _empty_log(self) -> None:
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
