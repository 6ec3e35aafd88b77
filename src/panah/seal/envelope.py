"""Closing an envelope: letter → padded plaintext → age file → frame of one size per bucket.

Who seals needs no secret but, for a desk's kinds, the member's signing key; nothing in this module can open. The
door without script, the desks and the tests use it; in the browser `web/src/seal/` writes the same bytes. Any `age`
program opens the file inside with one of the recipients' keys (docs/spec/envelope.md tells how to cut it out).
"""

from __future__ import annotations

import pyrage

from panah.seal import letter as letters
from panah.seal.letter import Letter, Signer
from panah.seal.outer import frame
from panah.seal.recipients import Recipients


def close(letter: Letter, recipients: Recipients, signer: Signer | None = None) -> bytes:
    """Seal a letter; gives the bytes to store, of one of the sizes in `padding.WIRE`.

    Raises `InputError` when kind and signer do not fit or a field has no spelling, `RefusedError` when it is too large.
    """
    return close_padded(letters.write(letter, signer), recipients)


def close_padded(plaintext: bytes, recipients: Recipients) -> bytes:
    """Seal a plaintext that fills its bucket already."""
    return frame(bytes(pyrage.encrypt(plaintext, list(recipients.keys))), len(plaintext))
