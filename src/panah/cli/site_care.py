"""`panah site status` and `panah site doctor`: how things are, and what is wrong with how to mend it.

Neither shows anything of a giver: no gift, no code, no reference.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.db import connections

from panah.cli import terminal
from panah.cli.site_doctor import examine
from panah.cli.site_home import home_of, is_served, open_fund, take_home
from panah.cli.site_intake import tell_intake
from panah.core.money import Money
from panah.core.recovery import earliest
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import read_unverified
from panah.site.home import read_site
from panah.storage.funds import FundHome, list_funds
from panah.storage.rows import FundRules


def register(inner: Any) -> None:
    """Add the commands."""
    status = inner.add_parser("status", help="how the funds are: state, totals, log")
    status.add_argument("--json", action="store_true", help="for machines")
    take_home(status, fund=False)
    status.set_defaults(run=_show_status)
    doctor = inner.add_parser("doctor", help="look for what is wrong, and say how to mend it")
    take_home(doctor, fund=False)
    doctor.set_defaults(run=_examine)


def _show_status(arguments: argparse.Namespace) -> int:
    home = home_of(arguments)
    site = read_site(home)
    entries = [standing(*open_fund(home, fund.slug)) | {"at": site.prefix(fund.slug)} for fund in list_funds(home)]
    if arguments.json:
        print(json.dumps({"home": str(home), "served": is_served(home), "funds": entries}, indent=1))
        return 0
    terminal.say(f"home: {home}   served now: {'yes' if is_served(home) else 'no'}")
    for entry in entries or [{"fund": "none yet"}]:
        terminal.say()
        for name, value in entry.items():
            terminal.say(f"  {name:<12} {value}")
    return 0


def standing(fund: FundHome, rules: FundRules) -> dict[str, Any]:
    """Give what the host may know of a fund at a glance."""
    charter: Any = rules.charter
    roster: Any = rules.roster

    def money(minor: int) -> str:
        return str(Money(minor, charter["currency"]))

    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT state, goal, counted, claimed, held, gifts_paused, bank_upto FROM storage_counter WHERE id = 1"
        )
        state, goal, counted, claimed, held, paused, upto = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM storage_entry WHERE leaf IS NULL")
        pending = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM storage_refundrequest WHERE refused IS NULL")
        asked = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM storage_refund WHERE state <> 'sent'")
        under_way = cursor.fetchone()[0]
        cursor.execute("SELECT size, note FROM storage_loghead WHERE id = 1")
        size, note = cursor.fetchone()
    head = Checkpoint.parse(read_unverified(bytes(note))) if size else None
    return {
        "fund": fund.slug,
        "origin": rules.origin,
        "fingerprint": rules.leaf0.hex(),
        "state": state + (", gifts paused" if paused else ""),
        "goal": money(goal),
        "counted": money(counted),
        "being paid": money(claimed),
        "held": money(held),
        "stopped": ", ".join(sorted(rules.stopped)) or "no rail",
        "refunds": f"{asked} asked for, {under_way} agreed and not sent (panah site requests)",
        "bank upto": str(upto or "not read yet"),
        "log": f"{size} leaves" + (f", root {head.root.hex()[:16]}…" if head else ""),
        "pending": f"{pending} entries wait for the next step of the log",
        "log key": rules.vkey,
        "roster": f"{len(roster['members'])} members, until {roster['until']}",
        "notice": tell_notice(rules),
        "intake": tell_intake(fund),
    }


def tell_notice(rules: FundRules) -> str:
    """Tell the team of a notice of outside holders that runs, and how they end it."""
    if rules.notice is None:
        return "none of outside holders"
    leaf, body = rules.notice
    place = "not in the log yet" if leaf is None else f"leaf {leaf}"
    return (
        f"outside holders announce a new roster from {earliest(body)} on ({place});"
        " two members end it by signing anything that stands in the log, such as panah member write roster"
    )


def _examine(arguments: argparse.Namespace) -> int:
    home = home_of(arguments)
    found = examine(home)
    for finding in found:
        terminal.say(f"{finding.place}: {finding.what}")
        terminal.say(f"    {finding.mend}")
    if not found:
        terminal.say("Nothing wrong was found.")
    return 1 if found else 0
