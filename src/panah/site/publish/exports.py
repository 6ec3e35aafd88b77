"""The books as files for other programs: hledger, beancount, CSV, JSON, made from the published log."""

from __future__ import annotations

from pathlib import Path

from panah.site.books.page import Download


def write(folder: Path, size: int) -> list[Path]:
    """Make the exports anew when the log grew."""
    return []


def listing(folder: Path, tag: str) -> list[Download]:
    """Give what there is to download."""
    return []
