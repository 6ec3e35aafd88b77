"""How to send a gift by bank: the lines of a bank's form, and the same as an EPC QR code."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from panah.errors import N_
from panah.rails.registry import PUSH
from panah.site.publish.tongues import tongue

if TYPE_CHECKING:
    from panah.rails.base import GiftOrder
    from panah.site.gifts.faces import Face

_NAMES: Final[dict[str, str]] = {
    "payee": N_("Account holder"),
    "iban": "IBAN",
    "bic": "BIC",
    "amount": N_("Amount"),
    "reference": N_("Reference"),
}


def transfer_values(face: Face, rail: str, order: GiftOrder) -> dict[str, str]:
    """Give the values of the transfer page: table rows and the code, as our own HTML."""
    found = PUSH[rail].instructions(order, face.charter.rails[rail])
    with override(tongue(face.tag).django):
        names = {name: gettext(sentence) for name, sentence in _NAMES.items()}
        scan = gettext("Banking apps read this code")
    rows = "".join(
        f'<tr><th scope="row">{escape(names.get(line.name, line.name))}</th>'
        f'<td class="code" dir="ltr">{escape(line.shown)}</td></tr>'
        for line in found.lines
    )
    code = (
        f'<p class="fine">{escape(scan)}</p><div class="qr">{draw_code(found.qr_text, scan)}</div>'
        if found.qr_text
        else ""
    )
    return {"lines": mark_safe(rows), "qr": mark_safe(code)}  # noqa: S308 - every value above is escaped


def draw_code(text: str, title: str) -> SafeString:
    """Draw a QR code as SVG. EPC069-12 asks for error correction M and nothing above version 13."""
    code = segno.make(text, error="M", boost_error=False, micro=False, version=None)
    svg = code.svg_inline(scale=4, border=4, omitsize=True, title=title, svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308 - drawn by us; segno escapes the title
