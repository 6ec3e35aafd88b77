"""What a restricted key can do: asked of Stripe without making, changing or reading anything of anybody.

A key that may not gets 403; one that may gets an empty page, or hears that the thing with an impossible name is
not there. A key that could read givers' cards, customers or the fund's payouts has too much power for a server
that may be seized.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from panah.rails.card.client import Client

MUST_NOT: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "Customers": ("/v1/customers", {"limit": "1"}),
    "Charges": ("/v1/charges", {"limit": "1"}),
    "PaymentMethods": ("/v1/payment_methods", {"type": "card", "limit": "1"}),
    "Payouts": ("/v1/payouts", {"limit": "1"}),
    "Balance": ("/v1/balance", {}),
    "Balance transactions": ("/v1/balance_transactions", {"limit": "1"}),
    "Events": ("/v1/events", {"limit": "1"}),
    "Disputes": ("/v1/disputes", {"limit": "1"}),
}
MUST: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "Checkout Sessions": ("/v1/checkout/sessions/cs_none/expire", {}),
    "PaymentIntents": ("/v1/payment_intents/pi_none/cancel", {}),
    "Refunds": ("/v1/refunds", {"payment_intent": "pi_none"}),
}

Fault = Literal["reads", "cannot", "no answer", "invalid"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that is not as it should be: the name of Stripe's resource, and the fault."""

    resource: str
    fault: Fault


def examine(client: Client) -> list[Reading]:
    """Give what is wrong with a key; an empty list is as it should be."""
    found: list[Reading] = []
    for resource, (path, params) in MUST.items():
        status = client.probe("post", path, **params)
        if status == 401:
            return [Reading(resource, "invalid")]
        if status == 403:
            found.append(Reading(resource, "cannot"))
        elif status not in {400, 404}:
            found.append(Reading(resource, "no answer"))
    for resource, (path, params) in MUST_NOT.items():
        status = client.probe("get", path, **params)
        if status == 403:
            continue
        found.append(Reading(resource, "reads" if status in {200, 400, 404} else "no answer"))
    return found
