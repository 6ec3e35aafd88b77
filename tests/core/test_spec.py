"""The spec says what the code does: its tables are compared with the code's."""

from __future__ import annotations

import pathlib
import re

from panah.core.charter_form import _OPTIONAL, _TABLES, _fund
from panah.core.charter_rules import PURPOSES
from panah.core.fund import TABLE, Act, State
from panah.core.statement import NEEDED, Signers
from panah.seal import receipt

SPEC = pathlib.Path(__file__).parents[2] / "docs" / "spec"


def rows(page, heading):
    """Cells of the table whose first head cell is `heading`."""
    lines = iter((SPEC / page).read_text().splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_of_states_is_the_one_in_the_code():
    told = {row[0].split(" ")[0]: row[1:] for row in rows("charter.md", "act")}
    assert set(told) == set(Act)
    for act, cells in told.items():
        assert [cell == "yes" for cell in cells] == [act in TABLE[state] for state in State], act


def test_every_key_of_a_charter_is_explained():
    page = (SPEC / "charter.md").read_text()
    needed, extra = _fund("EUR")
    told = {row[0].strip("`") for row in rows("charter.md", "key")}
    assert set(needed | extra) <= told
    for name in [*_TABLES, *_OPTIONAL]:
        assert re.search(rf"\[+{name}[\].]", page), name
    assert all(f"`{purpose}`" in page for purpose in PURPOSES)


def test_the_signers_are_the_ones_in_the_code():
    words = {
        "every": Signers.ALL,
        "two": Signers.TWO,
        "one": Signers.ONE,
        "nobody:": Signers.NONE,
        "outside": Signers.OUTSIDE,
    }
    told = {kind: words[row[1].split()[0]] for row in rows("statements.md", "kind") for kind in row[0].split(", ")}
    assert told == NEEDED


def test_the_check_digits_of_the_spec_are_the_ones_in_the_code():
    assert tuple("".join(row[1:]) for row in rows("receipts.md", "state")) == receipt._DAMM
