"""The outside of an envelope: what anybody may see, the blind site included. Nothing here opens or seals.

    panah/1/sealed⏎            15 bytes
    00006005⏎                  length of the age file, eight digits
    age file                   binary, X25519 stanzas only
    zeros                      to the one stored size of the bucket

There is one spelling for each age file: a length, a zero or a size that differs is refused. The age header is read
strictly *before* any library sees it: one recipient type, at most 16 of them, nothing that asks for scrypt work, no
armour. So a hostile blob costs its reader one pass over at most 2 KiB. (C2SP age, Header.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from panah.errors import N_, InputError, RefusedError
from panah.seal.padding import FRAME, MARGIN, MOST_RECIPIENTS, WIRE, wire_size

MAGIC: Final = b"panah/1/sealed\n"
_NONCE: Final = 16
_HEADER_MOST: Final = MARGIN - FRAME - _NONCE

_BASE64: Final = rb"[A-Za-z0-9+/]"
_STANZA: Final = rb"-> X25519 " + _BASE64 + rb"{43}\n" + _BASE64 + rb"{43}\n"
# rage ends every header with one stanza of random words and bytes, so that readers never grow stiff; its name says so.
_GREASE: Final = rb"-> [!-~]{1,9}-grease(?: [!-~]{1,9}){0,9}\n(?:" + _BASE64 + rb"{64}\n){0,4}" + _BASE64 + rb"{0,63}\n"
_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n((?:%b){1,%d})(?:%b)?--- %b{43}\n" % (_STANZA, MOST_RECIPIENTS, _GREASE, _BASE64)
)
_LENGTH: Final = re.compile(rb"([0-9]{8})\n")
_STANZA_BYTES: Final = len("-> X25519 ") + 43 + 1 + 43 + 1


@dataclass(frozen=True, slots=True)
class Outer:
    """`bucket` in bytes, `recipients` counted, and where the age file lies in the stored bytes."""

    bucket: int
    recipients: int
    start: int
    end: int


def frame(age: bytes, bucket: int) -> bytes:
    """Put an age file into its frame, filled to the stored size of `bucket`."""
    room = wire_size(bucket) - FRAME - len(age)
    if room < 0:
        raise RefusedError(N_("This envelope has too many recipients."))
    return b"".join((MAGIC, b"%08d\n" % len(age), age, bytes(room)))


def parse(stored: bytes) -> Outer:
    """Read the outside of an envelope. Raises `InputError`, always the same one, for anything else."""
    bucket = WIRE.get(len(stored))
    found = _LENGTH.match(stored, len(MAGIC), FRAME) if bucket is not None and stored.startswith(MAGIC) else None
    if bucket is None or found is None:
        raise _not_sealed()
    end = FRAME + int(found[1])
    header = _HEADER.match(stored, FRAME, FRAME + _HEADER_MOST)
    if header is None or not stored.endswith(bytes(max(len(stored) - end, 0))):
        raise _not_sealed()
    # The age file holds exactly the bucket: its payload is a nonce, the plaintext, and a tag for each 64 KiB.
    if end - header.end() != wire_size(bucket) - MARGIN + _NONCE:
        raise _not_sealed()
    return Outer(bucket, len(header[1]) // _STANZA_BYTES, FRAME, end)


def _not_sealed() -> InputError:
    return InputError(
        N_("This is not a sealed message of Panah, or it is damaged."),
        hint=N_("Send it again as it was made; a file that was changed on its way can't be opened."),
    )
