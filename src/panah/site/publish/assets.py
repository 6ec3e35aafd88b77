"""The built browser bundles: which there are, and their integrity hashes. Nothing when none was built."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from panah.site.publish import files

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
FOLDER: Final = "assets"


@cache
def _built() -> dict[str, dict[str, str]]:
    path = ASSETS / "manifest.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def script(name: str) -> tuple[str, str] | None:
    """Give (path in the fund's folder, integrity) of a bundle; None when it was not built."""
    built = _built().get(name)
    return (f"{FOLDER}/{built['file']}", built["integrity"]) if built else None


def code(name: str) -> str:
    """Give a bundle's text, for the page that carries it inside; empty when it was not built."""
    built = _built().get(name)
    return (ASSETS / built["file"]).read_text("ascii") if built else ""


def copy(folder: Path) -> list[Path]:
    """Put every bundle into the fund's folder; give those that changed. Old ones stay: old pages name them."""
    changed = []
    for built in _built().values():
        target = folder / FOLDER / built["file"]
        if files.write(target, (ASSETS / built["file"]).read_bytes()):
            changed.append(target)
    return changed
