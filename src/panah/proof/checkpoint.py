"""Checkpoints (C2SP tlog-checkpoint): origin, size and root hash of a log, as a signed note.

Refuses extension lines: they are not auditable, and no Panah log writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from panah.errors import N_, ProofError
from panah.proof.merkle import HASH_SIZE
from panah.proof.note import SigningKey, VerifyKey, decode_base64, encode_base64, open_note

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEXT = re.compile(r"([!-~]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/=]{44})\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of one log at one size."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Write the note text."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text in its one spelling. Raises `ProofError`."""
        found = _TEXT.fullmatch(text)
        root = decode_base64(found[3]) if found else b""
        if not found or len(root) != HASH_SIZE:
            raise ProofError(N_("This is not a checkpoint."))
        return cls(found[1], int(found[2]), root)

    def sign(self, key: SigningKey) -> bytes:
        """Write the signed checkpoint file; the log's key carries the origin as its name."""
        if key.name != self.origin:
            raise ValueError("A log's key is named after its origin.")
        return key.sign(self.to_text())


def open_checkpoint(data: bytes, keys: Iterable[VerifyKey]) -> Checkpoint:
    """Read a signed checkpoint. Raises `ProofError` unless one of the log's own `keys` signed it."""
    note = open_note(data, keys)
    checkpoint = Checkpoint.parse(note.text)
    if all(key.name != checkpoint.origin for key in note.verified):
        raise ProofError(N_("The checkpoint is of another log: %(origin)s."), origin=checkpoint.origin)
    return checkpoint
