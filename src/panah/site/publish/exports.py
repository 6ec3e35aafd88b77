"""The books as files for other programs (hledger, beancount, CSV, JSON), made from the published log.

A long log is not spelled out anew for each batch of gifts: above FEW leaves only when it has grown by a
two-hundredth. `exports/upto` says how many entries the files hold, and the page says it too.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from django.utils.translation import gettext, override

from panah.core.ledger import Books
from panah.errors import N_, PanahError
from panah.site.books.page import Download
from panah.site.publish import files
from panah.site.publish.tongues import tongue
from panah.verify.export import FILES, export_all, read_entries
from panah.verify.sources import open_source

FEW: Final = 20_000
_COMPRESSED: Final = 32 * 1024 * 1024
_UPTO: Final = "exports/upto"
ABOUT: Final = {
    "hledger": N_("for hledger and ledger"),
    "beancount": N_("for beancount and fava"),
    "csv": N_("for a spreadsheet"),
    "json": N_("for programs"),
}


def write(folder: Path, size: int, *, is_last: bool = False) -> list[Path]:
    """Make the exports anew when the log grew enough, or at all when `is_last`; give what changed."""
    grown = size - upto(folder)
    if grown == 0 or not (folder / "log" / "checkpoint").exists():
        return []
    if size > FEW and 0 < grown < size // 200 and not is_last:
        return []
    try:
        changed, done = _write_all(folder)
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


def _write_all(folder: Path) -> tuple[list[Path], int]:
    books = Books()
    with ExitStack() as stack:
        out: dict[str, tuple[IO[str], Path]] = {}
        for form, place in FILES.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".new-", dir=target.parent)
            stack.callback(Path(name).unlink, missing_ok=True)
            out[form] = (stack.enter_context(os.fdopen(handle, "w", encoding="utf-8", newline="\n")), Path(name))
        for form, piece in export_all(read_entries(open_source(str(folder)), books), FILES):
            out[form][0].write(piece)
        changed = []
        for form, (file, path) in out.items():
            file.close()
            changed.append(_place(path, folder / FILES[form]))
    return changed, books.size


def _place(made: Path, target: Path) -> Path:
    if made.stat().st_size <= _COMPRESSED:
        files.write(target, made.read_bytes())
    else:  # compressing would take minutes and all the memory; stale sidecars must not stay either
        files.remove(target)
        made.chmod(0o644)
        made.replace(target)
    return target


def listing(folder: Path, tag: str) -> list[Download]:
    """Give what there is to download, described in a language."""
    with override(tongue(tag).django):
        return [
            Download(place, place.rpartition("/")[2], gettext(ABOUT[form]), (folder / place).stat().st_size)
            for form, place in FILES.items()
            if (folder / place).exists()
        ]
