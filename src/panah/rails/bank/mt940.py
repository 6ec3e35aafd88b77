"""MT940, the older bank statement of SWIFT, read with the mt-940 library.

Promises: the same lines and sums as camt.053 gives, as far as the format tells: it splits no batches (a batch is one
line for a person) and marks returns only by type code or reversal mark. Refuses text it can't decode and any
statement whose lines the library did not all keep.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from io import StringIO
from typing import Any, Final

import mt940 as library

from panah.core.money import Money
from panah.errors import N_, InputError, PanahError
from panah.rails.bank.camtentry import CAME_BACK, NO_DETAILS, REVERSED_DEBIT
from panah.rails.bank.lines import (
    Found,
    Line,
    LineKind,
    Statement,
    check_sum,
    number,
    read_amount,
    refuse_large,
)
from panah.rails.bank.reference import parse_reference

# The library logs whole lines of the statement, names and all, when it can't read one.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

LIMIT: Final = 16 * 1024 * 1024
_AGAIN: Final = N_("Export the statement again, best as camt.053 if your bank has it.")
_NOTHING: Final = frozenset({"", "NONREF", "NOTPROVIDED"})
_LINE: Final = re.compile(r"^:61:", re.MULTILINE)
_START: Final = re.compile(r"^:20:", re.MULTILINE)
_TEXTS: Final = (
    "purpose",
    "additional_purpose",
    "transaction_details",
    "extra_details",
    "customer_reference",
    "end_to_end_reference",
)
_BATCH: Final = re.compile(r"(?:SAMMLER|BATCH|ANZAHL)\W{0,3}\d", re.IGNORECASE)


def parse(data: bytes) -> tuple[Statement, ...]:
    """Read all statements of a file. Raises `InputError` for whatever can't be read whole."""
    refuse_large(len(data))
    if len(data) > LIMIT:
        raise InputError(N_("This MT940 file is too large."), hint=_AGAIN)
    text = _decode(data)
    if not _START.search(text):
        raise InputError(N_("This file has no statement in it."), hint=_AGAIN)
    try:
        # A handle, because the library would open a *file* whose name is the text it is given.
        blocks = library.parse_statements(StringIO(text), options=library.Options.all())
        read = tuple(_statement(block) for block in blocks)
    except PanahError:
        raise
    except Exception:  # noqa: BLE001 - the library raises what its regexes and Decimal raise; no text goes on
        raise InputError(N_("This MT940 file can't be read."), hint=_AGAIN) from None
    if sum(len(one.lines) for one in read) != len(_LINE.findall(text)) - _zero_lines(blocks):
        # The library lets a line without a type code be overwritten by the next one.
        raise InputError(N_("Some lines of this MT940 file can't be read."), hint=_AGAIN)
    return read


def _decode(data: bytes) -> str:
    if b"\0" in data:
        raise InputError(N_("This file holds bytes that no bank statement has."), hint=_AGAIN)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise InputError(N_("This file is not in an encoding that banks use."), hint=_AGAIN)


def _zero_lines(blocks: list[Any]) -> int:
    return sum(1 for block in blocks for one in block if not one.data["amount"].amount)


def _day(value: Any) -> dt.date:
    return dt.date(value.year, value.month, value.day)


def _money(amount: Any) -> Money:
    # str() of a Decimal may write an exponent; `f` never does, and read_amount checks the rest.
    return read_amount(format(abs(amount.amount), "f"), amount.currency)


def _balance(data: dict[str, Any], *names: str) -> tuple[Money, dt.date] | None:
    for name in names:
        balance = data.get(name)
        if balance is not None:
            money = _money(balance.amount)
            return (-money if balance.amount.amount < 0 else money), _day(balance.date)
    return None


def _statement(block: Any) -> Statement:
    account = re.sub(r"\s", "", str(block.data.get("account_identification") or "")).upper()
    if not account:
        raise InputError(N_("The statement does not name its account."), hint=_AGAIN)
    lines = number(account, [_line(one.data) for one in block if one.data["amount"].amount])
    opening = _balance(block.data, "final_opening_balance", "intermediate_opening_balance", "opening_balance")
    closing = _balance(block.data, "final_closing_balance", "intermediate_closing_balance", "closing_balance")
    if opening is None or closing is None:
        raise InputError(N_("The statement lacks its opening or closing balance."), hint=_AGAIN)
    upto = max([closing[1], *(line.booked for line in lines)])
    checked = check_sum(opening[0], closing[0], lines, upto)
    return Statement(
        account, closing[0].currency, opening[1], upto, opening[0], closing[0], lines, pending=0, checked=checked
    )


def _kind(mark: str, code: str) -> tuple[LineKind, str]:
    went_back = code[1:] == "RTI"  # NRTI, SRTI: returned item
    if mark in {"C", "RD"}:
        doubt = REVERSED_DEBIT if mark == "RD" else CAME_BACK if went_back else ""
        return "credit", doubt
    return ("correction" if mark == "RC" else "return" if went_back else "debit"), ""


def _line(data: dict[str, Any]) -> Found:
    kind, doubt = _kind(str(data["status"]).upper(), str(data.get("id") or "").strip().upper())
    day = _day(data["date"])
    entry = data.get("entry_date")
    text = "\n".join(str(data[name]) for name in _TEXTS if data.get(name))[:2000]
    own = str(data.get("bank_reference") or "").strip()
    end_to_end = str(data.get("end_to_end_reference") or "").strip()
    ref = parse_reference(text)
    if kind == "credit" and ref is None and _BATCH.search(text):
        doubt = doubt or NO_DETAILS
    line = Line(
        kind=kind,
        amount=_money(data["amount"]),
        booked=_day(entry) if entry else day,
        day=day,
        ref=ref,
        bank_id="",
        end_to_end="" if end_to_end in _NOTHING else end_to_end,
        text="" if kind == "debit" else text,
        payer="" if kind == "debit" else str(data.get("applicant_name") or "")[:140],
        doubt=doubt,
    )
    return Found(line, "" if own in _NOTHING else own)
