"""The one lock of a fund: whoever changes money holds it, on either database. It fails closed.

SQLite has no row locks, so the lock is the write transaction itself, which must begin IMMEDIATE.
PostgreSQL locks the counter row. Anything else is refused before a single row is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connections, transaction

from panah.errors import N_, FatalError
from panah.storage.bulk import sent_together

_COLUMNS = (
    "state, goal, minimum, counted, claimed, held, next_entry, next_leaf,"
    " gifts_paused, intake_paused, rules, face, bank_upto"
)


Lock = Callable[[str], AbstractContextManager[tuple[Any, tuple[Any, ...]]]]
"""Connection name → a transaction that holds the fund; the race tests hand in one that does not."""


@contextmanager
def exclusive(alias: str) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Hold the fund's lock for one transaction; give its cursor and the counter row as it stands.

    The transaction commits when the block ends and rolls back when it raises.
    """
    connection = connections[alias]
    if connection.vendor == "postgresql":
        suffix = " FOR UPDATE"
    elif connection.vendor == "sqlite" and connection.settings_dict["OPTIONS"].get("transaction_mode") == "IMMEDIATE":
        suffix = ""
    else:
        raise FatalError(N_("This database can't hold the fund's lock, so nothing is written."))
    with transaction.atomic(using=alias, durable=True), connection.cursor() as cursor:
        with sent_together(connection):  # with the BEGIN before it
            cursor.execute(f"SELECT {_COLUMNS} FROM storage_counter WHERE id = 1{suffix}")
            row = cursor.fetchone()
        if row is None:
            raise FatalError(N_("The fund has no counter row, so nothing is written."))
        yield cursor, row
