"""What every request passes first: it must be this desk's own page in the one browser that the start link opened.

Refuses each request whose `Host` is not this address and port (a name that was pointed here, DNS rebinding), each that
another page caused (`Origin`, `Sec-Fetch-Site`; W3C Fetch Metadata), each form without `Origin`, and each without
this browser's
cookie (RFC 6265bis, SameSite=Strict). All are answered alike and tell nothing. A cookie is shared among the ports of
a machine: another program's page on 127.0.0.1 that this browser opens would be sent it, which docs/threats.md says.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from panah.desk.answers import protect, show, show_error
from panah.desk.process.present import Present, present
from panah.desk.process.supervisor import HOST
from panah.errors import PanahError

_OPEN: Final = frozenset({"/start"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class Gate:
    """Django's middleware: gate, language, headers, and errors in plain words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = present()
        with override(here.lang):
            if not _is_own(request, here):
                return protect(show("refused.html", {}, 403))
            here.touch()
            return protect(self._answer(request))

    def process_exception(self, _: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say an error of ours as a page; a fault of ours goes to Django's plain 500."""
        return show_error(error) if isinstance(error, PanahError) else None


def cookie_name(port: int) -> str:
    """Name the cookie: desks on two ports don't take each other's."""
    return f"panah-desk-{port}"


def own_address(port: int) -> str:
    """Give the origin of this desk's pages."""
    return f"http://{HOST}:{port}"


def _is_own(request: HttpRequest, here: Present) -> bool:
    meta = request.META
    own = own_address(here.port)
    origin = meta.get("HTTP_ORIGIN")
    if request.method not in _METHODS or meta.get("HTTP_HOST") != f"{HOST}:{here.port}":
        return False
    if origin != own and (origin is not None or request.method == "POST"):
        return False
    if meta.get("HTTP_SEC_FETCH_SITE", "none") not in {"none", "same-origin"}:
        return False
    if request.path in _OPEN:
        return True
    shown = request.COOKIES.get(cookie_name(here.port), "")
    return hmac.compare_digest(shown.encode(), here.session.encode())
