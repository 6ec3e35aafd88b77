"""Rules for lines that are not the fund's: membership fees, rent income, a shop on the same account.

A rule is a plain "contains", kept in a TOML file that treasurers share. Promises: a line with a valid reference of
a gift is never dropped, whatever the rules say, and every rule tells how many lines it dropped so that a
person can confirm it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from panah.errors import N_, InputError
from panah.rails.bank.lines import Line

_HINT: Final = N_('A rule is [[drop]] with why = "…" and payer = "…" or text = "…" (at least 3 letters).')


@dataclass(frozen=True, slots=True)
class DropRule:
    """Drop credits whose payer and text contain these words (empty: anything)."""

    why: str
    payer: str = ""
    text: str = ""

    def fits(self, line: Line) -> bool:
        """Tell whether the line is one of these."""
        return (
            line.kind == "credit"
            and line.ref is None
            and self.payer.casefold() in _flat(line.payer)
            and self.text.casefold() in _flat(line.text)
        )


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def read_rules(source: str) -> tuple[DropRule, ...]:
    """Read a rules file. Raises `InputError` for anything but rules."""
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise InputError(N_("The rules file is not TOML."), hint=_HINT) from error
    listed = table.get("drop")
    if set(table) - {"drop"} or type(listed) is not list:
        raise InputError(N_("The rules file holds something that is no rule."), hint=_HINT)
    rules = []
    for one in listed:
        known = type(one) is dict and not set(one) - {"why", "payer", "text"}
        if not known or not all(type(value) is str for value in one.values()):
            raise InputError(N_("The rules file holds something that is no rule."), hint=_HINT)
        rule = DropRule(one.get("why", ""), one.get("payer", ""), one.get("text", ""))
        # A rule of one letter, or none, would drop half of the gifts.
        if not rule.why or max(len(rule.payer.strip()), len(rule.text.strip())) < 3:
            raise InputError(N_("A rule is too short to tell what it drops."), hint=_HINT)
        rules.append(rule)
    return tuple(rules)


def drop(lines: Iterable[Line], rules: Sequence[DropRule]) -> tuple[tuple[Line, ...], tuple[int, ...]]:
    """Give the lines that stay, and for each rule how many it dropped (the first that fits counts)."""
    kept, counts = [], [0] * len(rules)
    for line in lines:
        for index, rule in enumerate(rules):
            if rule.fits(line):
                counts[index] += 1
                break
        else:
            kept.append(line)
    return tuple(kept), tuple(counts)
