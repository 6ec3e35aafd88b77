"""What an update is written from: a text per language in Markdown, and a list of pictures."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from panah.cli import terminal
from panah.errors import N_, InputError


def read_images(path: Path | None) -> list[dict[str, Any]]:
    """Read the JSON list of redrawn pictures. Raises `InputError`."""
    if path is None:
        return []
    try:
        images = json.loads(terminal.read_text(path))
        return [{"sha256": str(i["sha256"]), "alt": {str(k): str(v) for k, v in i["alt"].items()}} for i in images]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        hint = N_("Each has sha256 and alt.")
        raise InputError(N_("%(name)s is not a list of images."), hint=hint, name=path.name) from error


def read_language_text(entry: str) -> tuple[str, dict[str, str]]:
    """Read `LANGUAGE=FILE`; give the language, and title and body. Raises `InputError`."""
    language, _, name = entry.partition("=")
    if not language or not name:
        raise InputError(N_("Write the text as LANGUAGE=FILE, for example en=letters.en.md."))
    text = unicodedata.normalize("NFC", terminal.read_text(Path(name)).replace("\r\n", "\n")).strip()
    heading, _, body = text.partition("\n")
    if not heading.startswith("# ") or not body.strip():
        hint = N_('The first line is "# Title".')
        raise InputError(N_("%(name)s does not start with a title."), hint=hint, name=name)
    return language, {"title": heading[2:].strip(), "body": body.strip()}
