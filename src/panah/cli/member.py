"""`panah member`: keys, cards and signatures, on the member's own machine.

Promises: what is signed is shown whole, in one spelling, before the passphrase is asked for; a charter with
a broken rule, or one that does not name the signer, is not signed; signatures of others in the file stay.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panah.cli import by_hand, payee, terminal, write
from panah.core import statement
from panah.core.charter import Charter, CharterError
from panah.core.money import Money
from panah.core.recovery import by_outside
from panah.core.statement import Signed
from panah.errors import N_, InputError
from panah.proof.signature import sign_body, signing_bytes
from panah.seal.memberkey import MemberKey, new_member, unlock

if TYPE_CHECKING:
    from panah.cli.write import Commands


def register(commands: Commands) -> None:
    """Add `member` and its commands."""
    member = commands.add_parser("member", help="make keys, check and sign charters and statements")
    inner = member.add_subparsers(metavar="COMMAND", title="commands", required=True)

    new = inner.add_parser("new", help="make your key file and print your public card")
    new.add_argument("--name", required=True, help="a pseudonym: small Latin letters, digits, dashes")
    new.add_argument("--out", type=Path, help="key file to write (default: NAME.key)")
    _take_passphrase(new)
    new.set_defaults(run=_make_member)

    card = inner.add_parser("card", help="print your public card, for the roster in charter.toml")
    _take_key(card)
    card.set_defaults(run=_show_card)

    check = inner.add_parser("check", help="name every problem of a charter, with what to do")
    check.add_argument("charter", type=Path, metavar="charter.toml")
    check.set_defaults(run=_check_charter)

    sign = inner.add_parser("sign", help="sign charter.toml or a statement file")
    sign.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="charter.toml, or files of panah member write"
    )
    sign.add_argument("--out", type=Path, help="with one file: where to write (default: FILE.signed.json)")
    payee.add_yes(sign)
    _take_key(sign)
    sign.set_defaults(run=_sign)

    by_hand.register(write.register(inner))


def _take_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", type=Path, help="read the passphrase from a file (also: PANAH_PASSPHRASE_FILE)"
    )


def _take_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, help="your key file")
    _take_passphrase(parser)


def _make_member(arguments: argparse.Namespace) -> None:
    key = new_member(arguments.name)
    out = arguments.out or Path(f"{key.name}.key")
    if out.exists():  # before the passphrase is typed twice for nothing
        raise InputError(N_("%(path)s exists already."), hint=N_("Choose another name with --out."), path=out.name)
    locked = key.lock(terminal.ask_passphrase(arguments.passphrase_file, twice=True))
    terminal.write_new(out, locked)
    print(
        f"Your key is in {terminal.spoken(str(out))}. Keep a copy of the file and of the passphrase, apart.\n"
        "Send this card to whoever writes charter.toml:\n",
        file=sys.stderr,
    )
    _print_card(key)


def _print_card(key: MemberKey) -> None:
    terminal.say("[[roster.members]]")
    for field, value in key.public.items():
        terminal.say(f'{field} = "{value}"')


def _open_key(arguments: argparse.Namespace) -> MemberKey:
    data = terminal.read_bytes(arguments.key)
    return unlock(data, terminal.ask_passphrase(arguments.passphrase_file))


def _show_card(arguments: argparse.Namespace) -> None:
    _print_card(_open_key(arguments))


def _check_charter(arguments: argparse.Namespace) -> int:
    try:
        charter = Charter.from_toml(terminal.read_text(arguments.charter), today=_today())
    except CharterError as error:
        for problem in error.problems:
            terminal.say_problem(problem, sys.stdout)
        terminal.say(f"\nProblems: {len(error.problems)}.")
        return 1
    for warning in charter.warnings():
        terminal.say_problem(warning, sys.stdout)
    if person := payee.show_private(charter.body()):
        terminal.say(f"panah member sign asks each member for a yes to this, and {person} signs for it.\n")
    terminal.say(f"The charter keeps every rule. Its fingerprint: {fingerprint(charter.body())}")
    return 0


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def fingerprint(body: dict[str, Any]) -> str:
    """Give what two signers compare by telephone: 16 bytes of the hash of what is signed."""
    digest = hashlib.sha256(signing_bytes(body)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def _sign(arguments: argparse.Namespace) -> None:
    if arguments.out and len(arguments.files) > 1:
        raise InputError(N_("--out takes one file."), hint=N_("Several are written beside their originals."))
    shown = [_show_signable(path, arguments.out) for path in arguments.files]
    private = [person for signed, _ in shown if (person := payee.show_private(signed.body))]
    key = _open_key(arguments)  # asked for once, after everything was shown
    for signed, _ in shown:
        if signed.kind == "charter":
            _check_founder(signed.body, key)
    for person in private:
        payee.ask_yes(person, key.name, said=arguments.public_for_ever)
    for signed, out in shown:
        # An outside holder has no name in any roster: the key itself stands for it.
        name = key.public["sign"] if by_outside(signed.body) else key.name
        done = Signed(signed.body, signed.sig | {name: sign_body(signed.body, key.seed)})
        terminal.replace(out, done.to_text())
        terminal.say(f"Signed by {', '.join(sorted(done.sig))}: {out}")


def _show_signable(path: Path, named: Path | None) -> tuple[Signed, Path]:
    signed = _read_signable(path)
    out = named or _signed_path(path)
    if out != path and out.exists():
        signed = statement.merge([signed, statement.read(terminal.read_text(out))])
    write.check_body(signed.body, _today())
    terminal.say(json.dumps(_in_short(signed.body), ensure_ascii=False, indent=1, sort_keys=True))
    terminal.say(f"\nYou sign: {signed.kind}. Fingerprint: {fingerprint(signed.body)}")
    return signed, out


def _read_signable(path: Path) -> Signed:
    text = terminal.read_text(path)
    if path.suffix == ".toml":
        return Signed(Charter.from_toml(text, today=_today()).body())
    return statement.read(text)


def _signed_path(path: Path) -> Path:
    if path.name.endswith(".signed.json"):
        return path
    return path.with_name(path.name.removesuffix(path.suffix) + ".signed.json")


def _in_short(body: dict[str, Any]) -> dict[str, Any]:
    """Show a bank list by its totals: a thousand lines hide what one signs; the fingerprint covers them all."""
    lines = body.get("lines")
    if not isinstance(lines, list) or len(lines) <= 10:
        return body
    totals: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        totals.setdefault((line["kind"], line["cur"]), []).append(line["amount"])
    told = {
        f"{kind} {currency}": f"{len(sums)} lines, {Money(sum(sums), currency)}"
        for (kind, currency), sums in totals.items()
    }
    return body | {"lines": told}


def _check_founder(body: dict[str, Any], key: MemberKey) -> None:
    if key.public not in body["charter"]["roster"]["members"]:
        raise InputError(
            N_("The roster of this charter does not name %(name)s with this key."),
            hint=N_("Give your card (panah member card) to whoever writes the charter."),
            name=key.name,
        )  # fmt: skip
