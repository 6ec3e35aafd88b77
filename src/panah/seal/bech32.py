"""Bech32 as age uses it for keys (BIP 173 without the limit of 90 characters): 32 bytes ↔ a line of text.

Needed because a mailbox's identity is derived, not generated, and pyrage takes identities as text alone.
"""

from __future__ import annotations

from typing import Final

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_GENERATOR):
            state ^= factor if top >> bit & 1 else 0
    return state


def encode(prefix: str, data: bytes) -> str:
    """Write `data` after `prefix` (in small letters), with six letters of checksum."""
    number, bits = int.from_bytes(data, "big"), len(data) * 8
    number, bits = number << -bits % 5, bits + -bits % 5
    words = [number >> shift & 31 for shift in range(bits - 5, -1, -5)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = _polymod(expanded + words + [0] * 6) ^ 1
    words += [check >> shift & 31 for shift in range(25, -1, -5)]
    return prefix + "1" + "".join(_LETTERS[word] for word in words)


def read(text: str, prefix: str, length: int) -> bytes:
    """Give the `length` bytes of a line whose letters and checksum somebody else has checked."""
    number = 0
    for letter in text[len(prefix) + 1 : -6]:
        number = number << 5 | _LETTERS.index(letter)
    return (number >> -length * 8 % 5).to_bytes(length, "big")


def identity(secret: bytes) -> str:
    """Write 32 secret bytes as an age identity (C2SP age, X25519 identity: upper case)."""
    return encode("age-secret-key-", secret).upper()
