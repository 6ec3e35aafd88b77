"""A charter that keeps every rule, for tests to break one rule at a time."""

from __future__ import annotations

import base64
import datetime as dt
import pathlib
import tomllib
from typing import Any

import panah
from panah.core.charter import Charter, CharterError, Member, Roster

DEMO = pathlib.Path(panah.__file__).parent / "site" / "demo" / "charter.toml"


def member(name: str) -> Member:
    """An invented member whose keys only look like keys."""
    filler = (name * 32)[:32].encode()
    return Member(name, filler, "age1" + filler.hex()[:58].translate(str.maketrans("b", "q")))


ROSTER = Roster(tuple(member(name) for name in ("lale", "omid", "roshan", "tara")), dt.date(2022, 8, 31))

TEXT = f"""
[fund]
origin = "refuge.example/2021"
languages = ["en", "fa"]
currency = "EUR"
goal = "50000.00"
minimum = 5
suggestions = [20, "50.00"]
purposes = ["food", "shelter"]
overflow = "pass-on"
contact = "fund@refuge.example"
founded = 2021-09-01

[name]
en = "Refuge"
fa = "پناه"
[scope]
en = "Food and shelter."
fa = "خوراک و سرپناه."
[surplus]
en = "It is passed on."
fa = "به صندوق دیگر می‌رسد."
[shortfall]
en = "We help fewer."
fa = "به کمتر کسی کمک می‌کنیم."

[rails.bank]
payee = "Refuge e.V."
iban = "DE44 9999 0000 0020 2118 07"
bic = "DEUTDEFF"

[payee]
form = "Association"
holder = "Refuge e.V."
country = "DE"
private = false
statement = "REFUGE"
tax = {{ en = "No.", fa = "نه." }}
refund = {{ en = "14 days.", fa = "۱۴ روز." }}
seen = {{ en = "The bank.", fa = "بانک." }}

[auditor]
name = "Rosa Lindqvist"

[[siblings]]
name = "Paper Boat"
url = "https://paper-boat.example/"

[roster]
until = 2022-08-31
{
    "".join(
        f'''
[[roster.members]]
name = "{m.name}"
sign = "{base64.b64encode(m.sign).decode()}"
seal = "{m.seal}"
'''
        for m in ROSTER.members
    )
}
"""


def changed(*swaps: tuple[str, str]) -> str:
    """The good charter with each first string replaced; a swap that finds nothing is a broken test."""
    text = TEXT
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    return text


def problems(text: str, **options: Any) -> dict[str, str]:
    """Path → sentence of every problem; empty for a good charter."""
    try:
        Charter.from_toml(text, **options)
    except CharterError as error:
        return {problem.path: problem.text() for problem in error.problems}
    return {}


def raw() -> dict[str, Any]:
    """The good charter as TOML values."""
    return tomllib.loads(TEXT)
