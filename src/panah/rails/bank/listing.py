"""The list that the site gets of a bank statement: no names, no accounts, no texts.

Promises: deterministic. Two members who read the same files with the same salt, rules and decisions get
the same bytes, in whatever order they name the files, so both can sign the one body. A line's id is an HMAC of
what the bank said, so the site can tell doubles and can't guess back. Every movement is either in the list, or
out of it for a reason that is counted, or waits for a person: nothing disappears.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from panah.errors import N_, InputError
from panah.proof import canonical, leaf
from panah.rails.bank.lines import Line
from panah.rails.bank.reference import is_reference

MIN_SALT: Final = 16
MAX_LINES: Final = 100_000
GIFT: Final = "gift"
NOT_A_GIFT: Final = "not-a-gift"

NO_REFERENCE: Final = N_("no reference of a gift in it")
OTHER_CURRENCY: Final = N_("a currency that the fund does not accept")
UNKNOWN_ORIGINAL: Final = N_("money that went back, and it is not known from which gift")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A movement that a person must look at. Holds names: never leaves the member's machine."""

    line_id: str
    line: Line
    reason: str


@dataclass(slots=True)
class Counts:
    """What became of all lines, in numbers without names; `total` in the fund's currency, `foreign` by currency."""

    credits: int = 0
    total: int = 0
    foreign: dict[str, int] = field(default_factory=dict)
    matched: int = 0
    returns: int = 0
    dropped: int = 0
    not_gifts: int = 0
    outgoing: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's body (without `sig`), what waits for a person, and the numbers."""

    body: dict[str, Any]
    waiting: tuple[Waiting, ...]
    counts: Counts


@dataclass(slots=True)
class _Credit:
    line: Line
    status: str  # listed, waiting, out
    left: int = field(default=0)
    ref: str | None = None


def check_salt(salt: bytes) -> bytes:
    """Give the salt. Raises `InputError` if it is too short to hide anything."""
    if len(salt) < MIN_SALT:
        raise InputError(N_("The salt is shorter than %(least)s bytes."), least=MIN_SALT)
    return salt


