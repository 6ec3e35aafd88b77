"""Sizes: what is sealed has one of six lengths, and what is stored has one of six others.

Inside, content is filled with zeros to a bucket (4, 16, 64, 256 KiB, 1, 4 MiB) before age sees it. Outside, an age
header still tells: it grows with each recipient, and pyrage adds a stanza of random length to every file. So the
age file lies in a frame that is filled to one size per bucket. Who counts bytes learns the bucket and nothing else.

Refuses what is larger than the largest bucket: long attachments are cut by who sends them. Spec: docs/spec/envelope.md.
"""

from __future__ import annotations

from typing import Final

from panah.errors import N_, InputError, RefusedError

KIB: Final = 1024
BUCKETS: Final = (4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB, 4096 * KIB)
"""Bytes of plaintext, filling included."""

MOST_RECIPIENTS: Final = 16
FRAME: Final = 24
"""Bytes of the frame's two lines."""
MARGIN: Final = 2048
"""Bytes for the frame, an age header with `MOST_RECIPIENTS` stanzas and a random one, and the payload's nonce."""
_CHUNK: Final = 64 * KIB  # age's STREAM (C2SP age, Payload): a tag of 16 bytes for each 64 KiB
_TAG: Final = 16


def wire_size(bucket: int) -> int:
    """Give the stored size, in bytes, of an envelope whose plaintext fills `bucket`."""
    return bucket + _TAG * -(-bucket // _CHUNK) + MARGIN


WIRE: Final = {wire_size(bucket): bucket for bucket in BUCKETS}
"""Stored size → bucket."""


def bucket_for(length: int) -> int:
    """Give the smallest bucket that holds `length` bytes."""
    for bucket in BUCKETS:
        if length <= bucket:
            return bucket
    raise RefusedError(
        N_("This is too large to be sealed: %(limit)s KiB at most."),
        hint=N_("Send long texts and pictures in several messages."),
        limit=BUCKETS[-1] // KIB,
    )  # fmt: skip


def fill(parts: tuple[bytes, ...]) -> bytes:
    """Join the parts of a plaintext and fill it with zeros to its bucket."""
    length = sum(map(len, parts))
    return b"".join((*parts, bytes(bucket_for(length) - length)))


def check_filled(plaintext: bytes, length: int) -> None:
    """Raise `InputError` unless `plaintext` is `length` bytes of content and then the zeros of its bucket, no more."""
    if length > len(plaintext) or bucket_for(length) != len(plaintext):
        raise InputError(N_("This message is not padded as Panah does it."))
    if not plaintext.endswith(bytes(len(plaintext) - length)):
        raise InputError(N_("This message is not padded as Panah does it."))
