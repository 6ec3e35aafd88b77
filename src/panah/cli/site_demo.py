"""The demo fund: founded, opened, told about and given to by the same code as a real one.

Four invented members sign with keys made on the spot; keys and passphrases stay in `HOME/demo/`, so that
whoever tries Panah can sign as any of them. The days of the last six weeks are lived through one by one.
A demo that was cut off half-way is thrown away and made again: nothing is moved into place before its end.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import secrets
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.db import connections

from panah.core.charter import Charter, Roster
from panah.core.money import Money
from panah.core.statement import Signed, begin
from panah.proof import canonical
from panah.proof.signature import sign_body
from panah.rails.base import RailEvent
from panah.rails.registry import PULL
from panah.seal.memberkey import MemberKey, new_member, new_passphrase
from panah.site import demo
from panah.site.funds.actions import carry_out, found
from panah.site.funds.texts import Attached
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.site.gifts.queries import fund_rules
from panah.site.home import Site, write_site
from panah.storage.durable import make_folder, write_file
from panah.storage.funds import FundHome
from panah.storage.rows import new_gift_id
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers

SLUG: Final = "lantern"
NAMES: Final = ("anar", "benafsha", "cyrus", "dilshad")
DAYS: Final = 42
TEXTS: Final = Path(str(demo.__file__)).resolve().parent
_AMOUNTS: Final = (2000, 2000, 2500, 5000, 5000, 5000, 7500, 10000, 10000, 12000, 25000, 25000, 50000, 100000)
_LARGE: Final = {6: 250_000, 15: 500_000, 23: 300_000, 33: 750_000}
"""Day of the demo → one large gift, so that the chart has a shape."""


class _Team:
    """The demo's members, one fund, and the day they live in."""

    def __init__(self, home: Path, now: dt.datetime) -> None:
        self.fund = FundHome(home, SLUG)
        self.now = now
        self.members: dict[str, MemberKey] = {name: new_member(name) for name in NAMES}
        self.lines: list[dict[str, Any]] = []

    def sign(self, body: dict[str, Any], *names: str) -> Signed:
        """Sign as these members."""
        return Signed(body, {name: sign_body(body, self.members[name].seed) for name in names})

    def say(self, kind: str, attached: Attached | None = None, **fields: Any) -> None:
        """Two members sign a statement, the site carries it out."""
        origin = fund_rules(self.fund).origin
        body = begin(kind, origin) | {"day": self.now.date().isoformat()} | fields
        carry_out(self.fund, self.sign(body, "anar", "cyrus"), self.now, attached)

    def promise(self, rail: str, amount: int) -> tuple[str, str]:
        """Fill in the give form; give the gift's id and its reference."""
        asked = GiftRequest(
            new_gift_id(self.now.date()), rail, Money(amount, "EUR"), False, secrets.token_bytes(32), "en"
        )  # nobody has the code of an invented gift
        promised = promise(self.fund, asked, self.now)
        return promised.id, promised.reference or ""

    def pay(self, amount: int) -> None:
        """Give with play money."""
        gift, _ = self.promise("fake", amount)
        event = RailEvent(secrets.token_hex(12), gift, "authorised", Money(amount, "EUR"), self.now.date())
        receive_event(self.fund, PULL["fake"], event, self.now)

    def transfer(self, amount: int) -> None:
        """Give by bank; two members will read it in the statement."""
        _, reference = self.promise("bank", amount)
        line = base64.b64encode(secrets.token_bytes(32)).decode()
        day = (self.now.date() + dt.timedelta(days=1)).isoformat()
        self.lines.append(
            {"line": line, "kind": "credit", "cur": "EUR", "amount": amount, "day": day, "ref": reference}
        )

    def read_bank(self) -> None:
        """Hand in the list of transfers that have arrived."""
        today = self.now.date().isoformat()
        come = [line for line in self.lines if line["day"] <= today]
        self.lines = [line for line in self.lines if line["day"] > today]
        body = begin("bank-list", fund_rules(self.fund).origin) | {
            "id": base64.b64encode(secrets.token_bytes(16)).decode(), "upto": today, "lines": come,
        }  # fmt: skip
        carry_out(self.fund, self.sign(body, "benafsha", "dilshad"), self.now)


