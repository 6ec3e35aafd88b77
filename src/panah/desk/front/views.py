"""The way in (start link, passphrase), the way out (lock, quit), the overview, and meeting the site."""

from __future__ import annotations

import hmac

from django.http import HttpRequest, HttpResponse

from panah.desk.answers import START, go, now, require_post, show, show_error, today, told
from panah.desk.front import forms, queries
from panah.desk.process.gate import cookie_name
from panah.desk.process.orders import LOCKED, QUIT
from panah.desk.process.present import present
from panah.desk.vault.sync import sync
from panah.desk.vault.transport import HttpTransport
from panah.errors import N_, InputError, PanahError, RefusedError


def start(request: HttpRequest) -> HttpResponse:
    """Let the browser in that has the start link, once."""
    here = present()
    if request.method != "POST":
        return show("start.html", {"script": START})
    typed = request.POST.get("token", "").strip().rpartition("#")[2]
    if not here.start or not hmac.compare_digest(typed.encode(), here.start.encode()):
        error = RefusedError(
            N_("This start link was used already, or is another desk's."),
            hint=N_("End the desk with Ctrl-C and start it again: it gives a new link."),
        )
        return show_error(error, 403)
    here.use_start()
    answer = go("/")
    answer.set_cookie(cookie_name(here.port), here.session, httponly=True, samesite="Strict")
    return answer


def overview(_: HttpRequest) -> HttpResponse:
    """Show the unlock page, how far the opening is, or what there is to do."""
    here = present()
    if here.is_opening:
        return go("/opening")
    if not here.is_open:
        return show("unlock.html", {"said": here.said})
    with here.turn() as desk:
        notice, here.notice = here.notice, None
        seen = queries.look(desk, today())
        return show("overview.html", {"seen": seen, "own": queries.key_days(desk), "notice": notice})


def unlock(request: HttpRequest) -> HttpResponse:
    """Open the desk. Whatever is wrong is answered in one way, and this process ends with what was typed."""
    require_post(request)
    here = present()
    if here.is_open:
        return go("/")
    try:
        here.unlock(forms.read_passphrase(request.POST), now())
    except PanahError as error:
        return _not_opened(error)
    return go("/opening" if here.is_opening else "/")


def opening(_: HttpRequest) -> HttpResponse:
    """Show how far the opening is; the page asks again by itself."""
    here = present()
    if not here.is_opening:
        return go("/")
    try:
        done = here.wait_open()
    except PanahError as error:
        return _not_opened(error)
    return go("/") if done else show("opening.html", {"rows": here.rows})


def _not_opened(error: PanahError) -> HttpResponse:
    page = show("unlock.html", {"wrong": told(error)}, 403)
    present().end(LOCKED)
    return page


def lock(request: HttpRequest) -> HttpResponse:
    """End this process; the next one shows the unlock page."""
    require_post(request)
    present().end(LOCKED)
    return go("/")


def leave(request: HttpRequest) -> HttpResponse:
    """End this process and the supervisor."""
    require_post(request)
    page = show("left.html", {"is_open": False})
    present().end(QUIT)
    return page


def language(request: HttpRequest) -> HttpResponse:
    """Speak another language."""
    require_post(request)
    present().speak(forms.read_language(request.POST))
    return go("/")


def meet(request: HttpRequest) -> HttpResponse:
    """Do the standing duties: read the log, take and bring letters, answer the day's challenge."""
    require_post(request)
    here = present()
    with here.turn() as desk:
        if not desk.fund.site:
            raise InputError(N_("This desk knows no site."))
        here.notice = sync(desk, HttpTransport(desk.fund.site), now())
    return go("/")


def missing(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Say that there is no such page."""
    return show("missing.html", {}, 404)


def broken(_: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return show("broken.html", {}, 500)
