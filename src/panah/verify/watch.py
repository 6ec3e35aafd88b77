"""One look of a watcher at a fund, compared with everything that earlier looks kept.

Promises: a fork, a rollback, a fund put in another's place, a changed script, another payee or account, a kept
gift that is missing past its day: each is told in plain words, and what proves it is kept. The newest
checkpoint is replaced only by one that continues it, so a lie does not become the new truth.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, InputError, PanahError
from panah.proof.note import MAX_BYTES
from panah.verify.announced import announced_accounts, new_accounts
from panah.verify.audit import CHECKPOINT, Audit
from panah.verify.findings import FAILS, Finding, Findings
from panah.verify.kept import Kept
from panah.verify.outside import Seen
from panah.verify.pages import PageCheck

if TYPE_CHECKING:
    from pathlib import Path

    from panah.core.ledger import Books
    from panah.verify.sources import Source

PROMISED: Final = dt.timedelta(days=2)
"""A gift stands in the log at the latest two days after it was booked (docs/spec/receipts.md)."""


@dataclass(slots=True)
class Memory:
    """What a watcher keeps of one fund: `state.json`, `newest.checkpoint`, `evidence/`, and the owner's `notes/`."""

    folder: Path
    fingerprint: str = ""
    scripts: dict[str, str] = field(default_factory=dict)
    behind_since: str = ""
    """First day on which the pages told of more gifts than the log."""
    seen: Seen = field(default_factory=Seen)

    @classmethod
    def read(cls, folder: Path) -> Memory:
        """Read what earlier looks kept; nothing on the first one. Raises `InputError`."""
        for name in ("notes", "evidence"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        path = folder / "state.json"
        if not path.is_file():
            return cls(folder)
        try:
            value: Any = json.loads(path.read_text("utf-8"))
            seen = Seen(**value.get("seen", {}))  # folders of an earlier version have none
            return cls(folder, value["fingerprint"], value["scripts"], value["behind_since"], seen)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                N_("%(path)s can't be read."),
                hint=N_("Move the folder away to begin anew; keep it, it may be evidence."), path=str(path),
            ) from error  # fmt: skip

    @property
    def newest(self) -> Path:
        """The newest checkpoint that continued all before it."""
        return self.folder / "newest.checkpoint"

    def kept(self) -> Kept:
        """Gather what today's log must agree with."""
        kept = Kept()
        if self.newest.is_file():
            kept.add_since(self.newest.name, self.newest.read_bytes())
        for path in sorted((self.folder / "notes").iterdir()):
            if path.is_file() and not path.name.startswith("."):
                kept.add(path.name, path.read_bytes())
        return kept

    def write(self, checkpoint: bytes | None) -> None:
        """Keep the state, and a checkpoint that continues the last one."""
        value = {
            "fingerprint": self.fingerprint, "scripts": self.scripts, "behind_since": self.behind_since,
            "seen": asdict(self.seen),
        }  # fmt: skip
        _replace(self.folder / "state.json", json.dumps(value, indent=1).encode())
        if checkpoint is not None:
            _replace(self.newest, checkpoint)

    def keep_evidence(self, checkpoint: bytes, today: dt.date) -> None:
        """Keep a signed checkpoint that contradicts what was known."""
        known = {path.read_bytes() for path in (self.folder / "evidence").iterdir()}
        if checkpoint not in known:
            _replace(self.folder / "evidence" / f"{today.isoformat()}-{len(known) + 1}.checkpoint", checkpoint)


def _replace(path: Path, data: bytes) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}.new")
    scratch.write_bytes(data)
    scratch.replace(path)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. `unread` is why a part of it could not be read."""

    alarms: tuple[Finding, ...]
    unread: PanahError | None
    facts: dict[str, Any]
    is_first: bool
    accounts: tuple[Finding, ...] = ()
    """What members announced of where gifts go: no lie of the fund, but its givers must hear of it, once."""
    outside: tuple[Finding, ...] = ()
    """What outside holders do to the team's roster: no lie of the fund, but its members must hear of it."""


def look(source: Source, memory: Memory, today: dt.date, *, fund: str = "") -> Look:
    """Look once. Raises `InputError` when there is no log to look at and never was."""
    is_first = not memory.fingerprint
    audit = Audit(source, memory.kept())
    try:
        source.read(CHECKPOINT, MAX_BYTES)
    except FileNotFoundError:
        if is_first:
            raise InputError(N_("There is no log at %(place)s."), place=source.name) from None
        gone = Finding(FAILS, N_("The log is gone: this fund had one when it was last looked at."), file=CHECKPOINT)
        return Look((gone,), None, {}, is_first)
    report = audit.run(fund=fund or memory.fingerprint, today=today)
    findings = Findings()
    unread = _look_at_pages(source, findings, memory, audit.reader.books, today)
    outside: tuple[Finding, ...] = ()
    accounts: tuple[Finding, ...] = ()
    log_alarms = tuple(one for one in report.findings if one.verdict == FAILS)
    if log_alarms:
        memory.keep_evidence(audit.signed, today)
        memory.write(None)
    else:
        memory.fingerprint = report.facts["fingerprint"]
        accounts = new_accounts(audit.reader.books, memory.seen.size)
        outside = memory.seen.compare(audit.reader.books, today)
        memory.write(audit.signed)
    alarms = log_alarms + tuple(one for one in findings.all if one.verdict == FAILS)
    return Look(alarms, unread, report.facts, is_first, accounts, outside)


def _look_at_pages(
    source: Source, findings: Findings, memory: Memory, books: Books, today: dt.date
) -> PanahError | None:
    if not books.charter:
        return None
    check = PageCheck(source, findings, books.charter, announced_accounts(books))
    try:
        check.run()
    except InputError as error:
        return error
    _compare_scripts(check.scripts, findings, memory, books)
    _compare_progress(check.percent, findings, memory, books, today)
    return None


def _compare_scripts(scripts: dict[str, str], findings: Findings, memory: Memory, books: Books) -> None:
    """Members sign page bundles in a `code` leaf; where none has, a change is told once."""
    signed = {path: (books.code[0], told) for path, told in books.code[1]} if books.code else {}
    for path, hashed in sorted(scripts.items()):
        if path in signed:
            leaf, told = signed[path]
            if told != hashed:
                findings.fail(N_("This page bundle is not the one that the team signed."), leaf=leaf, file=path)
        elif signed:
            findings.fail(N_("A page loads this script, and the team has not signed it."), file=path)
        elif memory.scripts and memory.scripts.get(path) != hashed:
            findings.fail(
                N_("A page's script changed, and no leaf says that the team knows. Ask them; this is told once."),
                file=path,
            )
    memory.scripts = scripts


def _compare_progress(percent: int | None, findings: Findings, memory: Memory, books: Books, today: dt.date) -> None:
    """The pages tell of gifts when they are booked; the log must follow within the promised days."""
    logged = books.counted * 100 // books.goal if books.goal else 0
    if percent is None or percent <= logged:
        memory.behind_since = ""
        return
    memory.behind_since = memory.behind_since or today.isoformat()
    if today - dt.date.fromisoformat(memory.behind_since) > PROMISED:
        findings.fail(
            N_("The log is older than promised: since %(day)s the pages tell of more (%(percent)s%% of the goal)."),
            file=CHECKPOINT, day=memory.behind_since, percent=percent,
        )  # fmt: skip
