"""Canonical JSON: exactly one spelling for each value, so that bytes can be hashed and signed.

The subset of RFC 8785 (JCS) in which every JSON library agrees: ASCII keys, strings in NFC, integers
with |n| < 2^53, arrays, objects. No floats, no booleans, no null. Reading refuses any other spelling.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Final

import orjson

from panah.errors import N_, ProofError

MAX_BYTES: Final = 16 * 1024
"""Largest leaf or statement body (design: 16 KiB); a charter in several languages fits."""


def encode(value: Any) -> bytes:
    """Write `value` in its one spelling. Raises `ProofError` for what the subset has no spelling for."""
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # a lone surrogate: no UTF-8 spelling
        raise ProofError(N_("A text has no UTF-8 spelling.")) from error


def decode(data: bytes, limit: int = MAX_BYTES) -> Any:
    """Read bytes that must be the one spelling of a value. Raises `ProofError` otherwise."""
    if len(data) > limit:
        raise ProofError(N_("This is longer than %(limit)s bytes."), limit=limit)
    try:
        value = orjson.loads(data)
    except ValueError as error:
        raise ProofError(N_("This is not JSON.")) from error
    try:
        spelled = encode(value)
    except RecursionError:  # nested a thousand deep: no shape that we know
        spelled = b""
    if spelled != data:
        raise ProofError(N_("This JSON is not in its canonical spelling."))
    return value


def _check(value: Any) -> None:
    if type(value) is str:
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            raise ProofError(N_("A text is not in Unicode form NFC."))
    elif type(value) is int:
        if not -(2**53) < value < 2**53:
            raise ProofError(N_("A number is too large for a leaf."))
    elif type(value) is list:
        for item in value:
            _check(item)
    elif type(value) is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ProofError(N_("A key is not ASCII."))
            _check(item)
    else:
        raise ProofError(N_("Only texts, whole numbers, lists and objects have a canonical spelling."))
