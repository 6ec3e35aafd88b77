"""Seven days' notice is notice: an announced change stands on the pages of every language, and where people pay."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from lxml import html

import tests.django_ready  # noqa: F401
from panah.core.announced import coming
from panah.site.books.queries import FaceReader
from panah.site.funds.actions import bring_into_force
from panah.site.gifts.faces import face_of
from panah.site.publish.render import publish
from panah.site.publish.view import FundView
from tests.site.test_publish_pages import demo_view

IBAN = "GB82WEST12345698765432"


def announced(view: FundView, **changed: object) -> FundView:
    leaf = {"from": "2026-11-27", "set": changed}
    return replace(view, announced=coming(view.charter.terms(), [leaf]))


def rails(view: FundView) -> dict[str, object]:
    held = view.charter.terms()["rails"]
    return held | {"bank": held["bank"] | {"iban": IBAN}}


def card(folder: Path, page: str) -> str:
    found = html.fromstring((folder / page).read_bytes()).xpath("//section[contains(@class, 'coming')]")
    return " ".join(" ".join(one.text_content().split()) for one in found)


def test_the_appeal_and_the_books_say_old_and_new_in_every_language(tmp_path: Path) -> None:
    view = demo_view()
    publish(announced(view, goal=6_000_000, rails=rails(view)), tmp_path)
    for page in ("index.html", "en/index.html", "en/books/index.html"):
        told = card(tmp_path, page)
        assert "From 27 November 2026 Goal now €50,000, then €60,000 IBAN" in told
        assert "now DE44 9999 0000 0020 2118 07, then GB82 WEST 1234 5698 7654 32" in told
    for page in ("fa/index.html", "fa/books/index.html"):
        told = card(tmp_path, page)
        assert "از ۶ آذر ۱۴۰۵ (۲۷ نوامبر ۲۰۲۶)" in told
        assert "۶۰٬۰۰۰ یورو" in told
        assert "GB82 WEST" in told
        assert not re.search("[A-Za-z]{4}", told.replace("IBAN", "").replace("WEST", "")), "English inside Persian"


def test_a_long_text_stands_whole_in_the_books_and_is_only_named_on_the_appeal(tmp_path: Path) -> None:
    view = demo_view()
    text = {"en": "New words. " * 60, "fa": "سخن تازه. " * 60}
    publish(announced(view, scope=text), tmp_path)
    assert "What it is for old and new text" in card(tmp_path, "en/index.html")
    books = card(tmp_path, "en/books/index.html")
    assert "smugglers" in books
    assert "New words. New words." in books


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_the_first_view_stays_light_while_something_is_announced(tmp_path: Path, tag: str) -> None:
    view = demo_view()
    publish(announced(view, goal=6_000_000, rails=rails(view)), tmp_path)
    page = tmp_path / tag / "index.html"
    assert "GB82" in page.read_text()
    assert page.stat().st_size <= 14_000
    assert len(brotli.compress(page.read_bytes(), quality=11)) <= 5_000


def test_without_an_announcement_there_is_no_card(tmp_path: Path) -> None:
    publish(demo_view(), tmp_path)
    assert card(tmp_path, "en/index.html") == card(tmp_path, "fa/books/index.html") == ""


# -- a real fund


def amend(team, **changed):
    start = (team.now.date() + dt.timedelta(days=7)).isoformat()
    held = team.charter().terms()["rails"]
    changed = changed or {"rails": held | {"bank": held["bank"] | {"iban": IBAN}}}
    team.say("amend", **{"from": start}, set=changed)


def give_page(team) -> str:
    face, _ = face_of(team.fund, "en", "../../")
    page = face.prepare_form().fill(dict.fromkeys(("gift", "rc", "amount", "code", "code_shown"), ""))
    return " ".join(html.fromstring(page).text_content().split())


def test_pages_and_form_tell_of_an_amendment_once_the_log_has_it_and_until_it_holds(opened):
    reader = FaceReader(opened.fund, "")
    assert reader.view().announced == ()
    amend(opened)
    assert reader.view().announced == ()  # nobody could find it in the log yet
    assert "GB82" not in give_page(opened)
    opened.snapshot()
    (one,) = reader.view().announced
    assert [change.path for change in one.changes] == ["rails.bank.iban"]
    assert "now DE44 9999 0000 0020 2118 07, then GB82 WEST 1234 5698 7654 32" in give_page(opened)


def test_the_form_is_silent_about_what_does_not_change_the_account(opened):
    amend(opened, goal=6_000_000)
    opened.snapshot()
    assert FaceReader(opened.fund, "").view().announced != ()
    assert "Announced changes" not in give_page(opened)


def test_an_amendment_lapses_on_the_pages_when_the_fund_is_wound_up(opened):
    amend(opened)
    opened.snapshot()
    opened.say("life", to="winding")
    assert FaceReader(opened.fund, "").view().announced == ()  # at once, before the log says so


def test_the_form_forgets_it_when_it_is_in_force(opened):
    amend(opened)
    opened.snapshot()
    opened.now += dt.timedelta(days=7)
    opened.give(1000)
    opened.snapshot()
    assert bring_into_force(opened.fund, opened.now)
    told = give_page(opened)
    assert "GB82 WEST 1234 5698 7654 32" in told
    assert "Announced changes" not in told
    assert FaceReader(opened.fund, "").view().announced == ()
