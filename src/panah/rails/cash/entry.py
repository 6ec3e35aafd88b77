"""What two members sign when money came by hand, or in a currency that only an exchange receipt values.

Promises: bodies hold amounts, days and hashes, and no name, place or time; an exchange's parts are its whole, so a
cent can't be entered twice or left out. Pure: files are read and codes are made by the command line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from panah.core import statement
from panah.core.money import Money
from panah.core.rates import receipt_rate
from panah.errors import N_, InputError
from panah.proof.note import encode_base64


@dataclass(frozen=True, slots=True)
class Received:
    """One gift of an exchange: what came, when, and by what the site finds its giver, where there is anything."""

    amount: Money
    day: dt.date
    rc: str = ""
    ref: str = ""
    line: str = ""

    def body(self) -> dict[str, Any]:
        """Write it as the statement holds it."""
        named = {"rc": self.rc, "ref": self.ref, "line": self.line}
        return {"amount": self.amount.minor, "day": self.day.isoformat()} | {k: v for k, v in named.items() if v}


def cash_gift(origin: str, day: dt.date, amount: Money, rc: str = "") -> dict[str, Any]:
    """Make the body of `cash-gift`, but for its `id`."""
    fields: dict[str, Any] = {"day": day.isoformat(), "cur": amount.currency, "amount": amount.minor}
    return statement.begin("cash-gift", origin, **fields | ({"rc": rc} if rc else {}))


def exchange(
    origin: str, day: dt.date, rail: str, gifts: Sequence[Received], got: Money, receipt: bytes
) -> dict[str, Any]:
    """Make the body of `exchange`, but for its `id`. Raises `InputError` for a sum that can't be."""
    currencies = {gift.amount.currency for gift in gifts}
    if len(currencies) != 1 or got.currency in currencies:
        raise InputError(
            N_("The gifts of one exchange are of one currency, and what came for them is of another."),
            hint=N_("Write one statement for each receipt."),
        )
    out = sum(gift.amount.minor for gift in gifts)
    currency = currencies.pop()
    receipt_rate(out, currency, got.minor, got.currency)
    return statement.begin(
        "exchange", origin, day=day.isoformat(), rail=rail, cur=currency, out=out, in_=got.minor, into=got.currency,
        receipt=encode_base64(sha256(receipt).digest()), gifts=[gift.body() for gift in gifts],
    )  # fmt: skip


def settle(body: dict[str, Any], to: str) -> dict[str, Any]:
    """Make the body of the `settle` leaf of an exchange: what left the rail, and what came to `to` for it."""
    return statement.begin(
        "settle", body["o"], day=body["day"], from_=f"assets:{body['rail']}", out=body["out"], cur=body["cur"],
        to=to, in_=body["in"], into=body["into"],
    )  # fmt: skip
