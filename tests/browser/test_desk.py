"""A caseworker's morning at the desk, in a real browser and real processes: unlock, read an ask, open a case, answer, lock."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.axe import complaints_of_axe
from tests.servedesklab import CANARY, PASSPHRASE, make_desk, served

SHOTS = Path(__file__).parent / "shots"
ANSWER = "پیام شما را خواندیم و همین‌جا می‌نویسیم."


class DeskPage:
    """The desk in front of a caseworker."""

    def __init__(self, page: Page, lang: str, width: int) -> None:
        self.page, self.lang, self.width = page, lang, width

    def words(self, sentence: str) -> str:
        with override(self.lang):
            return gettext(sentence)

    def opens(self, link: str) -> None:
        self.page.goto(link)
        expect(self.page.locator("#passphrase")).to_be_visible()
        if self.lang == "fa":
            self.page.get_by_role("button", name="فارسی").click()

    def presses(self, sentence: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=self.words(sentence), exact=True).first.click()

    def goes(self, part: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("navigation").get_by_role("link", name=self.words(part), exact=True).click()

    def unlocks(self, passphrase: str) -> None:
        self.page.locator("#passphrase").fill(passphrase)
        self.presses("Unlock")

    def looks(self, name: str) -> None:
        root = self.page.locator("html")
        expect(root).to_have_attribute("dir", "rtl" if self.lang == "fa" else "ltr")
        expect(self.page.locator("h1")).to_have_count(1)
        assert self.page.title() == "Panah"
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, f"{name} scrolls sideways"
        assert complaints_of_axe(self.page) == []
        if os.environ.get("PANAH_SHOTS"):
            SHOTS.mkdir(exist_ok=True)
            self.page.screenshot(path=SHOTS / f"desk-{name}-{self.lang}-{self.width}.png", full_page=True)


@pytest.fixture(params=[("en", 1280), ("fa", 360)], ids=str)
def desk(request: pytest.FixtureRequest, browser: Browser) -> Iterator[DeskPage]:
    lang, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda one: None if one.url.startswith(("http://127.0.0.1", "data:")) else complaints.append(one.url)
    )
    yield DeskPage(page, lang, width)
    context.close()
    assert complaints == []


def test_a_caseworker_reads_an_ask_opens_a_case_answers_and_locks(desk: DeskPage, tmp_path: Path) -> None:
    home, _ = make_desk(tmp_path)
    with served(home.folder) as running:
        page = desk.page
        desk.opens(running.link)
        assert "#" not in page.url
        desk.looks("unlock")
        desk.unlocks("not the passphrase")
        expect(page.get_by_role("alert")).to_be_visible()
        desk.unlocks(PASSPHRASE)
        desk.looks("overview")
        desk.goes("Inbox")
        expect(page.locator("main")).to_contain_text(CANARY)
        desk.looks("inbox")
        page.locator("#label1, #label2").first.fill("Three sisters")
        desk.presses("Open a case")
        expect(page.locator("h1")).to_contain_text("Three sisters")
        page.locator("#reply").fill(ANSWER)
        desk.presses("Seal and send")
        expect(page.locator("li.out")).to_contain_text(ANSWER)
        page.locator("#task").fill("call the clinic")
        desk.presses("Add")
        desk.looks("case")
        desk.goes("Inbox")
        desk.presses("Take it into the offers")
        desk.looks("offer")
        desk.goes("Offers")
        desk.looks("offers")
        desk.goes("Cases")
        desk.looks("cases")
        desk.goes("Search")
        page.locator("#words").fill("clin")
        page.locator("#words").press("Enter")
        expect(page.locator("main")).to_contain_text("Three sisters")
        assert "clin" not in page.url
        desk.looks("search")
        desk.presses("Lock")
        expect(page.locator("#passphrase")).to_be_visible()
        with contextlib.suppress(Error):  # nothing was kept to go back to
            page.go_back()
        expect(page.locator("body")).not_to_contain_text(CANARY)
