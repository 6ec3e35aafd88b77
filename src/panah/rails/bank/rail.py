"""Bank transfer: what to type into one's bank, in the order of its form.

Promises: everything shown was checked (IBAN, BIC, reference) and spelled in the characters banks carry, so it
can be copied as it stands. Reads no statement: those hold names and never come near the site (`camt053`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from panah.rails.bank import epc
from panah.rails.bank.latin import transliterate
from panah.rails.bank.reference import group, new_reference
from panah.rails.base import GiftOrder, InstructionLine, Instructions


@lru_cache(maxsize=64)
def _account(payee: str, iban: str, bic: str) -> tuple[str, str, str]:
    # Checked once for each fund, not once for each giver.
    name = transliterate(payee)[: epc.NAME].rstrip()
    return name, epc.check_iban(iban), epc.check_bic(bic) if bic else ""


class BankRail:
    """A push rail: the giver's bank sends, members read the statement on their own machines."""

    name: Final = "bank"

    def new_reference(self) -> str:
        """Give a fresh RF reference."""
        return new_reference()

    def instructions(self, order: GiftOrder, rail_charter: Mapping[str, Any]) -> Instructions:
        """Say how to send this gift. Raises `InputError` if the charter's account can't be used."""
        name, iban, bic = _account(rail_charter["payee"], rail_charter["iban"], rail_charter.get("bic", ""))
        amount, reference = order.amount, order.reference
        lines = [
            InstructionLine("payee", rail_charter["payee"], name),
            InstructionLine("iban", group(iban), iban),
            InstructionLine("bic", bic, bic),
            InstructionLine("amount", str(amount), amount.plain()),
            InstructionLine("reference", group(reference), reference),
        ]
        code = epc.epc_text(name, iban, amount, reference, bic) if amount.currency == "EUR" else ""
        return Instructions(tuple(line for line in lines if line.copied), code)
