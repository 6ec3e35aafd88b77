"""What somebody typed wrong is told at its field; nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.pages import AppealPage, GivePage, ReceiptPage
from tests.browser.stage import FOUR_MANNERS, PHONE, WIDE, WIDE_PLAIN, Visitor

IN_FOUR_MANNERS = pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)


def told_at(field: Locator) -> Locator:
    """What is wrong, as the field itself names it to a screen reader."""
    names = (field.get_attribute("aria-describedby") or "").split()
    [wrong] = [name for name in names if name.startswith("wrong-")]
    return field.page.locator(f"#{wrong}")


@IN_FOUR_MANNERS
@pytest.mark.parametrize("typed", ["12x", "-5", "1,00,0", "0", "99999999999999999999"])
def test_a_wrong_amount_is_told_at_the_field_and_the_rest_stays(visitor: Visitor, typed: str) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.amount().fill(typed)
    form.giver_chooses("bank")
    form.giver_takes_what_is_left()
    form.giver_goes_on()
    form.looks_right()
    expect(form.amount()).to_have_value(typed)
    expect(form.way("bank")).to_be_checked()
    expect(form.page.locator("input[name=rest]")).to_be_checked()
    assert form.code() == code
    if form.page.locator("[aria-invalid=true]").count():  # else it is an amount, and too much or too little
        expect(form.amount()).to_have_attribute("aria-invalid", "true")
        expect(told_at(form.amount())).to_be_visible()
        below = told_at(form.amount()).bounding_box()
        field = form.amount().bounding_box()
        assert below is not None
        assert field is not None
        assert 0 <= below["y"] - field["y"] - field["height"] < 40
    expect(form.page.get_by_role("alert")).to_be_visible()
    form.giver_types("50")
    form.giver_goes_on()
    assert ReceiptPage(visitor).code() == code
    expect(form.page.locator("table.lines")).to_contain_text("50.00 EUR")


@pytest.mark.parametrize("manner", [WIDE, WIDE_PLAIN, PHONE], ids=str)
def test_the_browser_itself_asks_for_what_is_missing(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    with visitor.sent_form() as bodies:
        form.giver_tries_to_go_on()
        expect(form.amount()).to_be_focused()
        form.giver_types("20")
        form.giver_tries_to_go_on()
        expect(form.way("bank")).to_be_focused()
    assert bodies == []


@IN_FOUR_MANNERS
def test_persian_digits_and_a_pasted_sum_are_amounts_too(visitor: Visitor) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    form = appeal.giver_types("۲۵٫۵۰")
    form.looks_right()
    form.giver_chooses("bank")
    form.giver_goes_on()
    expect(form.page.locator("table.lines")).to_contain_text("25.50 EUR")


@pytest.mark.parametrize("manner", [WIDE, PHONE], ids=str)
def test_the_form_is_filled_in_and_sent_by_keyboard_alone(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    keys = form.page.keyboard
    form.amount().focus()
    keys.type("35")
    keys.press("Tab")
    keys.press("Space")
    expect(form.way("bank")).to_be_checked()
    keys.press("Tab")
    expect(form.page.locator("input[name=rest]")).to_be_focused()
    for _ in range(8):
        keys.press("Tab")
        if form.button("Go on to pay").evaluate("button => button === document.activeElement"):
            break
    keys.press("Enter")
    expect(form.page.locator("table.lines")).to_contain_text("35.00 EUR")
