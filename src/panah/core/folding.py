"""One spelling for comparing texts: what a person types on any keyboard finds what another typed on theirs.

Persian, Dari, Pashto and Arabic keyboards give different code points for what readers take as one letter (ي/ی, ك/ک),
write or omit vowel signs, join words with an invisible sign or with none, and have digits of their own. `fold` brings
them together; it loses on purpose and is for comparing alone, never for showing. Search, leak check and screening use
the same one. (Unicode UAX #15; UAX #44 general categories.)
"""

from __future__ import annotations

import unicodedata
from typing import Final

_LETTERS: Final = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ئ": "ی", "ے": "ی", "ك": "ک", "ګ": "گ", "ڪ": "ک",
    "أ": "ا", "إ": "ا", "ٱ": "ا", "آ": "ا", "ؤ": "و", "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه",
    # Pashto letters beside the ones that others write for them.
    "ټ": "ت", "ډ": "د", "ړ": "ر", "ڼ": "ن", "ښ": "ش", "ږ": "ژ", "ځ": "ز", "څ": "س",
    # Latin letters that no accent makes.
    "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i",
    "ء": "", "ـ": "", "\u200c": "", "\u200d": "",
}  # fmt: skip


class _Table(dict[int, str | None]):
    """Fills itself: each code point is looked up once."""

    def __missing__(self, point: int) -> str | None:
        found = self[point] = self._find(chr(point))
        return found

    def _find(self, sign: str) -> str | None:
        if sign in _LETTERS:
            return _LETTERS[sign]
        kind, digit = unicodedata.category(sign), unicodedata.digit(sign, None)
        if kind in {"Mn", "Me", "Cf"}:
            return None
        if digit is not None:
            return str(digit)
        parts = unicodedata.normalize("NFD", sign)
        if parts != sign:  # a letter with its accent in one code point
            return "".join(self[ord(part)] or "" for part in parts)
        return sign if kind[0] in "LN" else " "


_TABLE: Final = _Table()


def fold(text: str) -> str:
    """Give the words of a text in the spelling for comparing, one blank between them."""
    return " ".join(unicodedata.normalize("NFKC", text.casefold()).translate(_TABLE).split())


def words(text: str) -> list[str]:
    """Give the words of a text, folded."""
    return fold(text).split()
