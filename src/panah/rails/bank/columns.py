"""The map that a treasurer makes once for a bank's CSV: which column is what.

Promises: a map is read strictly, and every contradiction in it is named before money is read by it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from panah.errors import N_, InputError

_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "iso-8859-15", "cp1252")
HINT: Final = N_("Correct the map file; `panah bank map FILE` shows the columns.")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How to read one bank's CSV."""

    booked: str
    text: tuple[str, ...]
    amount: str = ""
    credit: str = ""
    debit: str = ""
    mark: str = ""
    credit_marks: tuple[str, ...] = ()
    debit_marks: tuple[str, ...] = ()
    value: str = ""
    payer: str = ""
    currency: str = ""
    only_currency: str = ""
    own: str = ""
    account: str = ""
    day_form: str = "%Y-%m-%d"
    decimal: str = "."
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    skip: int = 0


_TEXT_KEYS: Final = frozenset(
    {
        "booked", "amount", "credit", "debit", "mark", "value", "payer", "currency", "only_currency", "own",
        "account", "day_form", "decimal", "encoding", "delimiter",
    }
)  # fmt: skip
_LIST_KEYS: Final = frozenset({"text", "credit_marks", "debit_marks"})


def _wrong(what: str) -> InputError:
    return InputError(N_("The map file is wrong: %(what)s."), hint=HINT, what=what)


def read_map(source: str) -> ColumnMap:
    """Read a map file (TOML). Raises `InputError` naming the key that is missing, unknown or contradictory."""
    try:
        table: dict[str, Any] = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _wrong("not TOML") from error
    for key, value in table.items():
        texts = key in _TEXT_KEYS and type(value) is str
        lists = key in _LIST_KEYS and type(value) is list and all(type(one) is str for one in value)
        if not (texts or lists or (key == "skip" and type(value) is int and 0 <= value <= 1000)):
            raise _wrong(key)
    for key in ("booked", "text"):
        if not table.get(key):
            raise _wrong(key)
    # Types were checked key by key above.
    checked: dict[str, Any] = {key: tuple(value) if key in _LIST_KEYS else value for key, value in table.items()}
    made = ColumnMap(**checked)
    signed, double = bool(made.amount), bool(made.credit and made.debit)
    if signed == double or bool(made.credit) != bool(made.debit):
        raise _wrong("either `amount`, or `credit` and `debit`")
    if made.mark and not (signed and made.credit_marks and made.debit_marks):
        raise _wrong("`mark` needs `amount`, `credit_marks` and `debit_marks`")
    if bool(made.currency) == bool(made.only_currency):
        raise _wrong("either `currency` (a column) or `only_currency`")
    if made.decimal not in {".", ","} or made.encoding.lower() not in _ENCODINGS or len(made.delimiter) != 1:
        raise _wrong("`decimal`, `encoding` or `delimiter`")
    return made


def guess_delimiter(text: str) -> str:
    """Give the delimiter that stands most often in the first lines. For a template only."""
    head = text[:2000]
    return max(";,\t|", key=head.count)


def template(names: Iterable[str], delimiter: str, encoding: str, skip: int = 0) -> str:
    """Write a map file to be finished by a person: every column stands in it, nothing is assumed."""
    listed = "\n".join(f"#   {re.sub(r'[^ -~À-ɏ]', '?', name)}" for name in names)
    written = delimiter.replace("\t", "\\t")
    return f"""\
# How to read this bank's CSV. Fill in the names of the columns, delete what the bank does not have.
# The columns of your file:
{listed}

booked = ""             # column of the booking day
# value = ""            # column of the value day
day_form = "%d.%m.%Y"   # 18.01.2022; %Y-%m-%d is 2022-01-18, %m/%d/%Y is 01/18/2022
amount = ""             # column of the amount, with a minus for money out
# credit = ""           # … or two columns instead: money in
# debit = ""            #   and money out
# mark = ""             # … or a column that tells the direction of `amount`,
# credit_marks = ["C"]  #   with its words for money in
# debit_marks = ["D"]   #   and money out
decimal = ","           # the sign before the cents
# currency = ""         # column of the currency,
only_currency = "EUR"   #   or the one currency of the account
text = [""]             # columns in which a giver's words or reference may stand
# payer = ""            # column of the payer's name
# own = ""              # column of the bank's own reference for the line, if it never changes
# account = ""          # column of the account's IBAN
encoding = "{encoding}"
delimiter = "{written}"
skip = {skip:<16} # lines before the names of the columns
"""
