"""Who receives the money, shown to those who sign for it, when it is a private person's own account.

Promises: nobody signs a charter or an amendment that sends money to a private person without having seen what the
world will see of this person for ever, and without a yes of their own. Signing is the consent: this person is a
member (`payee.person`), and site and verifiers ask for their signature.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from panah.cli import terminal
from panah.core.announced import signs_for_account
from panah.errors import N_, RefusedError

if TYPE_CHECKING:
    import argparse

YES = "yes"
ADVICE = (
    "Advice: ask an association or a fiscal host to receive the money. A bank may freeze a private account, the tax",
    "office may take the gifts for income, and threats reach the person whose name stands here.",
)


def add_yes(parser: argparse.ArgumentParser) -> None:
    """Let a script say the yes that a person types."""
    parser.add_argument(
        "--public-for-ever", action="store_true",
        help="yes: the private person who receives the money has seen what the world will see, and agrees",
    )  # fmt: skip


def show_private(body: dict[str, Any]) -> str | None:
    """Print what the world will see, when this charter or amendment sends money to a private person; give who it is.

    None when it does not.
    """
    terms = body.get("charter") or body.get("set") or {}
    if "payee" not in terms or (person := signs_for_account(terms, terms)) is None:
        return None
    payee, bank = terms["payee"], terms.get("rails", {}).get("bank", {})
    terminal.say("\nWho receives this money – what every page will show, in every language:")
    rows = (
        ("Account holder", f"{payee['holder']} · a private person"),
        ("Legal form", f"{_spell(payee['form'])}, {payee['country']}"),
        ("IBAN", bank.get("iban", "")),
        ("On bank statements", payee["statement"]),
        ("Who sees givers' names", _spell(payee["seen"])),
        ("Member of the team", f"{person}: from now on this pseudonym is tied to that name"),
        ("Public for ever", "all of this. It stands in the fund's log, which nobody can change or take back."),
    )
    for name, value in rows:
        if value:
            terminal.say(f"  {name}: {value}")
    for line in ADVICE:
        terminal.say(line)
    return person


def ask_yes(person: str, signer: str, *, said: bool) -> None:
    """Ask for an explicit yes. Raises `RefusedError` for anything else."""
    question = (
        f"You, {signer}, hold this account. Have you seen what the world will see, and do you agree?"
        if signer == person
        else f"Has {person}, who holds this account, seen what the world will see, and agreed?"
    )
    terminal.say(question)
    if said:
        terminal.say(f"{YES} (--public-for-ever)")
        return
    if not sys.stdin.isatty():
        raise RefusedError(
            N_("This sends money to a private person, and nobody is there to say yes."),
            hint=N_("Look at what is shown above; a script says yes with --public-for-ever."),
        )
    print(f"Type {YES} to sign, anything else to stop: ", end="", flush=True)
    if sys.stdin.readline(20).strip().lower() != YES:
        raise RefusedError(N_("Nothing was signed."), hint=N_("Ask an association or a fiscal host."))


def _spell(text: str | dict[str, str]) -> str:
    return text if isinstance(text, str) else " / ".join(text.values())
