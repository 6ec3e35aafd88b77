"""`panah member write`: make the unsigned body of a statement, for members to sign.

One table says which fields each kind has; `proof/leaf.py` has the last word on their shape. Bodies carry
the day and no time; ids are random, so that two equal pauses are two statements.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from panah.cli import terminal
from panah.cli.update_text import read_images, read_language_text
from panah.core import statement
from panah.core.charter import Charter, CharterError
from panah.core.money import Money, parse_amount
from panah.errors import N_, InputError
from panah.proof import canonical, leaf

Commands = Any  # argparse's table of subcommands; its class is private to argparse

NOTICE_DAYS: Final = 7

_HEX: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_STAND_IN: Final = "A" * 86 + "=="  # as long as a signature: lets a body be checked before it is signed


@dataclass(frozen=True, slots=True)
class Field:
    """One option of a kind: how its text becomes the body's value."""

    name: str
    read: Callable[[str], Any]
    help: str
    needed: bool = True
    option: str = ""  # another word for it on the command line; or several, between spaces


_word: Final = str


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 16:
        raise InputError(N_("%(text)s is not a whole number."), text=text[:40])
    return int(text)


def read_money(text: str) -> Money:
    amount, _, currency = text.strip().rpartition(" ")
    if not amount:
        raise InputError(N_("An amount needs its currency."), hint=N_('Write for example "12.50 EUR".'))
    return parse_amount(amount, currency)


def _stuck(text: str) -> Money:
    amount, _, currency = text.strip().rpartition(" ")
    return Money(0, currency) if amount.strip() == "0" else read_money(text)


def _file_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(terminal.read_bytes(Path(text))).digest()).decode()


def _picture(text: str) -> str:  # as file names spell it, in hex, or as leaves do, in base64
    return base64.b64encode(bytes.fromhex(text)).decode() if _HEX.fullmatch(text) else text


_SWITCH: Final = (
    Field("what", _word, "gifts or intake"), Field("rail", _word, "with gifts: only by this rail", needed=False),
)  # fmt: skip
_SHOWN: Final = (
    Field("update", _word, "id of the update", option="update id"),
    Field("image", _picture, "only this image: its SHA-256, as in its file's name", needed=False),
)
KINDS: Final[dict[str, tuple[Field, ...]]] = {
    "life": (Field("to", _word, "open or winding"), Field("vkey", _word, "with open: the log's key", needed=False)),
    "fee": (Field("amount", read_money, 'such as "1.20 EUR"'), Field("rail", _word, "rail that took it")),
    "settle": (
        Field("from", _word, "account such as assets:card"),
        Field("out", read_money, 'such as "100 EUR"', option="paid"),
        Field("to", _word, "account such as assets:bank"),
        Field("in", read_money, 'such as "108 USD"', option="received"),
    ),
    "gift-return": (
        Field("gift", _number, "index of the gift's leaf"), Field("amount", read_money, "what goes back"),
        Field("counted", _number, "of it, minor units that counted towards the goal"),
    ),
    "overflow": (
        Field("gift", _number, "index of the gift's leaf"), Field("amount", read_money, "what is handed on"),
        Field("to", _word, "pass-on or reserve"), Field("sibling", _word, "with pass-on: its name", needed=False),
    ),
    "freeze": (
        Field("rail", _word, "rail that is stopped"),
        Field("amount", _stuck, 'such as "80 EUR", or "0 EUR"', option="stuck"),
    ),
    "thaw": (
        Field("rail", _word, "rail it is stuck on"), Field("amount", read_money, 'such as "80 EUR"'),
        Field("to", _word, "release or loss"),
    ),
    "close": (Field("report", _file_hash, "file of the last report", needed=False),),
    "key": (Field("vkey", _word, "the new log key"),),
    "pause": _SWITCH, "resume": _SWITCH, "withdraw": _SHOWN, "restore": _SHOWN,
}  # fmt: skip
"""Kind → its fields beside day and fund. amend, roster, notice, update and code are made from files, below."""


