"""The pages around a provider's own page: the way there, and the way back.

Promises: the promise is written down before anybody is sent on; no receipt code is part of an address; whoever comes
back sees the gift as it stands and can go on, begin anew or just wait.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

from django.http import HttpResponse

from panah.core.fund import State
from panah.core.money import Money
from panah.site.answers import HEADERS, answer_page
from panah.site.gifts.amounts import written
from panah.site.gifts.providers import pull_rail
from panah.site.gifts.receipts import receipt_page
from panah.site.gifts.visiting import WayBack, begin_visit, may_pay
from panah.site.home import site

if TYPE_CHECKING:
    from panah.site.gifts.faces import Face
    from panah.site.gifts.queries import FormFacts
    from panah.storage.rows import GiftRow


def send_to_provider(face: Face, rail: str, gift: str) -> HttpResponse:
    """Lead the giver of a promised gift to the provider's page. Raises `RefusedError` when that can't be."""
    back = WayBack(f"{site().address_of(face.fund.slug)}/{face.tag}/pay/{gift}/", face.frame("").name, face.tag)
    address = begin_visit(face.fund, pull_rail(face.fund, rail), gift, back, dt.datetime.now(dt.UTC))
    return HttpResponse(status=303, headers=HEADERS | {"Location": address})


def visit_page(face: Face, facts: FormFacts, row: GiftRow) -> HttpResponse:
    """Show a gift to whoever comes back from the provider's page: the standing, without a code."""
    if row.status not in {"promised", "claimed"}:
        return answer_page(receipt_page(face, facts, [row], ""), face.policy)
    open_now = facts.state is State.OPEN and not facts.gifts_paused and not face.all_stopped
    page = face.prepare(
        "visit", "give/", status=row.status,
        payable=row.status == "promised" and open_now and may_pay(face.fund, row.id, dt.datetime.now(dt.UTC)),
        open=open_now, met=facts.state is State.MET,
    )  # fmt: skip
    rc = base64.b64encode(row.rc).decode()
    shown = {"gift": row.id, "rc": rc, "sum": written(face, Money(row.amount, row.currency))}
    return answer_page(page.fill(shown), face.policy)
