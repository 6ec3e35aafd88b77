"""Slots that hold nothing: real envelopes to a key that nobody has, drawn anew each time.

The key is 32 random bytes taken for a public key; its secret half was never computed by anybody. All slots of an
answer are drawn before any is replaced by a reply, so an empty mailbox takes as long as a full one.
"""

from __future__ import annotations

import secrets
from typing import Final

from panah.seal import bech32
from panah.seal.envelope import close_padded
from panah.seal.recipients import read_recipients
from panah.site.relay.queries import REPLY_BUCKET

_NOBODY: Final = read_recipients([bech32.encode("age", secrets.token_bytes(32))])
_EMPTY: Final = bytes(REPLY_BUCKET)


def filled(replies: tuple[bytes, ...], count: int) -> tuple[bytes, ...]:
    """Give so many slots: the replies, then dummies."""
    drawn = [close_padded(_EMPTY, _NOBODY) for _ in range(count)]
    return (*replies, *drawn[len(replies) :])
