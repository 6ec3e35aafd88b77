"""What the pages for people hold, in every language, before anybody typed a word."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from lxml import html

import tests.django_ready  # noqa: F401
from panah.proof import canonical
from panah.site.intake import page, words
from panah.site.pages import PageStore
from panah.site.publish import assets
from panah.site.publish.before import Before
from panah.site.publish.render import publish
from panah.site.publish.tongues import TONGUES
from panah.site.publish.view import FundView
from tests.site.test_pages import ask
from tests.site.views import sample_view

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web/src"


@pytest.fixture(scope="module")
def view() -> FundView:
    leaf = canonical.encode(
        {"t": "panah/1/charter", "o": "lantern.invalid", "charter": {"roster": {"until": "2026-12-01"}}}
    )
    return replace(
        sample_view(), team=((0, leaf),), door="http://door.invalid/", answer_days=9, address="https://f.invalid"
    )


@pytest.fixture(scope="module")
def published(view: FundView, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    publish(view, folder / "public", own=folder / "own")
    return folder


def pages_of(published: Path) -> dict[str, str]:
    return {
        path.relative_to(published / "own").as_posix(): path.read_text() for path in (published / "own").rglob("*.html")
    }


def test_every_page_is_there_in_five_languages(published: Path) -> None:
    names = ("ask/index", "ask/offline", "offer/index", "offer/offline", "mailbox/index")
    assert set(pages_of(published)) == {f"{tag}/{name}.html" for tag in page.LANGUAGES for name in names}


def test_without_script_there_is_nothing_to_type_into_and_no_form_to_send(published: Path) -> None:
    for name, text in pages_of(published).items():
        tree = html.fromstring(text.encode())
        outside = [
            one for one in tree.iter("textarea", "select", "form", "input") if not list(one.iterancestors("template"))
        ]
        # What hands in a file lies outside; nothing sends it but the script.
        assert [one.get("id") for one in outside] in ([], ["sealed-file"]), name
        assert tree.xpath("//@action | //@formaction") == []
        assert "form-action 'none'" in text
        assert "unsafe" not in text.split("</head>")[0]


def test_the_plain_page_leads_to_the_door_and_to_the_file(published: Path) -> None:
    for name, text in pages_of(published).items():
        tree = html.fromstring(text.encode())
        plain = tree.xpath("//section[@data-panah-part='plain']//@href")
        carried = name.endswith("offline.html")
        expected = [] if carried else ["http://door.invalid/"] + (["offline.html"] if "mailbox" not in name else [])
        assert plain == expected, name


def test_what_must_be_known_stands_before_the_first_field(published: Path) -> None:
    for tag in page.LANGUAGES:
        text = (published / "own" / tag / "ask/index.html").read_text()
        before = text.index('class="before"')
        assert before < text.index('id="panah-form"') < text.index("<textarea")
    english = (published / "own/en/ask/index.html").read_text()
    for said in (
        "Nobody from us asks for money",
        "no emergency line",
        "about 9 days",
        "history shows",
        "not with weapons",
    ):
        assert english.index(said) < english.index("<textarea")


def test_titles_are_neutral(published: Path, view: FundView) -> None:
    for text in pages_of(published).values():
        (title,) = html.fromstring(text.encode()).xpath("//title/text()")
        assert view.charter.text("name", "en") not in title
        assert len(title) < 12


def test_no_field_is_remembered_or_checked_elsewhere(published: Path) -> None:
    for name, text in pages_of(published).items():
        for tag in re.findall(r"<(?:input|textarea|select|form)\b[^>]*>", text):
            assert 'autocomplete="off"' in tag, (name, tag)
        for tag in re.findall(r"<textarea\b[^>]*>", text):
            assert 'spellcheck="false"' in tag, (name, tag)


def test_a_mirror_carries_no_page_to_type_into(published: Path, view: FundView) -> None:
    for tag in view.charter.languages:
        for place in page.PLACES:
            text = (published / "public" / tag / place / "index.html").read_text()
            assert f"https://f.invalid/prs/{place}/" in text
            assert "<script" not in text
            assert "<input" not in text
    assert not list((published / "public").rglob("offline.html"))


def test_the_funds_own_site_shows_its_own(published: Path) -> None:
    public = published / "public"
    store = PageStore([("", public)], lambda _environ, _start: [b"live"], own={public: published / "own"})
    mirror = PageStore([("", public)], lambda _environ, _start: [b"live"])
    for path in ("/en/ask/", "/fa/mailbox/"):
        assert b"panah-form" in ask(store, path).body
        assert b"panah-form" not in ask(mirror, path).body
    assert b"panah-form" in ask(store, "/prs/ask/").body
    assert ask(mirror, "/prs/ask/").status == 404
    assert ask(store, "/en/ask/../../../funds/").status == 404


def test_a_gift_draws_no_page_of_these_anew(view: FundView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Before(tmp_path / "public")
    publish(view, tmp_path / "public", before=before, own=tmp_path / "own")
    monkeypatch.setattr(page, "render_all", lambda _: pytest.fail("drawn anew"))
    publish(replace(view, counted=view.counted + 5000), tmp_path / "public", before=before, own=tmp_path / "own")
    with pytest.raises(pytest.fail.Exception):
        publish(replace(view, door=""), tmp_path / "public", before=before, own=tmp_path / "own")


def test_scripts_say_what_the_pages_bring_and_nothing_else() -> None:
    sources = [path.read_text() for folder in ("people", "ask", "mailbox") for path in (WEB / folder).glob("*.ts")]
    literals = {text for source in sources for text in re.findall(r'"([a-z-]+)"', source)}
    known = words.sentences("ask").keys() | words.sentences("mailbox").keys()
    built = {f"word-{word}" for word in ("taken", "closed", "busy", "line")}
    built |= {f"step-{step}" for step in ("work", "send", "wait")}
    assert known - literals - built == set()
    said = {key for source in sources for key in re.findall(r'say\(\s*"([a-z-]+)"', source)}
    assert said - known == set()


def test_every_sentence_is_there_in_all_five_languages() -> None:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec
    assert spec.loader
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)
    source = ROOT / "src/panah/site"
    files = [*(source / "templates/site/intake").glob("*.html"), source / "intake/words.py"]
    ours = {text for path in files for text, _ in messages.sentences(path) if path.name != "mirror.html"}
    for tag in set(page.LANGUAGES) - {"en"}:
        folder = TONGUES[tag].django.replace("fa-af", "fa_AF")
        with (ROOT / "src/panah/locale" / folder / "LC_MESSAGES/django.po").open("rb") as file:
            whole = {message.id for message in read_po(file) if message.string}
        assert ours - whole == set(), tag


@pytest.mark.parametrize(("name", "most"), [("ask", 40_960), ("mailbox", 43_000)])
def test_the_program_that_seals_is_small(name: str, most: int) -> None:
    assert len(gzip.compress(assets.code(name).encode(), 9)) <= most


def test_an_ask_page_with_its_program_fits_a_slow_line(published: Path) -> None:
    """At 50 kbit/s fifteen seconds are 93 kB; half of them is left for waiting."""
    for tag in page.LANGUAGES:
        text = (published / "own" / tag / "ask/index.html").read_bytes()
        assert len(gzip.compress(text, 9)) + len(gzip.compress(assets.code("ask").encode(), 9)) <= 51_000


def test_the_keys_file_tells_the_leaves_as_they_are(published: Path, view: FundView) -> None:
    told = json.loads((published / "public/roster.json").read_text())
    assert [(index, leaf.encode()) for index, leaf in told["leaves"]] == list(view.team)
