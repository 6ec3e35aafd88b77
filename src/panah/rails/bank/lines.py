"""What a bank statement says, whatever its format: lines that are safe to count.

Promises: amounts are exact and above zero; a statement whose balances are known adds up, or is refused; each
line has a `bank_id` made of facts that stay the same when the bank exports the days again or two members read
overlapping files. Names and texts stay in these objects, on the machine of the member who reads the file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from panah.core.money import EXPONENTS, MAX_MINOR, Money
from panah.errors import N_, InputError

LineKind = Literal["credit", "return", "correction", "debit"]

LIMIT: Final = 64 * 1024 * 1024
"""Largest statement file: a hundred thousand transfers with long texts fit."""

_AGAIN: Final = N_("Export the statement again at your bank.")
# ISO 20022 ActiveCurrencyAndAmount: 18 digits, 5 of them after the point. No sign, exponent, NaN or space.
_AMOUNT: Final = re.compile(r"([0-9]{1,15})(?:[.]([0-9]{0,5}))?")
_ACCOUNT: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement on the account.

    `credit` is money in. `return` is money that went back to its sender, `correction` one that the bank
    took back as its own mistake, `debit` any other money out. `day` is the value day. `doubt` says why a
    person must look before it counts; empty for a plain line.
    """

    kind: LineKind
    amount: Money
    booked: dt.date
    day: dt.date
    ref: str | None
    bank_id: str
    end_to_end: str = ""
    text: str = ""
    payer: str = ""
    doubt: str = ""

    def signed(self) -> int:
        """Give the effect on the balance in minor units."""
        return self.amount.minor if self.kind == "credit" else -self.amount.minor


