"""`panah site requests`, `held` and `flags`: gifts that wait for members, and the statements that settle them.

For members alone: days, amounts, leaves and the bank's own reference, by which a transfer is found in the
bank's list. No name and no code: the site has none.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from panah.cli import terminal
from panah.cli.site_home import home_of, open_fund, take_home
from panah.core.flags import Why
from panah.core.money import Money
from panah.core.statement import PREFIX
from panah.site.gifts import endings, returning
from panah.site.gifts.queries import form_facts
from panah.site.gifts.refusing import REFUSALS, refuse
from panah.storage.writer import stop_writers

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules

_WHY: Final = {
    "": "no reason given", "mistake": "given by mistake", "twice": "given twice", "changed": "changed their mind",
    "other": "another reason",
}  # fmt: skip
_FLAGS: Final = {
    Why.LARGE: "a tenth of the goal or more",
    Why.EQUAL: "one of many equal small gifts of that day: cards being tried?",
    Why.REFUSED: "came through among many refused tries of that day: cards being tried?",
}


def register(inner: Any) -> None:
    """Add the commands."""
    requests = inner.add_parser("requests", help="refunds that givers asked for, and those on their way")
    requests.add_argument(
        "--sent", type=int, nargs="+", metavar="NUMBER", help="note that a member sent these refunds by hand"
    )
    requests.add_argument("--prepare", type=Path, metavar="DIR", help="write the statements that agree to all of them")
    requests.add_argument("--refuse", type=int, nargs="+", metavar="LEAF", help="answer the requests about these: no")
    requests.add_argument("--because", choices=REFUSALS, default="other", help="what the giver's page then says")
    take_home(requests)
    requests.set_defaults(run=_requests)
    held = inner.add_parser("held", help="gifts past the goal, and the statements that end them")
    held.add_argument("--prepare", type=Path, metavar="DIR", help="write an unsigned statement for each of them")
    held.add_argument("--sibling", default="", help="with the rule pass-on: the fund it goes to")
    take_home(held)
    held.set_defaults(run=_held)
    flags = inner.add_parser("flags", help="gifts that a person should look at; never public")
    take_home(flags)
    flags.set_defaults(run=_flags)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _leaf(index: int | None) -> str:
    return f"leaf {index}" if index is not None else "not in the log yet"


def _write_bodies(folder: Path, bodies: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for body in bodies:
        kind = str(body["t"]).removeprefix(PREFIX)
        text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        terminal.write_new(folder / f"{body['gift']}.{kind}.json", text.encode(), 0o644)
    if bodies:
        terminal.say(f"Written: {len(bodies)} statements in {folder}. Two members sign them all:")
        terminal.say(f"  panah member sign {folder}/*.json --key KEYFILE")
        terminal.say(f"  panah site publish {folder}/*.signed.json …")


def _requests(arguments: argparse.Namespace) -> None:
    fund, rules = open_fund(home_of(arguments), arguments.fund)
    if arguments.sent is not None:
        try:
            for number in arguments.sent:
                row = returning.note_by_hand(fund, number, _now())
                terminal.say(f"Noted: {row.money} went back by {row.rail}.")
        finally:
            stop_writers()
        return
    if arguments.refuse is not None:
        _refuse(fund, arguments.refuse, arguments.because)
        return
    asked = returning.requests(fund)
    terminal.say(f"Asked for by givers: {len(asked)}")
    for one in asked:
        reference = f", reference {one.reference}" if one.reference else ""
        terminal.say(
            f"  {_leaf(one.leaf)}: {one.left} by {one.rail} on {one.day}{reference};"
            f" asked on {one.asked}, {_WHY[one.why]}"
        )
    if arguments.prepare:
        ready = [one for one in asked if one.leaf is not None]
        _write_bodies(arguments.prepare, returning.prepare(rules, ready, _now().date()))
    _say_under_way(fund)


def _refuse(fund: FundHome, leaves: list[int], because: str) -> None:
    try:
        for leaf in leaves:
            one = refuse(fund, leaf, because, _now())
            terminal.say(f"Refused: {one.left} of {_leaf(leaf)}. Its giver reads so, and may ask again.")
    finally:
        stop_writers()


def _say_under_way(fund: FundHome) -> None:
    under_way = returning.refunds(fund, "state <> 'sent'")
    terminal.say(f"Agreed and not sent yet: {len(under_way)}")
    for row in under_way:
        terminal.say(f"  refund {row.id}: {row.money}, agreed on {row.day}; {_who_sends(fund, row)}")
    perhaps = returning.perhaps_sent(fund)
    if perhaps:
        terminal.say(f"Agreed before the site was restored, and sent as far as anybody here knows: {len(perhaps)}")
        terminal.say("  Look at the account: what did not go out is still to be sent. Then, either way: --sent NUMBER")
    for row in perhaps:
        terminal.say(f"  refund {row.id}: {row.money} by {row.rail}, agreed on {row.day}")


def _who_sends(fund: FundHome, row: returning.RefundRow) -> str:
    if row.rail in returning.BY_HAND or row.state == "refused":
        reference = returning.reference_of(fund, row.gift)
        came = f" (reference {reference})" if reference else ""
        why = "the provider refused, so " if row.state == "refused" else ""
        return f"{why}a member sends it to the account it came from{came}, then: panah site requests --sent {row.id}"
    return f"the site asks the provider of {row.rail}"


def _held(arguments: argparse.Namespace) -> None:
    fund, rules = open_fund(home_of(arguments), arguments.fund)
    charter: Any = rules.charter
    held = endings.held_gifts(fund)
    together = sum(gift.held for gift in held)
    terminal.say(f"Held past the goal: {Money(together, charter['currency'])} in {len(held)} gifts")
    terminal.say(f"The charter's rule: {charter['overflow']}")
    for gift in held:
        row = gift.row
        terminal.say(f"  {_leaf(gift.leaf)}: {Money(gift.held, charter['currency'])} by {row.rail} on {row.value_day}")
    if arguments.prepare:
        _prepare_held(arguments, fund, rules)


def _prepare_held(arguments: argparse.Namespace, fund: FundHome, rules: FundRules) -> None:
    done = endings.prepare(fund, rules, form_facts(fund).state, _now().date(), arguments.sibling)
    _write_bodies(arguments.prepare, done.bodies)
    for gift, why in done.left:
        terminal.say(f"  {_leaf(gift.leaf)}: {why}")


def _flags(arguments: argparse.Namespace) -> None:
    fund, rules = open_fund(home_of(arguments), arguments.fund)
    charter: Any = rules.charter
    found = endings.flagged(fund, rules)
    terminal.say(f"To look at: {len(found)}")
    for flag, leaf in found:
        seen = flag.seen
        amount = Money(seen.amount, charter["currency"])
        terminal.say(f"  {_leaf(leaf)}: {amount} by {seen.rail} on {seen.day}: {_FLAGS[flag.why]}")
    if found:
        terminal.say("Keep them, or send one back: panah member write gift-return --gift LEAF …")
