"""Whether foreign gifts were counted at the rates that the ECB published: against its file, in the reader's hands."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from panah.errors import N_

if TYPE_CHECKING:
    from panah.core.ledger import Books
    from panah.core.rates import RateTable
    from panah.verify.findings import Findings


def check_rates(books: Books, table: RateTable, findings: Findings) -> None:
    """Recompute every rate that names the ECB; one of a day that the file lacks is noted, not failed."""
    right, unknown = 0, 0
    for (currency, source), rate in sorted(books.rates.items()):
        kind, _, day = source.partition(":")
        if kind != "ecb":
            continue
        expected = _rate(table, currency, books.currency, day)
        if expected is None:
            unknown += 1
        elif expected != rate:
            findings.fail(
                N_("%(currency)s was counted at %(rate)s on %(day)s; the ECB's file says %(expected)s."),
                currency=currency, rate=rate, day=day, expected=expected,
            )  # fmt: skip
        else:
            right += 1
    if right:
        findings.hold(N_("%(count)s rates of foreign gifts are those of the ECB's file."), count=right)
    if unknown:
        findings.note(N_("%(count)s rates of foreign gifts are of days that your file does not have."), count=unknown)


def _rate(table: RateTable, currency: str, into: str, day: str) -> str | None:
    try:
        found = table.rate(currency, into, dt.date.fromisoformat(day))
    except ValueError:
        return None
    return found.text if found and found.day.isoformat() == day else None
