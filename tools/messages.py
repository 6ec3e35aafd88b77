"""Collect every sentence of the sources into src/panah/locale/*/LC_MESSAGES/django.po.

Python files are read by Babel (`_`, `gettext`, `ngettext`, and `N_` for sentences that are translated where they
are shown); templates by Django's own `templatize`. Only Babel and Django are needed, no GNU gettext.
A changed sentence comes to translators as a new one: a guess that nobody has read (fuzzy) would not be shown.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "panah"
LOCALE = SOURCE / "locale"
LANGUAGES = {
    # folder → (language tag, plural forms as the Unicode CLDR has them)
    "fa": ("fa", "nplurals=2; plural=(n > 1);"),
    "fa_AF": ("prs", "nplurals=2; plural=(n > 1);"),
    "ps": ("ps", "nplurals=2; plural=(n != 1);"),
    "ar": (
        "ar",
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    ),
    "fr": ("fr", "nplurals=2; plural=(n > 1);"),
    "de": ("de", "nplurals=2; plural=(n != 1);"),
}
HEADER = """\
# Panah, {tag}. Written by tools/messages.sh: only the msgstr lines are yours (docs/how/translate.md).
msgid ""
msgstr ""
"Language: {tag}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
KEYWORDS = {"_": None, "N_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_CALL = re.compile(r"\b(n?p?gettext)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"),?)+)")

Found = tuple[str | tuple[str, ...], str | None]


def sentences(path: Path) -> Iterator[Found]:
    """Give (sentence or plural forms, context) of one file, in the order of the file."""
    if path.suffix == ".py":
        with path.open("rb") as file:
            for _line, text, _comments, context in extract("python", file, KEYWORDS, options={"encoding": "utf-8"}):
                yield text, context
        return
    for name, arguments in _CALL.findall(templatize(path.read_text("utf-8"), origin=str(path))):
        texts = ast.literal_eval(f"({arguments.rstrip(', ')},)")
        if name == "pgettext":
            yield texts[1], texts[0]
        else:
            yield (texts[:2] if name == "ngettext" else texts[0]), None


def collect() -> Catalog:
    """Give every sentence with the files it is in. No line numbers: they would change with every edit."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        if "django" in path.parts or "migrations" in path.parts:
            continue
        for text, context in sentences(path):
            if text and text[0]:
                where = path.relative_to(SOURCE).as_posix()
                catalogue.add(text, locations=[(where, None)], context=context)
    return catalogue


def bring(folder: str, tag: str, plural: str, newest: Catalog) -> int:
    """Update one catalogue; give how many sentences it lacks."""
    path = LOCALE / folder / "LC_MESSAGES" / "django.po"
    old = Catalog(charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file)
    fresh = Catalog(charset="utf-8", fuzzy=False)
    for message in newest:
        if message.id:
            known = old.get(message.id, message.context)
            text = known.string if known and not known.fuzzy else None
            fresh.add(message.id, text, locations=message.locations, flags=message.flags, context=message.context)
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, fresh, width=110, sort_output=True, omit_header=True)
    # Babel's own header has dates and names in it: noise in every change, and nobody's business.
    head = HEADER.format(tag=tag, plural=plural)
    path.with_suffix(".part").write_bytes(head.encode() + out.getvalue())
    path.with_suffix(".part").replace(path)
    return sum(1 for message in fresh if message.id and not _is_whole(message.string))


def _is_whole(string: str | tuple[str, ...] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))


def main() -> None:
    settings.configure(USE_I18N=True)
    newest = collect()
    for folder, (tag, plural) in LANGUAGES.items():
        missing = bring(folder, tag, plural, newest)
        sys.stdout.write(f"{folder}: {len(newest)} sentences, {missing} to translate\n")


if __name__ == "__main__":
    main()
