"""The door for payment providers: a signed event in, a status out that says whether to send it again.

2xx: carried out, or none of our business. 4xx: it will never be taken as it is. 5xx: send it again. Events are
authenticated by their signature alone, and nothing of one goes into the log: its id could be tied to a person.

Plain WSGI, before Django (`before`): events come in bursts and wait for the writer together, and Django's
preparation of a request costs more than the whole booking of a gift (docs/benchmarks.md).
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse

from panah.errors import PanahError, RefusedError
from panah.rails.base import PullRail, RailEvent
from panah.rails.card.webhook import MAX_BYTES
from panah.site.answers import answer_bytes
from panah.site.gifts.actions import receive_event
from panah.site.gifts.providers import event_secret, reading_rail
from panah.site.home import site
from panah.site.throttle import throttle
from panah.storage.funds import FundHome

LIMITS: Final = {"card": MAX_BYTES, "fake": 16 * 1024}
_PLACE: Final = re.compile(r"(?:/f/([a-z0-9-]{1,40}))?/rails/([a-z]{2,12})/event")
_LINES: Final = {
    200: "200 OK",
    400: "400 Bad Request",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    411: "411 Length Required",
    413: "413 Content Too Large",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}
_HEADERS: Final = [
    ("content-type", "text/plain"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
]
log = logging.getLogger("panah.site")

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class _Sent:
    """A request's headers by their usual spelling, as rails ask for them."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def get(self, name: str) -> str | None:
        found: str | None = self._environ.get("HTTP_" + name.upper().replace("-", "_"))
        return found


def before(app: Application) -> Application:
    """Answer providers' events here, everything else by `app`."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _PLACE.fullmatch(environ["PATH_INFO"])
        if found is None:
            return app(environ, start_response)
        status, word = take(found[1] or "", found[2], environ)
        start_response(_LINES[status], [*_HEADERS, ("content-length", str(len(word)))])
        return [word.encode()]

    return answer


def receive(request: HttpRequest, rail: str, slug: str = "") -> HttpResponse:
    """Take an event where nothing stands before Django (another WSGI server's own entry)."""
    status, word = take(slug, rail, request.META)
    return answer_bytes(word.encode(), "text/plain", status)


def take(slug: str, rail: str, environ: Environ) -> tuple[int, str]:
    """Carry out the event of a WSGI request; give the status and one word."""
    fund = site().fund(slug)
    provider = reading_rail(fund, rail) if fund else None
    secret = event_secret(fund, rail) if fund else b""
    if fund is None or provider is None or not secret:
        return 404, "not-found"
    if (refused := _look(environ, LIMITS[rail])) is not None:
        return refused
    try:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        event = provider.read_event(cast("Mapping[str, str]", _Sent(environ)), body, secret)
        word = take_event(fund, provider, event) if event else "ignored"
    except PanahError as error:
        log.warning("event refused: %s", error.code)
        if error.code == "fatal":
            return 500, "failed"
        return 404 if isinstance(error, RefusedError) else 400, error.code
    except Exception as error:  # noqa: BLE001 - whatever it is, the provider sends the event again
        log.error("event failed: %s", type(error).__name__)
        return 500, "failed"
    return 503 if word == "later" else 200, word


def _look(environ: Environ, limit: int) -> tuple[int, str] | None:
    if environ["REQUEST_METHOD"] != "POST":
        return 405, "method"
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdecimal():
        return 411, "length"
    return (413, "size") if len(length) > 9 or int(length) > limit else None


def take_event(fund: FundHome, rail: PullRail, event: RailEvent) -> str:
    """Carry an event out; failed payments are counted against floods of them."""
    # A visit that ends unpaid is no failure of a card: people change their minds.
    if event.kind == "declined" or (event.kind == "failed" and rail.local_capture):
        throttle.fail(fund.slug, event.gift)
    return receive_event(fund, rail, event, dt.datetime.now(dt.UTC)).status
