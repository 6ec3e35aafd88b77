"""How this process is, for machines; and what it says when there is nothing, or when it broke."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any, Final

import orjson
from django.db import DatabaseError, connections
from django.utils.connection import ConnectionDoesNotExist
from django.utils.translation import gettext, override

from panah.core.charter import Charter
from panah.errors import N_, PanahError
from panah.site.answers import answer_bytes, answer_page
from panah.site.gifts.queries import fund_rules
from panah.site.home import site
from panah.site.publish.page import Frame, draw, policy
from panah.site.publish.tongues import tongue

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from panah.storage.funds import FundHome

log = logging.getLogger("panah.site")
BROKEN: Final = N_("Something broke here. Nothing was taken twice and nothing was lost; please try again in a minute.")
_PLAIN: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Panah</title>'
    '<p>%s</p><p lang="fa" dir="rtl">%s</p></html>'
)
_PLAIN_POLICY: Final = "default-src 'none'"


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Say whether the funds can be read, and how old the newest checkpoint file is. Nothing personal."""
    funds = {}
    for fund in [found for slug in _slugs() if (found := site().fund(slug))]:
        try:
            funds[fund.slug] = _standing(fund)
        except ConnectionDoesNotExist:  # founded since this process started
            funds[fund.slug] = {"ok": False, "served": False}
        except (DatabaseError, OSError):
            funds[fund.slug] = {"ok": False}
    served = [entry for entry in funds.values() if entry.get("served", True)]
    ok = bool(served) and all(entry["ok"] for entry in served)
    return answer_bytes(orjson.dumps({"ok": ok, "funds": funds}), "application/json", 200 if ok else 503)


def _slugs() -> list[str]:
    folder = site().home / "funds"
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []


def _standing(fund: FundHome) -> dict[str, Any]:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT c.state, h.size FROM storage_counter c, storage_loghead h")
        state, size = cursor.fetchone()
    age = int(time.time() - (fund.log / "checkpoint").stat().st_mtime)
    return {"ok": True, "state": state, "log": size, "checkpoint_age": age}


def answer_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404 in the language of the address, or the fund's first one."""
    steps = [step for step in request.path.split("/") if step]
    slug = steps[1] if steps[:1] == ["f"] and len(steps) > 1 else ""
    try:
        fund = site().fund(slug) or site().fund()
        if fund is None:
            return _plain(N_("Nothing here"), 404)
        rules = fund_rules(fund)
    except (PanahError, DatabaseError):
        return _plain(N_("Nothing here"), 404)
    terms: Any = rules.charter
    charter = Charter.from_terms(rules.origin, terms)
    tag = next((step for step in steps if step in charter.languages), charter.languages[0])
    frame = Frame(charter, tag, site().prefix(fund.slug), notice=rules.new_roster_from)
    return answer_page(draw("site/missing.html", frame, {}), policy(), 404)


def answer_unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 400 to what no browser of ours sends."""
    return _plain(N_("This form can't be read."), 400)


def answer_broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 500 without asking database or templates: they may be what broke.

    The log gets the kind and the place of the fault, never its text: that could hold what a giver typed.
    """
    kind, _, trace = sys.exc_info()
    places = [f"{frame.name} line {frame.lineno}" for frame in traceback.extract_tb(trace)[-3:]]
    log.error("request failed: %s in %s", kind.__name__ if kind else "?", " < ".join(reversed(places)))
    return _plain(BROKEN, 500)


def _plain(sentence: str, status: int) -> HttpResponse:
    with override(tongue("fa").django):
        persian = gettext(sentence)
    return answer_page((_PLAIN % (sentence, persian)).encode(), _PLAIN_POLICY, status)
