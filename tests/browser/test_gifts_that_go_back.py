"""A transfer that comes past the goal is held and goes back: what its giver reads at each step.

Each manner has a fund of its own on one site, because `met` never reopens.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.backstage import a_member_has_sent_it, somebody_gives, two_end_what_is_held
from tests.browser.pages import GivePage, ReceiptPage
from tests.browser.stage import FOUR_MANNERS, Manner, Visitor

TERMS = {
    "goal": 10_000, "minimum": 500, "suggestions": [2000, 5000], "overflow": "return",
    "surplus": {
        "en": "What comes after the goal goes back to the account it came from.",
        "fa": "آنچه پس از رسیدن به هدف برسد به همان حسابی برمی‌گردد که از آن آمده است.",
    },
}  # fmt: skip
ON_THE_ROAD = (
    "The goal is reached. If you have not sent your transfer yet, you need not. One that is on its way can't be refused, "
    "and what arrives past the goal follows this rule:"
)
AGREED = (
    "Two members agreed on %(day)s to send %(sum)s back. A member sends it to where it came from; this page "
    "says when that is done."
)
FUNDS: dict[str, dict[str, object]] = {str(manner): {} for manner in FOUR_MANNERS}


@pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)
def test_a_held_gift_is_returned_and_the_page_says_each_step(come, manner: Manner) -> None:
    visitor: Visitor = come(manner, at=str(manner), bypass_csp=True)
    stage = visitor.stage
    form = GivePage(visitor)
    form.open()
    code = form.code()
    reference = form.giver_gives_by_bank(30).reference()
    somebody_gives(stage, 100)
    receipt = ReceiptPage(visitor)

    def looks_it_up(name: str) -> None:
        receipt.giver_comes_back_with(code)
        receipt.looks_right(name)

    looks_it_up("held-on-the-road")
    receipt.says("Promised; your transfer has not been read in the bank's statement yet.")
    receipt.says(ON_THE_ROAD)
    expect(receipt.page.get_by_role("link", name="Paper Boat")).to_be_visible()

    stage.bank_list_comes((reference, 3000))
    looks_it_up("held-arrived")
    receipt.says("Booked. Thank you.")
    receipt.says("Held, past the goal")
    receipt.says("What arrives past the goal goes back to its giver.")

    two_end_what_is_held(stage)
    looks_it_up("held-agreed")
    receipt.everybody_can_use_it()
    receipt.says(AGREED, day=visitor.today(), sum=visitor.money(3000))
    a_member_has_sent_it(stage)
    looks_it_up("held-returned")
    receipt.says("Nothing of this gift counts any more. This became of it:")
    expect(receipt.page.locator("ul.story li")).to_have_count(1)
    receipt.says("%(sum)s was sent back on %(sent)s.", sum=visitor.money(3000), sent=visitor.today())