@dataclass(frozen=True, slots=True)
class Found:
    """A line as it was read. `own` is the bank's reference for it, `within` that of the batch around it."""

    line: Line
    own: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account. `checked` tells whether its balances were there and add up."""

    account: str
    currency: str
    since: dt.date | None
    upto: dt.date
    opening: Money | None
    closing: Money | None
    lines: tuple[Line, ...]
    pending: int
    checked: bool


def read_amount(text: str | None, currency: str | None) -> Money:
    """Read an unsigned amount with a point. Raises `InputError` if it is not exact in this currency."""
    exponent = EXPONENTS.get(currency or "")
    if exponent is None or currency is None:
        raise InputError(
            N_("The statement uses a currency that Panah does not know."), hint=N_("Ask the makers of Panah for it.")
        )
    found = _AMOUNT.fullmatch(text or "")
    if not found:
        raise InputError(
            N_("An amount in the statement can't be read."),
            hint=_AGAIN,
        )
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > exponent:
        raise InputError(
            N_("An amount in the statement has more decimals than %(currency)s has."),
            hint=_AGAIN,
            currency=currency,
        )
    minor = int(found[1]) * 10**exponent + int(decimals.ljust(exponent, "0") or "0")
    if minor > MAX_MINOR:
        raise InputError(N_("An amount in the statement is too large."), hint=_AGAIN)
    return Money(minor, currency)


def read_day(text: str | None) -> dt.date:
    """Read `2022-01-18`, with or without a time after it. Raises `InputError`."""
    try:
        if text and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[TZ+-].{0,40})?", text):
            return dt.date.fromisoformat(text[:10])
    except ValueError:
        pass
    raise InputError(N_("A day in the statement can't be read."), hint=_AGAIN)


def refuse_large(size: int) -> None:
    """Raise `InputError` if a file of this size must not be read at all."""
    if size > LIMIT:
        raise InputError(
            N_("This file has %(size)s MB; statements of up to %(most)s MB are read."),
            hint=N_("Export fewer days at a time; several files can be imported together."),
            size=-(-size // 2**20),
            most=LIMIT // 2**20,
        )


def _squeeze(text: str) -> str:
    # Banks re-wrap texts between exports and versions: only letters and digits are facts.
    return re.sub(r"[\W_]+", "", text).casefold()


def _facts(account: str, one: Found) -> tuple[bytes, list[str]]:
    """Give what makes a line itself, and what else is told of it (our words for a doubt may change: no fact)."""
    line = one.line
    texts = [line.ref or "", _squeeze(line.text), _squeeze(line.payer)]
    facts = [
        "panah/1/bank-line",
        account,
        line.kind,
        line.amount.currency,
        line.amount.minor,
        line.booked.isoformat(),
        line.day.isoformat(),
        line.end_to_end,
        one.within,
        *([one.own] if one.own else ["", *texts]),
    ]
    return json.dumps(facts).encode(), [*texts, line.doubt]


def number(account: str, found: Iterable[Found]) -> tuple[Line, ...]:
    """Give every line its `bank_id`.

    The id is a hash of facts. Where the bank gives no reference of its own, the texts are part of it. Lines
    that equal each other in all facts get 0, 1, 2… *within one statement*, in the order of what else is told: so their
    order in the file does not matter and two equal gifts on one day stay two. Never used: sequence numbers
    such as `NtryRef`, which change when the bank exports other days.
    """
    read = [(*_facts(account, one), one.line) for one in found]
    seen: Counter[bytes] = Counter()
    ids: dict[int, str] = {}
    for index in sorted(range(len(read)), key=lambda at: read[at][:2]):
        facts = read[index][0]
        ids[index] = hashlib.sha256(facts + b"%d" % seen[facts]).hexdigest()
        seen[facts] += 1
    return tuple(replace(line, bank_id=ids[index]) for index, (_, _, line) in enumerate(read))


def check_sum(opening: Money | None, closing: Money | None, lines: Iterable[Line], upto: dt.date) -> bool:
    """Tell whether balances are there to check. Raises `InputError` if they are and do not add up."""
    if opening is None or closing is None:
        return False
    total = opening.minor
    for line in lines:
        if line.amount.currency != opening.currency:
            return False
        total += line.signed()
    if closing.currency != opening.currency or total != closing.minor:
        raise InputError(
            N_(
                "The statement up to %(upto)s does not add up: its opening balance %(opening)s and its lines "
                "give %(total)s, but it closes with %(closing)s."
            ),
            hint=N_("The file is not whole. Export the statement again at your bank."),
            upto=upto.isoformat(),
            opening=opening,
            total=Money(total, opening.currency),
            closing=closing,
        )
    return True


def same_account(found: str, iban: str) -> bool:
    """Tell whether the account that a statement names is the one with this IBAN.

    Older formats name it in the country's own way (`37040044/0532013000EUR`): bank and account number must
    then both stand in the IBAN where they belong.
    """
    compact = re.sub(r"[\s.-]", "", found).upper()
    if compact == iban or re.fullmatch(re.escape(iban) + r"[A-Z]{3}", compact):
        return True
    if _ACCOUNT.fullmatch(compact):
        return False
    bank, _, account = re.sub(r"[A-Z]{3}$", "", compact).rpartition("/")
    inner = iban[4:]
    return len(account.lstrip("0")) >= 4 and inner.endswith(account) and (not bank or inner.startswith(bank))


def merge(statements: Iterable[Statement]) -> tuple[tuple[Line, ...], int]:
    """Take every line once, in any order of files: all lines, and how many were in more than one file."""
    lines: dict[str, Line] = {}
    doubles = 0
    for statement in statements:
        for line in statement.lines:
            doubles += line.bank_id in lines
            lines.setdefault(line.bank_id, line)
    return tuple(sorted(lines.values(), key=lambda line: (line.booked, line.bank_id))), doubles


def covered(statements: Iterable[Statement]) -> tuple[dt.date, bool]:
    """Give the last day up to which the statements follow one another, and whether some are missing.

    A gap is a statement that starts after the one before ended, with another balance.
    """
    ordered = sorted(statements, key=lambda one: (one.upto, one.since or one.upto))
    last = ordered[0]
    for one in ordered[1:]:
        apart = one.since is not None and one.since > last.upto
        if apart and one.opening is not None and last.closing is not None and one.opening != last.closing:
            return last.upto, True
        last = one
    return last.upto, False
