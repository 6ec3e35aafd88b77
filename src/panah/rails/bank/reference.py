"""References that match a transfer with its gift: ISO 11649 ("RF") creditor references.

Promises: every reference of ours is `RF`, two check digits and 12 random letters (51 bits) from an
alphabet in which no two look alike; `parse_reference` finds one in whatever a giver and three banks made of
it, and gives none rather than a doubtful one.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

from stdnum.iso7064 import mod_97_10

ALPHABET: Final = "ACDEFGHJKMNPQRTVWXY"
"""No letter that looks like a digit or another letter (O I L S B Z U). Letters only: ISO 7064 then sees every
single wrong letter and every swap of two; between a letter (two digits) and a digit it would miss some."""
BODY: Final = 12
_LENGTH: Final = 4 + BODY

# Overlapping on purpose: "RF" may also be the end of a word before, or stand inside another reference.
_CANDIDATE: Final = re.compile(rf"(?=(RF[0-9]{{2}}[0-9A-Z]{{{BODY}}}))")
_LONGEST_TEXT: Final = 20_000


def new_reference() -> str:
    """Give a fresh random reference without spaces."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(BODY))
        # A body that holds "RF" itself would offer a second candidate to `parse_reference`.
        if "RF" not in body:
            return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def is_reference(text: str) -> bool:
    """Tell whether `text` is a reference of our shape, without spaces, with right check digits."""
    return len(text) == _LENGTH and _CANDIDATE.match(text) is not None and mod_97_10.is_valid(text[4:] + text[:4])


def group(reference: str) -> str:
    """Write in fours, as ISO 11649 asks for print."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def parse_reference(text: str) -> str | None:
    """Find the one reference in free text; None if there is none, or more than one.

    Spaces, line breaks and punctuation may stand inside it and letters may touch it on either side, as banks
    wrap and join lines. Because its length is fixed and its check digits must hold, what touches it does no
    harm. Two *different* references in one text are a question for a person, never a guess.
    """
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).upper()
    # Digits of other scripts (۱۲, ١٢) count: NFKC leaves them, and a giver's keyboard may write them.
    digits = {ord(c): str(unicodedata.decimal(c)) for c in set(folded) if c.isdecimal() and not c.isascii()}
    squeezed = re.sub(r"[^0-9A-Z]", "", folded.translate(digits))
    found = {match[1] for match in _CANDIDATE.finditer(squeezed)}
    valid = {candidate for candidate in found if is_reference(candidate)}
    return valid.pop() if len(valid) == 1 else None
