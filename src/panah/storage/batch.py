"""One transaction of the writer: what its jobs read and change, kept in memory, written at the end.

Reads of all jobs are fetched in one query each, writes go out together, table by table. So a
gift costs a few microseconds of database work, whatever the number of givers waiting.
Promise: nothing is written before `flush`; the counter row was locked before anything was read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

from panah.core.ledger import Gift, postings
from panah.proof import canonical, leaf
from panah.storage.bulk import Insert, Update, sent_together
from panah.storage.rows import CounterRow, FundRules, GiftRow

_GIFT: Final = (
    "id, rail, currency, amount, takes_rest, rc, reference, made,"
    " status, claimed, booked, counted, value_day, log_by, twin, rate, source, remains"
)
_NEW_GIFTS: Final = Insert("storage_gift", {
    "id": "text", "rail": "text", "currency": "text", "amount": "bigint", "takes_rest": "boolean", "rc": "bytea",
    "reference": "text", "made": "date", "status": "text", "claimed": "bigint", "booked": "bigint", "counted": "bigint",
    "value_day": "date", "log_by": "date", "twin": "boolean", "rate": "text", "source": "text", "remains": "bigint",
})  # fmt: skip
_CHANGED_GIFTS: Final = Update("storage_gift", {
    "status": "text", "claimed": "bigint", "booked": "bigint", "counted": "bigint", "value_day": "date",
    "log_by": "date", "rate": "text", "source": "text", "remains": "bigint", "id": "text",
})  # fmt: skip
_EVENTS: Final = Insert("storage_raileventrow", {"id": "text", "gift": "text", "outcome": "text", "amount": "bigint"})
_ENTRIES: Final = Insert("storage_entry", {"id": "bigint", "kind": "text", "body": "bytea", "gift_ref": "text"})
_POSTINGS: Final = Insert(
    "storage_posting", {"entry": "bigint", "account": "text", "currency": "text", "minor": "bigint"}
)
_UPDATE_COUNTER: Final = (
    "UPDATE storage_counter SET state = %s, goal = %s, minimum = %s, counted = %s, claimed = %s, held = %s,"
    " next_entry = %s, next_leaf = %s, gifts_paused = %s, intake_paused = %s, rules = %s, face = %s, bank_upto = %s"
    " WHERE id = 1"
)
_NAMED: Final = (
    ("storage_gift", "id"), ("storage_entry", "gift_ref"), ("storage_bankline", "gift"),
    ("storage_raileventrow", "gift"), ("storage_refund", "gift"), ("storage_refundrequest", "gift"),
    ("storage_visit", "gift"), ("storage_railcall", "gift"),
)  # fmt: skip
"""Where a gift's id stands."""


class Part(Protocol):
    """A feature's own working set within a transaction."""

    def write(self, batch: Batch) -> None:
        """Send what waits; called by `flush`, perhaps several times."""


P = TypeVar("P", bound=Part)