def make_demo(home: Path, database: str = "", now: dt.datetime | None = None) -> None:
    """Make the demo under `home`, which has no fund yet."""
    end = now or dt.datetime.now(dt.UTC)
    scratch = home / ".new-demo"
    shutil.rmtree(scratch, ignore_errors=True)
    make_folder(scratch)
    team = _Team(scratch, end - dt.timedelta(days=DAYS))
    try:
        _found(team, database)
        _live(team, end)
        sequence(team.fund)
    finally:
        stop_writers()
        connections[team.fund.alias].close()
    _keep_members(team, scratch / "demo")
    write_site(Site(scratch, SLUG))
    for name in ("demo", "site.toml", "public", "funds"):  # funds last: where it is, the demo is whole
        if (home / name).is_dir() and not any((home / name).iterdir()):
            (home / name).rmdir()
        (scratch / name).rename(home / name) if (scratch / name).exists() else None
    shutil.rmtree(scratch, ignore_errors=True)


def _found(team: _Team, database: str) -> None:
    today = team.now.date()
    members = [key.public for key in team.members.values()]
    roster = Roster.from_body({"members": members, "until": (today + dt.timedelta(days=360)).isoformat()})
    charter = Charter.from_toml((TEXTS / "charter.toml").read_text("utf-8"), roster=roster, founded=today)
    signed = team.sign(charter.body(), *NAMES)
    found(team.fund, signed, team.now, database)
    write_file(team.fund.home / "demo" / "charter.signed.json", signed.to_text().encode())
    team.say("life", to="open", vkey=fund_rules(team.fund).vkey)


def _live(team: _Team, end: dt.datetime) -> None:
    chance = random.Random("lantern")  # noqa: S311 - invented gifts, the same for everybody
    begin_day = team.now
    _publish(team, "story", begin_day.date())
    for day in range(DAYS):
        team.now = min(begin_day + dt.timedelta(days=day), end)
        for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
            amount = chance.choice(_AMOUNTS)
            if chance.random() < 0.6:
                team.pay(amount)
            else:
                team.transfer(amount)
        if day in _LARGE:
            team.transfer(_LARGE[day])
        if day == 30:
            _publish(team, "letters", team.now.date())
        if day % 7 == 6:
            team.read_bank()
    team.now = end
    team.read_bank()


def _publish(team: _Team, name: str, day: dt.date) -> None:
    """Publish a text of the demo in both languages."""
    found = {path.name.split(".")[-2]: path for path in sorted(TEXTS.glob(f"*{name}.*.md"))}
    texts = {}
    for lang, path in found.items():
        heading, _, body = path.read_text("utf-8").strip().partition("\n")
        texts[lang] = {"title": heading.removeprefix("# ").strip(), "body": body.strip()}
    salt = base64.b64encode(secrets.token_bytes(16)).decode()
    data = canonical.encode({"id": name, "day": day.isoformat(), "salt": salt, "texts": texts, "images": []})
    team.say("update", Attached(data), id=name, text=base64.b64encode(sha256(data).digest()).decode())


def _keep_members(team: _Team, folder: Path) -> None:
    make_folder(folder)
    folder.chmod(0o700)
    passphrases = {name: new_passphrase() for name in NAMES}
    for name, key in team.members.items():
        write_file(folder / f"{name}.key", key.lock(passphrases[name]), mode=0o600)
        write_file(folder / f"{name}.passphrase", f"{passphrases[name]}\n".encode(), mode=0o600)
    write_file(folder / "passphrases.json", json.dumps(passphrases, indent=1).encode(), mode=0o600)


_TRY: Final = """
What to try:
  1. read the appeal, in English or in Persian, also on a phone
  2. give with play money or by bank; keep the receipt code; find your gift again under /en/receipt/
  3. check the books: {panah} verify {public}
  4. sign as a member, and pause all gifts:
     {panah} member write pause --fund {demo}/charter.signed.json --what gifts --out pause.json
     {panah} member sign pause.json --key {demo}/anar.key --passphrase-file {demo}/anar.passphrase
     {panah} site publish pause.signed.json --home {home}
     (one member pauses; the statement `resume` needs two)
  5. read and answer as a caseworker: open the desk: link above once, unlock with anar's passphrase
"""
_MEMBERS: Final = """
Demo members, with their passphrases (keys in {demo}):
{members}
Ctrl-C ends it; the data stay. Everything here is invented."""


def _program() -> str:
    """Give the command as it can be typed here: make run's lies in a folder that no shell looks into."""
    called = Path(sys.argv[0])
    return "panah" if called.name != "panah" or shutil.which("panah") else str(called)


def what_to_try(home: Path) -> str:
    """Say, for the terminal, where things are and what to do first."""
    demo = home / "demo"
    text = _TRY.format(panah=_program(), home=home, demo=demo, public=home / "public" / SLUG)
    try:
        passphrases = json.loads((demo / "passphrases.json").read_text("utf-8"))
    except (OSError, ValueError):
        return text
    members = "".join(f"  {name:<10} {passphrase}\n" for name, passphrase in passphrases.items())
    return text + _MEMBERS.format(demo=demo, members=members)
