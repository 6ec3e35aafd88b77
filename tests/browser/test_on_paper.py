"""What comes out of the printer: the code and the amounts, and nothing that only a screen can use."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import GivePage, ReceiptPage
from tests.browser.stage import FOUR_MANNERS, WIDE, WIDE_PLAIN, Manner, Visitor

NIGHT = Manner("fa", 1280, scheme="dark")


def put_on_paper(visitor: Visitor, name: str) -> None:
    visitor.page.emulate_media(media="print")
    visitor.looks(f"paper-{name}")
    expect(visitor.page.locator("header nav")).to_be_hidden()
    expect(visitor.page.locator("footer nav")).to_be_hidden()
    expect(visitor.page.locator("button:visible, input:visible")).to_have_count(0)


@pytest.mark.parametrize("manner", [*FOUR_MANNERS, NIGHT], ids=str)
def test_a_printed_receipt_shows_code_amount_day_and_receiver(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    receipt = form.giver_gives_play_money(75).giver_pays()
    receipt.says("Booked. Thank you.")
    put_on_paper(visitor, "receipt")
    expect(visitor.page.locator("output.code-shown")).to_be_visible()
    assert receipt.code() == code
    expect(visitor.page.locator("main h2").first).to_have_text(visitor.money(7500))
    expect(visitor.page.get_by_text("Lantern Writers' Union e.V.")).to_be_visible()
    expect(visitor.page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(visitor.page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")


@pytest.mark.parametrize("manner", [*FOUR_MANNERS, NIGHT], ids=str)
def test_the_form_that_asks_to_print_the_code_prints_it(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    put_on_paper(visitor, "give")
    expect(visitor.page.locator("output.code-shown")).to_be_visible()
    assert form.code() == code


@pytest.mark.parametrize("manner", [WIDE, WIDE_PLAIN], ids=str)
def test_the_lines_of_a_transfer_can_be_taken_to_the_bank(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    payment = form.giver_gives_by_bank(20)
    put_on_paper(visitor, "payment")
    expect(visitor.page.locator("table.lines")).to_be_visible()
    payment.shows_a_code_to_scan()


def test_a_receipt_looked_up_by_its_code_prints_the_same(come) -> None:
    visitor = come(WIDE)
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.giver_gives_play_money(20).giver_pays().says("Booked. Thank you.")
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    put_on_paper(visitor, "receipt-again")
    assert receipt.code() == code
