"""Offers as pages: read input, call one action or query, render."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from panah.core.asks import OFFERS
from panah.desk.answers import go, now, require_post, show, today
from panah.desk.cases.forms import text
from panah.desk.offers import actions, queries
from panah.desk.process.present import present

_CHECKS = ("identity", "reference", "talk", "contact-outside")
_STATES = ("open", "taken", "ended")


def listed(request: HttpRequest) -> HttpResponse:
    """List offers."""
    kind = request.GET.get("kind", "")
    with present().turn() as desk:
        found = queries.offers(desk, today(), kind=kind if kind in OFFERS else "")
        return show("offers.html", {"part": "offers", "offers": found, "kinds": OFFERS, "kind": kind})


def one(_: HttpRequest, offer: str) -> HttpResponse:
    """Show an offer."""
    with present().turn() as desk:
        found = actions.offer_of(desk, offer)
        context = {
            "part": "offers", "offer": found, "checks": _CHECKS, "states": _STATES, "me": desk.name,
            "open": found.is_open(today().isoformat()), "mine": desk.name in found.vetted_by,
        }  # fmt: skip
        return show("offer.html", context)


def act(request: HttpRequest, offer: str, verb: str) -> HttpResponse:
    """Do what a form of the offer page asks for."""
    require_post(request)
    form = request.POST
    with present().turn() as desk:
        if verb == "note":
            actions.note(desk, offer, text(form, "text"), now())
        elif verb == "check" and form.get("check") in _CHECKS:
            actions.check(desk, offer, form["check"], text(form, "text", 1000), now())
        elif verb == "vet":
            actions.vet(desk, offer, now(), text(form, "text", 1000, empty=True))
        elif verb == "report":
            actions.report(desk, offer, text(form, "text"), now())
        elif verb == "lift":
            actions.lift(desk, offer, text(form, "text", 1000), now())
        elif verb == "state" and form.get("to") in _STATES:
            actions.set_state(desk, offer, form["to"], now(), text(form, "why", 1000, empty=True))
        elif verb == "reply":
            actions.send_reply(desk, offer, text(form, "text"), now())
        else:
            raise Http404
    return go(f"/offers/{offer}")
