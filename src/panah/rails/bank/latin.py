"""Spelling names in the character set that European banks carry.

Promises: the result holds only the SEPA set (EPC217-08 §6.2: letters, digits, space and / - ? : ( ) . , ' +).
Refuses, rather than drops, a letter it has no spelling for: half a payee's name is another payee.
The Persian and Arabic table is a reading aid without vowels that are not written; the charter's payee should
be the name as the bank knows it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from panah.errors import N_, InputError

_SEPA: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")

# Letters that Unicode does not take apart into a base letter and a mark.
_LATIN: Final = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
    "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "ə": "a", "Ə": "A", "ŧ": "t", "Ŧ": "T", "ĸ": "k",
}  # fmt: skip
# Arabic, Persian and Dari, Pashto, Urdu; written vowels as such, hamza and joiners as nothing.
_ARABIC: Final = {
    "ا": "a", "آ": "a", "أ": "a", "إ": "e", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "s",
    "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ژ": "zh",
    "س": "s", "ش": "sh", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f",
    "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "u", "ؤ": "u",
    "ه": "h", "ة": "a", "ۀ": "h", "ھ": "h", "ہ": "h", "ۂ": "h", "ي": "i", "ی": "i", "ى": "a",
    "ئ": "i", "ء": "", "ے": "e", "ۓ": "e", "ں": "n", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ټ": "t",
    "ځ": "dz", "څ": "ts", "ډ": "d", "ړ": "r", "ږ": "zh", "ښ": "sh", "ګ": "g", "ڼ": "n", "ې": "e",
    "ۍ": "ei", "ـ": "", "،": ",", "؛": ",", "؟": "?", "\u200c": " ", "\u200d": "", "\u200e": "",
    "\u200f": "",
}  # fmt: skip
_SIGNS: Final = {
    "&": " + ", "–": "-", "—": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "`": "'", "´": "'",
    "“": "'", "”": "'", '"': "'", "«": "'", "»": "'", "_": "-", ";": ",", "@": "(at)", "[": "(",
    "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/",
}  # fmt: skip
_TABLE: Final = _LATIN | _ARABIC | _SIGNS


def _spell(character: str) -> str:
    if character in _SEPA:
        return character
    if character in _TABLE:
        return _TABLE[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    parts = unicodedata.normalize("NFKD", character)
    if parts != character:
        return "".join(_spell(part) for part in parts)
    if character.isalpha():
        raise InputError(
            N_("“%(letter)s” has no spelling in the letters that banks carry."),
            hint=N_("Write the name in Latin letters, as the bank knows it."),
            letter=character,
        )
    # Marks over letters fall away; any other sign becomes a space, so words stay apart.
    return "" if unicodedata.combining(character) else " "


def transliterate(text: str) -> str:
    """Spell `text` in the SEPA set. Raises `InputError` if a letter has no spelling or none stays."""
    spelled = "".join(_spell(character) for character in unicodedata.normalize("NFC", text))
    tidy = re.sub(r" +", " ", spelled).strip()
    if not any(character.isalnum() for character in tidy):
        raise InputError(
            N_("This name has no letter that banks carry."),
            hint=N_("Write the name in Latin letters, as the bank knows it."),
        )
    return tidy
