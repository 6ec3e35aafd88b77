"""The door for payment providers: a signed event in, a status out that says whether to send it again.

2xx: carried out, or none of our business. 4xx: it will never be taken as it is. 503: not yet. Events are
authenticated by their signature alone, and nothing of one goes into the log: its id could be tied to a person.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse

from panah.errors import InputError, ProofError, RefusedError
from panah.rails.base import PullRail, RailEvent
from panah.rails.card.webhook import MAX_BYTES
from panah.site.answers import RequestError, answer_bytes, read_body, require_method
from panah.site.gifts.actions import receive_event
from panah.site.gifts.providers import event_secret, reading_rail
from panah.site.home import site
from panah.site.throttle import throttle
from panah.storage.funds import FundHome

LIMITS: Final = {"card": MAX_BYTES, "fake": 16 * 1024}
log = logging.getLogger("panah.site")


def receive(request: HttpRequest, rail: str, slug: str = "") -> HttpResponse:
    """Take a provider's event."""
    fund = site().fund(slug)
    provider = reading_rail(fund, rail) if fund else None
    secret = event_secret(fund, rail) if fund else b""
    if fund is None or provider is None or not secret:
        raise Http404
    try:
        require_method(request, "POST")
        event = provider.read_event(request.headers, read_body(request, LIMITS[rail]), secret)
        status = take_event(fund, provider, event) if event else "ignored"
    except RequestError as error:
        return answer_bytes(error.code.encode(), "text/plain", error.status)
    except (InputError, ProofError, RefusedError) as error:
        log.warning("event refused: %s", error.code)
        return answer_bytes(error.code.encode(), "text/plain", 404 if isinstance(error, RefusedError) else 400)
    return answer_bytes(status.encode(), "text/plain", 503 if status == "later" else 200)


def take_event(fund: FundHome, rail: PullRail, event: RailEvent) -> str:
    """Carry an event out; failed payments are counted against floods of them."""
    # A visit that ends unpaid is no failure of a card: people change their minds.
    if event.kind == "declined" or (event.kind == "failed" and rail.local_capture):
        throttle.fail(fund.slug, event.gift)
    return receive_event(fund, rail, event, dt.datetime.now(dt.UTC)).status
