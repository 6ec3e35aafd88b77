"""What happens behind the pages while somebody looks at them: other givers, the provider, the members of the team."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import httpx

from panah.rails.card.rail import CardRail
from panah.site.funds.actions import carry_out
from panah.site.gifts import endings, returning
from panah.site.gifts.queries import form_facts, fund_rules
from panah.storage.funds import FundHome
from tests.browser.stage import Stage
from tests.fundlab import signed
from tests.givers import Giver


def somebody_gives(stage: Stage, euros: int) -> None:
    """A gift of play money by somebody else, booked when this returns."""
    giver = Giver(stage.address)
    assert giver.fill_form(str(euros)).status_code == 200
    giver.pay()
    assert "Booked. Thank you." in giver.page
    giver.close()


def provider_tells(stage: Stage) -> None:
    """The card provider sends all that it has to say, until all of it was taken."""
    assert stage.stripe is not None
    while events := stage.stripe.take_events():
        for event in events:
            headers, body = stage.stripe.signed(event)
            answer = httpx.post(f"{stage.address}/rails/card/event", content=body, headers=headers, timeout=60)
            assert answer.status_code == 200, (event["type"], answer.text)


def _members(stage: Stage, act: Callable[[FundHome, dt.datetime], object]) -> None:
    stage.aside.submit(act, stage.fund, dt.datetime.now(dt.UTC)).result()


def two_agree_to_all_requests(stage: Stage) -> None:
    """Two members sign that everything goes back that givers asked for. Waits until the log has those gifts."""

    def are_logged() -> bool:
        asked = stage.aside.submit(returning.requests, stage.fund).result()
        return bool(asked) and all(one.leaf is not None for one in asked)

    stage.becomes_true(are_logged)

    def agree(fund: FundHome, now: dt.datetime) -> None:
        for body in returning.prepare(fund_rules(fund), returning.requests(fund), now.date()):
            carry_out(fund, signed(body), now)

    _members(stage, agree)


def two_end_what_is_held(stage: Stage) -> None:
    """Two members sign what the charter says about gifts past the goal. Waits until the log has those gifts."""
    stage.becomes_true(
        lambda: all(gift.leaf is not None for gift in stage.aside.submit(endings.held_gifts, stage.fund).result())
    )

    def settle(fund: FundHome, now: dt.datetime) -> None:
        found = endings.prepare(fund, fund_rules(fund), form_facts(fund).state, now.date())
        assert found.bodies
        for body in found.bodies:
            carry_out(fund, signed(body), now)

    _members(stage, settle)


def a_member_has_sent_it(stage: Stage) -> None:
    """A member sent back by hand what was agreed, and notes it."""

    def note(fund: FundHome, now: dt.datetime) -> None:
        for refund in returning.refunds(fund, "state <> 'sent'"):
            returning.note_by_hand(fund, refund.id, now)

    _members(stage, note)


def the_provider_is_asked(stage: Stage) -> None:
    """The site's next round, which is a minute away, comes now: agreed refunds are asked of the provider."""
    assert stage.stripe is not None
    rail = CardRail(stage.stripe.key, stage.stripe.address)
    _members(stage, lambda fund, now: returning.send_due(fund, {"card": rail}, now))
    provider_tells(stage)
