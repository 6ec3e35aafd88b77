"""What `publish` leaves in the folder: whole, unchanged where nothing changed, gone where withdrawn."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from lxml import etree

import tests.django_ready  # noqa: F401
from panah.core.fund import State
from panah.proof import canonical
from panah.site.books import page as books
from panah.site.publish import files
from panah.site.publish.before import Before
from panah.site.publish.render import publish, update_file
from panah.site.publish.view import FundView
from tests.site.views import PICTURE, STORY, UPDATE, sample_charter, sample_days, sample_view


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def everything(folder: Path) -> bytes:
    """Every byte that a visitor could load, compressed copies opened."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            texts.append(
                brotli.decompress(data)
                if path.suffix == ".br"
                else gzip.decompress(data)
                if path.suffix == ".gz"
                else data
            )
    return b"\n".join(texts)


def test_the_whole_face_is_there(folder: Path) -> None:
    publish(sample_view(), folder)
    for tag in ("en", "fa"):
        for place in ("", "books/", "updates/", "updates/first-families/", "story/", "how/", "give/", "receipt/"):
            assert f"{tag}/{place}index.html" in names(folder)
        assert f"{tag}/feed.atom" in names(folder)
    assert {"index.html", "404.html", "robots.txt", "generation", f"images/{PICTURE}.jpg"} <= names(folder)


def test_the_front_page_is_the_appeal_in_the_first_language(folder: Path) -> None:
    charter = sample_charter(languages=["fa", "en"])
    publish(sample_view(charter=charter), folder)
    front = (folder / "index.html").read_text()
    assert '<html lang="fa" dir="rtl">' in front
    assert 'href="en/"' in front


def test_every_text_has_compressed_copies_of_the_same_bytes(folder: Path) -> None:
    publish(sample_view(), folder)
    pages = [path for path in folder.rglob("*") if path.suffix in {".html", ".atom", ".json", ".txt"}]
    pages.remove(folder / "files.json")  # hashes hardly shrink
    assert len(pages) > 15
    for page in pages:
        assert brotli.decompress(page.with_name(page.name + ".br").read_bytes()) == page.read_bytes()
        assert gzip.decompress(page.with_name(page.name + ".gz").read_bytes()) == page.read_bytes()


