"""The books as files for other programs (hledger, beancount, CSV, JSON), made from the published log.

A log that has grown is not spelled out anew: its new entries are put after a copy of the file, and after a copy of its
compressed sibling, so that an entry costs the same in a long log as in a short one. Copying is cheap but not
nothing: above FEW leaves it is done when the log has grown by a fiftieth. `exports/upto` says how many entries the
files hold, and the page says it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from django.utils.translation import gettext, override

from panah.core.charter import Charter
from panah.core.ledger import Books
from panah.errors import N_, PanahError
from panah.site.books.page import Download
from panah.site.publish import files
from panah.site.publish.growing import Grown
from panah.site.publish.tongues import tongue
from panah.verify.export import FILES, Entry, Spelling, read_entries
from panah.verify.sources import open_source

FEW: Final = 20_000
_UPTO: Final = "exports/upto"
_AT_ONCE: Final = 1000
ABOUT: Final = {
    "hledger": N_("for hledger and ledger"),
    "beancount": N_("for beancount and fava"),
    "csv": N_("for a spreadsheet"),
    "json": N_("for programs"),
}


class Exporter:
    """Remembers how far it has spelled a log, so that the next time only new entries are read.

    Whoever else wrote the files in between (another process of the site) is noticed and caught up with; files that
    are not what this log would have given are made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()

    def _begin(self) -> None:
        self._books = Books()
        self._forms = {form: Spelling(form) for form in FILES}
        self._files = {
            form: Grown(self._folder / FILES[form], one.head.encode(), one.tail.encode())
            for form, one in self._forms.items()
        }

    def extend(self) -> tuple[list[Path], int]:
        """Bring the files up to the published log; give them, and how many entries they hold."""
        known = upto(self._folder)
        if known < self._books.size:
            self._begin()
        entries = read_entries(open_source(str(self._folder)), self._books)
        while self._books.size < known:
            texts = self._spell(entries, known - self._books.size)
            if texts is None:
                break  # shorter than the files: another log
            for form, data in texts.items():
                self._files[form].note(data)
        if self._books.size != known or not all(file.stands() for file in self._files.values()):
            self._begin()
            entries, known = read_entries(open_source(str(self._folder)), self._books), 0
        with ExitStack() as stack:
            for file in self._files.values():
                stack.enter_context(file.opened(anew=known == 0))
            while texts := self._spell(entries, _AT_ONCE):
                for form, data in texts.items():
                    self._files[form].write(data)
            for file in self._files.values():
                file.place()
        return [file.path for file in self._files.values()], self._books.size

    def _spell(self, entries: Iterator[Entry], most: int) -> dict[str, bytes] | None:
        """Spell some of the next entries in every form; None when there are none."""
        parts: dict[str, list[str]] = {form: [] for form in self._forms}
        entry = None
        for entry, _ in zip(entries, range(min(most, _AT_ONCE)), strict=False):
            for form, one in self._forms.items():
                parts[form].append(one.text(entry))
        return None if entry is None else {form: "".join(texts).encode() for form, texts in parts.items()}


def write(folder: Path, size: int, *, is_last: bool = False, exporter: Exporter | None = None) -> list[Path]:
    """Bring the exports up to the log when it grew enough, or at all when `is_last`; give what changed."""
    grown = size - upto(folder)
    if grown == 0 or not (folder / "log" / "checkpoint").exists():
        return []
    if size > FEW and 0 < grown < size // 50 and not is_last:
        return []
    try:
        changed, done = (exporter or Exporter(folder)).extend()
    except (PanahError, OSError):
        return []  # the log is being written at this moment: the next round finds it whole
    files.replace(folder / _UPTO, b"%d\n" % done)
    return changed


def upto(folder: Path) -> int:
    """Give how many entries the exports hold; 0 when there are none."""
    try:
        return int((folder / _UPTO).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def listing(folder: Path, charter: Charter, tag: str) -> list[Download]:
    """Give what there is to download, described in a language; a saved copy is called after its fund."""
    fund = re.sub(r"[^A-Za-z0-9.-]+", "-", charter.origin) + "-demo" * charter.demo
    with override(tongue(tag).django):
        return [
            Download(
                place, place.rpartition("/")[2], gettext(ABOUT[form]), (folder / place).stat().st_size,
                f"{fund}.{place.rpartition('.')[2]}",
            )
            for form, place in FILES.items()
            if (folder / place).exists()
        ]  # fmt: skip
