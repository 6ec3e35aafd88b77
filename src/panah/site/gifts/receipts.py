"""One's own gift: what the receipt page says about it, and the signed files to keep."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

import orjson
from django.db import connections
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from panah.core.fund import Act, State, allows
from panah.core.money import Money
from panah.errors import N_, RefusedError
from panah.seal.receipt import group
from panah.site.gifts.amounts import counted_at, written
from panah.site.gifts.queries import (
    booked_body,
    booked_note,
    gift_proof,
    leaf_of,
    log_key,
    pledge_note,
)
from panah.site.gifts.returning import request_of
from panah.site.gifts.story import story
from panah.site.publish.tongues import direction, tongue
from panah.site.publish.words import grouped

if TYPE_CHECKING:
    from panah.site.gifts.faces import Face
    from panah.site.gifts.queries import FormFacts
    from panah.storage.rows import GiftRow

PUSH: Final = frozenset({"bank", "cash", "monero", "bitcoin"})
MOST_UPDATES: Final = 5
_ARRIVED: Final = frozenset({"booked", "ended"})


def receipt_page(face: Face, facts: FormFacts, rows: Sequence[GiftRow], code: str) -> bytes:
    """Draw the standing of one's own gifts; `code` is empty when only the browser knows it."""
    waits = any(row.status in {"refused", "promised"} for row in rows)
    page = face.prepare(
        "receipt", "receipt/",
        has_code=bool(code), arrived=any(row.status in _ARRIVED for row in rows),
        lost=all(row.status == "refused" for row in rows),
        sent_on=waits and facts.state is State.MET,
    )  # fmt: skip
    values = {
        "gifts": mark_safe("".join(_gift(face, facts, row, code) for row in rows)),  # noqa: S308 - escaped by fill
        "updates": _updates(face, rows[0].made),
        "rc": base64.b64encode(rows[0].rc).decode(),
        "code_shown": group(code) if code else "",
    }
    return page.fill(values)


def _gift(face: Face, facts: FormFacts, row: GiftRow, code: str) -> str:
    body = booked_body(face.fund, row.id) if row.status in _ARRIVED else None
    leaf = leaf_of(face.fund, row.id) if body else None
    held = row.booked - row.counted
    asked = request_of(face.fund, row.id) if row.status == "booked" else None
    page = face.prepare(
        "gift", "receipt/",
        status=row.status, push=row.rail in PUSH, held=held > 0, logged=leaf is not None, has_code=bool(code),
        foreign=bool(row.rate) and row.status == "booked",
        by_card=row.rail == "card", less=body is not None and _is_less(row, body["amount"]),
        state=facts.state.value if row.status in {"refused", "promised"} else "",
        stopped=row.rail in face.rules.stopped, asked=asked is not None,
        askable=row.status == "booked" and allows(facts.state, Act.REFUND),
    )  # fmt: skip
    words = face.words
    return page.fill(
        {
            "sum": written(face, Money(body["amount"] if body else row.amount, row.currency)),
            "booked": written(face, Money(row.remains, row.currency)),
            "offered": written(face, Money(row.amount, row.currency)),
            "worth": words.money(row.booked),
            "rate": counted_at(face, row),
            "counted": words.money(row.counted),
            "held": words.money(held),
            "day": words.day(row.value_day or row.made),
            "log_by": words.day(row.log_by or row.made),
            "leaf": words.number(leaf or 0),
            "reference": grouped(row.reference or ""),
            "upto": _upto(face, facts) if row.status == "promised" else "",
            "code": code,
            "id": row.id,
            "asked": words.day(asked) if asked else "",
            "story": story(face, row) if row.status in _ARRIVED else "",
        }
    ).decode()


def _is_less(row: GiftRow, taken: int) -> bool:
    """Tell whether only what was left of the goal was taken, as the giver had agreed."""
    return row.takes_rest and row.rail not in PUSH and taken < row.amount


def _upto(face: Face, facts: FormFacts) -> str:
    if facts.bank_upto is None:
        return ""
    with override(tongue(face.tag).django):
        return gettext("Bank read up to %(day)s.") % {"day": face.words.day(facts.bank_upto)}


def _updates(face: Face, since: dt.date) -> SafeString:
    """List what the team wrote since the gift, as links."""
    with connections[face.fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT id, day, file FROM storage_update WHERE NOT withdrawn AND id <> 'story' AND day >= %s"
            " ORDER BY day DESC, id LIMIT %s",
            [since, MOST_UPDATES],
        )
        rows = cursor.fetchall()
    if not rows:
        return SafeString("")
    with override(tongue(face.tag).django):
        heading = escape(gettext("Since your gift"))
    items = []
    for name, day, file in rows:
        titles = _titles(bytes(file))
        lang = face.tag if face.tag in titles else next(iter(titles))
        title, when = escape(titles[lang]), escape(face.words.day(day))
        items.append(
            f'<li><a href="{face.depth}{face.tag}/updates/{name}/" lang="{lang}" dir="{direction(lang)}">{title}</a>'
            f" · <time>{when}</time></li>"
        )
    head = f'<section class="card" aria-labelledby="since"><h2 id="since">{heading}</h2><ul>'
    return mark_safe(f"{head}{''.join(items)}</ul></section>")  # noqa: S308 - titles are escaped, ids and languages have closed shapes


@lru_cache(maxsize=64)
def _titles(file: bytes) -> dict[str, str]:
    """Read an update's titles by language, its first one first."""
    return {lang: text["title"] for lang, text in orjson.loads(file)["texts"].items()}


def signed_file(face: Face, row: GiftRow, wanted: str) -> tuple[str, bytes]:
    """Give (file name, bytes) of a note or proof. Raises `RefusedError` when it is not there yet."""
    if wanted == "pledge":
        return "panah-pledge.txt", pledge_note(log_key(face.fund, face.rules), row)
    body = booked_body(face.fund, row.id)
    if body is None or row.log_by is None:
        raise RefusedError(N_("This gift is not booked yet."), hint=N_("Come back when the page says so."))
    if wanted == "booked":
        note = booked_note(log_key(face.fund, face.rules), row, body["amount"], row.log_by)
        return "panah-booked.txt", note
    leaf = leaf_of(face.fund, row.id)
    if leaf is None:
        raise RefusedError(N_("This gift is not in the log yet."), hint=N_("Come back when the page says so."))
    return "panah-gift.tlog-proof", gift_proof(face.fund, leaf)
