"""Booking a bank list that two members signed: each line once, whoever sends it again.

The list was made from a bank statement on members' own machines (`panah bank import`); names, IBANs
and free texts never came here. Push money can't be refused: every credit is booked, what is past
the goal is held. A line in foreign money is booked at the ECB's rate of its value day; until that is known it waits,
and the same list, sent again, books it.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from panah.core.fund import Act, State, require
from panah.core.rates import RateTable
from panah.errors import N_, RefusedError
from panah.site.gifts.booking import Arrival, book, count_waiting, undo
from panah.site.gifts.foreign import fix_rate, is_foreign, rate_on, rates_of, split_worth
from panah.site.gifts.relisting import meets_booked, meets_undone
from panah.storage.batch import GIFT_COLUMNS, Batch, read_gift
from panah.storage.funds import FundHome
from panah.storage.rows import GiftRow, new_gift_id
from panah.storage.writer import writer_for

STEP: Final = 200
"""Lines per transaction: a list of a busy year must not keep givers waiting."""


@dataclass(slots=True)
class ListOutcome:
    """What became of the lines; amounts in minor units of the fund's currency.

    `unknown` are undoing lines whose original is not here, `waiting` lines without a rate: (line, currency, why).
    """

    booked: int = 0
    counted: int = 0
    held: int = 0
    doubles: int = 0
    undone: int = 0
    unknown: list[str] = field(default_factory=list)
    waiting: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: ListOutcome) -> None:
        """Take in the outcome of a further part."""
        self.booked += other.booked
        self.counted += other.counted
        self.held += other.held
        self.doubles += other.doubles
        self.undone += other.undone
        self.unknown += other.unknown
        self.waiting += other.waiting


def book_list(fund: FundHome, body: dict[str, Any], listed: str, now: dt.datetime) -> ListOutcome:
    """Book every line of a verified `bank-list` body; `listed` is the base64 SHA-256 of its signed bytes.

    Raises `RefusedError` before the first line when the fund's state or a currency forbids it.
    Cut off half-way, it is simply sent again: lines that were booked are doubles then.
    """
    outcome, rates = ListOutcome(), rates_of(fund.home)
    lines = body["lines"]
    writer = writer_for(fund)
    writer.submit(partial(_check, lines=lines))
    for begin in range(0, len(lines), STEP):
        part = lines[begin : begin + STEP]
        outcome.add(writer.submit(partial(_book_lines, lines=part, listed=listed, today=now.date(), rates=rates)))
    writer.submit(partial(_note_upto, upto=dt.date.fromisoformat(body["upto"])))
    return outcome


def _check(batch: Batch, lines: Sequence[dict[str, Any]]) -> None:
    require(State(batch.counter.state), Act.BOOK)
    accepted = accepted_by(batch)
    for line in lines:
        if line["cur"] not in accepted:
            raise RefusedError(
                N_("The list has a line in %(other)s, and the fund accepts %(currency)s."),
                hint=N_("Import the statement of the account that the charter names."),
                other=line["cur"], currency=", ".join(accepted),
            )  # fmt: skip


def accepted_by(batch: Batch) -> list[str]:
    """Give the currencies of the charter in force, the fund's own first."""
    charter: Any = batch.rules.charter
    return [charter["currency"], *charter.get("accepts", [])]


def _note_upto(batch: Batch, upto: dt.date) -> None:
    if batch.counter.bank_upto is None or batch.counter.bank_upto < upto:
        batch.counter.bank_upto = upto
        batch.counter.face += 1


def _book_lines(
    batch: Batch, lines: Sequence[dict[str, Any]], listed: str, today: dt.date, rates: RateTable
) -> ListOutcome:
    outcome = ListOutcome()
    for line in lines:
        identity = base64.b64decode(line["line"])
        is_known = bool(batch.query("SELECT 1 FROM storage_bankline WHERE line = %s", [identity]))
        if is_known or (line["kind"] == "credit" and meets_booked(batch, line, identity, listed)):
            outcome.doubles += 1
        elif line["kind"] == "credit":
            _book_credit(batch, line, identity, listed, today, outcome, rates)
        else:
            _undo_line(batch, line, identity, listed, today, outcome)
    count_waiting(batch, today)  # after `met`, what came now is held first, and then fills room that refunds have left
    return outcome


