"""Exports beside the pages: equal to the log, made again only when it grew, sparing when it is long."""

from __future__ import annotations

import csv
import io

import pytest

import tests.django_ready  # noqa: F401
from panah.site.books.queries import logged_books
from panah.site.publish import exports
from panah.site.publish.render import publish
from panah.site.publish.view import FundView
from tests.loglab import Lab, busy_lab
from tests.site.views import sample_view


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    made = busy_lab(tmp_path_factory.mktemp("public"), gifts=40)
    made.publish()
    return made


def view_of(lab: Lab) -> FundView:
    return sample_view(logged=logged_books(lab.books))


def test_the_page_offers_four_files_that_hold_the_published_totals(lab: Lab) -> None:
    publish(view_of(lab), lab.folder)
    page = (lab.folder / "en/books/index.html").read_text()
    for name in ("books.journal", "books.beancount", "books.csv", "books.json"):
        assert f'href="../../exports/{name}"' in page
        assert (lab.folder / f"exports/{name}.br").exists()
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
