"""The gift pages: read the request, call one action, show one page.

Nothing here needs script, a cookie or an account. Receipt codes come in a POST body only, are answered
once and forgotten. What a person typed comes back with every error; what no form of ours sends gets a
short refusal. Providers' events come in through `hooks.py`.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse

from panah.core.fund import State
from panah.core.money import Money
from panah.errors import N_, InputError, PanahError, ProofError, RefusedError
from panah.rails.base import GiftOrder, RailEvent
from panah.rails.fake.webhook import sign_event
from panah.rails.registry import PULL, PUSH
from panah.seal.receipt import commitment, group, new_code
from panah.site.answers import RequestError, answer_bytes, answer_page, read_body, refuse_foreign, require_method
from panah.site.funds.actions import fake_secret
from panah.site.gifts import forms
from panah.site.gifts.actions import GiftRequest, Promised, promise
from panah.site.gifts.amounts import counting, left_below, offered, written
from panah.site.gifts.cards import send_to_provider, visit_page
from panah.site.gifts.faces import Face, face_of
from panah.site.gifts.hooks import take_event
from panah.site.gifts.queries import FormFacts, form_facts, gift_by_id, gifts_by_commitment
from panah.site.gifts.receipts import receipt_page, signed_file
from panah.site.gifts.returning import ask_back
from panah.site.gifts.transfer import transfer_values
from panah.site.home import site
from panah.site.throttle import address_of, throttle
from panah.storage.rows import new_gift_id

if TYPE_CHECKING:
    from panah.storage.rows import GiftRow

View = Callable[[HttpRequest, Face, FormFacts], HttpResponse]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _in_fund(depth: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give the view its fund and language; show what it raises as a page. `depth` leads to the fund's folder."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, lang: str, slug: str = "", **rest: str) -> HttpResponse:
            fund = site().fund(slug)
            found = face_of(fund, lang, depth) if fund else None
            if found is None:
                raise Http404
            face, facts = found
            try:
                require_method(request, "GET", "HEAD", "POST")
                if request.method == "POST":
                    refuse_foreign(request, site().address)
                return view(request, face, facts, **rest)
            except RequestError as error:
                return _refused(face, error, error.status)
            except (InputError, ProofError) as error:
                return _refused(face, error, 400)
            except RefusedError as error:
                return _refused(face, error, 409)

        return answer

    return wrap


def _refused(face: Face, error: PanahError, status: int) -> HttpResponse:
    return answer_page(face.draw("refused", "", {"told": face.say(error)}), face.policy, status)


def add_slash(request: HttpRequest, lang: str, slug: str = "") -> HttpResponse:  # noqa: ARG001
    """Send on to the address with a slash, on which the page's links stand; a form is sent again as it was."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponse(status=308, headers={"Location": f"{request.path}/" + (f"?{query}" if query else "")})


# -- give


@_in_fund("../../")
def give(request: HttpRequest, face: Face, facts: FormFacts) -> HttpResponse:
    """Show the form, or take it."""
    if request.method == "POST":
        return _take_form(request, face, facts)
    if facts.state is not State.OPEN or facts.gifts_paused or face.all_stopped:
        return _shut(face, facts)
    amount = request.GET.get("amount", "")
    return answer_page(_form(face, new_gift_id(_now().date()), new_code(), amount[:40]), face.policy)


def _form(face: Face, gift: str, code: str, amount: str) -> bytes:
    values = {"gift": gift, "rc": "", "amount": amount, "code": code, "code_shown": group(code)}
    return face.prepare_form().fill(values)


def _shut(face: Face, facts: FormFacts, status: int = 200) -> HttpResponse:
    paused = facts.gifts_paused or face.all_stopped
    page = face.prepare("shut", "give/", state=facts.state.value, paused=paused, late=status == 409)
    return answer_page(page.fill({}), face.policy, status)


def _take_form(request: HttpRequest, face: Face, facts: FormFacts) -> HttpResponse:
    body = read_body(request, forms.LIMIT, forms.TYPE)
    try:
        gift = forms.read_gift(body, face.charter.currency, face.charter.rails, offered(face))
    except forms.FormError as error:
        return _form_again(face, error, error.typed, error.problems)
    wait = throttle.ask(face.fund.slug, address_of(request.META), gift.id, by_card=gift.rail in PULL)
    if wait:
        return _ask_to_wait(face, body, wait)
    asked = GiftRequest(gift.id, gift.rail, gift.amount, gift.takes_rest, gift.rc, face.tag)
    try:
        promised = promise(face.fund, asked, _now())
    except RefusedError as error:
        if facts.state is not State.OPEN or facts.gifts_paused or face.all_stopped:
            return _shut(face, facts, 409)
        typed = forms.read_fields(body, forms.GIVE_FIELDS)
        return _form_again(face, error, typed, {}, getattr(error, "options", ()))
    if promised.rail == "card":
        return _lead_on(face, promised.id, body)
    return _show_payment(face, facts, promised, gift)


def _ask_to_wait(face: Face, body: bytes, seconds: int) -> HttpResponse:
    error = RefusedError(
        N_("More forms come from your network just now than we can take."),
        hint=N_("Nothing is lost: please wait %(seconds)s seconds, then press the button once more."), seconds=seconds,
    )  # fmt: skip
    answer = _form_again(face, error, forms.read_fields(body, forms.GIVE_FIELDS), {})
    answer.status_code = 429
    answer["Retry-After"] = str(seconds)
    return answer


def _lead_on(face: Face, gift: str, body: bytes) -> HttpResponse:
    try:
        return send_to_provider(face, "card", gift)
    except RefusedError as error:
        # Nothing is lost: the same gift, under the same code, can go on another way.
        typed = forms.read_fields(body, forms.GIVE_FIELDS) | {"rail": ""}
        return _form_again(face, error, typed, {})


