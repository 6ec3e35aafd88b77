"""Transparent log proofs (C2SP tlog-proof v1): the file a giver keeps.

A `.tlog-proof` says, checkable offline for ever: this leaf stood at this index under a checkpoint that the
log signed. Its `extra` carries the leaf itself, whose hash the proof then confirms. One spelling only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from panah.errors import N_, ProofError
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from panah.proof.note import VerifyKey, decode_base64, encode_base64

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_BYTES: Final = 128 * 1024

_HEAD = re.compile(
    re.escape(HEADER)
    + r"\n(?:extra ([A-Za-z0-9+/=]{4,90000})\n)?index (0|[1-9][0-9]{0,15})\n((?:[A-Za-z0-9+/=]{44}\n){0,64})"
)


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Index, inclusion path, the signed checkpoint verbatim, and the leaf as extra data."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """Write the file."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode_base64(step) for step in self.path]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a file in its one spelling; the checkpoint's signature is checked by `verify`."""
        if len(data) > MAX_BYTES:
            raise ProofError(N_("This is longer than %(limit)s bytes."), limit=MAX_BYTES)
        head, blank, checkpoint = data.partition(b"\n\n")
        found = _HEAD.fullmatch(head.decode("ascii", "replace") + "\n")
        if not found or not blank:
            raise ProofError(N_("This is not a .tlog-proof file."))
        path = tuple(decode_base64(line) for line in found[3].split("\n")[:-1])
        if any(len(step) != HASH_SIZE for step in path):
            raise ProofError(N_("This is not a .tlog-proof file."))
        return cls(int(found[2]), path, checkpoint, decode_base64(found[1]) if found[1] else b"")

    def verify(self, keys: Iterable[VerifyKey], leaf: bytes | None = None) -> Checkpoint:
        """Check signature and inclusion of `leaf` (default: the extra data); gives the checkpoint."""
        checkpoint = open_checkpoint(self.checkpoint, keys)
        data = self.extra if leaf is None else leaf
        verify_inclusion(leaf_hash(data), self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint
