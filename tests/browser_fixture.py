"""Debian's Chromium, driven by Playwright, with everything off that would call home."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

_QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def ways() -> dict[str, Any]:
    """Say which program to start, and how."""
    program = shutil.which("chromium")
    if not program:
        pytest.fail("Chromium is not here: tools/apt.sh test installs it.")
    # Chromium's own sandbox refuses to start as root; the pages are ours alone.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": program, "args": [*_QUIET, *root]}


@contextlib.contextmanager
def launched_chromium() -> Iterator[Browser]:
    """Start it headless in an empty profile of its own; end it in any case."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**ways())
        try:
            yield chromium
        finally:
            chromium.close()
