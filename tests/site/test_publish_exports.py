"""Exports beside the pages: equal to the log, made again only when it grew, sparing when it is long."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest

import tests.django_ready  # noqa: F401
from panah.site.books.queries import logged_books
from panah.site.publish import exports
from panah.site.publish.render import publish
from panah.site.publish.view import FundView
from panah.verify.export import FILES, Spelling, export, read_entries
from panah.verify.sources import open_source
from tests.loglab import Lab, busy_lab
from tests.site.views import sample_view


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    made = busy_lab(tmp_path_factory.mktemp("public"), gifts=40)
    made.publish()
    return made


def view_of(lab: Lab) -> FundView:
    return sample_view(logged=logged_books(lab.books))


def read(lab: Lab, name: str) -> bytes:
    return (lab.folder / "exports" / name).read_bytes()


def spelled_anew(lab: Lab) -> dict[str, bytes]:
    source = open_source(str(lab.folder))
    return {form: "".join(export(read_entries(source), form)).encode() for form in FILES}


def give_more(lab: Lab, count: int) -> None:
    for _ in range(count):
        lab.gift(2500)
    lab.publish()


def assert_whole(lab: Lab) -> None:
    for form, data in spelled_anew(lab).items():
        name = FILES[form].rpartition("/")[2]
        assert read(lab, name) == data
        assert gzip.decompress(read(lab, f"{name}.gz")) == data
    json.loads(read(lab, "books.json"))


def test_the_page_offers_four_files_that_hold_the_published_totals(lab: Lab) -> None:
    publish(view_of(lab), lab.folder)
    page = (lab.folder / "en/books/index.html").read_text()
    for name in ("books.journal", "books.beancount", "books.csv", "books.json"):
        saved = f"lantern.invalid-2026-demo{name.removeprefix('books')}"
        assert f'href="../../exports/{name}" download="{saved}"' in page
        assert gzip.decompress((lab.folder / f"exports/{name}.gz").read_bytes()) == read(lab, name)
    rows = list(csv.DictReader(io.StringIO((lab.folder / "exports/books.csv").read_text())))
    income = sum(-int(row["amount"].replace(".", "")) for row in rows if row["account"] == "income:gifts")
    assert income == lab.books.counted
    assert exports.upto(lab.folder) == lab.books.size
    assert "These files hold the first" not in page


def test_exports_are_made_again_only_when_the_log_grew(lab: Lab) -> None:
    publish(view_of(lab), lab.folder)
    assert exports.write(lab.folder, lab.books.size) == []
    publish(view_of(lab), lab.folder)
    lab.gift(2500)
    lab.publish()
    changed = exports.write(lab.folder, lab.books.size)
    assert [path.name for path in changed] == ["books.journal", "books.beancount", "books.csv", "books.json"]


def test_a_long_log_is_spelled_out_in_larger_steps_and_the_page_says_so(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(view_of(lab), lab.folder)
    before = exports.upto(lab.folder)
    monkeypatch.setattr(exports, "FEW", 10)
    for _ in range(3):
        lab.gift(2500)
    lab.publish()
    longer = lab.books.size * 300
    (lab.folder / "exports/upto").write_text(str(longer - 2))
    assert exports.write(lab.folder, longer) == []
    assert exports.write(lab.folder, longer, is_last=True) != []
    assert exports.upto(lab.folder) == lab.books.size > before
    (lab.folder / "exports/upto").write_text("5")
    monkeypatch.setattr(exports, "FEW", 10**9)
    monkeypatch.setattr(exports, "write", lambda *_args, **_named: [])
    publish(view_of(lab), lab.folder)
    assert "These files hold the first 5 entries" in (lab.folder / "en/books/index.html").read_text()


def test_a_log_that_is_being_written_is_left_for_the_next_round(lab: Lab) -> None:
    publish(view_of(lab), lab.folder)
    (lab.folder / "exports/upto").write_text("1")
    entries = lab.folder / "log/tile/entries"
    entries.rename(entries.with_name("hidden"))
    try:
        assert exports.write(lab.folder, lab.books.size) == []
    finally:
        entries.with_name("hidden").rename(entries)
    assert not list((lab.folder / "exports").glob(".new-*"))


def test_files_that_grow_piece_by_piece_are_the_files_of_the_whole_log(lab: Lab) -> None:
    exporter = exports.Exporter(lab.folder)
    for count in (1, 7, 300):
        give_more(lab, count)
        assert exports.write(lab.folder, lab.books.size, exporter=exporter) != []
        assert exports.upto(lab.folder) == lab.books.size
        assert_whole(lab)


def test_what_stands_is_copied_and_only_what_is_new_is_spelled(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = exports.Exporter(lab.folder)
    give_more(lab, 3)
    exports.write(lab.folder, lab.books.size, exporter=exporter)
    give_more(lab, 2)
    spelled: list[int] = []
    text = Spelling.text
    monkeypatch.setattr(Spelling, "text", lambda self, entry: spelled.append(entry.leaf) or text(self, entry))
    exports.write(lab.folder, lab.books.size, exporter=exporter)
    assert set(spelled) == {lab.books.size - 2, lab.books.size - 1}
    assert_whole(lab)


def test_processes_that_take_turns_go_on_where_the_other_stopped(lab: Lab) -> None:
    first, second = (exports.Exporter(lab.folder) for _ in range(2))
    for turn in range(4):
        give_more(lab, 2)
        exports.write(lab.folder, lab.books.size, exporter=(first, second)[turn % 2])
        assert_whole(lab)


@pytest.mark.parametrize("name", ["books.csv", "books.json.gz", "books.journal"])
def test_a_file_that_is_not_what_was_written_is_made_anew(lab: Lab, name: str) -> None:
    exporter = exports.Exporter(lab.folder)
    give_more(lab, 2)
    exports.write(lab.folder, lab.books.size, exporter=exporter)
    path = lab.folder / "exports" / name
    path.write_bytes(path.read_bytes()[:-1])
    give_more(lab, 2)
    exports.write(lab.folder, lab.books.size, exporter=exporter)
    assert_whole(lab)


def test_exports_of_another_log_are_not_continued(lab: Lab) -> None:
    exporter = exports.Exporter(lab.folder)
    give_more(lab, 2)
    exports.write(lab.folder, lab.books.size, exporter=exporter)
    (lab.folder / "exports/upto").write_text(str(lab.books.size + 50))
    exports.write(lab.folder, lab.books.size, is_last=True, exporter=exporter)
    assert exports.upto(lab.folder) == lab.books.size
    assert_whole(lab)