def test_publishing_the_same_again_touches_nothing(folder: Path) -> None:
    publish(sample_view(), folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert publish(sample_view(), folder) == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_a_gift_changes_the_appeal_alone_and_bumps_the_generation(folder: Path) -> None:
    publish(sample_view(), folder)
    changed = publish(sample_view(counted=3_250_000), folder)
    assert {path.relative_to(folder).as_posix() for path in changed} == {"index.html", "en/index.html", "fa/index.html"}
    assert (folder / "generation").read_bytes() == b"2\n"


def test_only_one_part_can_be_made(folder: Path) -> None:
    publish(sample_view(), folder)
    changed = publish(sample_view(counted=3_250_000, days=sample_days(3)), folder, only={"appeal"})
    assert {path.name for path in changed} == {"index.html"}
    assert not any("books" in path.parts for path in changed)


def test_an_update_is_published_as_its_leaf_hashes_it(folder: Path) -> None:
    publish(sample_view(), folder)
    data = (folder / "updates/first-families.json").read_bytes()
    assert canonical.decode(data) == {
        "id": "first-families",
        "day": "2026-03-01",
        "salt": UPDATE.salt,
        "texts": {tag: {"title": title, "body": body} for tag, (title, body) in UPDATE.texts.items()},
        "images": [{"sha256": PICTURE, "alt": {"en": "A stove", "fa": "یک بخاری"}}],
    }
    assert data == update_file(UPDATE)


def test_a_withdrawn_update_leaves_no_byte_behind(folder: Path) -> None:
    publish(sample_view(), folder)
    assert b"humanitarian visas" in everything(folder)
    publish(sample_view(updates=(replace(UPDATE, withdrawn=True),)), folder)
    left = everything(folder)
    for text in ("humanitarian visas", "Three families", "سه خانواده", "سێ خێزان"):
        assert text.encode() not in left
    assert not any(name.startswith(("updates/first-families", "images/")) for name in names(folder))
    for tag in ("en", "fa"):
        assert "first-families" not in (folder / tag / "feed.atom").read_text()
    assert "took this text down" in (folder / "en/updates/first-families/index.html").read_text()


def test_a_withdrawn_update_can_be_put_back(folder: Path) -> None:
    publish(sample_view(), folder)
    first = everything(folder)
    publish(sample_view(updates=(replace(UPDATE, withdrawn=True),)), folder)
    publish(sample_view(), folder)
    (folder / "generation").write_bytes(b"1\n")
    assert hashlib.sha256(everything(folder)).digest() == hashlib.sha256(first).digest()


def test_one_withdrawn_picture_goes_and_its_text_stays(folder: Path) -> None:
    publish(sample_view(), folder)
    publish(sample_view(updates=(replace(UPDATE, withdrawn_images=frozenset({PICTURE})),)), folder)
    page = (folder / "en/updates/first-families/index.html").read_text()
    assert "humanitarian visas" in page
    assert "<img" not in page
    assert not (folder / f"images/{PICTURE}.jpg").exists()
    assert (folder / "updates/first-families.json").exists()


def test_a_withdrawn_story_is_gone_from_the_appeal_too(folder: Path) -> None:
    publish(sample_view(story=replace(STORY, withdrawn=True)), folder)
    assert b"read on the radio" not in everything(folder)


def test_a_language_that_an_amendment_takes_away_is_gone(folder: Path) -> None:
    publish(sample_view(), folder)
    (folder / "log").mkdir()
    (folder / "log/checkpoint").write_bytes(b"not ours")
    publish(sample_view(charter=sample_charter(languages=["en"])), folder)
    assert not (folder / "fa").exists()
    assert (folder / "log/checkpoint").exists()


def test_a_long_table_is_broken_into_months(folder: Path) -> None:
    days = sample_days(50)
    publish(sample_view(days=days), folder)
    months = sorted({row.day[:7] for row in days})
    assert len(months) > 2
    for month in months[:-1]:
        assert (folder / f"en/books/{month}/index.html").exists()
    assert not (folder / f"en/books/{months[-1]}").exists()
    front = (folder / "en/books/index.html").read_text()
    assert front.count("<tbody>") == 1
    assert all(f"books/{month}/" in front for month in months[:-1])


def test_an_old_month_is_drawn_again_only_when_it_or_its_file_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, days, drawn = Before(folder), sample_days(50), []
    publish(sample_view(days=days), folder, before=before)
    render = books.render_month
    monkeypatch.setattr(books, "render_month", lambda *given: drawn.append(given[0].place) or render(*given))
    publish(sample_view(days=days), folder, before=before)
    assert drawn == []
    oldest = min(row.day for row in days)
    page = folder / f"en/books/{oldest[:7]}/index.html"
    text = page.read_bytes()
    page.with_name("other").write_bytes(b"an older page, by a process that was paused")
    page.with_name("other").replace(page)
    publish(sample_view(days=days), folder, before=before)
    assert (drawn, page.read_bytes()) == ([f"books/{oldest[:7]}/"], text)
    page.unlink()
    publish(sample_view(days=days), folder, before=before)
    assert page.read_bytes() == text
    late = [replace(row, gifts=row.gifts + 1) if row.day == oldest else row for row in days]
    del drawn[:]
    publish(sample_view(days=late), folder, before=before)
    assert set(drawn) == {f"books/{oldest[:7]}/"}
    assert page.read_bytes() != text


def test_the_feed_is_atom_with_lasting_ids(folder: Path) -> None:
    publish(sample_view(address="https://lantern.invalid"), folder)
    feed = etree.fromstring((folder / "en/feed.atom").read_bytes())
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert (
        feed.xpath("string(a:entry/a:id)", namespaces=space)
        == "tag:lantern.invalid,2026-01-05:2026/updates/first-families/en"
    )
    assert feed.xpath("string(a:entry/a:updated)", namespaces=space) == "2026-03-01T00:00:00Z"
    assert (
        feed.xpath("string(a:entry/a:link/@href)", namespaces=space)
        == "https://lantern.invalid/en/updates/first-families/"
    )
    assert "<strong>humanitarian visas</strong>" in feed.xpath("string(a:entry/a:content)", namespaces=space)


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_be_published(folder: Path, state: State) -> None:
    view: FundView = sample_view(state=state, updates=(), story=None, bank_upto=None, read_image=None)
    publish(view, folder)
    assert (folder / "index.html").stat().st_size > 3000


def test_a_failed_write_leaves_the_old_file_and_no_scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "page.html"
    files.write(target, b"old")

    def no_rename(_self: Path, _target: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", no_rename)
    with pytest.raises(OSError, match="full"):
        files.write(target, b"new")
    assert target.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"page.html", "page.html.br", "page.html.gz"}


def test_robots_stay_away_from_receipts_and_payments_of_every_language_and_fund(folder: Path) -> None:
    publish(sample_view(), folder)
    rules = [line.removeprefix("Disallow: ") for line in (folder / "robots.txt").read_text().splitlines()[1:]]
    patterns = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]  # RFC 9309 section 2.2.3

    def is_shut(path: str) -> bool:
        return any(pattern.match(path) for pattern in patterns)

    assert all(
        map(is_shut, ("/en/receipt/", "/fa/receipt", "/f/second/fa/receipt/", "/en/pay/ab12/", "/f/x/en/pay/a/"))
    )
    assert not any(map(is_shut, ("/", "/en/", "/fa/books/", "/en/updates/payments-of-may/", "/log/checkpoint")))
