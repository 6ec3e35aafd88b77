"""What members do with offers. All of the team read them, so that one report stops an offer on every desk."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from panah.core.teamwork import Offer
from panah.desk.cases.actions import letter, mark_taken
from panah.desk.vault import mailing
from panah.desk.vault.desk import Desk
from panah.errors import N_, RefusedError

_SAID = frozenset(
    {"lang", "mailbox", "text", "capacity", "languages", "until", "contact", "country", "notify", "voucher"}
)


def take_offer(desk: Desk, source: bytes, now: dt.datetime, label: str = "") -> str:
    """Take an offer from the inbox into the team's list; gives its id."""
    found = letter(desk, source, "offer")
    said = {key: value for key, value in found.body.items() if key in _SAID}
    said |= {"source": source.hex(), "address": base64.b64encode(found.mailbox).decode(), "day": found.day}
    offer = _add(desk, {"from": "offer", "kind": found.body["kind"], **said}, now, label)
    for mailbox in desk.team.offers[offer].mailboxes.values():
        desk.store.queue([(push, False) for push in mailing.collected(desk, mailbox, now.date())])
    return offer


def add_offer(desk: Desk, kind: str, said: Mapping[str, Any], now: dt.datetime, label: str = "") -> str:
    """Note an offer that came another way; `said` has the keys of an offer."""
    return _add(desk, {"from": "hand", "kind": kind, **said}, now, label)


def _add(desk: Desk, what: dict[str, Any], now: dt.datetime, label: str) -> str:
    identity = secrets.token_hex(16)
    what = {"type": "offer", "offer": identity, **what} | ({"label": label} if label else {})
    desk.write(desk.team_circle(), what, now)
    if identity not in desk.team.offers:
        raise RefusedError(N_("A colleague has taken this offer already."))
    return identity


def offer_of(desk: Desk, offer: str) -> Offer:
    """Find an offer. Raises `RefusedError`."""
    found = desk.team.offers.get(offer)
    if found is None:
        raise RefusedError(N_("There is no such offer."))
    return found


def _say(desk: Desk, offer: str, kind: str, now: dt.datetime, **what: Any) -> None:
    offer_of(desk, offer)
    desk.write(desk.team_circle(), {"type": kind, "offer": offer, **what}, now)


def note(desk: Desk, offer: str, text: str, now: dt.datetime) -> None:
    """Write a note that all of the team read."""
    _say(desk, offer, "offer-note", now, text=text)


def check(desk: Desk, offer: str, what: str, text: str, now: dt.datetime) -> None:
    """Note a check: `identity`, `reference`, `talk` or `contact-outside`, and what came of it."""
    _say(desk, offer, "offer-check", now, check=what, text=text)


def vet(desk: Desk, offer: str, now: dt.datetime, text: str = "") -> None:
    """Say that the offer is as it seems; the second member who does opens it."""
    if offer_of(desk, offer).is_frozen:
        raise RefusedError(N_("This offer is frozen: two members lift that first."))
    _say(desk, offer, "offer-vetted", now, **({"text": text} if text else {}))


def report(desk: Desk, offer: str, why: str, now: dt.datetime) -> None:
    """Freeze an offer, on all desks as soon as they hear of it."""
    _say(desk, offer, "offer-report", now, why=why)


def lift(desk: Desk, offer: str, why: str, now: dt.datetime) -> None:
    """Say that a report is cleared up; takes two members who did not report."""
    if desk.name in offer_of(desk, offer).reported_by:
        raise RefusedError(N_("Whoever reported an offer does not lift that: two others do."))
    _say(desk, offer, "offer-lifted", now, why=why)


def set_state(desk: Desk, offer: str, to: str, now: dt.datetime, why: str = "") -> None:
    """Set an offer `open`, `taken` or `ended`."""
    _say(desk, offer, "offer-state", now, to=to, **({"why": why} if why else {}))


def take_message(desk: Desk, source: bytes, offer: str, now: dt.datetime) -> None:
    """Put a later word of who offered beside the offer."""
    word = letter(desk, source, "message")
    address = base64.b64encode(word.mailbox).decode()
    if address not in offer_of(desk, offer).mailboxes:
        raise RefusedError(N_("This message is not from who made this offer."))
    said = {"source": source.hex(), "address": address, "lang": word.body["lang"], "text": word.body["text"]}
    _say(desk, offer, "offer-message", now, **said, day=word.day)
    mark_taken(desk, source, "", now)


def send_reply(desk: Desk, offer: str, text: str, now: dt.datetime, lang: str = "") -> str:
    """Answer to who made an offer; gives the id of the answer."""
    mailbox = next(iter(offer_of(desk, offer).mailboxes.values()), None)
    if mailbox is None:
        raise RefusedError(N_("This offer has no mailbox: it came another way."))
    slot, tongue = mailing.new_slot(), lang or mailbox.lang
    pushes = mailing.reply(desk, mailbox, slot, text, tongue)
    what = {"type": "offer-reply", "offer": offer, "address": mailbox.address, "slot": slot, "lang": tongue}
    desk.write(desk.team_circle(), what | {"text": text, "day": now.date().isoformat()}, now, beside=pushes)
    return slot