class Batch:
    """The working set of one transaction. Jobs change `counter` and gift rows, and add entries."""

    def __init__(self, cursor: Any, vendor: str, counter: CounterRow, rules: FundRules) -> None:
        self.cursor = cursor
        self.counter = counter
        self.rules = rules
        self._vendor = vendor
        self._found = _counter_values(counter)
        self._gifts: dict[str, GiftRow | None] = {}
        self._new: dict[str, GiftRow] = {}
        self._changed: dict[str, GiftRow] = {}
        self._events: dict[str, tuple[str, int]] = {}
        self._commitments: set[bytes] = set()
        self._new_events: list[tuple[str, str, str, int]] = []
        self._entries: list[tuple[int, str, bytes, str | None]] = []
        self._postings: list[tuple[int, str, str, int]] = []
        self._parts: dict[type[Any], Any] = {}
        self.follows_log = False  # a leaf is carried out again: what it led to, later leaves say

    # -- reading

    def fetch(self, gifts: Iterable[str], events: Iterable[str], commitments: Iterable[bytes] = ()) -> None:
        """Read what the waiting jobs named, one query a table."""
        wanted = [identity for identity in gifts if identity not in self._gifts]
        if wanted:
            self._gifts.update(dict.fromkeys(wanted))
            for row in self._select(f"SELECT {_GIFT} FROM storage_gift WHERE id", wanted):
                self._gifts[row[0]] = read_gift(row)
        seen = list(events)
        if seen:
            events_sql = "SELECT id, outcome, amount FROM storage_raileventrow WHERE id"
            for identity, outcome, amount in self._select(events_sql, seen):
                self._events[identity] = (outcome, amount)
        codes = list(commitments)
        if codes:
            self._commitments.update(
                bytes(row[0]) for row in self._select("SELECT rc FROM storage_gift WHERE rc", codes)
            )

    def _select(self, query: str, keys: list[Any]) -> list[tuple[Any, ...]]:
        if self._vendor == "postgresql":
            self.cursor.execute(f"{query} = ANY(%s)", [keys])
        else:
            self.cursor.execute(f"{query} IN ({', '.join(['%s'] * len(keys))})", keys)
        rows: list[tuple[Any, ...]] = self.cursor.fetchall()
        return rows

    def gift(self, identity: str) -> GiftRow | None:
        """Give a gift; None when there is none."""
        if identity not in self._gifts:
            self.fetch([identity], ())
        return self._gifts[identity]

    def outcome_of(self, event: str) -> str | None:
        """Give what an event already led to; None when it is new. It must have been named to `submit`."""
        found = self._events.get(event)
        return found[0] if found else None

    def taken_by(self, event: str) -> int:
        """Give what an event took out of its gift, as `add_event` was told. It must have been named to `submit`."""
        return self._events.get(event, ("", 0))[1]

    def is_taken(self, commitment: bytes) -> bool:
        """Tell whether a receipt code is in use. It must have been named to `submit`."""
        return commitment in self._commitments

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read anything else, with what this batch changed so far."""
        self.flush()
        self.cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = self.cursor.fetchall()
        return rows

    # -- changing

    def add_gift(self, row: GiftRow) -> None:
        """Write a new gift."""
        self._gifts[row.id] = self._new[row.id] = row
        self._commitments.add(row.rc)

    def drop_gift(self, row: GiftRow) -> None:
        """Forget a promise that nobody could ever pay, so that the same form can promise anew."""
        self.execute("DELETE FROM storage_gift WHERE id = %s AND status = 'promised'", [row.id])
        self._gifts[row.id] = None
        self._commitments.discard(row.rc)

    def rename_gift(self, row: GiftRow, name: str) -> None:
        """Give a gift another id, wherever it is named."""
        for table, column in _NAMED:
            self.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [name, row.id])
        self._gifts[row.id] = None
        row.id = name
        self._gifts[name] = row

    def change_gift(self, row: GiftRow) -> None:
        """Write what was changed in a gift."""
        self._gifts[row.id] = row
        if row.id not in self._new:
            self._changed[row.id] = row

    def add_event(self, event: str, gift: str, outcome: str, amount: int = 0) -> None:
        """Remember that an event was carried out, and what it took out of the gift."""
        self._events[event] = (outcome, amount)
        self._new_events.append((event, gift, outcome, amount))

    def add_entry(self, body: dict[str, Any], gift_ref: str | None = None, before: Gift | None = None) -> int:
        """Write one public fact with its postings; give its number in the journal.

        `before` is what was left of the gift that a void, return, count or overflow is about (`left_of`).
        `gift_ref` names the gift that a `gift`, `gift-void` or `count` body is about. The latter two
        hold `"gift": 0` here, which no schema accepts: the sequencer puts the index in.
        """
        number = self.counter.next_entry
        self.counter.next_entry = number + 1
        kind = leaf.kind(body)
        data = canonical.encode(body) if body.get("gift") == 0 else leaf.encode(body)
        self._entries.append((number, kind, data, gift_ref))
        lines = postings(body, str(self.rules.charter["currency"]), before)
        self._postings.extend((number, account, currency, minor) for account, currency, minor in lines)
        return number

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Write something rare; give the number of rows."""
        self.flush()
        self.cursor.execute(sql, params)
        return int(self.cursor.rowcount)

    def part(self, kind: type[P]) -> P:
        """Give the one working set of this kind; made when first asked for, written with everything else."""
        if kind not in self._parts:
            self._parts[kind] = kind()
        part: P = self._parts[kind]
        return part

    def write(self, statement: Insert | Update, rows: Sequence[Sequence[Any]]) -> None:
        """Write many rows that this batch itself never reads again."""
        statement.run(self.cursor, self._vendor, rows)

    # -- writing

    def flush(self) -> None:
        """Send all changes to the database, inside the transaction."""
        cursor, vendor = self.cursor, self._vendor
        _NEW_GIFTS.run(cursor, vendor, [_gift_values(row) for row in self._new.values()])
        _CHANGED_GIFTS.run(cursor, vendor, [_changed_values(row) for row in self._changed.values()])
        _EVENTS.run(cursor, vendor, self._new_events)
        _ENTRIES.run(cursor, vendor, self._entries)
        _POSTINGS.run(cursor, vendor, self._postings)
        self._new, self._changed = {}, {}
        self._new_events, self._entries, self._postings = [], [], []
        for part in self._parts.values():
            part.write(self)

    def finish(self) -> None:
        """Flush, then write the counter where it changed: its CHECKs are the last word before the commit."""
        with sent_together(self.cursor.db):
            self.flush()
            values = _counter_values(self.counter)
            if values != self._found:
                self.cursor.execute(_UPDATE_COUNTER, values)


def left_of(row: GiftRow) -> Gift:
    """Give what is left of a gift, as the ledger's rules want it."""
    return Gift(row.rail, row.currency, row.remains, row.counted, row.booked - row.counted)


def _gift_values(row: GiftRow) -> tuple[Any, ...]:
    return (
        row.id, row.rail, row.currency, row.amount, row.takes_rest, row.rc, row.reference, row.made,
        row.status, row.claimed, row.booked, row.counted, row.value_day, row.log_by, row.twin,
        row.rate, row.source, row.remains,
    )  # fmt: skip


def _counter_values(c: CounterRow) -> tuple[Any, ...]:
    return (
        c.state, c.goal, c.minimum, c.counted, c.claimed, c.held, c.next_entry, c.next_leaf,
        c.gifts_paused, c.intake_paused, c.rules, c.face, c.bank_upto,
    )  # fmt: skip


def _changed_values(row: GiftRow) -> tuple[Any, ...]:
    return (
        row.status, row.claimed, row.booked, row.counted, row.value_day, row.log_by, row.rate, row.source, row.remains,
        row.id,
    )  # fmt: skip


def read_gift(row: Sequence[Any]) -> GiftRow:
    """Build a gift from the columns `GIFT_COLUMNS`, as either database gives them."""
    values = list(row)
    values[4], values[14] = bool(values[4]), bool(values[14])
    values[5] = bytes(values[5])
    for column in (7, 12, 13):
        if isinstance(values[column], str):
            values[column] = dt.date.fromisoformat(values[column])
    return GiftRow(*values)


GIFT_COLUMNS: Final = _GIFT
