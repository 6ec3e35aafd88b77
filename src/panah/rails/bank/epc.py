"""The text of a European transfer QR code ("GiroCode"): EPC069-12 v3, SCT version 002.

Promises: every field is checked before a phone sees it (IBAN and reference by their check digits, BIC by its
form, the name in the SEPA character set). Refuses any currency but euro: for others no code is read by apps.
The picture is made where it is shown; here is only its text.
"""

from __future__ import annotations

from typing import Final

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban

from panah.core.money import Money
from panah.errors import N_, InputError
from panah.rails.bank.latin import transliterate
from panah.rails.bank.reference import is_reference

NAME: Final = 70
_MOST: Final = 99_999_999_999
"""999999999.99 euro, the largest amount of EPC069-12."""


def check_iban(text: str) -> str:
    """Give an IBAN without spaces. Raises `InputError` if length, form or check digits are wrong."""
    compact = "".join(text.split()).upper()
    # check_country would refuse a right IBAN whose *national* check stdnum disputes: banks decide that.
    if not compact.isascii() or not stdnum_iban.is_valid(compact, check_country=False):
        raise InputError(
            N_("This is not an IBAN: its check digits do not hold."),
            hint=N_("Copy the IBAN from the bank's own papers."),
        )
    return compact


def check_bic(text: str) -> str:
    """Give a BIC of 8 or 11 characters. Raises `InputError` otherwise."""
    compact = "".join(text.split()).upper()
    if not compact.isascii() or not stdnum_bic.is_valid(compact):
        raise InputError(N_("This is not a BIC."), hint=N_("A BIC has 8 or 11 letters and digits."))
    return compact


def epc_text(payee: str, iban: str, amount: Money, reference: str, bic: str = "") -> str:
    """Write the text of the QR code. Raises `InputError` naming the field that is wrong."""
    if amount.currency != "EUR" or not 0 < amount.minor <= _MOST:
        raise InputError(N_("A transfer QR code carries 0.01 to 999999999.99 euro."))
    if not is_reference(reference):
        raise InputError(N_("This is not a payment reference: its check digits do not hold."))
    name = transliterate(payee)
    if len(name) > NAME:
        raise InputError(N_("A payee's name has at most %(most)s characters."), most=NAME)
    lines = [
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        check_bic(bic) if bic else "",
        name,
        check_iban(iban),
        f"EUR{amount.plain()}",
        "",  # purpose code: none
        reference,  # structured remittance, so no free text may follow
    ]
    return "\n".join(lines)
