"""The two signed notes of a gift: *pledge* at once, *booked* when the money is confirmed (docs/spec/log.md).

A note is signed by the log's key. A *booked* note obliges the log: after its `log-by` day `panah verify`
fails if the leaf is missing. It names no giver, only the commitment that the giver's code leads to.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from panah.errors import N_, ProofError
from panah.proof.note import decode_base64, encode_base64, open_note, read_unverified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from panah.proof.note import SigningKey, VerifyKey

PLEDGE: Final = "panah/1/pledge"
BOOKED: Final = "panah/1/booked"

_TEXT = re.compile(
    rf"({PLEDGE}|{BOOKED})\n([!-~]{{1,200}})\n([A-Za-z0-9+/=]{{44}})\n([1-9][0-9]{{0,15}})\n([A-Z]{{3}})\n"
    r"(?:log-by ([0-9]{4}-[0-9]{2}-[0-9]{2})\n)?"
)


@dataclass(frozen=True, slots=True)
class GiftNote:
    """What a note says; `log_by` only when booked. The amount is in minor units."""

    origin: str
    rc: bytes
    amount: int
    currency: str
    log_by: dt.date | None = None

    def to_text(self) -> str:
        """Write the note text."""
        head = BOOKED if self.log_by else PLEDGE
        last = f"log-by {self.log_by.isoformat()}\n" if self.log_by else ""
        return f"{head}\n{self.origin}\n{encode_base64(self.rc)}\n{self.amount}\n{self.currency}\n{last}"

    def sign(self, key: SigningKey) -> bytes:
        """Write the signed note."""
        return key.sign(self.to_text())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text in its one spelling. Raises `ProofError`."""
        found = _TEXT.fullmatch(text)
        try:
            if found and len(rc := decode_base64(found[3])) == 32:
                log_by = dt.date.fromisoformat(found[6]) if found[6] else None
                if (found[1] == BOOKED) == (log_by is not None):
                    return cls(found[2], rc, int(found[4]), found[5], log_by)
        except ValueError:  # a day that no calendar has
            pass
        raise ProofError(N_("This is not a note about a gift."))

    @classmethod
    def open(cls, data: bytes, keys: Iterable[VerifyKey]) -> Self:
        """Read a signed note. Raises `ProofError` unless a key named after its origin signed it."""
        note = open_note(data, keys)
        read = cls.parse(note.text)
        if all(key.name != read.origin for key in note.verified):
            raise ProofError(N_("The note is of another fund: %(origin)s."), origin=read.origin)
        return read


def is_gift_note(data: bytes) -> bool:
    """Tell whether these bytes look like such a note, whoever signed it."""
    try:
        return read_unverified(data).startswith((PLEDGE + "\n", BOOKED + "\n"))
    except ProofError:
        return False
