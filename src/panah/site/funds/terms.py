"""Which terms of the charter are in force, as a reader of the log knows it: by the days that its leaves name."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core.announced import Announced, coming, not_in_force

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules


@dataclass(frozen=True, slots=True)
class Ahead:
    """The `number` amendments of the log that are not in force yet. Not `is_logged` while one waits for its place."""

    announced: tuple[Announced, ...] = ()
    number: int = 0
    is_logged: bool = True


NOTHING: Final = Ahead()


def read_ahead(fund: FundHome, rules: FundRules, today: dt.date) -> Ahead:
    """Read what has been announced. Pages tell it once a reader finds it in the log, never before."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT 1 FROM storage_statement WHERE kind = 'amend' LIMIT 1")
        if cursor.fetchone() is None:
            return NOTHING  # as nearly always: the journal, which may be long, is not searched
        cursor.execute(
            "SELECT e.body, e.leaf IS NOT NULL AND e.leaf < h.size FROM storage_entry e, storage_loghead h"
            " WHERE e.kind IN ('charter', 'amend') ORDER BY e.id"
        )
        rows = [(json.loads(bytes(body)), bool(logged)) for body, logged in cursor.fetchall()]
    terms: Any = rules.charter
    ahead = not_in_force(rows[0][0]["charter"], [body for body, logged in rows[1:] if logged], terms, today)
    return Ahead(coming(terms, ahead), len(ahead), all(logged for _, logged in rows))


def charter_leaves(batch: Batch) -> list[tuple[int, dict[str, Any]]]:
    """Give the charter leaf and all amendments, with their numbers in the journal."""
    rows = batch.query("SELECT id, body FROM storage_entry WHERE kind IN ('charter', 'amend') ORDER BY id")
    return [(row[0], json.loads(bytes(row[1]))) for row in rows]


def charter_on(leaves: list[tuple[int, dict[str, Any]]], day: dt.date) -> dict[str, Any]:
    """Give the charter's terms in force on `day`, from the charter leaf and all amendments after it."""
    terms: dict[str, Any] = dict(leaves[0][1]["charter"])
    for _, change in sorted(leaves[1:], key=lambda row: str(row[1]["from"])):
        if dt.date.fromisoformat(change["from"]) <= day:
            terms |= change["set"]
    return terms


def latest_day(batch: Batch, since: int, *, placed: bool) -> dt.date:
    """Give the latest day that the journal names from entry `since` on; `placed`: only of what is in the log."""
    where = " AND leaf IS NOT NULL" if placed else ""
    rows = batch.query(f"SELECT body FROM storage_entry WHERE id >= %s{where}", [since])
    latest = max((str(json.loads(bytes(row[0])).get("day", "")) for row in rows), default="")
    return dt.date.fromisoformat(latest) if latest else dt.date.min  # a charter alone names none


def put_in_force(batch: Batch, terms: dict[str, Any]) -> None:
    """Let these terms hold from now on."""
    counter = batch.counter
    batch.execute("UPDATE storage_fund SET charter = %s WHERE id = 1", [json.dumps(terms)])
    counter.goal, counter.minimum = terms["goal"], terms["minimum"]
    counter.rules += 1
    counter.face += 1


def raise_goal(batch: Batch) -> dt.date | None:
    """Bring into force what the journal's own days have made due, before a goal that is no longer one is reached.

    A gift of an amendment's first day may be the one that fills the old goal; for a reader of the log the new
    one holds from that leaf on. Gives the journal's day when terms changed. Safe before the leaf has its place:
    the sequencer keeps the first leaf of such a day where it is.
    """
    announced = batch.query("SELECT body FROM storage_statement WHERE kind = 'amend'")
    in_force = batch.rules.charter
    if all(in_force.get(key) == value for row in announced for key, value in json.loads(row[0])["set"].items()):
        return None
    leaves = charter_leaves(batch)
    day = latest_day(batch, leaves[1][0], placed=False)
    terms = charter_on(leaves, day)
    if terms == in_force:
        return None
    put_in_force(batch, terms)
    return day
