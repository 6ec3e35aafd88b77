"""Search over cases, in memory only: SQLite's FTS5 in `:memory:`, texts and words folded alike (core/folding.py).

Built at the first search, then kept up with what changed. All words must be there, each as the beginning of one. What
a case forgot, was shredded or taken back is not found any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from panah.core.casework import Case
from panah.core.folding import fold
from panah.desk.vault.desk import Desk

MOST: Final = 50


class Index:
    """The words of all cases of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.base = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.base.execute("PRAGMA temp_store = MEMORY")
        self.base.execute("PRAGMA secure_delete = ON")
        self.base.execute(
            "CREATE VIRTUAL TABLE words USING fts5(said, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"
        )
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._put(desk.state.ids())
        desk.state.touched.clear()

    def find(self, asked: str, most: int = MOST) -> list[str]:
        """Give ids of cases, the best first; nothing for nothing."""
        if self._desk.state.touched:
            self._put(self._desk.state.touched)
            self._desk.state.touched.clear()
        words = fold(asked).split()
        if not words:
            return []
        query = " ".join(f'"{word}"*' for word in words)
        rows = self.base.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, most))
        return [self._ids[number] for (number,) in rows]

    def _put(self, cases: list[str] | set[str]) -> None:
        circles = self._desk.state.circles
        self.base.execute("BEGIN")
        for case in sorted(cases):
            number = self._numbers.setdefault(case, len(self._numbers) + 1)
            self._ids[number] = case
            self.base.execute("DELETE FROM words WHERE rowid = ?", (number,))
            circle = circles.get(case)
            if circle is not None and circle.kind == "case":
                said = fold(" \n ".join(texts(self._desk.state.case(case))))
                self.base.execute("INSERT INTO words (rowid, said) VALUES (?, ?)", (number, said))
        self.base.execute("COMMIT")


def texts(state: Case) -> Iterator[str]:
    """Give all that was said in a case."""
    yield from (state.label, state.country, state.contact, *state.answers.values())
    for event in (*state.texts, *state.notes):
        yield event.what.get("text", "")
    for message in state.messages:
        yield message.text
    for entries in (state.household, state.needs, state.elsewhere, state.tasks):
        for entry in entries.values():
            yield from (value for value in entry.values() if isinstance(value, str))
