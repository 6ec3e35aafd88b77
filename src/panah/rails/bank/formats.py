"""Which format a statement file has, told by its first bytes."""

from __future__ import annotations

import re

from panah.errors import N_, InputError
from panah.rails.bank import camt053, csvmap, mt940
from panah.rails.bank.columns import ColumnMap
from panah.rails.bank.lines import Statement, refuse_large

_MT940 = re.compile(rb"^(?:\{1:|:20:)", re.MULTILINE)


def read(data: bytes, columns: ColumnMap | None = None) -> tuple[Statement, ...]:
    """Read a statement file of any format; CSV only by a map. Raises `InputError`."""
    refuse_large(len(data))
    if data.startswith(b"PK\x03\x04"):
        raise InputError(N_("This is a ZIP archive."), hint=N_("Unpack it and import the files in it."))
    if data.startswith(b"%PDF"):
        raise InputError(
            N_("This is a PDF: it is made for eyes, not for books."), hint=N_("Export camt.053 at your bank.")
        )
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return camt053.parse(data)
    if _MT940.search(head.replace(b"\r", b"\n")):
        return mt940.parse(data)
    if columns is None:
        raise InputError(
            N_("This is neither camt.053 nor MT940."),
            hint=N_("For a CSV make a map once: `panah bank map FILE`, then import with --map."),
        )
    return csvmap.parse(data, columns)
