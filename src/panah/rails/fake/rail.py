"""The demo's rail: a page with one button instead of a bank.

Promises: works like a card (authorise, then capture) with no provider, so the demo and the tests walk the
same path as real money. Refuses nothing by itself: that it exists only in a demo fund whose origin ends in
`.invalid` is checked by the charter, and every page and the verifier say DEMO.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from panah.core.money import Money
from panah.rails.base import Capture, GiftOrder, RailEvent, VoidOutcome
from panah.rails.fake import webhook

LOCAL_CAPTURE: Final = True


class FakeRail:
    """A pull rail whose provider is this process."""

    name: Final = "fake"
    local_capture: Final = LOCAL_CAPTURE

    def begin(self, order: GiftOrder, return_path: str) -> str:  # noqa: ARG002 - the contract's shape
        """Give the demo pay page of this gift, relative to the fund."""
        return f"pay/{order.id}"

    def read_event(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> RailEvent:
        """Authenticate and read one event; see `webhook.read_event`."""
        return webhook.read_event(headers, body, secret)

    def capture(self, order: GiftOrder, amount: Money, key: str) -> Capture:  # noqa: ARG002
        """Take the amount: in the demo this always works, up to what was authorised."""
        if not Money(0, order.amount.currency) < amount <= order.amount:
            return Capture("refused", Money(0, order.amount.currency))
        return Capture("captured", amount)

    def void(self, order: GiftOrder, key: str) -> VoidOutcome:  # noqa: ARG002
        """Let go of the authorisation."""
        return "voided"
