"""Answers of dynamic pages: the same protective headers as the published files, and nothing kept by anybody.

Requests carry no authority of their own here (no accounts, no cookies), so there is nothing for a foreign
page to ride on. Still, a form sent by another site is refused: it could make a giver pay into a gift whose
receipt code somebody else knows. `Origin: null` counts as foreign: our pages say
`Referrer-Policy: same-origin`, so that browsers name them, and only framed or saved copies say null. A
missing `Origin` is accepted: old browsers and command-line tools send none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from panah.errors import N_, InputError, RefusedError

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class RequestError(InputError):
    """A request that no page of ours makes; `status` is its HTTP answer."""

    def __init__(self, status: int, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.status = status


def answer_page(body: bytes, policy: str, status: int = 200) -> HttpResponse:
    """Answer with a page of ours."""
    answer = HttpResponse(body, status=status, headers=_page_headers(policy))
    answer.headers["Content-Length"] = str(len(body))
    return answer


@cache
def _page_headers(policy: str) -> dict[str, str]:
    return HEADERS | {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
    }


def answer_bytes(body: bytes, kind: str, status: int = 200, extra: Mapping[str, str] | None = None) -> HttpResponse:
    """Answer with a file or with machine text."""
    headers = HEADERS | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
    return HttpResponse(body, status=status, content_type=kind, headers=headers | dict(extra or {}))


def read_body(request: HttpRequest, limit: int, kind: str = "") -> bytes:
    """Read a request's body: of known length, at most `limit`, of the one content type. Raises `RequestError`."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdecimal():
        raise RequestError(411, N_("This request does not say how long it is."))
    if len(length) > 12 or int(length) > limit:
        raise RequestError(413, N_("This form is too long."), N_("Go back and shorten what you typed."))
    if kind and (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower() != kind:
        raise RequestError(415, N_("This form can't be read."), N_("Load the page again and fill it in once more."))
    return request.body


def refuse_foreign(request: HttpRequest, own_address: str) -> None:
    """Refuse a form that another site's page sent. Raises `RefusedError`."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return
    # The scheme is not compared: behind a proxy this process does not know its own.
    hosts = {(request.META.get("HTTP_HOST") or "").lower(), urlsplit(own_address).netloc.lower()} - {""}
    if urlsplit(origin).netloc.lower() not in hosts:
        raise RefusedError(
            N_("This form came from a page of another site."),
            hint=N_("Open the fund's own page and fill in the form there."),
        )


def require_method(request: HttpRequest, *methods: str) -> None:
    """Refuse a request in another way than these. Raises `RequestError`."""
    if request.method not in methods:
        raise RequestError(405, N_("This page can't do that."))
