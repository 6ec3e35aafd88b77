"""The addresses of relay and mailbox: read bytes, call one action or query, answer in bytes (docs/spec/relay.md).

Plain WSGI, before Django (`before`), as with providers' events: Django would hold a body of 4 MiB to a limit made for
forms, and its preparation of a request costs more than taking an envelope in (docs/benchmarks.md). What a program of
ours sends is always answered with 200 and one length, whatever happened. Nothing of a request is ever logged.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast

from django.db import DatabaseError, connections

from panah.errors import InputError
from panah.proof import canonical, deskwire, mailboxwire, relaywire
from panah.proof.relaywire import NOTHING, answer
from panah.seal import outer
from panah.site.answers import answer_bytes
from panah.site.home import site
from panah.site.relay import actions, desking, dummies, forms, queries
from panah.site.relay.forgetting import wake
from panah.site.relay.forms import Environ, Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from panah.site.relay.queries import Way
    from panah.storage.funds import FundHome

WAY: Final = "panah.way"
"""In a request's surroundings: `door` where it came over the door's own socket (`doorway.py`)."""
_PLACE: Final = re.compile(r"(?:/f/([a-z0-9-]{1,40}))?/((?:relay|mailbox)/[a-z]{3,9})")
_LINES: Final = {
    200: "200 OK", 404: "404 Not Found", 405: "405 Method Not Allowed", 408: "408 Request Timeout",
    411: "411 Length Required", 413: "413 Content Too Large", 415: "415 Unsupported Media Type",
    500: "500 Internal Server Error", 503: "503 Service Unavailable",
}  # fmt: skip
_HEADERS: Final = [
    ("content-type", forms.KIND), ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
]  # fmt: skip
_STANDING: Final = [("content-type", "application/json"), ("cache-control", "public, max-age=60"), *_HEADERS[2:]]
log = logging.getLogger("panah.site")

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was read: `path` is the address below the fund's folder."""

    fund: FundHome
    path: str
    body: bytes
    way: Way
    now: dt.datetime
    signed: str | None

    @property
    def today(self) -> dt.date:
        return self.now.date()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def place_of(path: str) -> tuple[str, str] | None:
    """Give the fund's short name (empty: the one at `/`) and the address below its folder; None: not ours."""
    found = _PLACE.fullmatch(path)
    return (found[1] or "", found[2]) if found else None


