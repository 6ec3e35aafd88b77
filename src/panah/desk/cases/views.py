"""Inbox, list, case and search as pages: read input, call one action or query, render."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from panah.core.asks import NEEDS
from panah.core.casework_clocks import dues
from panah.core.casework_life import Status, may_follow
from panah.desk.answers import go, now, require_post, show, today
from panah.desk.cases import actions, forms, queries
from panah.desk.cases.replies import beginning, beginnings
from panah.desk.cases.verbs import VERBS
from panah.desk.offers import actions as offers
from panah.desk.process.present import present
from panah.desk.vault.desk import Desk
from panah.errors import N_, RefusedError


def inbox(_: HttpRequest) -> HttpResponse:
    """Show what nobody has dealt with."""
    with present().turn() as desk:
        context = {
            "part": "inbox", "letters": queries.inbox(desk), "lines": queries.cases(desk, today(), live=True),
            "team": _others(desk),
        }  # fmt: skip
        return show("inbox.html", context)


def deal(request: HttpRequest, verb: str) -> HttpResponse:
    """Deal with one letter: open a case of it, put it into one, take an offer, put it aside."""
    require_post(request)
    form, source = request.POST, forms.source(request.POST)
    with present().turn() as desk:
        if verb == "open":
            label = forms.text(form, "label", 200, empty=True)
            return go(f"/cases/{actions.open_case(desk, source, now(), members=form.getlist('members'), label=label)}")
        if verb == "attach":
            case = forms.key(form, "case")
            actions.attach(desk, source, case, now())
            return go(f"/cases/{case}")
        if verb == "offer":
            return go(f"/offers/{offers.take_offer(desk, source, now(), forms.text(form, 'label', 200, empty=True))}")
        if verb == "aside":
            actions.put_aside(desk, source, forms.text(form, "why", 1000), now())
            return go("/inbox")
        if verb == "word":
            return go(_take_word(desk, source))
    raise Http404


def _take_word(desk: Desk, source: bytes) -> str:
    found = next((one for one in queries.inbox(desk) if one.source == source), None)
    if found is None or not (found.cases or found.offers):
        raise RefusedError(N_("This message is not in the inbox any more."))
    if found.cases:
        case = queries.head_of(desk, found.cases[0])
        actions.take_message(desk, source, case, now())
        return f"/cases/{case}"
    offers.take_message(desk, source, found.offers[0], now())
    return f"/offers/{found.offers[0]}"


def cases(request: HttpRequest) -> HttpResponse:
    """List cases."""
    asked = request.GET.get("show", "live")
    with present().turn() as desk:
        shown: dict[str, dict[str, Any]] = {"live": {"live": True}, "mine": {"live": True, "member": desk.name}}
        narrowed = shown.get(asked, {})
        if asked in set(Status):
            narrowed = {"status": Status(asked)}
        lines = queries.cases(desk, today(), **narrowed)
        return show("cases.html", {"part": "cases", "lines": lines, "asked": asked, "statuses": list(Status)})


def new(request: HttpRequest) -> HttpResponse:
    """Open a case of somebody who came another way."""
    require_post(request)
    with present().turn() as desk:
        said = {"text": forms.text(request.POST, "text"), "day": today().isoformat()}
        label = forms.text(request.POST, "label", 200, empty=True)
        return go(f"/cases/{actions.open_by_hand(desk, said, now(), label=label)}")


def one(request: HttpRequest, case: str) -> HttpResponse:
    """Show a case."""
    with present().turn() as desk:
        state = desk.case(case)
        lang = next((box.lang for box in state.mailboxes.values()), "en")
        aside = {one.event.hash for one in state.set_aside}
        context = {
            "part": "cases", "case": state, "dues": dues(state, today()), "inside": desk.name in state.members,
            "next": [
                to for to in Status
                if to is not state.status
                and may_follow(state.status, to, asked_by_other=state.asked_by_other, reached=bool(state.reached))
            ],
            "needs": NEEDS, "others": [name for name in _others(desk) if name not in state.members], "me": desk.name,
            "beginnings": beginnings(), "begun": beginning(request.GET.get("begin", ""), lang),
            "history": [event for event in reversed(state.events) if event.hash not in aside],
            "faults": queries.faults(desk, case),
        }  # fmt: skip
        return show("case.html", context)


def act(request: HttpRequest, case: str, verb: str) -> HttpResponse:
    """Do what a form of the case page asks for."""
    require_post(request)
    if verb not in VERBS:
        raise Http404
    with present().turn() as desk:
        VERBS[verb](desk, case, request.POST.dict(), now())
    return go(f"/cases/{case}#{request.POST.get('back', '')[:20]}")


def search(request: HttpRequest) -> HttpResponse:
    """Find cases by words; what was looked for is in no address."""
    asked = request.POST.get("words", "")[:200] if request.method == "POST" else ""
    with present().turn() as desk:
        found = present().find(asked) if asked else []
        lines = {line.id: line for line in queries.cases(desk, today())}
        context = {"part": "search", "asked": asked, "lines": [lines[key] for key in found if key in lines]}
        return show("search.html", context)


def _others(desk: Desk) -> list[str]:
    return sorted(one.name for one in desk.roster.members if one.name != desk.name)
