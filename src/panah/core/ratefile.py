"""Reading the ECB's reference rates as it publishes them: CSV or XML, one day or all days since 1999.

Promises: reads `eurofxref.csv`, `eurofxref-hist.csv`, `eurofxref-daily.xml`, `-hist-90d.xml` and `-hist.xml` byte
for byte as downloaded; refuses anything else in one sentence, and a file with document type definitions before
a parser sees it. Rates stay the text they are in the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from panah.core.rates import RateTable
from panah.errors import N_, InputError

LIMIT: Final = 32 * 1024 * 1024
_HINT: Final = N_("Download eurofxref-hist.zip from the ECB's page of euro reference rates, unpack it, give its CSV.")
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_RATE: Final = re.compile(r"(?=.*[1-9])[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
_LONG_DAY: Final = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})", re.ASCII)
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MISSING: Final = frozenset({"", "N/A"})

Row = tuple[dt.date, dict[str, str]]


def read_rates(data: bytes, since: dt.date = dt.date.min) -> RateTable:
    """Read a file of rates, days before `since` left out. Raises `InputError` for any other file."""
    if len(data) > LIMIT:
        raise _unreadable()
    body = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        rows = _xml_rows(body) if body.startswith(b"<") else _csv_rows(body.decode("ascii"), since)
        days = dict(rows)
    except (ValueError, etree.LxmlError):  # ValueError: not ASCII, no such day
        raise _unreadable() from None
    if not days:
        raise _unreadable()
    return RateTable({day: row for day, row in days.items() if day >= since})


def write_rates(table: RateTable) -> bytes:
    """Write a table in the form of `eurofxref-hist.csv`, newest day first."""
    names = sorted({name for row in table.days.values() for name in row})
    lines = [",".join(["Date", *names])]
    for day in sorted(table.days, reverse=True):
        row = table.days[day]
        lines.append(",".join([day.isoformat(), *(row.get(name, "N/A") for name in names)]))
    return ("\n".join(lines) + "\n").encode()


def _unreadable() -> InputError:
    return InputError(N_("This is not a file of the ECB's euro reference rates."), hint=_HINT)


def _day(text: str) -> dt.date:
    found = _LONG_DAY.fullmatch(text)
    if found:
        return dt.date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    return dt.date.fromisoformat(text)


def _rate(currency: str, text: str) -> tuple[str, str]:
    if not (_CURRENCY.fullmatch(currency) and _RATE.fullmatch(text)):
        raise ValueError
    return currency, text


def _csv_rows(text: str, since: dt.date) -> Iterator[Row]:
    lines = text.splitlines()
    head = [name.strip() for name in lines[0].split(",")] if lines else []
    if not head or head[0] != "Date":
        raise ValueError
    for line in lines[1:]:
        first, _, rest = line.partition(",")
        if not line.strip() or (day := _day(first.strip())) < since:
            continue
        cells = [cell.strip() for cell in rest.split(",")]
        if len(cells) != len(head) - 1:
            raise ValueError
        yield day, dict(_rate(*pair) for pair in zip(head[1:], cells, strict=True) if pair[1] not in _MISSING)


def _xml_rows(data: bytes) -> Iterator[Row]:
    # Entities can't be defined without a type definition, so nothing is ever expanded or fetched.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise ValueError
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for cube in etree.fromstring(data, parser).iter("{*}Cube"):
        if cube.get("time"):
            yield (
                _day(str(cube.get("time"))),
                dict(_rate(str(one.get("currency")), str(one.get("rate"))) for one in cube),
            )
