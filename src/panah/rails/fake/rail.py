"""The demo's rail: a page with one button instead of a bank.

Promises: works like a card (authorise, then capture) with no provider, so the demo and the tests walk the
same path as real money. Refuses nothing by itself: that it exists only in a demo fund whose origin ends in
`.invalid` is checked by the charter, and every page and the verifier say DEMO.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from panah.core.money import Money
from panah.rails.base import Begun, Capture, EndOutcome, GiftOrder, History, Mark, RailEvent, Refund, Visit, VoidOutcome
from panah.rails.fake import webhook

LOCAL_CAPTURE: Final = True


class FakeRail:
    """A pull rail whose provider is this process."""

    name: Final = "fake"
    local_capture: Final = LOCAL_CAPTURE

    def least(self, currency: str) -> int:  # noqa: ARG002 - the contract's shape
        """Give the smallest unit: play money has no fees."""
        return 1

    def begin(self, order: GiftOrder, visit: Visit, key: str) -> Begun:  # noqa: ARG002
        """Give the demo pay page of this gift, relative to the fund."""
        return Begun(True, f"pay/{order.id}", order.id)

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

    def refund(self, order: GiftOrder, amount: Money, key: str) -> Refund:  # noqa: ARG002
        """Give the play money back."""
        return Refund("refunded", f"refund-{key}")

    def end_visit(self, visit: str, key: str) -> EndOutcome:  # noqa: ARG002
        """Nothing to end: the demo's page asks the fund's state itself."""
        return "ended"

    def look(self, order: GiftOrder, visit: str) -> list[RailEvent]:  # noqa: ARG002
        """Nothing to tell: there is no provider that could know more than this process."""
        return []

    def mark_of(self, payment: str) -> Mark:  # noqa: ARG002
        """Give nothing: the demo's events always name their gift."""
        return Mark("")

    def history(self, since: int) -> History:  # noqa: ARG002
        """Nothing to tell: there is no provider that could know more than this process."""
        return History((), ())