def register(commands: Commands) -> Commands:
    """Add `write` and one command per kind; give the table of kinds, for those in `by_hand.py`."""
    write = commands.add_parser("write", help="write a statement for members to sign")
    kinds = write.add_subparsers(metavar="KIND", title="kinds", required=True)
    for kind, fields in KINDS.items():
        parser = add_kind(kinds, kind)
        for field in fields:
            options = [f"--{word}" for word in (field.option or field.name).split()]
            parser.add_argument(*options, dest=f"_{field.name}", required=field.needed, help=field.help)
        parser.set_defaults(run=_write_fields, kind=kind)

    amend = add_kind(kinds, "amend", "--fund is the charter in force (charter.signed.json)")
    amend.add_argument("--charter", type=Path, required=True, help="charter.toml as it shall become")
    amend.add_argument("--from", dest="_from", type=dt.date.fromisoformat, help="first day (default: in 7 days)")
    amend.set_defaults(run=_write_amend)

    for roster in (add_kind(kinds, "roster"), add_kind(kinds, "notice")):
        roster.add_argument("--charter", type=Path, required=True, help="charter.toml with the new [roster]")
        roster.set_defaults(run=_write_roster, notice=None)
    kinds.choices["roster"].add_argument("--notice", type=int, help="of outside holders: the leaf of their notice")

    update = add_kind(kinds, "update")
    update.add_argument("--id", required=True, help="id in small letters; story = the long story")
    update.add_argument(
        "--text", action="append", required=True, metavar="LANG=FILE.md", help="Markdown; its first line is # Title"
    )
    update.add_argument("--images", type=Path, help="JSON list of {sha256, alt: {LANG: text}} of redrawn images")
    update.set_defaults(run=_write_update)

    code = add_kind(kinds, "code")
    code.add_argument("--file", action="append", required=True, metavar="[PATH=]FILE", help="page bundle to vouch for")
    code.set_defaults(run=_write_code)
    return kinds


def add_kind(kinds: Commands, kind: str, fund: str = "its origin, or a charter file") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = kinds.add_parser(kind, help=f"write: {kind}")
    parser.add_argument("--fund", required=True, help=fund)
    parser.add_argument("--day", type=dt.date.fromisoformat, help="default: today (UTC)")
    parser.add_argument("--out", type=Path, help=f"default: {kind}.json")
    parser.set_defaults(kind=kind)
    return parser


def check_body(body: dict[str, Any], today: dt.date | None = None) -> None:
    """Raise unless this body, once signed, is a leaf or statement that every verifier reads.

    A charter must also keep its rules; with `today` its roster must still be in force.
    """
    kind = str(body.get("t", "")).removeprefix(leaf.PREFIX)
    stand_in: dict[str, Any] = {"sig": [["stand-in", _STAND_IN]]}
    if kind == "charter":
        stand_in["vkey"] = "stand-in"
    leaf.check(body | stand_in, statement=kind in leaf.MESSAGES)
    if kind == "charter" and (problems := Charter.from_body(body).problems(today)):
        raise CharterError(problems)


def _read_charter(path: Path) -> Charter:
    body = statement.read(terminal.read_text(path)).body
    check_body(body)
    if body["t"] != "panah/1/charter":
        raise InputError(N_("%(path)s is not a charter."), path=path.name)
    return Charter.from_body(body)


def origin_of(fund: str) -> str:
    path = Path(fund)
    if path.suffix == ".toml":
        return Charter.from_toml(terminal.read_text(path)).origin
    if path.suffix == ".json":
        return str(statement.read(terminal.read_text(path)).body.get("o"))
    return fund


def _finish(arguments: argparse.Namespace, fields: dict[str, Any], name: str = "") -> None:
    day = arguments.day or dt.datetime.now(dt.UTC).date()
    body = statement.begin(arguments.kind, origin_of(arguments.fund)) | {"day": day.isoformat()} | fields
    write_out(body, arguments.out or Path(f"{name or arguments.kind}.json"))