def _form_again(
    face: Face, error: PanahError, typed: dict[str, str], problems: dict[str, PanahError],
    options: tuple[Money, ...] = (),
) -> HttpResponse:  # fmt: skip
    """Show the form with everything that was typed, and what is wrong with it."""
    code = typed.get("code", "") if not typed.get("rc") else ""
    shown = group("".join(c for c in code if c.isdecimal()))
    values = {
        "gift": typed.get("gift", ""), "rc": typed.get("rc", ""), "amount": typed.get("amount", ""),
        "code": code, "code_shown": shown,
    }  # fmt: skip
    context = face.form_parts(typed.get("rail", ""), typed.get("cur", "")) | {
        "v": values,
        "told": face.say(error),
        "problems": {field: face.say(problem) for field, problem in problems.items()},
        "rest": typed.get("rest") == "yes",
        "options": options,
        "kept": [(name, value) for name, value in typed.items() if name not in {"amount", "cur"}],
    }
    status = 422 if problems else 409
    return answer_page(face.draw("give", "give/", context), face.policy, status)


def _show_payment(face: Face, facts: FormFacts, promised: Promised, gift: forms.Gift) -> HttpResponse:
    rail, amount, today = promised.rail, promised.amount, _now().date()
    shown = {
        "gift": promised.id,
        "code": gift.code,
        "rc": base64.b64encode(gift.rc).decode(),
        "code_shown": group(gift.code),
        "counts": counting(face, rail, amount, today),
    }
    flags = {"has_code": bool(gift.code), "foreign": bool(shown["counts"])}
    if rail in PUSH:
        # A transfer can't be refused and comes in days, so no rest is offered: the giver is told, and decides.
        left = left_below(face, facts.rest, amount, today)
        order = GiftOrder(promised.id, amount, promised.reference or "", face.tag)
        page = face.prepare("transfer", "give/", **flags, over=bool(left))
        return answer_page(page.fill(shown | {"left": left} | transfer_values(face, rail, order)), face.policy)
    page = face.prepare("pay", "give/", **flags)
    return answer_page(page.fill(shown | {"sum": written(face, amount)}), face.policy)


# -- on the way to a provider, and back


@_in_fund("../../../")
def pay(request: HttpRequest, face: Face, facts: FormFacts, gift: str) -> HttpResponse:
    """Lead to a card gift's provider or show how it stands; in the demo, stand in for the provider."""
    row = gift_by_id(face.fund, gift) if forms.is_gift_id(gift) else None
    if row is not None and row.rail == "card":
        if request.method == "POST" and row.status == "promised":
            return send_to_provider(face, row.rail, row.id)
        return visit_page(face, facts, row)
    secret = fake_secret(face.fund)
    if row is None or row.rail != "fake" or not secret:
        raise Http404
    if request.method != "POST":
        return _pay_page(face, facts, row)
    do, code = forms.read_payment(read_body(request, forms.LIMIT, forms.TYPE))
    if code and commitment(code) != row.rc:
        raise InputError(N_("This form can't be read."))
    amount = Money(row.amount, row.currency)
    event = RailEvent(secrets.token_hex(12), row.id, "authorised" if do == "pay" else "failed", amount, _now().date())
    headers, body = sign_event(event, secret)
    _carry_event(face, "fake", headers, body)
    rows = gifts_by_commitment(face.fund, row.rc)
    return answer_page(receipt_page(face, form_facts(face.fund), rows, code), face.policy)


def _pay_page(face: Face, facts: FormFacts, row: GiftRow) -> HttpResponse:
    if row.status != "promised":
        return answer_page(receipt_page(face, facts, [row], ""), face.policy)
    amount = Money(row.amount, row.currency)
    shown = {
        "gift": row.id, "rc": base64.b64encode(row.rc).decode(), "sum": written(face, amount),
        "counts": counting(face, row.rail, amount, _now().date()),
    }  # fmt: skip
    page = face.prepare("pay", "give/", has_code=False, foreign=bool(shown["counts"]))
    return answer_page(page.fill(shown), face.policy)


# -- receipt


@_in_fund("../../")
def receipt(request: HttpRequest, face: Face, facts: FormFacts) -> HttpResponse:
    """Ask for a code, or show the gift of the one in the form; or give a signed file of it."""
    if request.method != "POST":
        return answer_page(face.prepare("ask", "receipt/").fill({}), face.policy)
    try:
        asked = forms.read_receipt_code(read_body(request, forms.LIMIT, forms.TYPE))
    except forms.FormError as error:
        return _ask_again(face, error.problems["code"], 422)
    rc = commitment(asked.code)
    rows = gifts_by_commitment(face.fund, rc)
    if not rows:
        unknown = RefusedError(
            N_("No gift belongs to this code here."),
            hint=N_("If you only looked at the form and did not go on, nothing was written down."),
        )
        return _ask_again(face, unknown, 404)
    if asked.back:
        ask_back(face.fund, asked.back, rc, asked.why, _now())
        rows = gifts_by_commitment(face.fund, rc)
    if not asked.wanted:
        return answer_page(receipt_page(face, facts, rows, asked.code), face.policy)
    name, data = signed_file(face, rows[0], asked.wanted)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return answer_bytes(data, "application/octet-stream", extra=disposition)


def _ask_again(face: Face, error: PanahError, status: int) -> HttpResponse:
    context = {"problems": {"code": face.say(error)}}
    return answer_page(face.draw("ask", "receipt/", context), face.policy, status)


def _carry_event(face: Face, rail: str, headers: dict[str, str], body: bytes) -> None:
    event = PULL[rail].read_event(headers, body, fake_secret(face.fund))
    if event is not None:
        take_event(face.fund, PULL[rail], event)
