"""Stripe's signed events: bytes in, one fact or nothing out.

`Stripe-Signature: t=UNIX,v1=HEX[,v1=HEX…]`: HMAC-SHA256 (RFC 2104) over "UNIX.body" with the endpoint's secret.
Several `v1` stand there while a secret is rolled; schemes that are not v1 are passed by. Stripe signs anew each time it
sends an event again, so an old time is a replay. Our own reading, not the client's: the client asks the machine's
clock, takes any time in the future, and decodes a body before it has checked it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from panah.errors import N_, ProofError
from panah.rails.base import RailEvent
from panah.rails.card import facts

HEADER: Final = "Stripe-Signature"
TOLERANCE: Final = 300
"""Seconds that a signature may be old, or ahead of our clock: what Stripe's own clients take."""
MAX_BYTES: Final = 64 * 1024
MIN_SECRET: Final = 16

_LONGEST_HEADER: Final = 2000
_TIME: Final = re.compile(r"\d{1,12}", re.ASCII)
_MAC: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_READERS: Final[dict[str, Callable[[facts.Object, dt.date], RailEvent | None]]] = {
    "checkout.session.completed": facts.session_fact,
    "checkout.session.expired": facts.session_fact,
    "payment_intent.amount_capturable_updated": facts.intent_fact,
    "payment_intent.succeeded": facts.intent_fact,
    "payment_intent.canceled": facts.intent_fact,
    "payment_intent.payment_failed": facts.decline_fact,
    "refund.created": facts.refund_fact,
    "refund.updated": facts.refund_fact,
    "refund.failed": facts.refund_fact,
    "charge.refund.updated": facts.refund_fact,
    "charge.dispute.created": facts.dispute_fact,
    "charge.dispute.funds_withdrawn": facts.dispute_fact,
    "charge.dispute.funds_reinstated": facts.dispute_fact,
    "charge.dispute.closed": facts.dispute_fact,
}
"""Type of event → how its object is read. Others are none of our business: `charge.refunded` tells a running total of
refunds that have events of their own.
"""


def sign(body: bytes, secret: bytes, at: int) -> str:
    """Give the header for a body, as Stripe writes it. For tests and the local Stripe."""
    return f"t={at},v1={_mac(body, secret, str(at))}"


def _mac(body: bytes, secret: bytes, at: str) -> str:
    return hmac.digest(secret, at.encode() + b"." + body, "sha256").hex()


def check_signature(header: str, body: bytes, secret: bytes, now: int) -> None:
    """Raise `ProofError` unless one of the header's signatures holds and is of this time.

    `secret` may hold several, one a line, while one replaces the other.
    """
    secrets = [line.strip() for line in secret.splitlines() if len(line.strip()) >= MIN_SECRET]
    pairs = [part.partition("=")[::2] for part in header[:_LONGEST_HEADER].split(",")]
    times = [value for name, value in pairs if name.strip() == "t"]
    given = [value.strip() for name, value in pairs if name.strip() == "v1"]
    holds = False
    if len(times) == 1 and _TIME.fullmatch(times[0]) and len(body) <= MAX_BYTES:
        for one in secrets:
            wanted = _mac(body, one, times[0]).encode()
            for mac in given:
                # No early end: how long this takes says nothing of which one held.
                holds |= bool(_MAC.fullmatch(mac)) and hmac.compare_digest(wanted, mac.encode())
    if not holds:
        raise ProofError(N_("The signature of this event does not hold."))
    if abs(now - int(times[0])) > TOLERANCE:
        raise ProofError(
            N_("This event was signed too long ago, or in the future."),
            hint=N_("If it happens to all of them, this machine's clock is wrong."),
        )


def read_event(headers: Mapping[str, str], body: bytes, secret: bytes, now: int) -> RailEvent | None:
    """Authenticate and read one event; None for a kind or an object that is none of ours."""
    check_signature(headers.get(HEADER) or "", body, secret, now)
    try:
        value = orjson.loads(body)
    except ValueError as error:
        raise facts.unreadable("json") from error
    if type(value) is not dict or type(value.get("type")) is not str:
        raise facts.unreadable("type")
    reader = _READERS.get(value["type"])
    if reader is None:
        return None
    return reader(_object(value), _day(value))


def _object(value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    found = data.get("object") if type(data) is dict else None
    if type(found) is not dict:
        raise facts.unreadable("data")
    return found


def _day(value: dict[str, Any]) -> dt.date:
    day = facts.day_of(value)
    if day is None:
        raise facts.unreadable("created")
    return day
