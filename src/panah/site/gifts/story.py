"""What became of one gift after it was booked, as sentences on its giver's page: each with its entry in the log.

A request that was refused has no entry: nothing happened to the gift.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from panah.core.money import Money
from panah.errors import N_
from panah.site.gifts import returning
from panah.site.gifts.endings import Ending, endings_of
from panah.site.gifts.refusing import refusal_of
from panah.site.publish.tongues import tongue

if TYPE_CHECKING:
    from panah.site.gifts.faces import Face
    from panah.storage.rows import GiftRow

_SENTENCES: Final[dict[str, str]] = {
    "void": N_("%(sum)s was taken back by the provider on %(day)s."),
    "dispute": N_("%(sum)s was taken back by the provider on %(day)s, because the payment was disputed."),
    "returned": N_("%(sum)s was taken back by the bank on %(day)s."),
    "count": N_("%(sum)s that was held counts towards the goal since %(day)s."),
    "pass-on": N_("%(sum)s was passed on to %(name)s on %(day)s."),
    "reserve": N_("%(sum)s went into the reserve on %(day)s."),
    "sent": N_("%(sum)s was sent back on %(sent)s."),
    "perhaps": N_("Two members agreed on %(day)s to send %(sum)s back; it should be where it came from by now."),
    "provider": N_("Two members agreed on %(day)s to send %(sum)s back. The provider is being asked."),
    "by-hand": N_(
        "Two members agreed on %(day)s to send %(sum)s back. A member sends it to where it came from; this page "
        "says when that is done."
    ),
    "refused": N_(
        "Two members agreed on %(day)s to send %(sum)s back, but the provider would not do it. A member sends it "
        "another way; this page says when that is done."
    ),
}
_REFUSED: Final[dict[str, str]] = {
    "spent": N_("On %(day)s the team answered that it can't go back: what it was given for is paid already."),
    "rules": N_("On %(day)s the team answered that it can't go back: the fund's rules, or the law, do not allow it."),
    "other": N_("On %(day)s the team answered that it can't go back. The team tells you why if you write to it."),
}
_ENTRY: Final = N_("Entry %(index)s in the public log.")
_NO_ENTRY: Final = N_("Its entry in the public log is being written.")


def story(face: Face, row: GiftRow) -> SafeString:
    """Give the list of what happened to a gift; empty when nothing did."""
    endings = endings_of(face.fund, row.id)
    refusal = refusal_of(face.fund, row.id)
    if not endings and refusal is None:
        return SafeString("")
    sendings = iter(returning.refunds(face.fund, "gift = %s", row.id))
    items = []
    with override(tongue(face.tag).django):
        for ending in endings:
            # Returns and refunds are made together, in one order.
            refund = next(sendings, None) if ending.kind == "gift-return" else None
            told = escape(_tell(face, row, ending, refund))
            entry = gettext(_ENTRY) % {"index": face.words.number(ending.leaf)} if ending.leaf else gettext(_NO_ENTRY)
            items.append(f'<li>{told} <span class="fine">{escape(entry)}</span></li>')
        if refusal is not None:
            day, answer = refusal
            items.append(f"<li>{escape(gettext(_REFUSED[answer]) % {'day': face.words.day(day)})}</li>")
    return mark_safe(f'<ul class="story">{"".join(items)}</ul>')  # noqa: S308 - every sentence is escaped


def _tell(face: Face, row: GiftRow, ending: Ending, refund: returning.RefundRow | None) -> str:
    data = {
        "sum": _sum(face, row, ending), "day": face.words.day(ending.day), "name": ending.sibling,
        "sent": face.words.day(refund.sent if refund and refund.sent else ending.day),
    }  # fmt: skip
    return gettext(_SENTENCES[_key(ending, refund)]) % data


def _key(ending: Ending, refund: returning.RefundRow | None) -> str:
    if ending.kind == "gift-void":
        return ending.why
    if ending.kind != "gift-return":
        return ending.kind
    if refund is None or refund.state == "sent":
        return "perhaps" if refund and refund.sent is None else "sent"
    if refund.state == "refused":
        return "refused"
    return "by-hand" if refund.rail in returning.BY_HAND else "provider"


def _sum(face: Face, row: GiftRow, ending: Ending) -> str:
    """Write the amount: voids and returns name the gift's own currency, the rest names the fund's."""
    is_own = ending.kind in {"gift-void", "gift-return"} and row.currency != face.charter.currency
    return str(Money(ending.amount, row.currency)) if is_own else face.words.money(ending.amount)
