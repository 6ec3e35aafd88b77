"""`panah verify URL|DIR`: check a fund's books from its published files, in plain words.

Exit codes: 0 all that can be checked holds, 1 something fails (leaf or file and rule are named), 2 can't be
read. `--code -` reads the receipt code from standard input, so that it stays out of lists of processes and
histories; the code itself never leaves this machine.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from panah.cli import terminal
from panah.core.money import Money
from panah.core.ratefile import read_rates
from panah.seal import receipt
from panah.verify import words
from panah.verify.audit import Audit
from panah.verify.findings import FAILS, HOLDS
from panah.verify.kept import Kept
from panah.verify.sources import find_fund

if TYPE_CHECKING:
    import argparse

    from panah.verify.findings import Report

_LONG: Final = 10_000
"""Leaves from which a bar shows how far the check is."""

_MARKS: Final = {HOLDS: "holds", FAILS: "FAILS", "note": "note "}


def register(commands: Any) -> None:
    """Add `verify`."""
    verify = commands.add_parser("verify", help="check a fund's books from its published files")
    verify.add_argument("place", metavar="URL|DIR", help="a fund's address, or a folder with its published files")
    verify.add_argument(
        "--proof", action="append", default=[], type=Path, metavar="FILE",
        help="a .tlog-proof or signed note that you kept (may be given again)",
    )  # fmt: skip
    verify.add_argument("--code", choices=["-"], help="- reads your receipt code from standard input")
    verify.add_argument(
        "--since", action="append", default=[], type=Path, metavar="CHECKPOINT",
        help="an older checkpoint that you kept: the log must continue it",
    )  # fmt: skip
    verify.add_argument("--fund", default="", metavar="FINGERPRINT", help="the fund that it must be")
    verify.add_argument(
        "--rates", type=Path, metavar="FILE", help="the ECB's file of reference rates: foreign gifts must agree with it"
    )
    verify.add_argument("--skip-exports", action="store_true", help="do not compare the published exports")
    verify.add_argument("--json", action="store_true", help="print the verdict as JSON")
    verify.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and print the verdict."""
    source = find_fund(arguments.place)
    rates = read_rates(terminal.read_bytes(arguments.rates)) if arguments.rates else None
    audit = Audit(source, _kept(arguments), exports=not arguments.skip_exports, rates=rates)
    report = audit.run(fund=arguments.fund, today=dt.datetime.now(dt.UTC).date(), progress=_bar())
    if arguments.json:
        print(json.dumps(report.as_dict(), ensure_ascii=True, indent=1))
    else:
        _say(report)
    return 0 if report.holds else 1


def _kept(arguments: argparse.Namespace) -> Kept:
    kept = Kept()
    for path in arguments.proof:
        kept.add(path.name, terminal.read_bytes(path))
    for path in arguments.since:
        kept.add_since(path.name, terminal.read_bytes(path))
    if arguments.code:
        if sys.stdin.isatty():
            print("Type your receipt code (27 digits) and press Enter:", file=sys.stderr)
        code = receipt.check_code(sys.stdin.readline(200))
        kept.commitments.append(receipt.commitment(code))
    return kept


def _bar() -> Any:
    shown = -1
    is_terminal = sys.stderr.isatty()

    def show(done: int, size: int) -> None:
        nonlocal shown
        percent = 100 * done // size
        if size < _LONG or percent == shown or not (is_terminal or percent % 10 == 0):
            return
        shown = percent
        bar = "#" * (percent // 4)
        end = "\n" if done == size or not is_terminal else ""
        start = "\r" if is_terminal else ""
        print(f"{start}[{bar:<25}] {percent:3}% of {size} leaves", end=end, file=sys.stderr, flush=True)

    return show


def _say(report: Report) -> None:
    facts = report.facts
    if facts.get("demo"):
        terminal.say(words.DEMO)
    terminal.say(f"Fund:        {facts.get('origin', report.source)}")
    terminal.say(f"Fingerprint: {_grouped(facts['fingerprint'])}")
    if "counted" in facts:
        _say_totals(facts)
    terminal.say()
    for one in report.findings:
        where = f" [{one.where()}]" if one.where() else ""
        terminal.say(f"{_MARKS[one.verdict]}  {one.text()}{where}")
    terminal.say()
    terminal.say(words.HOLDS if report.holds else words.FAILS)
    if report.holds:
        for line in words.CLAIMS:
            terminal.say(f"  - {line}")
    terminal.say("This check can't know:")
    for line in report.unknown:
        terminal.say(f"  - {line}")


def _say_totals(facts: dict[str, Any]) -> None:
    def money(name: str) -> str:
        return str(Money(facts[name], facts["currency"]))

    terminal.say(f"State:       {facts['state']}")
    terminal.say(f"Counted:     {money('counted')} of {money('goal')}, in {facts['gifts']} gifts")
    named = (("gross", "arrived"), ("held", "held"), ("returned", "returned"), ("passed_on", "passed on"),
             ("reserved", "reserved"), ("fees", "fees"))  # fmt: skip
    if told := ", ".join(f"{name} {money(key)}" for key, name in named if facts[key]):
        terminal.say(f"             {told}")
    for currency, minor in facts["other_money"].items():
        terminal.say(f"             of it in other money: {Money(minor, currency)}")
    for rail, currency, minor in facts["frozen"]:
        terminal.say(f"             stuck on {rail}, counted and not spendable: {Money(minor, currency)}")
    for currency, minor in facts["lost"]:
        terminal.say(f"             lost: {Money(minor, currency)}")


def _grouped(fingerprint: str) -> str:
    if not fingerprint:
        return "-"
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))
