"""Compile every catalogue under src/panah/locale that is newer than its compiled form.

Babel's own `pybabel compile` stops at a locale that Babel does not know; the folder name is Django's
business here, so each file is read and written on its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "panah" / "locale"


def compile_catalogue(source: Path) -> None:
    """Write the .mo beside the .po; a fuzzy translation is left out, so the reader gets English."""
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    broken = [(message, error) for message, errors in catalogue.check() for error in errors]
    for message, error in broken:
        print(f"{source}:{message.lineno}: {error}", file=sys.stderr)
    if broken:
        sys.exit(1)
    target = source.with_suffix(".mo")
    with target.with_suffix(".part").open("wb") as file:
        write_mo(file, catalogue)
    target.with_suffix(".part").replace(target)


def main() -> None:
    for source in sorted(LOCALE.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        try:
            compile_catalogue(source)
        except PoFileError as error:
            sys.exit(f"{source}: {error}")


if __name__ == "__main__":
    main()