def line_id(salt: bytes, line: Line) -> str:
    """Give the id of a line in the list: HMAC-SHA256 (RFC 2104), so that only holders of the salt can link it."""
    digest = hmac.digest(check_salt(salt), b"panah/1/bank-line\n" + line.bank_id.encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


def is_decision(text: str) -> bool:
    """Tell whether `text` settles a line: a reference, `gift` or `not-a-gift`."""
    return text in {GIFT, NOT_A_GIFT} or is_reference(text)


class _Build:
    def __init__(
        self, salt: bytes, currencies: frozenset[str], decisions: Mapping[str, str], dropped: frozenset[str]
    ) -> None:
        self.salt, self.currencies, self.decisions, self.dropped = salt, currencies, decisions, dropped
        self.rows: list[tuple[Line, dt.date, dict[str, Any]]] = []
        self.waiting: list[Waiting] = []
        # Credits by what a later return may name them with: end-to-end id, reference.
        self.credits: defaultdict[str, list[_Credit]] = defaultdict(list)

    def row(self, line: Line, ident: str, ref: str | None, original: Line | None = None) -> None:
        row: dict[str, Any] = {
            "line": ident,
            "kind": line.kind,
            "cur": line.amount.currency,
            "amount": line.amount.minor,
            "day": line.day.isoformat(),
        }
        row |= {"ref": ref} if ref else {}
        row |= {"undoes": line_id(self.salt, original)} if original else {}
        # The site books in the list's order: what is undone must stand before what undoes it.
        self.rows.append((line, max(line.day, original.day) if original else line.day, row))

    def credit(self, line: Line) -> str:
        """Place one credit; gives what became of it."""
        ident = line_id(self.salt, line)
        decision = self.decisions.get(ident, "")
        if line.bank_id in self.dropped and not decision:
            self.remember(_Credit(line, "dropped", line.amount.minor, line.ref))
            return "dropped"
        foreign = line.amount.currency not in self.currencies
        reason = OTHER_CURRENCY if foreign else line.doubt or ("" if line.ref else NO_REFERENCE)
        if decision == NOT_A_GIFT:
            status, ref = "out", None
        elif decision and not foreign:
            status, ref = "listed", None if decision == GIFT else decision
        elif reason:
            status, ref = "waiting", line.ref
            self.waiting.append(Waiting(ident, line, reason))
        else:
            status, ref = "listed", line.ref
        if status == "listed":
            self.row(line, ident, ref)
        self.remember(_Credit(line, status, line.amount.minor, ref))
        return status

    def remember(self, credit: _Credit) -> None:
        """Keep a credit under each name a later return may give it."""
        line = credit.line
        names = {f"id {line.end_to_end}" if line.end_to_end else "", line.ref or "", credit.ref or ""}
        for name in names - {""}:
            self.credits[name].append(credit)

    def original(self, line: Line) -> _Credit | None:
        """Find the credit that a return or correction undoes: same end-to-end id or reference, and enough left."""
        named = [*self.credits.get(f"id {line.end_to_end}", ()), *self.credits.get(line.ref or "", ())]
        fitting = [
            one
            for one in named
            if one.line.amount.currency == line.amount.currency
            and one.line.booked <= line.booked
            and one.left >= line.amount.minor
        ]
        # The whole amount first, then the latest; the id only makes the choice the same everywhere.
        return max(
            fitting,
            key=lambda one: (one.left == line.amount.minor, one.line.booked, one.line.bank_id),
            default=None,
        )

    def undo(self, line: Line) -> str:
        """Place one return or correction; gives what became of it."""
        ident = line_id(self.salt, line)
        decision = self.decisions.get(ident, "")
        original = self.original(line)
        if decision == NOT_A_GIFT or (original and not decision and original.status in {"out", "dropped"}):
            return "out"
        if original is not None and original.status == "listed" and not decision:
            original.left -= line.amount.minor
            self.row(line, ident, original.ref, original.line)
        elif is_reference(decision) or (line.ref and original is None):
            self.row(line, ident, decision or line.ref)
        else:
            self.waiting.append(Waiting(ident, line, UNKNOWN_ORIGINAL))
            return "waiting"
        return "listed"


def build(
    lines: Iterable[Line],
    salt: bytes,
    *,
    origin: str,
    currency: str,
    upto: dt.date,
    accepts: Iterable[str] = (),
    decisions: Mapping[str, str] | None = None,
    dropped: frozenset[str] = frozenset(),
    since: dt.date | None = None,
) -> Listing:
    """Make the body of the `bank-list` statement; `accepts` are other currencies that the charter takes.

    `decisions` maps a line's id to what a person settled; `dropped` holds the `bank_id` of lines that a rule
    dropped; lines booked before `since` are used to find what a return undoes, and not listed again.
    """
    work = _Build(check_salt(salt), frozenset({currency, *accepts}), decisions or {}, dropped)
    ordered = sorted({line.bank_id: line for line in lines}.values(), key=lambda one: (one.booked, one.bank_id))
    counts = Counts()
    early = since or dt.date.min
    placed = [(line, work.credit(line)) for line in ordered if line.kind == "credit"]
    placed += [(line, work.undo(line)) for line in ordered if line.kind in {"return", "correction"}]
    for line, status in placed:
        if line.booked >= early:
            _count(counts, line, status, currency)
    counts.outgoing = sum(1 for line in ordered if line.kind == "debit" and line.booked >= early)
    # Within a day by id: the order in the bank's file would tell the site about times.
    work.rows.sort(key=lambda one: (one[1], one[0].kind != "credit", one[2]["line"]))
    rows = [row for line, _, row in work.rows if line.booked >= early]
    counts.matched = sum(1 for row in rows if row["kind"] == "credit" and "ref" in row)
    body = _body(salt, origin, upto, rows)
    return Listing(body, tuple(one for one in work.waiting if one.line.booked >= early), counts)


def _count(counts: Counts, line: Line, status: str, currency: str) -> None:
    if status == "dropped":
        counts.dropped += 1
    elif status == "out":
        counts.not_gifts += 1
    elif status == "listed" and line.kind == "credit":
        counts.credits += 1
        if line.amount.currency == currency:
            counts.total += line.amount.minor
        else:
            before = counts.foreign.get(line.amount.currency, 0)
            counts.foreign[line.amount.currency] = before + line.amount.minor
    elif status == "listed":
        counts.returns += 1


def _body(salt: bytes, origin: str, upto: dt.date, rows: list[dict[str, Any]]) -> dict[str, Any]:
    if len(rows) > MAX_LINES:
        raise InputError(
            N_("The list has more than %(most)s lines."), hint=N_("Import fewer days at a time."), most=MAX_LINES
        )
    body: dict[str, Any] = {"t": "panah/1/bank-list", "o": origin, "upto": upto.isoformat(), "lines": rows}
    # The same list has the same id: sent twice, it is one list.
    digest = hmac.digest(salt, b"panah/1/bank-list\n" + canonical.encode(body), hashlib.sha256)
    body["id"] = base64.b64encode(digest[:16]).decode()
    leaf.check({**body, "sig": [["stand-in", "stand-in"]]}, statement=True)
    return body