def before(app: Application) -> Application:
    """Answer relay and mailbox here, everything else by `app`."""

    def respond(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = place_of(environ["PATH_INFO"])
        if found is None or found[1] not in _ADDRESSES:
            return app(environ, start_response)
        status, body = take(*found, environ)
        headers = _STANDING if found[1] == "relay/standing" and status == 200 else _HEADERS
        start_response(_LINES[status], [*headers, ("content-length", str(len(body)))])
        return [body]

    return respond


def receive(request: HttpRequest, room: str, name: str, slug: str = "") -> HttpResponse:
    """Answer where nothing stands before Django (another WSGI server's own entry)."""
    status, body = take(slug, f"{room}/{name}", request.META)
    return answer_bytes(body, forms.KIND, status)


def take(slug: str, path: str, environ: Environ) -> tuple[int, bytes]:
    """Carry out a WSGI request; give status and body."""
    fund = site().fund(slug)
    place, way = _ADDRESSES.get(path), cast("Way", environ.get(WAY, "script"))
    if fund is None or place is None or (way == "door" and not place.door):
        return 404, answer("unknown")
    if environ["REQUEST_METHOD"] != place.method:
        return 405, answer("unreadable")
    try:
        body = forms.read_body(environ, place.limit) if place.limit else b""
        return 200, place.view(Asked(fund, path, body, way, _now(), environ.get("HTTP_PANAH_SIGNED")))
    except Refusal as refusal:
        return refusal.status, refusal.body
    except InputError:
        return 200, answer("unreadable")
    except Exception as error:  # noqa: BLE001 - whatever it is, the same may be sent again
        log.error("relay failed: %s", type(error).__name__)
        if isinstance(error, DatabaseError):
            connections[fund.alias].close_if_unusable_or_obsolete()
        return 500, answer("busy")


# -- people


def _standing(asked: Asked) -> bytes:
    there = queries.intake_of(asked.fund, asked.today)
    quota = there.used[asked.way]
    return relaywire.write_standing(
        relaywire.Standing(
            there.origin, asked.today, there.until, there.roster, not quota.has_room(1, vouched=False),
            asked.today + dt.timedelta(days=1), 0 if asked.way == "door" else queries.limits().bits,
            there.salt or actions.draw_salt(asked.fund, asked.today),
        )
    )  # fmt: skip


def _deposit(asked: Asked) -> bytes:
    deposit = relaywire.read_deposit(asked.body)
    bucket = outer.parse(deposit.envelope).bucket
    allowed = queries.limits()
    bits = 0 if asked.way == "door" else relaywire.bits_for(allowed.bits, len(deposit.envelope))
    if bits and not _is_worked(asked, deposit, bits):
        raise Refusal("work")
    return answer(actions.take_in(asked.fund, deposit, bucket, asked.way, allowed, asked.today))


def _is_worked(asked: Asked, deposit: relaywire.Deposit, bits: int) -> bool:
    """Look at the work; yesterday's salt counts too, for who began before midnight."""
    digest = sha256(deposit.envelope).digest()
    days = (asked.today, asked.today - actions.YESTERDAY)
    salts = (salt for day in days if (salt := queries.salt_on(asked.fund, day)))
    return any(relaywire.work_holds(salt, digest, deposit.work, bits) for salt in salts)


def _read(asked: Asked) -> bytes:
    lookup, part = mailboxwire.read_read(asked.body)
    found = queries.read_mailbox(asked.fund, lookup, part)
    slots = dummies.filled(found.replies, mailboxwire.slots_of(part)[1])
    return mailboxwire.write_box(mailboxwire.Box(found.sent, found.kept, slots))


def _chunk(asked: Asked) -> bytes:
    chunk = queries.read_chunk(asked.fund, *mailboxwire.read_piece(asked.body))
    if chunk is None:
        raise Refusal("unknown", 404)
    return chunk


def _delete(asked: Asked) -> bytes:
    if actions.delete(asked.fund, *mailboxwire.read_delete(asked.body)):
        wake(asked.fund)
    return answer("done")


# -- desks


def _know(asked: Asked) -> desking.Desk:
    return desking.know(asked.fund, asked.path, asked.signed, asked.body, asked.now)


def _pull(asked: Asked) -> bytes:
    _know(asked)
    return deskwire.write_stream(queries.read_after(asked.fund, deskwire.read_pull(asked.body)))


def _push(asked: Asked) -> bytes:
    _know(asked)
    pushes = deskwire.read_push(asked.body)
    for one in pushes:
        outer.parse(one.envelope)
    return deskwire.write_numbers(deskwire.PUSHED, actions.push(asked.fund, pushes, asked.today))


def _ack(asked: Asked) -> bytes:
    desk = _know(asked)
    if actions.acknowledge(asked.fund, desk.member, deskwire.read_numbers(deskwire.ACK, asked.body), asked.today):
        wake(asked.fund)
    return answer("done")


def _vouch(asked: Asked) -> bytes:
    _know(asked)
    actions.vouch(asked.fund, *deskwire.read_vouch(asked.body))
    return answer("done")


def _challenge(asked: Asked) -> bytes:
    desk = _know(asked)
    if asked.body != deskwire.CHALLENGE:
        raise Refusal("unreadable")
    sealed = actions.challenge(asked.fund, desk.member, desk.roster, asked.today)
    return sealed or answer("unknown")


def _answer(asked: Asked) -> bytes:
    desk = _know(asked)
    day, secret = deskwire.read_solved(asked.body)
    return answer("done" if actions.answer(asked.fund, desk.member, day, secret, asked.today) else "wrong")


def _duties(asked: Asked) -> bytes:
    _know(asked)
    if asked.body != deskwire.DUTIES:
        raise Refusal("unreadable")
    there = queries.intake_of(asked.fund, asked.today)
    told = [[name, day.isoformat()] for name, (day, _) in sorted(there.answers.items()) if name in there.live]
    until = (there.until or asked.today).isoformat()
    return canonical.encode({"answered": told, "open": int(there.until is not None), "until": until})


@dataclass(frozen=True, slots=True)
class _Place:
    """What answers at an address; `limit` bytes of body at most, `door`: also over the door's socket."""

    view: Callable[[Asked], bytes]
    limit: int
    door: bool = False
    method: str = "POST"


_SMALL: Final = 128
_ADDRESSES: Final = {
    "relay/standing": _Place(_standing, 0, door=True, method="GET"),
    "relay/deposit": _Place(_deposit, relaywire.DEPOSIT_HEAD + relaywire.LARGEST, door=True),
    "mailbox/read": _Place(_read, _SMALL, door=True),
    "mailbox/chunk": _Place(_chunk, _SMALL, door=True),
    "mailbox/delete": _Place(_delete, _SMALL, door=True),
    "relay/pull": _Place(_pull, _SMALL),
    "relay/push": _Place(_push, deskwire.LARGEST_PUSH),
    "relay/ack": _Place(_ack, len(deskwire.ACK) + 8 * deskwire.MOST_NUMBERS),
    "relay/vouch": _Place(_vouch, len(deskwire.VOUCH) + 10 + len(NOTHING) * deskwire.MOST_VOUCHERS),
    "relay/challenge": _Place(_challenge, _SMALL),
    "relay/answer": _Place(_answer, _SMALL),
    "relay/duties": _Place(_duties, _SMALL),
}
