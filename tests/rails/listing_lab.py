"""Bank lists from invented statements, for tests."""

from __future__ import annotations

from panah.rails.bank import camt053, lines, listing
from panah.rails.bank.reference import new_reference
from tests.rails.camt_lab import DAY, make_camt

SALT = b"salt" * 8
REFS = [new_reference() for _ in range(6)]


def read(*files):
    return lines.merge(statement for file in files for statement in camt053.parse(file))[0]


def build(found, **kwargs):
    given = {"origin": "fund.example", "currency": "EUR", "upto": DAY} | kwargs
    return listing.build(found, SALT, **given)


def listed(*entries, **kwargs):
    return build(read(make_camt(list(entries))), **kwargs)
