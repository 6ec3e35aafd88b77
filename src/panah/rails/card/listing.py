"""What Stripe has of a fund since a day: intents, refunds, open sessions, page by page.

For a fund that was restored from a backup: Stripe does not send an event again that it got rid of once. Uses the three
permissions that the key has anyway. Disputes are not among them, so those that a burned disk alone knew are told
to nobody here (docs/how/backup.md). Names, addresses and card details in the pages are passed by, as in `facts.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from panah.errors import InputError
from panah.rails.base import History, OpenVisit, RailEvent
from panah.rails.card import facts

if TYPE_CHECKING:
    from stripe import StripeClient

    from panah.rails.card.client import Client

PAGE: Final = 100
REFUNDS_BACK: Final = 35 * 86400
"""Seconds further back for refunds: one may fail, and so come back, weeks after it was made."""
_ORDER: Final = {"settled": 0, "authorised": 1, "voided": 2}
"""Money that is here comes before claims on the room that is left."""

Ask = Callable[["StripeClient", Any], Any]


def history(client: Client, since: int) -> History | None:
    """List all three; None when a page did not come or can't be read."""
    intents = _pages(client, lambda stripe, params: stripe.v1.payment_intents.list(params), since)
    refunds = _pages(client, lambda stripe, params: stripe.v1.refunds.list(params), since - REFUNDS_BACK)
    sessions = _pages(client, lambda stripe, params: stripe.v1.checkout.sessions.list(params), since)
    if intents is None or refunds is None or sessions is None:
        return None
    found = sorted(_facts(intents, facts.intent_fact), key=lambda fact: _ORDER[fact.kind])
    visits = [visit for session in sessions if (visit := _open_visit(session)) is not None]
    return History((*found, *_facts(refunds, facts.refund_fact)), tuple(visits))


def _pages(client: Client, ask: Ask, since: int) -> list[facts.Object] | None:
    """Read a list to its end, oldest first."""
    found: list[facts.Object] = []
    params: dict[str, Any] = {"created": {"gte": max(0, since)}, "limit": PAGE}
    while True:
        asked = dict(params)
        answer = client.call(lambda stripe, asked=asked: ask(stripe, asked))  # type: ignore[misc]
        page = answer.value.get("data")
        if answer.outcome != "done" or not isinstance(page, list):
            return None
        found += page
        if not answer.value.get("has_more"):
            return found[::-1]
        if not page or params.get("starting_after") == page[-1].get("id"):
            return None
        params["starting_after"] = page[-1].get("id")


def _facts(
    values: Iterable[facts.Object], read: Callable[[facts.Object, dt.date], RailEvent | None]
) -> list[RailEvent]:
    found = []
    for value in values:
        try:
            fact = read(value, facts.day_of(value) or dt.datetime.now(dt.UTC).date())
        except InputError:
            continue  # another shop's, in a shape or currency that ours never have
        if fact is not None:
            found.append(fact)
    return found


def _open_visit(session: facts.Object) -> OpenVisit | None:
    name, ends = session.get("id"), session.get("expires_at")
    if session.get("status") != "open" or not isinstance(name, str) or type(ends) is not int:
        return None
    try:
        mark = facts.mark_in(session, "amount_total")
    except InputError:
        return None
    return OpenVisit(mark, name, ends) if mark.fund else None
