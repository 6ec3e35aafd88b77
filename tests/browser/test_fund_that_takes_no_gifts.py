"""A site with several funds: one open, and others that are paused, ending, closed, or without one way of paying."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.backstage import somebody_gives
from tests.browser.pages import AppealPage, BooksPage, GivePage, ReceiptPage, ShownPage
from tests.browser.stage import FOUR_MANNERS, WIDE_PLAIN, Manner, Stage

FUNDS: dict[str, dict[str, object]] = {"paused": {}, "winding": {}, "closed": {}, "frozen": {}}
IN_FOUR_MANNERS = pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)
TOLD = {
    "paused": ("Gifts are paused", "Gifts are paused"),
    "winding": ("This fund is ending", "This fund is ending: it takes no more gifts."),
    "closed": ("This fund is closed", "This fund is closed: it takes no more gifts."),
}
"""Fund → what its appeal says, and what its give page says."""
IN_TWO_MANNERS = pytest.mark.parametrize("manner", [WIDE_PLAIN, Manner("fa", 360, scheme="dark")], ids=str)


@pytest.fixture(scope="module", autouse=True)
def told(stage: Stage) -> None:
    """Bring each fund where it is to be."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for slug in FUNDS:
        somebody_gives(stage.beside(slug), 50)
    name = base64.b64encode(secrets.token_bytes(16)).decode()
    stage.beside("paused").say("pause", "cyrus", id=name, day=today, what="gifts")
    stage.beside("winding").say("life", day=today, to="winding")
    stage.beside("closed").say("life", day=today, to="winding")
    stage.beside("closed").say("close", day=today)
    stage.beside("frozen").say("freeze", day=today, rail="fake", cur="EUR", amount=5000)


def opened(appeal: AppealPage, heading: str) -> None:
    """Wait until the published page says so."""

    def says() -> bool:
        appeal.visitor.goes_to("")
        return appeal.section(heading).count() > 0

    appeal.visitor.stage.becomes_true(says)
    appeal.looks_right()


@IN_TWO_MANNERS
@pytest.mark.parametrize("slug", TOLD)
def test_the_appeal_and_the_form_say_why_and_where_to_give_instead(come, manner: Manner, slug: str) -> None:
    visitor = come(manner, at=slug, bypass_csp=True)
    appeal, form = AppealPage(visitor), GivePage(visitor)
    on_appeal, on_form = TOLD[slug]
    appeal.name, form.name = f"{slug}-appeal", f"{slug}-give"
    opened(appeal, on_appeal)
    appeal.everybody_can_use_it()
    assert not appeal.takes_gifts()
    expect(appeal.page.get_by_role("link", name="Paper Boat")).to_be_visible()
    shows_account = appeal.page.get_by_text("DE44 9999 0000 0020 2118 07")
    expect(shows_account).to_have_count(1 if slug == "paused" else 0)  # what comes late would only be trouble
    form.open()
    expect(form.page.locator("h1")).to_have_text(visitor.words(on_form))
    expect(form.page.locator("main form")).to_have_count(0)
    expect(form.page.get_by_role("link", name="Paper Boat")).to_be_visible()
    form.everybody_can_use_it()


@IN_TWO_MANNERS
def test_a_frozen_way_of_paying_is_named_and_the_others_are_offered(come, manner: Manner) -> None:
    visitor = come(manner, at="frozen", bypass_csp=True)
    appeal, form = AppealPage(visitor), GivePage(visitor)
    appeal.name, form.name = "frozen-appeal", "frozen-give"
    opened(appeal, "Give")
    appeal.says("Stopped for now:")
    appeal.everybody_can_use_it()
    form.open()
    form.everybody_can_use_it()
    form.says("Stopped for now:")
    expect(form.way("fake")).to_have_count(0)
    form.giver_gives_by_bank(20).looks_right()


@IN_FOUR_MANNERS
def test_who_chose_a_way_that_was_stopped_meanwhile_is_sent_on_to_another(come, stage: Stage, manner: Manner) -> None:
    visitor = come(manner)
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.giver_types("20")
    form.giver_chooses("fake")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    name = base64.b64encode(secrets.token_bytes(16)).decode()
    stage.say("pause", "cyrus", id=name, day=today, what="gifts", rail="fake")
    form.giver_goes_on()
    form.looks_right("stopped-meanwhile")
    expect(form.page.get_by_role("alert")).to_be_visible()
    form.says("Stopped for now:")
    expect(form.way("fake")).to_have_count(0)
    payment = form.giver_gives_by_bank(20)
    assert payment.code() == code
    name = base64.b64encode(secrets.token_bytes(16)).decode()
    stage.say("resume", id=name, day=today, what="gifts", rail="fake")


@IN_TWO_MANNERS
def test_the_books_show_apart_what_is_stuck(come, manner: Manner) -> None:
    visitor = come(manner, at="frozen")
    books = BooksPage(visitor)
    books.name = "frozen-books"

    def shows() -> bool:
        visitor.goes_to("books/")
        return books.page.locator(".totals dt", has_text=visitor.words("Net without what is stuck")).count() > 0

    visitor.stage.becomes_true(shows)
    books.looks_right()


@IN_TWO_MANNERS
def test_each_fund_of_a_site_finds_its_own_gifts_alone(come, stage: Stage, manner: Manner) -> None:
    visitor = come(manner)
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.giver_gives_play_money(20).giver_pays().says("Booked. Thank you.")
    other = come(manner, at="frozen")
    elsewhere = ReceiptPage(other)
    elsewhere.giver_comes_back_with(code)
    elsewhere.says("No gift belongs to this code here.")
    shown = ShownPage(other)
    shown.follow(other.page.locator("a.mark"))
    assert other.place == f"/f/frozen/{manner.lang}/"
    here = ReceiptPage(visitor)
    here.giver_comes_back_with(code)
    here.says("Booked. Thank you.")
