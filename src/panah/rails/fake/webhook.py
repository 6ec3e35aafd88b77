"""Signed events of the demo's rail: bytes in, one fact out.

An event is JSON with exactly six keys, signed with HMAC-SHA256 (RFC 2104) over the raw body; the header
`Panah-Fake-Signature` holds the 64 hex digits. Refuses any other key, type or value.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

import orjson

from panah.core.money import EXPONENTS, MAX_MINOR, Money
from panah.errors import N_, InputError, ProofError
from panah.rails.base import EventKind, RailEvent

HEADER: Final = "Panah-Fake-Signature"
MAX_BYTES: Final = 2048
"""An event is about 150 bytes; nobody may make us hash more."""
MIN_SECRET: Final = 16

_KEYS: Final = {"id", "gift", "kind", "amount", "currency", "day"}
_KINDS: Final = frozenset(get_args(EventKind))
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def sign(body: bytes, secret: bytes) -> str:
    """Give the signature of an event's bytes, as the header carries it."""
    if len(secret) < MIN_SECRET:
        raise ProofError(N_("The secret of the demo's rail is too short."))
    return hmac.digest(secret, body, "sha256").hex()


def sign_event(event: RailEvent, secret: bytes) -> tuple[dict[str, str], bytes]:
    """Write an event and sign it: the headers and the body to send. For the demo's pay page and for tests."""
    body = orjson.dumps(
        {
            "amount": event.amount.minor,
            "currency": event.amount.currency,
            "day": event.day.isoformat(),
            "gift": event.gift,
            "id": event.id,
            "kind": event.kind,
        }
    )
    return {HEADER: sign(body, secret)}, body


def read_event(headers: Mapping[str, str], body: bytes, secret: bytes) -> RailEvent:
    """Authenticate and read one event. Raises `ProofError` before anything unsigned is parsed."""
    given = headers.get(HEADER) or ""
    # Both sides as bytes: compare_digest refuses str that is not ASCII with a TypeError.
    if len(body) > MAX_BYTES or not hmac.compare_digest(sign(body, secret).encode(), given.encode()):
        raise ProofError(N_("The signature of this event does not hold."))
    try:
        value = orjson.loads(body)
    except ValueError as error:
        raise _unreadable("json") from error
    return _event(value)


def _event(value: Any) -> RailEvent:
    if type(value) is not dict or value.keys() != _KEYS:
        raise _unreadable("keys")
    for key in ("id", "gift"):
        if type(value[key]) is not str or not _TOKEN.fullmatch(value[key]):
            raise _unreadable(key)
    kind, minor, currency, day = value["kind"], value["amount"], value["currency"], value["day"]
    if type(kind) is not str or kind not in _KINDS:
        raise _unreadable("kind")
    if type(minor) is not int or not 0 < minor <= MAX_MINOR:
        raise _unreadable("amount")
    if type(currency) is not str or currency not in EXPONENTS:
        raise _unreadable("currency")
    if type(day) is not str or not _DAY.fullmatch(day):
        raise _unreadable("day")
    try:
        when = dt.date.fromisoformat(day)
    except ValueError as error:
        raise _unreadable("day") from error
    return RailEvent(value["id"], value["gift"], cast("EventKind", kind), Money(minor, currency), when)


def _unreadable(what: str) -> InputError:
    return InputError(N_("This event can't be read: %(what)s."), what=what)
