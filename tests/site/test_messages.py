"""The catalogues: Persian whole, every placeholder kept, every sentence of the sources in them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override

import tests.django_ready  # noqa: F401
from panah.site.publish import sentences
from panah.site.publish.tongues import TONGUES

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "src/panah/locale"
_PLACE = re.compile(r"%\(\w+\)[sd]|</?\w+>")


def read(folder: str) -> Catalog:
    with (LOCALE / folder / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file)


def test_persian_has_every_sentence() -> None:
    lacking = [message.id for message in read("fa") if message.id and (not message.string or message.fuzzy)]
    assert lacking == [], "translate these in src/panah/locale/fa (run `make messages` first)"


@pytest.mark.parametrize("folder", sorted(path.name for path in LOCALE.iterdir() if path.is_dir()))
def test_translations_keep_every_placeholder_and_mark(folder: str) -> None:
    for message in read(folder):
        if message.id and message.string:
            pairs = zip([message.id], [message.string], strict=True) if isinstance(message.id, str) else ()
            for english, own in pairs:
                assert sorted(_PLACE.findall(english)) == sorted(_PLACE.findall(own)), english


def test_every_language_has_a_catalogue() -> None:
    folders = {path.name for path in LOCALE.iterdir() if path.is_dir()}
    assert folders == {tongue.django.replace("fa-af", "fa_AF") for tongue in TONGUES.values()} - {"en"}


def test_the_catalogues_hold_what_the_sources_say() -> None:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec
    assert spec.loader
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    newest = {message.id for message in messages.collect() if message.id}
    assert newest - {message.id for message in read("fa")} == set(), "run `make messages`"


def test_what_dari_lacks_is_said_in_persian() -> None:
    with override("fa"):
        persian = gettext("Reached!")
    with override("fa-af"):
        assert gettext("Reached!") == persian != "Reached!"


@pytest.mark.parametrize(("name", "own"), [("check", sentences.CHECK), ("give", sentences.GIVE)])
def test_the_sentences_of_scripts_are_those_of_their_source(name: str, own: dict[str, str]) -> None:
    source = (ROOT / f"web/src/{name}/words.ts").read_text()
    body = source[source.index("ENGLISH = {") : source.index("\n};")]
    found = {key.strip('"'): text for key, text in re.findall(r'^\s*("[\w-]+"|\w+):\s*"(.*)",?$', body, re.MULTILINE)}
    assert own == found


def test_english_pages_carry_no_sentences_for_scripts() -> None:
    assert sentences.spelled(sentences.CHECK, "en") == ""
    assert "سنجش" in sentences.spelled(sentences.CHECK, "fa")
