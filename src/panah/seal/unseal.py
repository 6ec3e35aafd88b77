"""Opening: for the desk, the door and the command line. The site can't import this (import-linter, blind-site).

Promises: nothing of a letter is handed out before the whole file was decrypted into memory and its frame, padding,
shape and signature held. pyrage's streaming form, which is the faster one, had already written 128 KiB when it met
the cut of a truncated file: it writes into memory that is dropped then. A wrong key and a damaged file get one and
the same sentence. What a hostile file can cost is bounded before any library runs: 4 MiB of bytes, 2 KiB of header,
16 stanzas, no scrypt (outer.py).
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pyrage

from panah.errors import N_, InputError
from panah.seal import letter as letters
from panah.seal import outer
from panah.seal.letter import Keys, Letter

MOST_IDENTITIES: Final = 256
"""Keys that one reader tries: the present one first, then those kept from before. Each costs about 0.1 ms."""


class _Part:
    """Reads the age file where it lies in the stored bytes, without a copy of it."""

    __slots__ = ("_at", "_end", "_stored")

    def __init__(self, stored: bytes, start: int, end: int) -> None:
        self._stored, self._at, self._end = stored, start, end

    def read(self, most: int) -> bytes:
        begin, self._at = self._at, min(self._at + most, self._end)
        return self._stored[begin : self._at]


@dataclass(frozen=True, slots=True)
class Identities:
    """Loaded age identities. They stay out of `repr`."""

    keys: tuple[Any, ...] = field(repr=False)


def read_identities(texts: Iterable[str]) -> Identities:
    """Load identities (`AGE-SECRET-KEY-1…`), the likeliest first. The sentence of an error never repeats them."""
    try:
        keys = tuple(pyrage.x25519.Identity.from_str(text) for text in texts)
    except pyrage.IdentityError:
        keys = ()
    if not 1 <= len(keys) <= MOST_IDENTITIES:
        # Without "from": the library's own message may repeat what it was given.
        raise InputError(N_("This is no list of keys to open messages with.")) from None
    return Identities(keys)


def open_envelope(
    stored: bytes,
    identities: Identities,
    *,
    origin: str,
    keys: Keys | None = None,
    kinds: Container[str] | None = None,
    mailbox: bytes | None = None,
) -> Letter:
    """Open, check everything, and only then give the letter.

    `keys` finds a member's signing key (`roster.Rosters.key`); without it signed kinds are refused. `kinds` are those
    expected here, `mailbox` the one it must be for; a letter of another fund, kind or mailbox is refused: whoever
    controls the site can hand over any blob in place of any other. Raises `InputError`.
    """
    try:
        letter = letters.read(open_padded(stored, identities), keys)
    except InputError as error:
        # The frames below hold the plaintext: whoever shows or logs a traceback shall not have them.
        raise error.with_traceback(None) from None
    here = letter.origin == origin and (kinds is None or letter.kind in kinds)
    if not here or (mailbox is not None and letter.mailbox != mailbox):
        del letter
        raise InputError(N_("This message was written for another place."))
    return letter


def open_padded(stored: bytes, identities: Identities) -> bytes:
    """Give the whole padded plaintext, or raise `InputError`; there is nothing in between."""
    seen = outer.parse(stored)
    try:
        with io.BytesIO() as opened:
            pyrage.decrypt_io(_Part(stored, seen.start, seen.end), opened, list(identities.keys))
            return opened.getvalue()
    except (pyrage.DecryptError, OSError):  # no key fits, or a block is damaged
        raise InputError(
            N_("None of these keys opens this message, or it is damaged."),
            hint=N_("A message opens with the keys of the people it was sealed to; ask a colleague who was there."),
        ) from None
