"""One entry of a camt.053 statement: which lines it is.

A batch is split into its transfers only if their amounts add up to the entry to the last cent; otherwise
the entry stays whole and goes to a person with the reason. Returns and the bank's corrections are told by
what the bank says of them (RtrInf, transaction code, RvslInd), never by a name or text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from panah.core.money import Money
from panah.errors import N_, InputError
from panah.rails.bank.camtfields import Fields
from panah.rails.bank.lines import Found, Line, LineKind, read_amount, read_day
from panah.rails.bank.reference import parse_reference

NO_DETAILS: Final = N_("a batch without its single transfers")
NOT_ADDING_UP: Final = N_("a batch whose single transfers do not add up to its amount")
CAME_BACK: Final = N_("a payment of the fund that came back")
REVERSED_DEBIT: Final = N_("a correction of an earlier debit by the bank")

# ISO external sub-family codes: reimbursement, reversal after a cancellation request, unpaid.
_RETURN_CODES: Final = frozenset({"RRTN", "RPCR", "UPCT"})
# German banks' own code in Prtry ("NTRF+159+…"): 159 is a returned SEPA transfer.
_RETURN_GVC: Final = "159"
_NOTHING: Final = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOTAVAILABLE", "-"})
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """One transfer (TxDtls) inside an entry."""

    amounts: tuple[tuple[str, str], ...]  # (currency, text), the most fitting first
    is_credit: bool | None
    own: str
    end_to_end: str
    ref: str | None
    text: str
    payer: str
    went_back: bool


def _known(text: str) -> str:
    return "" if text.upper() in _NOTHING else text[:_LONGEST]


def _says_return(fields: Fields, element: etree._Element) -> bool:
    code = fields.text(element, "BkTxCd/Domn/Fmly/SubFmlyCd")
    own = fields.text(element, "BkTxCd/Prtry/Cd").split("+")
    return code in _RETURN_CODES or (len(own) > 1 and own[1] == _RETURN_GVC)


def read_part(fields: Fields, element: etree._Element) -> Part:
    """Read one TxDtls."""
    amounts = tuple(
        (found.get("Ccy") or "", (found.text or "").strip())
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
        for found in fields.all(element, path)
    )
    end_to_end = _known(fields.text(element, "Refs/EndToEndId"))
    structured = [(ref.text or "") for ref in fields.all(element, "RmtInf/Strd/CdtrRefInf/Ref")]
    free = [(line.text or "") for line in fields.all(element, "RmtInf/Ustrd")]
    more = fields.text(element, "AddtlTxInf")
    text = "\n".join(part.strip() for part in (*structured, *free, more) if part.strip())[:_LONGEST]
    return Part(
        amounts=amounts,
        is_credit=fields.is_credit(element) if fields.all(element, "CdtDbtInd") else None,
        own=_known(fields.text(element, "Refs/AcctSvcrRef")),
        end_to_end=end_to_end,
        ref=parse_reference("\n".join(structured)) or parse_reference(f"{text}\n{end_to_end}"),
        text=text,
        payer=fields.text(element, "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm")[:140],
        went_back=bool(fields.all(element, "RtrInf")) or _says_return(fields, element),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    amount: Money
    is_credit: bool
    reversal: bool
    went_back: bool
    own: str
    text: str
    booked: dt.date
    day: dt.date

    def kind(self, went_back: bool, is_credit: bool) -> tuple[LineKind, str]:
        """Name the kind of a line and the doubt about it."""
        if is_credit:
            doubt = REVERSED_DEBIT if self.reversal else CAME_BACK if went_back else ""
            return "credit", doubt
        return ("correction" if self.reversal else "return" if went_back else "debit"), ""

    def whole(self, parts: Sequence[Part], doubt: str) -> Line:
        """Make one line of the entry; `parts` is the one transfer in it, or what could not be split."""
        went_back = self.went_back or any(part.went_back for part in parts)
        kind, told = self.kind(went_back, self.is_credit)
        only = parts[0] if len(parts) == 1 else None
        text = "\n".join(filter(None, (only.text if only else "", self.text)))
        return Line(
            kind=kind,
            amount=self.amount,
            booked=self.booked,
            day=self.day,
            ref=(only.ref if only else None) or (None if doubt else parse_reference(text)),
            bank_id="",
            end_to_end=only.end_to_end if only else "",
            text="" if kind == "debit" else text,  # whom the fund pays is not this list's business
            payer="" if kind == "debit" or not only else only.payer,
            doubt=doubt or told,
        )

    def split(self, part: Part, amount: Money) -> Line:
        """Make the line of one transfer in a batch."""
        kind, told = self.kind(self.went_back or part.went_back, _direct(self, part))
        return Line(
            kind=kind,
            amount=amount,
            booked=self.booked,
            day=self.day,
            ref=part.ref,
            bank_id="",
            end_to_end=part.end_to_end,
            text="" if kind == "debit" else part.text,
            payer="" if kind == "debit" else part.payer,
            doubt=told,
        )


def _direct(entry: _Entry, part: Part) -> bool:
    return entry.is_credit if part.is_credit is None else part.is_credit


def _part_amount(part: Part, currency: str) -> Money | None:
    return next((read_amount(text, code) for code, text in part.amounts if code == currency), None)


def _amounts(entry: _Entry, parts: Sequence[Part]) -> list[Money] | None:
    """Give the amount of each part, or None if they do not add up to the entry."""
    amounts: list[Money] = []
    total = 0
    for part in parts:
        amount = _part_amount(part, entry.amount.currency)
        if amount is None:
            return None
        amounts.append(amount)
        total += amount.minor if _direct(entry, part) == entry.is_credit else -amount.minor
    return amounts if total == entry.amount.minor else None


def _read_entry(fields: Fields, element: etree._Element) -> _Entry:
    booked = fields.text(element, "BookgDt/Dt", "BookgDt/DtTm")
    value = fields.text(element, "ValDt/Dt", "ValDt/DtTm")
    return _Entry(
        amount=fields.amount(element),
        is_credit=fields.is_credit(element),
        reversal=fields.text(element, "RvslInd") in {"true", "1"},
        went_back=_says_return(fields, element),
        own=_known(fields.text(element, "AcctSvcrRef")),
        text=fields.text(element, "AddtlNtryInf")[:_LONGEST],
        booked=read_day(booked or value),
        day=read_day(value or booked),
    )


def entry_lines(fields: Fields, element: etree._Element, parts: Sequence[Part]) -> list[Found] | None:
    """Read one Ntry: its lines with the bank's references for them. None if it is not booked."""
    status = fields.text(element, "Sts/Cd", "Sts")
    if status in {"PDNG", "INFO", "FUTR"}:
        return None
    if status != "BOOK":
        raise InputError(
            N_("An entry has a status that is neither booked nor pending."),
            hint=N_("Ask your bank's export for booked entries (BOOK)."),
        )
    entry = _read_entry(fields, element)
    if not entry.amount.minor:
        return []
    if len(parts) > 1:
        amounts = _amounts(entry, parts)
        if amounts is None:
            return [Found(entry.whole(parts, NOT_ADDING_UP), entry.own)]
        return [
            Found(entry.split(part, amount), part.own, within=entry.own)
            for part, amount in zip(parts, amounts, strict=True)
            if amount.minor
        ]
    count = fields.text(element, "NtryDtls/Btch/NbOfTxs")
    doubt = NO_DETAILS if count.isdecimal() and int(count[:9]) > 1 else ""
    return [Found(entry.whole(parts, doubt), entry.own or (parts[0].own if parts else ""))]
