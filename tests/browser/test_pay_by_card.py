"""Giving by card: to the provider's page and back, with every way in which that can end."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.backstage import provider_tells, the_provider_is_asked, two_agree_to_all_requests
from tests.browser.pages import GivePage, ReceiptPage
from tests.browser.stage import FOUR_MANNERS, PHONE_PLAIN, WIDE, Stage, Visitor
from tests.cardlab import ACCOUNT

BANK = {"payee": "Lantern Writers Union e.V.", "iban": "DE44999900000020211807"}
TERMS = {"rails": {"card": {"account": ACCOUNT}, "bank": BANK, "fake": {}}}
WAITING = "If you have just paid, look again in a minute: the provider's word is on its way."
ASKED = "You asked for it back on %(day)s. Two members of the team answer; this page then says what they decided."
AGREED = "Two members agreed on %(day)s to send %(sum)s back. The provider is being asked."
IN_FOUR_MANNERS = pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)


@IN_FOUR_MANNERS
def test_a_card_pays_and_the_giver_finds_the_gift(visitor: Visitor, stage: Stage) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    card = form.giver_gives_by_card(50)
    assert card.amount() == "5000 eur"
    back = card.giver_pays()
    back.looks_right()
    back.says(WAITING)
    assert code not in "".join(request.url for request in visitor.requests)
    if visitor.manner.script:
        assert back.code() == code, "the tab that gave still knows the code"
    provider_tells(stage)
    back.giver_looks_again()
    back.looks_right("return-booked")
    back.says("Booked. Thank you.")
    expect(back.page.locator("main h2").first).to_have_text(visitor.money(5000))
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    receipt.says("Booked. Thank you.")
    assert "Anna" not in receipt.page.content()


@pytest.mark.parametrize("manner", [WIDE, PHONE_PLAIN], ids=str)
def test_who_turns_back_can_go_on_or_give_in_another_way(visitor: Visitor, stage: Stage) -> None:
    form = GivePage(visitor)
    form.open()
    back = form.giver_gives_by_card(50).giver_turns_back()
    back.says(WAITING)
    card = back.giver_goes_back_to_the_card_page()
    assert card.amount() == "5000 eur"
    back = card.giver_turns_back()
    back.follow(back.page.get_by_role("link", name=visitor.words("Give in another way")))
    GivePage(visitor).giver_gives_by_bank(50).looks_right()


@pytest.mark.parametrize("manner", [WIDE, PHONE_PLAIN], ids=str)
def test_a_card_page_that_cannot_be_reached_takes_nothing_and_the_form_goes_on_another_way(
    visitor: Visitor, stage: Stage
) -> None:
    assert stage.stripe is not None
    form = GivePage(visitor)
    form.open()
    code = form.code()
    stage.stripe.trouble("/sessions", 500)
    form.giver_types("50")
    form.giver_chooses("card")
    form.giver_goes_on()
    form.looks_right("give-no-card-page")
    form.says("The card page can't be reached at the moment. Nothing was taken.")
    payment = form.giver_gives_by_bank(50)
    assert payment.code() == code


@IN_FOUR_MANNERS
def test_a_gift_is_asked_back_and_the_page_says_each_step_until_it_was_paid_back(
    visitor: Visitor, stage: Stage
) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    back = form.giver_gives_by_card(40).giver_pays()
    provider_tells(stage)
    back.giver_looks_again()
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    receipt.giver_asks_for_it_back("It was a mistake")
    receipt.looks_right("receipt-asked")
    receipt.says(ASKED, day=visitor.today())
    expect(receipt.button("Ask for it back")).to_have_count(0)

    two_agree_to_all_requests(stage)
    receipt.giver_comes_back_with(code)
    receipt.looks_right("receipt-agreed")
    receipt.says(AGREED, day=visitor.today(), sum=visitor.money(4000))
    receipt.says_not(ASKED, day=visitor.today())

    the_provider_is_asked(stage)
    receipt.giver_comes_back_with(code)
    receipt.looks_right("receipt-paid-back")
    receipt.says("Nothing of this gift counts any more. This became of it:")
    receipt.says("%(sum)s was sent back on %(sent)s.", sum=visitor.money(4000), sent=visitor.today())
    receipt.says_not("Booked. Thank you.")