def write_out(body: dict[str, Any], out: Path) -> None:
    """Check a body and write it for members to sign; a message to the site gets its id here."""
    if leaf.kind(body) in leaf.MESSAGES:
        body["id"] = base64.b64encode(secrets.token_bytes(16)).decode()
    check_body(body)
    terminal.write_new(out, (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(), 0o644)
    terminal.say(f"Written: {out}. Members sign it with: panah member sign {out} --key KEYFILE")


def _write_fields(arguments: argparse.Namespace) -> None:
    body: dict[str, Any] = {}
    for field in KINDS[arguments.kind]:
        text = getattr(arguments, f"_{field.name}")
        if text is not None:
            body[field.name] = field.read(text)
    _require_pairs(arguments.kind, body)
    _finish(arguments, _spell_money(arguments.kind, body))


def _require_pairs(kind: str, body: dict[str, Any]) -> None:
    # The log would refuse these too, but only after two members have signed.
    if kind == "life" and (body["to"] == "open") != ("vkey" in body):
        raise InputError(
            N_("Members who open a fund sign its log key, and only then."),
            hint=N_("Add --vkey to --to open; panah site init printed the key."),
        )
    if kind == "overflow" and (body["to"] == "pass-on") != ("sibling" in body):
        raise InputError(N_("What is passed on names its sibling fund, and only that does."))


def _spell_money(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    spelled = {key: value.minor if isinstance(value, Money) else value for key, value in body.items()}
    if kind in {"fee", "freeze", "thaw"}:
        spelled["cur"] = body["amount"].currency
    elif kind == "settle":
        spelled |= {"cur": body["out"].currency, "into": body["in"].currency}
    return spelled


def _write_amend(arguments: argparse.Namespace) -> None:
    old = _read_charter(Path(arguments.fund))
    new = Charter.from_toml(terminal.read_text(arguments.charter), roster=old.roster).terms()
    changes = {key: value for key, value in new.items() if old.terms().get(key) != value}
    old.amended(changes)  # refuses what no amendment may touch
    day = arguments.day or dt.datetime.now(dt.UTC).date()
    start = arguments._from or day + dt.timedelta(days=NOTICE_DAYS)  # noqa: SLF001 - argparse's own names
    _finish(arguments, {"from": start.isoformat(), "set": changes})


def _write_roster(arguments: argparse.Namespace) -> None:
    charter = Charter.from_toml(terminal.read_text(arguments.charter))
    named = {} if arguments.notice is None else {"notice": arguments.notice}
    _finish(arguments, {"roster": charter.roster.body()} | named)


def _write_code(arguments: argparse.Namespace) -> None:
    # PATH is below the fund's folder; bundles lie in assets/ under their own names.
    told = [one.rpartition("=") for one in arguments.file]
    files = sorted([path or f"assets/{Path(file).name}", _file_hash(file)] for path, _, file in told)
    _finish(arguments, {"files": files})


def _write_update(arguments: argparse.Namespace) -> None:
    day = arguments.day or dt.datetime.now(dt.UTC).date()
    texts = dict(read_language_text(entry) for entry in arguments.text)
    content = {
        "id": arguments.id,
        "day": day.isoformat(),
        "salt": base64.b64encode(secrets.token_bytes(16)).decode(),
        "texts": texts,
        "images": read_images(arguments.images),
    }
    data = canonical.encode(content)
    if len(data) > canonical.MAX_BYTES * 16:
        raise InputError(N_("This update is too long."))
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    _finish(arguments, {"id": arguments.id, "text": digest}, f"{arguments.id}.update")
    beside = (arguments.out or Path()).parent / f"{arguments.id}.content.json"
    terminal.write_new(beside, data, 0o644)
    terminal.say(f"Its text: {beside}. Give both to: panah site publish")
