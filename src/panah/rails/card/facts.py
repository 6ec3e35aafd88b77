"""What Stripe's objects say about a gift, as facts: the same from an event, an answer or a look.

Promises: reads the ids, amounts, states and our own metadata of an object and nothing else of it: names,
addresses, e-mail and card details are passed by. A fact's id is made from Stripe's ids, so that telling it twice,
in whatever way, is telling it once. Raises `InputError` for an object that lacks what its kind must have.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final

from panah.core.money import MAX_MINOR, Money
from panah.errors import N_, InputError
from panah.rails.base import EventKind, GiftOrder, Mark, RailEvent
from panah.rails.card.amounts import from_stripe

Object = Mapping[str, Any]

_ID: Final = re.compile(r"[A-Za-z0-9_]{4,120}", re.ASCII)
_GIFT: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CALL: Final = re.compile(r"[0-9a-f]{32,64}(:[a-z]{2,8}(:\d{1,4})?)?", re.ASCII)
_CURRENCY: Final = re.compile(r"[a-z]{3}", re.ASCII)
_RC: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST_NAME: Final = 200


def unreadable(what: str) -> InputError:
    """Give the error for a field that is missing or odd."""
    return InputError(N_("This event can't be read: %(what)s."), what=what)


def session_fact(session: Object, day: dt.date) -> RailEvent | None:
    """Read a Checkout Session: authorised, settled, failed; None while it is open or is none of ours.

    `complete` with `unpaid` is how a session ends whose payment waits for its capture: no failure.
    """
    mark = mark_in(session, "amount_total")
    gift = mark.gift
    if not gift:
        return None
    name, amount = _id(session, "id"), _money(session, "amount_total")
    if session.get("status") == "expired":
        return RailEvent(f"{name}:expired", gift, "failed", amount, day, mark=mark)
    if session.get("status") != "complete":
        return None
    payment = _id(session, "payment_intent")
    if session.get("payment_status") == "unpaid":
        return RailEvent(f"{payment}:authorised", gift, "authorised", amount, day, payment, mark=mark)
    if session.get("payment_status") == "paid":
        return RailEvent(f"{payment}:settled", gift, "settled", amount, day, payment, mark=mark)
    return None


def intent_fact(intent: Object, day: dt.date) -> RailEvent | None:
    """Read a PaymentIntent: authorised, settled, voided; None on its way there, or when it is none of ours."""
    mark = mark_in(intent, "amount")
    if not mark.gift:
        return None
    kinds: dict[str, tuple[EventKind, str]] = {
        "requires_capture": ("authorised", "amount_capturable"),
        "succeeded": ("settled", "amount_received"),
        "canceled": ("voided", "amount"),
    }
    status = intent.get("status")
    if type(status) is not str or status not in kinds:
        return None
    kind, field = kinds[status]
    payment = _id(intent, "id")
    return RailEvent(f"{payment}:{kind}", mark.gift, kind, _money(intent, field), day, payment, mark=mark)


def decline_fact(intent: Object, day: dt.date) -> RailEvent | None:
    """Read a PaymentIntent whose card was declined: the giver may try another one until the session ends."""
    gift = gift_in(intent)
    payment = _id(intent, "id")
    return RailEvent(f"{payment}:declined", gift, "declined", _money(intent, "amount"), day, payment) if gift else None


def refund_fact(refund: Object, day: dt.date) -> RailEvent | None:
    """Read a Refund: money on its way back, or one that failed and so came back to the fund.

    It counts when it leaves the account's balance, which its `balance_transaction` proves. Without one nothing
    has moved yet, or never will: Stripe also calls a "refund" what it lets go of after a void or a part's capture.
    One of our own counts from when Stripe has taken it on: asking again for it would send it twice.
    """
    if not refund.get("payment_intent") or not (refund.get("balance_transaction") or _call(refund)):
        return None
    name, amount = _id(refund, "id"), _money(refund, "amount")
    payment, call = _id(refund, "payment_intent"), _call(refund)
    if refund.get("status") in {"failed", "canceled"}:
        return RailEvent(f"{name}:failed", "", "reinstated", amount, day, payment, undoes=name, call=call)
    return RailEvent(name, "", "refunded", amount, day, payment, call=call)


def dispute_fact(dispute: Object, day: dt.date) -> RailEvent | None:
    """Read a Dispute: the bank took the money, or gave it back because the fund won.

    An inquiry (`warning_…`) takes no money. A lost one is the same fact as its beginning.
    """
    status = str(dispute.get("status", ""))
    if not dispute.get("payment_intent") or status.startswith("warning") or status == "prevented":
        return None
    name, amount, payment = _id(dispute, "id"), _money(dispute, "amount"), _id(dispute, "payment_intent")
    if status == "won":
        return RailEvent(f"{name}:won", "", "reinstated", amount, day, payment, undoes=name)
    return RailEvent(name, "", "disputed", amount, day, payment)


def metadata_of(order: GiftOrder) -> dict[str, str]:
    """Write what a session and its intent say of their gift: `mark_in` reads it."""
    mark = order.mark
    if mark is None:
        return {"gift": order.id}
    rest = {"rest": "yes"} if mark.takes_rest else {}
    return {"gift": order.id, "fund": mark.fund, "rc": mark.rc.hex()} | rest


def mark_in(value: Object, total: str) -> Mark:
    """Read what an object of ours says of its gift; `total` is the field of what the giver agreed to."""
    gift = gift_in(value)
    fund, rc = _said(value, "fund"), _said(value, "rc")
    if not gift or not 0 < len(fund) <= _LONGEST_NAME or not _RC.fullmatch(rc):
        return Mark(gift)
    rest, day = _said(value, "rest") == "yes", day_of(value)
    return Mark(gift, fund, bytes.fromhex(rc), rest, _money(value, total), day)


def gift_in(value: Object) -> str:
    """Give the gift that an object of ours names; empty for an object that is not ours."""
    gift = _said(value, "gift")
    return gift if _GIFT.fullmatch(gift) else ""


def day_of(value: Object) -> dt.date | None:
    """Give the day (UTC) on which an object was made, where it says."""
    created = value.get("created")
    if type(created) is not int or not 0 < created < 2**33:
        return None
    return dt.datetime.fromtimestamp(created, dt.UTC).date()


def _call(value: Object) -> str:
    call = _said(value, "call")
    return call if _CALL.fullmatch(call) else ""


def _said(value: Object, name: str) -> str:
    metadata = value.get("metadata")
    said = metadata.get(name) if isinstance(metadata, Mapping) else None
    return said if isinstance(said, str) else ""


def _id(value: Object, field: str) -> str:
    found = value.get(field)
    if isinstance(found, Mapping):  # an expanded object stands where its id was
        found = found.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise unreadable(field)
    return found


def _money(value: Object, field: str) -> Money:
    minor, currency = value.get(field), value.get("currency")
    if type(minor) is not int or not 0 < minor <= MAX_MINOR:
        raise unreadable(field)
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise unreadable("currency")
    return from_stripe(minor, currency)
