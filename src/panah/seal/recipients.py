"""To whom something is sealed: age recipients of one kind, X25519, each once.

Refuses hybrid (`age1pq…`), hardware (`age1tag…`), plugin and SSH recipients, also among good ones: a file is as safe
against a future quantum computer as its weakest recipient, and the two libraries that we use do not agree about them
(pyrage refuses hybrid ones, typage mixes them silently). Refuses an empty list and doubles, which pyrage would write
as two stanzas. (C2SP age, X25519 recipient.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from panah.errors import N_, RefusedError
from panah.seal import bech32
from panah.seal.padding import MOST_RECIPIENTS

# Multiplies with a key before anything is sealed to it: for one of the few of small order, which an applicant may send
# as a mailbox, pyrage does not raise, it panics and takes the process along (RFC 7748 §6.1).
_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(31) + b"\x40")

_X25519: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Recipients:
    """Checked recipients, in the order given. Make them once and seal often: reading a key costs about as much."""

    names: tuple[str, ...]
    keys: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.names)


def read_recipients(texts: Iterable[str]) -> Recipients:
    """Check recipients (`age1…`). Raises `RefusedError` for a list that nothing may be sealed to."""
    names = tuple(texts)
    if not 1 <= len(names) <= MOST_RECIPIENTS:
        raise RefusedError(
            N_("A message is sealed to 1 to %(most)s people; here are %(count)s."), most=MOST_RECIPIENTS,
            count=len(names),
        )  # fmt: skip
    if len(set(names)) != len(names):
        raise RefusedError(N_("The same key stands twice among the recipients."))
    if not all(_X25519.fullmatch(name) for name in names):
        raise RefusedError(
            N_("One of these keys is not of the kind that every member's program can open."),
            hint=N_("Panah seals to age's X25519 keys alone, never to a mixture: make the key with panah member new."),
        )
    try:
        keys = tuple(pyrage.x25519.Recipient.from_str(name) for name in names)
        for name in names:
            _PROBE.exchange(X25519PublicKey.from_public_bytes(bech32.read(name, "age", 32)))
    except (pyrage.RecipientError, ValueError) as error:
        raise RefusedError(N_("One of these keys has a wrong letter.")) from error
    return Recipients(names, keys)
