"""Somebody reads the appeal: what it asks for, who receives the money, whether it is the real fund."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import AppealPage
from tests.browser.stage import EVERY_MANNER, FOUR_MANNERS, PHONE, WIDE, WIDE_PLAIN, Stage, Visitor
from tests.givers import Giver

GOAL = 5_000_000
IN_EVERY_MANNER = pytest.mark.parametrize("manner", EVERY_MANNER, ids=str)
IN_FOUR_MANNERS = pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)


@IN_EVERY_MANNER
def test_the_appeal_says_everything_in_one_request(visitor: Visitor, stage: Stage) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    assert [request.url for request in visitor.requests if not request.url.startswith("data:")] == [appeal.page.url]
    appeal.shows_progress(0, GOAL)
    assert appeal.takes_gifts()
    receiver = appeal.section("Who receives this money")
    for told in ("Lantern Writers' Union e.V.", "DE44 9999 0000 0020 2118 07", "fund@lantern-fund.invalid"):
        expect(receiver).to_contain_text(told)
    for heading in ("Tax", "Getting it back", "Who sees your name", "Public for ever", "Auditor"):
        expect(receiver.get_by_text(visitor.words(heading), exact=True)).to_be_visible()
    appeal.says("If more comes than the goal")
    appeal.says("If less comes")
    expect(appeal.page.locator("aside.demo")).to_contain_text("DEMO")


@pytest.mark.parametrize("manner", [WIDE, PHONE], ids=str)
def test_the_real_fund_card_shows_the_fingerprint_of_leaf_0(visitor: Visitor, stage: Stage) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    card = appeal.section("Is this the real fund?")
    shown = card.locator(".code").inner_text().replace(" ", "").replace("\n", "")
    assert len(shown) == 64
    assert shown == stage.fingerprint()
    expect(card.get_by_role("link", name=visitor.words("how to check this"))).to_be_visible()


@IN_FOUR_MANNERS
def test_the_language_switch_leads_to_the_same_page_in_the_other_language(visitor: Visitor) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    other = "fa" if visitor.manner.lang == "en" else "en"
    appeal.reader_switches_to({"en": "English", "fa": "فارسی"}[other])
    assert visitor.place == f"/{other}/"
    expect(appeal.page.locator("html")).to_have_attribute("dir", "rtl" if other == "fa" else "ltr")
    visitor.goes_to("books/")
    appeal.reader_switches_to({"en": "English", "fa": "فارسی"}[other])
    assert visitor.place == f"/{other}/books/"


@IN_FOUR_MANNERS
def test_the_keyboard_comes_first_to_the_skip_link_and_then_to_the_content(visitor: Visitor) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    skip = appeal.page.locator("a.skip")
    expect(skip).not_to_be_in_viewport()
    appeal.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    appeal.page.keyboard.press("Enter")
    expect(appeal.page.locator("main")).to_be_focused()
    appeal.page.keyboard.press("Tab")
    expect(appeal.page.locator("form.chips button").first).to_be_focused()


@IN_FOUR_MANNERS
def test_the_reading_order_starts_at_the_side_where_the_language_starts(visitor: Visitor) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    first, second = (appeal.page.locator("form.chips button").nth(number).bounding_box() for number in (0, 1))
    assert first is not None
    assert second is not None
    assert (first["x"] > second["x"]) == (visitor.manner.lang == "fa")


@pytest.mark.parametrize("manner", [WIDE_PLAIN, PHONE], ids=str)
def test_a_gift_is_seen_on_the_page_within_seconds(visitor: Visitor, stage: Stage) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    before = int(appeal.page.get_by_role("progressbar").get_attribute("value") or "")
    giver = Giver(stage.address)
    assert giver.fill_form("2500").status_code == 200
    assert giver.pay().status_code == 200
    giver.close()

    def is_shown() -> bool:
        appeal.open()
        return appeal.page.get_by_role("progressbar").get_attribute("value") == str(before + 5)

    stage.becomes_true(is_shown)
    appeal.shows_progress((before + 5) * GOAL // 100, GOAL)


def test_a_visitor_would_notice_a_stranger_a_broken_policy_and_a_page_too_wide(come) -> None:
    """The watch that every story keeps can fail."""
    visitor = come(PHONE)
    appeal = AppealPage(visitor)
    appeal.open()
    appeal.page.evaluate("document.body.style.background = 'url(https://stranger.invalid/dot.png)'")
    appeal.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://stranger.invalid/dot.png'}))")
    appeal.page.evaluate("document.querySelector('h1').style.cssText = 'display: block; inline-size: 900px'")
    with pytest.raises(AssertionError, match="sideways"):
        visitor.looks("too-wide")
    stranger = [complaint for complaint in visitor.complaints if "stranger.invalid" in complaint]
    visitor.complaints.clear()
    assert any("Content Security Policy" in complaint for complaint in stranger), stranger
