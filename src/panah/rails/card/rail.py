"""Cards through Stripe Checkout, cards only, captured by hand: authorise, claim room, capture or let go.

Promises: nothing is taken before the site says so; every call carries the key of our own row; what Stripe learns of
us is the gift's id and mark, the amount, the fund's name and the way back (never a receipt code). It asks givers for
a name and an e-mail address, and the restricted key could read those back: nothing here ever does. Keeps no state.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.base import (
    Begun,
    Capture,
    EndOutcome,
    GiftOrder,
    History,
    Mark,
    RailEvent,
    Refund,
    Visit,
    VoidOutcome,
)
from panah.rails.card import amounts, facts, listing, webhook
from panah.rails.card.client import Answer, Client

if TYPE_CHECKING:
    from stripe import StripeClient

VISIT_SECONDS: Final = 31 * 60
"""How long a giver may take: Stripe takes nothing under 30 minutes, and its clock is not ours."""
LOCALES: Final = frozenset({"en", "fr", "de"})
"""Of the site's languages those that Stripe's page speaks; it has none that are written from right to left."""
_TITLE: Final = 120
_STATE: Final = "payment_intent_unexpected_state"


class CardRail:
    """A pull rail on one Stripe account. Without a key every call's outcome is not known."""

    name: Final = "card"
    local_capture: Final = False

    def __init__(self, key: str = "", api: str = "", clock: Callable[[], float] = time.time) -> None:
        self.client = Client(key, api)
        self._clock = clock

    def least(self, currency: str) -> int:
        """Give the smallest charge in minor units; 0 where cards can't give this currency."""
        return amounts.least(currency)

    def begin(self, order: GiftOrder, visit: Visit, key: str) -> Begun:
        """Open a Checkout Session and give its address."""
        minor, currency = amounts.to_stripe(order.amount)
        metadata = facts.metadata_of(order)
        params: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": currency,
                        "unit_amount": minor,
                        "product_data": {"name": visit.title[:_TITLE]},
                    },
                }
            ],
            "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
            "client_reference_id": order.id,
            "metadata": metadata,
            "expires_at": visit.ends,
            "success_url": visit.back,
            "cancel_url": visit.back,
            "submit_type": "donate",
            "locale": order.lang if order.lang in LOCALES else "auto",
            # Another amount or currency than the one we claim for, and a wallet that keeps e-mail addresses.
            "adaptive_pricing": {"enabled": False},
            "wallet_options": {"link": {"display": "never"}},
        }

        def work(client: StripeClient) -> Any:
            return client.v1.checkout.sessions.create(params, {"idempotency_key": key})

        answer = self.client.call(work)
        address, name = answer.value.get("url"), answer.value.get("id")
        if answer.outcome != "done" or not isinstance(address, str) or not isinstance(name, str):
            return Begun(ready=False)
        return Begun(True, address, name)

    def read_event(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> RailEvent | None:
        """Authenticate and read one event; see `webhook.read_event`."""
        return webhook.read_event(headers, body, secret, int(self._clock()))

    def capture(self, order: GiftOrder, amount: Money, key: str) -> Capture:
        """Take the amount; what was authorised beyond it is let go by Stripe at once."""
        nothing = Money(0, amount.currency)
        params: Any = {"amount_to_capture": amounts.to_stripe(amount)[0]}

        def work(client: StripeClient) -> Any:
            return client.v1.payment_intents.capture(order.payment, params, {"idempotency_key": key})

        answer = self._ask(order, work)
        status = _status(answer)
        if status == "succeeded":
            return Capture("captured", _received(answer, amount.currency))
        if answer.outcome != "refused" or (answer.code == _STATE and status != "canceled"):
            return Capture("unknown", nothing)
        return Capture("refused", nothing)

    def void(self, order: GiftOrder, key: str) -> VoidOutcome:
        """Cancel the PaymentIntent: the bank frees the amount."""

        def work(client: StripeClient) -> Any:
            return client.v1.payment_intents.cancel(order.payment, {}, {"idempotency_key": key})

        status = _status(self._ask(order, work))
        outcomes: dict[str, VoidOutcome] = {"canceled": "voided", "succeeded": "refused"}
        return outcomes.get(status, "unknown")

    def refund(self, order: GiftOrder, amount: Money, key: str) -> Refund:
        """Give money back to the card. The refund carries our key, by which its events are known as ours."""
        params: Any = {
            "payment_intent": order.payment,
            "amount": amounts.to_stripe(amount)[0],
            "metadata": {"gift": order.id, "call": key},
        }

        def work(client: StripeClient) -> Any:
            return client.v1.refunds.create(params, {"idempotency_key": key})

        answer = self._ask(order, work)
        if answer.outcome == "done" and _status(answer) in {"succeeded", "pending", "requires_action"}:
            return Refund("refunded", str(answer.value.get("id")))
        return Refund("unknown" if answer.outcome == "unknown" else "refused")

    def end_visit(self, visit: str, key: str) -> EndOutcome:
        """Expire the session. One that is complete or expired already refuses, and is ended too."""

        def work(client: StripeClient) -> Any:
            return client.v1.checkout.sessions.expire(visit, {}, {"idempotency_key": key})

        return "unknown" if self.client.call(work).outcome == "unknown" else "ended"

    def look(self, order: GiftOrder, visit: str) -> list[RailEvent] | None:
        """Read the session, the intent and its refunds."""
        today = dt.datetime.fromtimestamp(self._clock(), dt.UTC).date()
        found: list[RailEvent | None] = []
        payment = order.payment
        if not payment:
            session = self.client.call(lambda client: client.v1.checkout.sessions.retrieve(visit))
            if session.outcome != "done":
                return None
            found.append(facts.session_fact(session.value, today))
            payment = session.value.get("payment_intent") or ""
        if payment:
            intent = self.client.call(lambda client: client.v1.payment_intents.retrieve(payment))
            if intent.outcome != "done":
                return None
            if _status(intent) == "succeeded":
                found.clear()  # the session's `unpaid` was true before; the intent tells what is
            found.append(facts.intent_fact(intent.value, today))
            if _status(intent) == "succeeded":
                refunds = self._refunds(payment, today)
                if refunds is None:
                    return None
                found += refunds
        return [replace(fact, gift=order.id) for fact in found if fact is not None]

    def _refunds(self, payment: str, today: dt.date) -> list[RailEvent | None] | None:
        answer = self.client.call(lambda client: client.v1.refunds.list({"payment_intent": payment, "limit": 100}))
        if answer.outcome != "done":
            return None
        return [facts.refund_fact(refund, today) for refund in reversed(answer.value.get("data", []))]

    def mark_of(self, payment: str) -> Mark | None:
        """Read our own mark on the intent."""
        answer = self.client.call(lambda client: client.v1.payment_intents.retrieve(payment))
        if answer.outcome == "done":
            return facts.mark_in(answer.value, "amount")
        return Mark("") if answer.code == "resource_missing" else None

    def history(self, since: int) -> History | None:
        """List intents, refunds and open sessions, page by page; see `listing.py`."""
        return listing.history(self.client, since)

    def _ask(self, order: GiftOrder, work: Callable[[StripeClient], Any]) -> Answer:
        return self.client.call(work) if order.payment else Answer("unknown", code="no_payment")


def _status(answer: Answer) -> str:
    return str(answer.value.get("status", ""))


def _received(answer: Answer, currency: str) -> Money:
    try:
        received = amounts.from_stripe(int(answer.value["amount_received"]), str(answer.value["currency"]))
    except (KeyError, TypeError, ValueError, InputError):
        return Money(0, currency)
    return received
