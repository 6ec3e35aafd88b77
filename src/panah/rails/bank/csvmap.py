"""CSV exports, read by the treasurer's map (`columns.py`).

Every bank's CSV is its own format, so nothing is guessed when money is read. Refuses a line that does not fit
the map; a CSV has no balances, so its sum can't be checked, which the report says.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from io import StringIO
from typing import Final

from panah.core.money import Money
from panah.errors import N_, InputError
from panah.rails.bank.columns import HINT, ColumnMap
from panah.rails.bank.lines import Found, Line, Statement, number, read_amount, refuse_large
from panah.rails.bank.reference import parse_reference

_FIELD: Final = 20_000


def decode(data: bytes, encoding: str) -> str:
    """Decode a CSV. Raises `InputError` if it is not in this encoding, or too large."""
    refuse_large(len(data))
    try:
        text = data.decode(encoding)
    except UnicodeError:
        raise InputError(N_("This file is not in the encoding that the map names."), hint=HINT) from None
    if "\0" in text:
        raise InputError(N_("This file holds bytes that no bank statement has."), hint=HINT)
    return text


def _rows(text: str, delimiter: str, skip: int) -> list[list[str]]:
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InputError(N_("This file is not CSV with the delimiter that is set."), hint=HINT) from None
    return [row for row in rows[skip:] if any(cell.strip() for cell in row)]


def headers(text: str, delimiter: str, skip: int) -> list[str]:
    """Give the names of the columns. Raises `InputError` if there are none, or one twice."""
    rows = _rows(text, delimiter, skip)
    names = [cell.strip() for cell in rows[0]] if rows else []
    if len(names) < 2:
        raise InputError(N_("This file has no line with the names of its columns."), hint=HINT)
    return names


def parse(data: bytes, columns: ColumnMap) -> tuple[Statement, ...]:
    """Read a CSV by its map: one statement for each account in it. Raises `InputError`."""
    text = decode(data, columns.encoding)
    rows = _rows(text, columns.delimiter, columns.skip)
    names = headers(text, columns.delimiter, columns.skip)
    singles = (columns.booked, columns.amount, columns.credit, columns.debit, columns.mark, columns.value)
    more = (columns.payer, columns.currency, columns.own, columns.account)
    for name in filter(None, (*singles, *more, *columns.text)):
        if names.count(name) != 1:
            raise InputError(N_("The file has no column “%(name)s”, or has it twice."), hint=HINT, name=name[:60])
    found: dict[str, list[Found]] = {}
    for index, row in enumerate(rows[1:], start=columns.skip + 2):
        if len(row) != len(names) or any(len(cell) > _FIELD for cell in row):
            raise InputError(N_("Line %(line)s has not as many columns as the first."), hint=HINT, line=index)
        cells = dict(zip(names, (cell.strip() for cell in row), strict=True))
        line = _line(cells, columns, index)
        if line is not None:
            account = re.sub(r"\s", "", cells[columns.account]).upper() if columns.account else ""
            found.setdefault(account, []).append(line)
    if not found:
        raise InputError(N_("This file has no statement in it."), hint=HINT)
    return tuple(_statement(account, lines) for account, lines in found.items())


def _statement(account: str, found: list[Found]) -> Statement:
    lines = number(account, found)
    days = [line.booked for line in lines]
    return Statement(
        account, lines[0].amount.currency, min(days), max(days), None, None, lines, pending=0, checked=False
    )


def _line(cells: dict[str, str], columns: ColumnMap, index: int) -> Found | None:
    signed = _signed(cells, columns, index)
    if signed is None:
        return None
    is_credit, amount = signed
    booked = _day(cells[columns.booked], columns, index)
    text = "\n".join(cells[name] for name in columns.text if cells[name])[:2000]
    line = Line(
        kind="credit" if is_credit else "debit",
        amount=amount,
        booked=booked,
        day=_day(cells[columns.value], columns, index) if columns.value and cells[columns.value] else booked,
        ref=parse_reference(text),
        bank_id="",
        text=text if is_credit else "",
        payer=cells[columns.payer][:140] if columns.payer and is_credit else "",
    )
    return Found(line, cells[columns.own] if columns.own else "")


def _day(text: str, columns: ColumnMap, index: int) -> dt.date:
    try:
        return dt.datetime.strptime(text, columns.day_form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise InputError(N_("Line %(line)s has no day in the map's form."), hint=HINT, line=index) from None


def _signed(cells: dict[str, str], columns: ColumnMap, index: int) -> tuple[bool, Money] | None:
    """Give direction and amount; None for a line of zero."""
    currency = cells[columns.currency].upper() if columns.currency else columns.only_currency
    if columns.amount:
        sign, text = _unsign(cells[columns.amount], columns.decimal)
        if columns.mark:
            mark = cells[columns.mark]
            if sign < 0 or (mark in columns.credit_marks) == (mark in columns.debit_marks):
                raise InputError(N_("Line %(line)s does not tell its direction."), hint=HINT, line=index)
            sign = 1 if mark in columns.credit_marks else -1
    else:
        into, out = cells[columns.credit], cells[columns.debit]
        if bool(into) == bool(out):
            raise InputError(N_("Line %(line)s does not tell its direction."), hint=HINT, line=index)
        # Banks write money out with or without a minus in its own column; in the other one a minus is a riddle.
        sign, text = _unsign(into or out, columns.decimal)
        if into and sign < 0:
            raise InputError(N_("Line %(line)s does not tell its direction."), hint=HINT, line=index)
        sign = 1 if into else -1
    amount = read_amount(text, currency)
    return (sign > 0, amount) if amount.minor else None


def _unsign(text: str, decimal: str) -> tuple[int, str]:
    bare = re.sub(r"[\s\u00a0\u202f']", "", text)
    sign = -1 if bare[:1] in {"-", "−"} else 1
    bare = bare[1:] if bare[:1] in {"-", "−", "+"} else bare
    thousands = "," if decimal == "." else "."
    grouped = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", bare)
    if grouped:
        bare = bare.replace(thousands, "")
    # What is left of the other sign is no amount in this map, and read_amount says so.
    return sign, bare.replace(decimal, "p").replace(thousands, "x").replace("p", ".")
