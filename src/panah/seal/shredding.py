"""Shredding: a circle's wraps are deleted on every desk, and each member signs that theirs are gone.

Records sealed to the circle stay where they are and can't be opened any more. The circle counts as shredded when
everybody who ever had a wrap said so. A member can lie about that, a copied disk keeps what it kept, and who held an
identity in memory could have written it down: this is a promise between people with a record, not a proof.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from panah.errors import N_, InputError
from panah.proof.schema import day, listing, matching, record
from panah.seal.circles import Circle
from panah.seal.letter import Letter

SHREDDED: Final = "shredded"
"""The kind of the letter in which a member acknowledges."""

_shredded = record(
    {
        "circle": matching(r"[0-9a-f]{32}", "the id of a circle"), "day": day,
        "wraps": listing(matching(r"[0-9a-f]{64}", "a SHA-256"), 1000),
    }
)  # fmt: skip


@dataclass(slots=True)
class Wraps:
    """The wraps that one desk keeps, and who ever had one. Plain values; the desk stores them.

    `kept`: circle → SHA-256 of the envelope → envelope. `holders` and `gone`: circle → names.
    """

    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)
    holders: dict[str, set[str]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)

    def keep(self, circle: Circle, stored: bytes) -> None:
        """Keep a wrap. One of a circle that is being shredded is not taken in again, from whomever it comes."""
        self.holders.setdefault(circle.id, set()).update(circle.turns)
        if circle.id not in self.gone:
            self.kept.setdefault(circle.id, {})[hashlib.sha256(stored).hexdigest()] = stored

    def shred(self, circle: str, name: str, today: str) -> dict[str, Any]:
        """Delete all wraps of a circle here; gives the body of the letter `shredded` that this member signs."""
        deleted = self.kept.pop(circle, {})
        self.gone.setdefault(circle, set()).add(name)
        return {"circle": circle, "day": today, "wraps": sorted(deleted)}

    def acknowledge(self, letter: Letter) -> None:
        """Take in a colleague's letter `shredded`; opening it has checked the signature."""
        if letter.kind != SHREDDED:
            raise InputError(N_("This message was written for another place."))
        _shredded(dict(letter.body), SHREDDED)
        self.gone.setdefault(letter.body["circle"], set()).add(letter.by)

    def missing(self, circle: str) -> set[str]:
        """Who had a wrap once and has not said that it is gone. Empty: shredded, as far as people's word goes."""
        return self.holders.get(circle, set()) - self.gone.get(circle, set())