def _book_credit(
    batch: Batch,
    line: dict[str, Any],
    identity: bytes,
    listed: str,
    today: dt.date,
    outcome: ListOutcome,
    rates: RateTable,
) -> None:
    day = dt.date.fromisoformat(line["day"])
    if is_foreign(batch, line["cur"]) and rate_on(batch, rates, line["cur"], day) is None:
        outcome.waiting.append((line["line"], line["cur"], _LATER if line["cur"] in rates.quoted else _NEVER))
        return
    row = gift_for(batch, line, today)
    fix_rate(batch, row, rates, day)
    counted, held = split_worth(batch, row, line["amount"])
    book(batch, row, Arrival(line["amount"], counted, day, listed), today)
    remember_line(batch, line, identity, row.id, listed)
    outcome.booked += 1
    outcome.counted += counted
    outcome.held += held


_LATER: Final = N_("the rate of its day is not here yet: panah site rates FILE, then send the list again")
_NEVER: Final = N_("the ECB does not quote it: panah member write exchange, once it is exchanged")


def gift_for(batch: Batch, line: dict[str, Any], today: dt.date) -> GiftRow:
    """Give the gift that the transfer belongs to; make one for a transfer without (or with a used) reference."""
    found = []
    if reference := line.get("ref"):
        found = batch.query(f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE reference = %s", [reference])
    if found:
        row = read_gift(found[0])
        if row.status in {"promised", "refused"} and row.currency == line["cur"]:
            return row
        # A second transfer under one reference, or one in other money, is a gift of its own that the same code finds.
        commitment, twin = row.rc, True
    else:
        # Came without visiting the page: nobody has a code for it, so nobody can claim it as theirs.
        commitment, twin = secrets.token_bytes(32), False
    made = GiftRow(new_gift_id(today), "bank", line["cur"], line["amount"], True, commitment, None, today, twin=twin)
    batch.add_gift(made)
    return made


def _undo_line(
    batch: Batch,
    line: dict[str, Any],
    identity: bytes,
    listed: str,
    today: dt.date,
    outcome: ListOutcome,
) -> None:
    row = _original_of(batch, line)
    if row is not None and meets_undone(batch, row.id, line, identity, listed):
        outcome.doubles += 1
        return
    if row is None or row.remains == 0 or row.currency != line["cur"]:
        outcome.unknown.append(line["line"])
        return
    undo(batch, row, min(line["amount"], row.remains), today, why="returned")
    remember_line(batch, line, identity, row.id, listed)
    count_waiting(batch, today)
    outcome.undone += 1


def _original_of(batch: Batch, line: dict[str, Any]) -> GiftRow | None:
    """Give the gift that a return or correction takes out: by the line it undoes, else by its reference."""
    if undoes := line.get("undoes"):
        found = batch.query("SELECT gift FROM storage_bankline WHERE line = %s", [base64.b64decode(undoes)])
    elif reference := line.get("ref"):
        found = batch.query("SELECT id FROM storage_gift WHERE reference = %s", [reference])
    else:
        found = []
    return batch.gift(found[0][0]) if found else None


def remember_line(batch: Batch, line: dict[str, Any], identity: bytes, gift: str, listed: str) -> None:
    """Note that a line of a bank's statement is booked, so that a later list finds it a double."""
    batch.execute(
        "INSERT INTO storage_bankline (line, kind, gift, amount, day, listed) VALUES (%s, %s, %s, %s, %s, %s)",
        [identity, line["kind"], gift, line["amount"], line["day"], base64.b64decode(listed)],
    )
