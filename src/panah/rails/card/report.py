"""Stripe's balance reports as statements: what was charged in fees, and what was paid out, day by day.

The site's key can't read balances, fees or payouts; a member exports them on an own machine. Both of Stripe's CSV
exports are read (the "balance change from activity" report and the list of balance transactions), by their
named columns; columns with names, e-mail addresses and texts are not read at all. The same rows give the same
statements, so two members who export the same days sign the same bytes. Refuses what it does not know.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from panah.core import statement
from panah.core.money import EXPONENTS, MAX_MINOR
from panah.errors import N_, InputError

LARGEST: Final = 64 * 1024 * 1024

_COLUMNS: Final[tuple[dict[str, str], ...]] = (
    {"id": "balance_transaction_id", "day": "created_utc", "cur": "currency", "gross": "gross", "fee": "fee",
     "kind": "reporting_category"},
    {"id": "id", "day": "Created (UTC)", "cur": "Currency", "gross": "Amount", "fee": "Fee", "kind": "Type"},
)  # fmt: skip
_MONEY: Final = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,3}))?", re.ASCII)
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d(:\d\d)?", re.ASCII)
_NAME: Final = re.compile(r"txn_[A-Za-z0-9]{4,60}", re.ASCII)

PAYOUTS: Final = frozenset({"payout", "payout_reversal", "payout_cancel", "payout_failure"})
FEES: Final = frozenset({"fee", "stripe_fee", "network_cost", "tax", "stripe_balance_payment_debit"})
GIFTS: Final = frozenset({
    "charge", "payment", "refund", "payment_refund", "refund_failure", "payment_failure_refund", "dispute",
    "dispute_reversal", "adjustment",
})  # fmt: skip
"""Kinds that the site books by itself from events: only their fees are news."""


@dataclass(frozen=True, slots=True)
class Row:
    """One movement on Stripe's balance; amounts in minor units, `gross` with its sign."""

    id: str
    day: dt.date
    currency: str
    kind: str
    gross: int
    fee: int


@dataclass(frozen=True, slots=True)
class Found:
    """Statement bodies in the order of their days, and how many rows said nothing new."""

    bodies: tuple[dict[str, Any], ...]
    rows: int
    negative: tuple[str, ...]  # days whose fees were given back: they sum to less than nothing


def read(data: bytes) -> list[Row]:
    """Read an export. Raises `InputError` naming the line that can't be read."""
    if len(data) > LARGEST:
        raise InputError(N_("This file is too large."), hint=N_("Export fewer days."))
    try:
        lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        names = set(lines.fieldnames or ())
        chart = next((chart for chart in _COLUMNS if names >= set(chart.values())), None)
        if chart is None:
            raise InputError(
                N_("This is not a balance report of Stripe's."),
                hint=N_("Export “Balance change from activity”, itemised, or all balance transactions, as CSV."),
            )
        return [_row({key: line[name] or "" for key, name in chart.items()}, lines.line_num) for line in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(N_("This file can't be read as CSV.")) from error


def _row(cells: Mapping[str, str], number: int) -> Row:
    day, currency, kind = _DAY.fullmatch(cells["day"].strip()), cells["cur"].strip().upper(), cells["kind"].strip()
    if not _NAME.fullmatch(cells["id"].strip()) or not day or currency not in EXPONENTS:
        raise _unreadable(number)
    if kind not in PAYOUTS | FEES | GIFTS:
        raise InputError(
            N_("Line %(line)s is of a kind that Panah does not know: %(kind)s."),
            hint=N_("Ask somebody who knows the account what it is; nothing is guessed when money is read."),
            line=number, kind=kind[:40],
        )  # fmt: skip
    try:
        date = dt.date.fromisoformat(day[1])
    except ValueError as error:
        raise _unreadable(number) from error
    gross, fee = (_minor(cells[name], currency, number) for name in ("gross", "fee"))
    return Row(cells["id"].strip(), date, currency, kind, gross, fee)


def _minor(text: str, currency: str, number: int) -> int:
    found, exponent = _MONEY.fullmatch(text.strip().replace(",", "")), EXPONENTS[currency]
    decimals = (found[3] or "") if found else ""
    if not found or len(decimals.rstrip("0")) > exponent:
        raise _unreadable(number)
    minor: int = int(found[2]) * 10**exponent + int((decimals + "000")[:exponent] or 0)
    if minor > MAX_MINOR:
        raise _unreadable(number)
    return -minor if found[1] else minor


def _unreadable(number: int) -> InputError:
    return InputError(N_("Line %(line)s can't be read."), line=number)


def build(rows: list[Row], origin: str, since: dt.date, upto: dt.date, to: str = "assets:bank") -> Found:
    """Make the unsigned statements of whole days; a row that stands in two exports counts once.

    Every day of the range stands whole in the files, or two exports of one day would be booked twice: the
    caller names the range, and both members name the same.
    """
    used = {row.id: row for row in rows if since <= row.day <= upto}
    fees: dict[tuple[dt.date, str], int] = {}
    paid: dict[tuple[dt.date, str], int] = {}
    for row in used.values():
        key = (row.day, row.currency)
        fees[key] = fees.get(key, 0) + row.fee - (row.gross if row.kind in FEES else 0)
        if row.kind in PAYOUTS:
            paid[key] = paid.get(key, 0) - row.gross
    bodies = [*_fees(fees, origin), *_settles(paid, origin, to)]
    negative = sorted({day.isoformat() for (day, _), sum_ in [*fees.items(), *paid.items()] if sum_ < 0})
    return Found(
        tuple(sorted(bodies, key=lambda body: (body["day"], body["t"], body["cur"]))), len(used), tuple(negative)
    )


def _fees(sums: Mapping[tuple[dt.date, str], int], origin: str) -> Iterator[dict[str, Any]]:
    for (day, currency), amount in sums.items():
        if amount > 0:
            yield statement.begin("fee", origin, day=day.isoformat(), rail="card", cur=currency, amount=amount)


def _settles(sums: Mapping[tuple[dt.date, str], int], origin: str, to: str) -> Iterator[dict[str, Any]]:
    for (day, currency), amount in sums.items():
        if amount > 0:
            yield statement.begin(
                "settle", origin, day=day.isoformat(), cur=currency, into=currency, out=amount, in_=amount,
                from_="assets:card", to=to,
            )  # fmt: skip
