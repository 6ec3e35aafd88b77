"""Two members announce another account and a higher goal: readers and givers see it, seven days before it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from panah.cli.main import main
from panah.site.gifts.queries import fund_rules
from panah.site.publish.words import Words
from tests.browser.pages import AppealPage, BooksPage, GivePage
from tests.browser.stage import Manner, Stage, Visitor

NEW = "GB82 WEST 1234 5698 7654 32"
MANNERS = [Manner("en", 1280), Manner("fa", 360), Manner("fa", 360, script=False)]


def watch(stage: Stage, state: Path) -> int:
    return main(["watch", f"{stage.address}/en/", "--state", str(state)])


@pytest.fixture(scope="module", autouse=True)
def day(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> dt.date:
    """The announced day; a watcher hears of it once, and takes the new account on the pages for no lie."""
    state = tmp_path_factory.mktemp("watcher")
    assert watch(stage, state) == 0
    today = dt.datetime.now(dt.UTC).date()
    rails = stage.aside.submit(lambda: fund_rules(stage.fund)).result().charter["rails"]
    assert isinstance(rails, dict)
    rails = rails | {"bank": rails["bank"] | {"iban": NEW.replace(" ", "")}}
    start = today + dt.timedelta(days=7)
    stage.say("amend", day=today.isoformat(), **{"from": start.isoformat()}, set={"goal": 6_000_000, "rails": rails})
    stage.becomes_true(lambda: NEW in (stage.fund.public / "fa/index.html").read_text())
    assert [watch(stage, state), watch(stage, state)] == [1, 0]
    return start


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_the_change_stands_on_appeal_books_and_form(come: Callable[..., Visitor], manner: Manner, day: dt.date) -> None:
    visitor = come(manner, bypass_csp=True)
    for kind in (AppealPage, BooksPage):
        shown = kind(visitor)
        shown.open()
        shown.says("Announced changes")
        shown.says("From %(day)s", day=Words.of(manner.lang, "EUR").day(day))
        expect(shown.page.locator(".coming")).to_contain_text(NEW)
        expect(shown.page.locator(".coming")).to_contain_text(visitor.money(6_000_000))
        shown.everybody_can_use_it()
    form = GivePage(visitor)
    form.open()
    expect(form.page.locator(".coming")).to_contain_text(NEW)
    expect(form.page.locator(".coming")).not_to_contain_text(visitor.money(6_000_000))
    form.everybody_can_use_it()
    transfer = form.giver_gives_by_bank(20)
    expect(transfer.page.locator(".coming")).to_contain_text(NEW)
    expect(transfer.page.locator("table.lines")).not_to_contain_text("GB82")
    transfer.everybody_can_use_it()
