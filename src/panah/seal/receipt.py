"""Receipt codes: 27 digits that a person can write on paper and later prove a gift with.

26 digits from the system's random source (10^26 ≈ 2^86) and one Damm check digit. The code itself is
kept by the giver alone; the log holds its commitment. 86 random bits need no stretching: finding any one
of a billion codes takes 2^56 tries *per code that exists in the log*, so HKDF alone is enough and
giving stays cheap on an old phone. (Mailboxes, which open messages, stretch their codes with scrypt.)

Refuses to name a code in any error. Spec and shared vectors: docs/spec/receipts.md,
tests/vectors/receipt.json (the TypeScript in web/ reads the same file).
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panah.errors import N_, InputError

LENGTH: Final = 27
GIFT_INFO: Final = b"panah/1/gift-receipt"
COMMITMENT_TAG: Final = b"panah/1/receipt\0"

# A totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004): `_DAMM[state][digit]` is the next
# state. Every row and column holds each digit once, so a wrong digit always changes the final state;
# and (c∘x)∘y ≠ (c∘y)∘x for x ≠ y, so swapped neighbours do too. This table is our own: digits 0-8 as
# Z9 and 9 as infinity, row i is row 0 turned by i (_DAMM[i][j] = _DAMM[0][j - i] + i).
_DAMM: Final = (
    "6942751308",
    "1795386240",
    "5289640731",
    "4630975182",
    "0574198623",
    "3168529074",
    "8427063915",
    "2053817496",
    "9316402857",
    "7801234569",
)

_DASHES: Final = frozenset("-‐‑‒–—−_.·")


def _final_state(digits: str) -> int:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state


def check_digit(digits: str) -> str:
    """Give the digit that brings the state of `digits` back to 0."""
    return str(_DAMM[_final_state(digits)].index("0"))


def new_code() -> str:
    """Make a new code: 27 ASCII digits."""
    digits = str(secrets.randbelow(10 ** (LENGTH - 1))).zfill(LENGTH - 1)
    return digits + check_digit(digits)


def check_code(text: str) -> str:
    """Give the 27 ASCII digits of a code as a person typed it.

    Takes the digits of any script (Persian ۱۲۳, Arabic ١٢٣), blanks, dashes and the invisible
    direction marks that come along when right-to-left text is copied. Raises `InputError` otherwise;
    the sentence never repeats what was typed.
    """
    digits = []
    for character in text[:400]:
        value = unicodedata.decimal(character, None)
        if value is not None:
            digits.append(str(value))
        elif not (character.isspace() or character in _DASHES or unicodedata.category(character) == "Cf"):
            raise InputError(
                N_("A receipt code has digits only."),
                hint=N_("Type the 27 digits, in groups of three if you like."),
            )
    if len(digits) != LENGTH:
        raise InputError(
            N_("A receipt code has 27 digits; this one has %(count)s."),
            hint=N_("Nine groups of three: one digit may be missing or doubled."),
            count=len(digits),
        )  # fmt: skip
    code = "".join(digits)
    if _final_state(code) != 0:
        raise InputError(
            N_("One digit of this code is wrong, or two are swapped."),
            hint=N_("Compare it with your receipt, group by group."),
        )
    return code


def group(code: str) -> str:
    """Write a code in nine groups of three. Always shown left to right, also in Persian."""
    return " ".join(code[start : start + 3] for start in range(0, len(code), 3))


def gift_secret(code: str) -> bytes:
    """Derive the 32 secret bytes of a gift from its checked code (HKDF-SHA256, RFC 5869, no salt)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=GIFT_INFO).derive(code.encode("ascii"))


def commitment(code: str) -> bytes:
    """Give what the log holds for a code: SHA-256 over a tag and the gift's secret."""
    return hashlib.sha256(COMMITMENT_TAG + gift_secret(code)).digest()
