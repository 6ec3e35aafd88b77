"""`panah export URL|DIR`: the books as a journal for hledger or beancount, as CSV or JSON."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panah.verify.export import FILES, export, read_entries
from panah.verify.sources import find_fund

if TYPE_CHECKING:
    import argparse


def register(commands: Any) -> None:
    """Add `export`."""
    parser = commands.add_parser("export", help="write a fund's books for other programs")
    parser.add_argument("place", metavar="URL|DIR", help="a fund's address, or a folder with its published files")
    parser.add_argument("--format", choices=list(FILES), default="hledger", help="default: hledger")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the export; the log is read, not verified (`panah verify` does that)."""
    pieces = export(read_entries(find_fund(arguments.place)), arguments.format)
    with contextlib.ExitStack() as stack:
        out = sys.stdout
        if arguments.out:
            out = stack.enter_context(arguments.out.open("w", encoding="utf-8", newline="\n"))
        out.writelines(pieces)
    return 0
