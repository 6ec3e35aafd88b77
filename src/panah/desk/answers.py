"""A desk's answers: pages with a strict policy that nobody keeps. No page of a desk runs a script but the start page.

Titles and addresses tell nothing: a browser writes both into its history.
"""

from __future__ import annotations

import base64
import datetime as dt
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi, gettext

from panah.desk.process.present import present
from panah.errors import N_, InputError, PanahError

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
START: Final = (
    'const t=location.hash.slice(1);history.replaceState(null,"","/start");'
    'if(t){const i=document.getElementById("token");i.value=t;i.form.submit()}'
)
"""The one script: takes what is behind # out of the address and sends it in a form."""


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _style() -> str:
    return render_to_string("site/base.css") + render_to_string("desk/desk.css")


@cache
def _policy() -> str:
    return (
        f"default-src 'none'; style-src {_hashed(_style())}; script-src {_hashed(START)}; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def show(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page of `desk/templates/desk`."""
    here = present()
    frame = {
        "style": _style(), "lang": get_language(), "dir": "rtl" if get_language_bidi() else "ltr",
        "is_open": here.is_open and here.ending is None, "here": here, "today": today(),
    }  # fmt: skip
    return HttpResponse(render_to_string(f"desk/{template}", frame | context), status=status)


def show_error(error: PanahError, status: int = 0) -> HttpResponse:
    """Answer with what is wrong and what to do."""
    data = error.data
    sentence, hint = gettext(error.template), gettext(error.hint_template) if error.hint_template else ""
    context = {"sentence": sentence % data if data else sentence, "hint": hint % data if data else hint}
    return show("error.html", context, status or (400 if isinstance(error, InputError) else 409))


def told(error: PanahError) -> str:
    """Give an error's sentence and hint in the language of the page."""
    texts = [gettext(text) for text in (error.template, error.hint_template) if text]
    return " ".join(text % error.data if error.data else text for text in texts)


def go(address: str) -> HttpResponse:
    """Lead to a page after a form."""
    return HttpResponseRedirect(address, status=303)


def protect(answer: HttpResponse) -> HttpResponse:
    """Put the protective headers on an answer."""
    for name, value in _HEADERS.items():
        answer.headers[name] = value
    answer.headers.setdefault("Content-Security-Policy", _policy())
    return answer


def require_post(request: HttpRequest) -> None:
    """Refuse what is no form. Raises `InputError`."""
    if request.method != "POST":
        raise InputError(N_("This page can't do that."))


def now() -> dt.datetime:
    """Give the present time; actions take it as a value."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Give the day."""
    return now().date()
