"""Many rows in one statement, on either database.

PostgreSQL gets one `INSERT … SELECT` or `UPDATE … FROM` over arrays: the planner is asked once, whatever the number
of rows, where a statement per row costs both sides more than the row itself. SQLite gets `executemany`,
which keeps its prepared statement; asking it costs no way to another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

Row = Sequence[Any]


@contextmanager
def sent_together(connection: Any) -> Iterator[None]:
    """Send the statements of the block to PostgreSQL without waiting for each answer; all are there when it ends.

    Each wait gives the interpreter away, and it has to be won back from every thread that serves somebody.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


class Insert:
    """Adds rows to a table; `columns` gives each column's type in PostgreSQL, in the order of a row's values."""

    def __init__(self, table: str, columns: Mapping[str, str]) -> None:
        names = ", ".join(columns)
        into = f"INSERT INTO {table} ({names})"
        self._each: Final = f"{into} VALUES ({', '.join(['%s'] * len(columns))})"
        self._all: Final = f"{into} SELECT * FROM {_arrays(columns)}"

    def run(self, cursor: Any, vendor: str, rows: Sequence[Row]) -> None:
        """Write the rows; none of them is fine."""
        _run(cursor, self._all if vendor == "postgresql" else self._each, vendor, rows)


class Update:
    """Changes rows of a table; the last of `columns` names the row."""

    def __init__(self, table: str, columns: Mapping[str, str]) -> None:
        *names, key = columns
        self._each: Final = f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in names)} WHERE {key} = %s"
        new = ", ".join(f"{name} = new.{name}" for name in names)
        listed = f"{_arrays(columns)} AS new ({', '.join(columns)})"
        self._all: Final = f"UPDATE {table} SET {new} FROM {listed} WHERE {table}.{key} = new.{key}"

    def run(self, cursor: Any, vendor: str, rows: Sequence[Row]) -> None:
        """Write the rows; a row is named once at most."""
        _run(cursor, self._all if vendor == "postgresql" else self._each, vendor, rows)


def _arrays(columns: Mapping[str, str]) -> str:
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in columns.values())})"


def _run(cursor: Any, sql: str, vendor: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    if vendor == "postgresql":
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
    else:
        cursor.executemany(sql, rows)
