"""The frame of a camt.053 statement: account, balances, days, and the sum over its entries."""

from __future__ import annotations

import datetime as dt
from typing import Final

from lxml import etree

from panah.core.money import Money
from panah.errors import N_, InputError
from panah.rails.bank.camtfields import Fields
from panah.rails.bank.lines import Found, Statement, check_sum, number, read_day

_OPENING: Final = ("OPBD", "PRCD")  # opening, or the closing one of the day before
_CLOSING: Final = ("CLBD",)
_HINT: Final = N_("Export the statement again at your bank.")


class Collected:
    """Lines of the statement being read, and how many entries were not booked yet."""

    def __init__(self) -> None:
        self.lines: list[Found] = []
        self.pending = 0

    def add(self, lines: list[Found] | None) -> None:
        """Take what one entry gave; None is an entry that is not booked."""
        if lines is None:
            self.pending += 1
        else:
            self.lines += lines


def _balance(fields: Fields, element: etree._Element, codes: tuple[str, ...]) -> tuple[Money, dt.date] | None:
    for code in codes:
        found = [one for one in fields.all(element, "Bal") if fields.text(one, "Tp/CdOrPrtry/Cd") == code]
        if len(found) > 1:
            return None  # a balance for each page or currency: nothing to check against
        if found:
            amount = fields.amount(found[0])
            signed = amount if fields.is_credit(found[0]) else -amount
            return signed, read_day(fields.text(found[0], "Dt/Dt", "Dt/DtTm"))
    return None


def _is_page(fields: Fields, element: etree._Element) -> bool:
    """Tell whether this is one page of several: its balances belong to the whole."""
    page = fields.text(element, "StmtPgntn/PgNb")
    last = fields.text(element, "StmtPgntn/LastPgInd")
    return page not in {"", "1"} or last in {"false", "0"}


def finish(fields: Fields, element: etree._Element, collected: Collected) -> Statement:
    """Make the statement when its element ends. Raises `InputError` if it does not add up."""
    account = fields.text(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "").upper()
    if not account:
        raise InputError(N_("The statement does not name its account."), hint=_HINT)
    opening = _balance(fields, element, _OPENING)
    closing = _balance(fields, element, _CLOSING)
    begin, end = fields.text(element, "FrToDt/FrDtTm"), fields.text(element, "FrToDt/ToDtTm")
    lines = number(account, collected.lines)
    if closing:
        upto = closing[1]
    elif lines:
        upto = max(line.booked for line in lines)
    elif end:
        upto = read_day(end)
    else:
        raise InputError(N_("The statement has neither a closing balance nor an entry."), hint=_HINT)
    since = read_day(begin) if begin else opening[1] if opening else None
    first, last = (opening[0] if opening else None), (closing[0] if closing else None)
    checked = False if _is_page(fields, element) else check_sum(first, last, lines, upto)
    currency = fields.text(element, "Acct/Ccy")
    if not currency:
        currency = last.currency if last else lines[0].amount.currency if lines else ""
    return Statement(account, currency, since, upto, first, last, lines, collected.pending, checked)
