"""A mirror of one fund: its published files in a folder, checked before anybody sees them.

`DIR/public` is what a web server serves: a link to one whole state under `DIR/states/`. A look copies what changed
beside it (what did not change is linked, not copied), checks the copy as `panah verify` does against everything that
was kept, and turns the link: a reader gets the old state or the new one. `DIR/kept/` is what a watcher keeps.

Promises: nothing outside DIR is written, nothing that the site does not list, nothing longer than its list says; a
state that fails the check is thrown away and the last good one stays; the state before is removed with the turn, so
that what was withdrawn is gone with its compressed copies; killed at any step, the next look mends it. It reads what
any reader reads and tells the site nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from panah.errors import N_, InputError, RefusedError
from panah.proof.note import MAX_BYTES
from panah.verify.announced import announced_accounts
from panah.verify.audit import CHECKPOINT, Audit
from panah.verify.copying import Copy
from panah.verify.findings import FAILS, Finding
from panah.verify.listing import GENERATION, LIST, MAX_LIST, Listed, parse
from panah.verify.pages import PageCheck
from panah.verify.sources import Folder
from panah.verify.watch import Memory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from panah.verify.sources import Source

PUBLIC: Final = "public"
STATES: Final = "states"
_EXPORTS: Final = "exports/"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look did. `alarms` is why the copy was refused."""

    changed: bool = False
    alarms: tuple[Finding, ...] = ()
    fingerprint: str = ""
    is_first: bool = False


class Mirror:
    """One folder, kept by one process at a time."""

    def __init__(self, folder: Path, *, fund: str = "") -> None:
        self._folder, self._fund = folder, fund
        self._states, self._link = folder / STATES, folder / PUBLIC
        self._seen: tuple[bytes, bytes] | None = None
        self._listed: dict[str, Listed] = {}
        """What the served state holds, by a look at every byte."""

    @contextlib.contextmanager
    def alone(self) -> Iterator[Mirror]:
        """Be the only process that keeps this folder, and clear away what one that died left. Raises `RefusedError`."""
        if self._link.exists() and not self._link.is_symlink():
            raise InputError(N_("%(path)s is not a mirror's: it is a folder of its own."), path=str(self._link))
        self._states.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RefusedError(
                    N_("Another process keeps this mirror: %(folder)s."), folder=str(self._folder)
                ) from None
            self._clear()
            self._listed = self._hash()
            yield self
        finally:
            os.close(handle)

    def look(self, source: Source, today: dt.date) -> Turn:
        """Look once, and take over what is new and holds. Raises `InputError` when it can't be read now."""
        mark = (_small(source, GENERATION), source.read(CHECKPOINT, MAX_BYTES))
        if mark == self._seen:
            return Turn()
        state = self._new_state()
        try:
            turn = self._bring(source, state, mark[0], today, with_log=True)
            if turn.alarms and self._now() is not None:
                # A tile here may be the damaged one: once more, with every byte of the log from the site.
                shutil.rmtree(state)
                state.mkdir()
                turn = self._bring(source, state, mark[0], today, with_log=False)
        finally:
            if state.exists() and self._now() != state:
                shutil.rmtree(state)
        self._seen = mark
        return turn

    # -- one state ------------------------------------------------------------------------------------------
    def _bring(self, source: Source, state: Path, generation: bytes, today: dt.date, *, with_log: bool) -> Turn:
        raw = source.read(LIST, MAX_LIST)
        listed = parse(raw)
        copy = Copy(source, state, self._now())
        copy.take_files(listed, self._listed)
        # The log comes last: then it is never behind the pages and exports that were made from it.
        signed = source.read(CHECKPOINT, MAX_BYTES)
        copy.take_log(signed, with_log=with_log)
        copy.put(LIST, raw)
        if generation:
            copy.put(GENERATION, generation)
        memory = Memory.read(self._folder / "kept")
        is_first = not memory.fingerprint
        alarms, fingerprint = self._check(state, memory, listed, today)
        if alarms:
            memory.keep_evidence(signed, today)
            return Turn(alarms=alarms, fingerprint=fingerprint, is_first=is_first)
        memory.fingerprint = fingerprint
        memory.write(signed)  # before the turn: what was served once is never rolled back
        self._turn_to(state)
        self._listed = listed
        return Turn(True, (), fingerprint, is_first)

    def _check(
        self, state: Path, memory: Memory, listed: dict[str, Listed], today: dt.date
    ) -> tuple[tuple[Finding, ...], str]:
        """Check the copy as any reader would; give what fails, and the fund's fingerprint."""
        source = Folder(state)
        is_new = any(self._listed.get(path) != one for path, one in listed.items() if path.startswith(_EXPORTS))
        audit = Audit(source, memory.kept(), exports=is_new)
        report = audit.run(fund=self._fund or memory.fingerprint, today=today)
        books = audit.reader.books
        if report.holds and books.charter:
            PageCheck(source, audit.findings, books.charter, announced_accounts(books)).run()
        failed = tuple(one for one in audit.findings.all if one.verdict == FAILS)
        return failed, str(report.facts["fingerprint"])

    # -- the folder -----------------------------------------------------------------------------------------
    def _now(self) -> Path | None:
        """Give the state that is served."""
        try:
            name = self._link.readlink().name
        except OSError:
            return None
        state = self._states / name
        return state if state.is_dir() else None

    def _new_state(self) -> Path:
        now = self._now()
        state = self._states / str(int(now.name) + 1 if now and now.name.isdecimal() else 1)
        if state.exists():
            shutil.rmtree(state)
        state.mkdir(parents=True)
        return state

    def _turn_to(self, state: Path) -> None:
        fresh = self._folder / ".public.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path(STATES, state.name))
        fresh.replace(self._link)
        self._clear()

    def _clear(self) -> None:
        """Remove every state but the one that is served."""
        now = self._now()
        for place in self._states.iterdir():
            if place != now:
                shutil.rmtree(place)

    def _hash(self) -> dict[str, Listed]:
        """Read every file of the served state: a disk forgets, and a process may have died half-way."""
        now = self._now()
        found: dict[str, Listed] = {}
        if now is None or not (now / LIST).is_file():
            return found
        for path in parse((now / LIST).read_bytes()):
            with contextlib.suppress(OSError), (now / path).open("rb") as file:
                found[path] = Listed(file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)
        return found


def _small(source: Source, path: str) -> bytes:
    try:
        return source.read(path, 32)
    except FileNotFoundError:
        return b""
