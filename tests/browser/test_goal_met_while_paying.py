"""The goal is met by others while somebody stands at the card page: nothing is taken, or only what is left.

Each manner has a fund of its own on one site, because `met` never reopens.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.backstage import provider_tells, somebody_gives
from tests.browser.pages import AppealPage, GivePage, ReceiptPage
from tests.browser.stage import FOUR_MANNERS, PHONE, WIDE_PLAIN, Manner, Visitor
from tests.cardlab import ACCOUNT

BANK = {"payee": "Lantern Writers Union e.V.", "iban": "DE44999900000020211807"}
TERMS = {
    "goal": 10_000,
    "minimum": 500,
    "suggestions": [2000, 5000],
    "rails": {"card": {"account": ACCOUNT}, "bank": BANK, "fake": {}},
}
FUNDS: dict[str, dict[str, object]] = {f"late-{manner}": {} for manner in FOUR_MANNERS}
FUNDS |= {f"rest-{manner}": {} for manner in (WIDE_PLAIN, PHONE)}
NOTHING = "Nothing was taken. The payment failed, or the goal was reached before it."
MET = "The goal is reached. Thank you, all of you. This fund takes no more gifts."
ASIDE = "If your bank shows the amount as set aside, it frees it again by itself, most within a few days."
LESS = "You offered %(sum)s. Only this much was left of the goal, and no more was taken."


@pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)
def test_who_pays_after_the_goal_was_met_is_told_that_nothing_was_taken(come, manner: Manner) -> None:
    visitor: Visitor = come(manner, at=f"late-{manner}", bypass_csp=True)
    stage = visitor.stage
    assert stage.stripe is not None
    form = GivePage(visitor)
    form.open()
    code = form.code()
    card = form.giver_gives_by_card(50)
    stage.stripe.trouble("/expire", "before")  # the site's word that this session is over is lost on the way
    somebody_gives(stage, 100)
    back = card.giver_pays()
    back.looks_right("met-return")
    back.everybody_can_use_it()
    back.says("The goal was reached in the meantime, and nothing is taken past it.")
    expect(back.button("Go on to the card page")).to_have_count(0)
    provider_tells(stage)
    assert [intent["status"] for intent in stage.stripe.world.intents.values()][-1] == "canceled"
    back.giver_looks_again()
    back.looks_right("met-told")
    back.everybody_can_use_it()
    for sentence in (NOTHING, ASIDE, MET):
        back.says(sentence)
    instead = back.page.get_by_role("region", name=visitor.words("Where help is needed instead"))
    expect(instead.get_by_role("link", name="Paper Boat")).to_be_visible()
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    receipt.says(NOTHING)
    receipt.says(MET)
    receipt.says_not("Booked. Thank you.")


@pytest.mark.parametrize("manner", [WIDE_PLAIN, PHONE], ids=str)
def test_who_agreed_gives_what_is_left_and_the_page_says_so(come, manner: Manner) -> None:
    visitor: Visitor = come(manner, at=f"rest-{manner}")
    stage = visitor.stage
    assert stage.stripe is not None
    form = GivePage(visitor)
    form.open()
    form.giver_takes_what_is_left()
    card = form.giver_gives_by_card(50)
    somebody_gives(stage, 80)
    back = card.giver_pays()
    provider_tells(stage)
    assert stage.stripe.world.captures[-1][1] == 2000
    back.giver_looks_again()
    back.looks_right("rest-taken")
    back.says("Booked. Thank you.")
    expect(back.page.locator("main h2").first).to_have_text(visitor.money(2000))
    back.says(LESS, sum=visitor.money(5000))

    appeal = AppealPage(visitor)

    def is_thanking() -> bool:
        appeal.open()
        return not appeal.takes_gifts()

    stage.becomes_true(is_thanking)
    appeal.shows_progress(10_000, 10_000)
