"""A real fund, founded and opened by four invented members: charter, signatures, log key, tables.

Amounts in cents. Used by claims, races, stories and benches; `tests/storage/lab.py` is the bare one.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from importlib import resources
from pathlib import Path

import tests.django_ready  # noqa: F401 - before anything that has tables
from panah.core.charter import Charter, Member, Roster
from panah.core.statement import Signed, begin
from panah.proof.signature import public_of, sign_body
from panah.site.funds.actions import carry_out, found
from panah.site.gifts.queries import fund_rules
from panah.storage.funds import FundHome

NAMES = ("anahita", "bahar", "cyrus", "daria")
SEEDS = {name: sha256(b"invented member " + name.encode()).digest() for name in NAMES}


def demo_charter(today: dt.date, **terms: object) -> Signed:
    """Give the demo charter with our roster, any of its terms replaced, signed by all four."""
    text = resources.files("panah.site.demo").joinpath("charter.toml").read_text(encoding="utf-8")
    members = tuple(Member(name, public_of(SEEDS[name]), "age1" + name[0] * 58) for name in NAMES)
    roster = Roster(members, today + dt.timedelta(days=300))
    body = Charter.from_toml(text, roster=roster, founded=today, today=today).body()
    body["charter"] |= terms
    return signed(body, *NAMES)


def signed(body: dict[str, object], *names: str) -> Signed:
    """Sign a body by these members (two by default)."""
    return Signed(body, {name: sign_body(body, SEEDS[name]) for name in names or NAMES[:2]})


def make_open_fund(
    home: Path, *, slug: str = "lantern", database: str = "", now: dt.datetime, **terms: object
) -> FundHome:
    """Found a fund and open it. `terms` replace parts of the demo charter (`goal=100_000`)."""
    fund = FundHome(home, slug)
    found(fund, demo_charter(now.date(), **terms), now, database)
    rules = fund_rules(fund)
    opening = begin("life", rules.origin, day=now.date().isoformat(), to="open", vkey=rules.vkey)
    carry_out(fund, signed(opening), now)
    return fund
