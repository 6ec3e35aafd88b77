"""What a giver may send: a small closed form, read by hand, answered with every problem at once.

Promises: at most 8 KiB of form data; unknown, doubled or overlong fields are refused; digits of any
script are read; nothing that was typed is lost when the form is shown again, and nothing typed ever
reaches an error's text. Receipt codes are read here and forgotten here: only their commitment goes on.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from panah.core.money import Money, parse_amount
from panah.errors import N_, InputError, PanahError
from panah.seal.receipt import check_code, commitment

LIMIT: Final = 8 * 1024
LONGEST: Final = 400
TYPE: Final = "application/x-www-form-urlencoded"

_GIFT_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_RAIL: Final = re.compile(r"[a-z]{2,12}", re.ASCII)
GIVE_FIELDS: Final = frozenset({"gift", "amount", "cur", "rail", "rest", "code", "rc"})
# A direction mark comes along when right-to-left text is copied. At the ends it changes nothing.
_EDGE_MARKS: Final = "\u200e\u200f\u061c \t\u00a0"


def is_gift_id(text: str) -> bool:
    """Tell whether this could be an id that `rows.new_gift_id` made."""
    return _GIFT_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Gift:
    """A form that can be acted on. `code` is empty when the browser kept it to itself."""

    id: str
    rail: str
    amount: Money
    takes_rest: bool
    rc: bytes
    code: str = field(repr=False)


class FormError(PanahError):
    """The form can't be acted on; `problems` maps a field (or "") to what is wrong with it."""

    code = "form"
    sentence = N_("Please look at the form again.")

    def __init__(self, problems: Mapping[str, PanahError], typed: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        self.typed = dict(typed)
        super().__init__()


def read_fields(body: bytes, known: frozenset[str]) -> dict[str, str]:
    """Read form data into at most one value per known field. Raises `InputError`."""
    if len(body) > LIMIT:
        raise InputError(N_("This form is too long."), hint=N_("Go back and shorten what you typed."))
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:  # also UnicodeDecodeError
        raise InputError(N_("This form can't be read."), hint=_RELOAD) from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name not in known or name in fields or len(value) > LONGEST or "\0" in value:
            raise InputError(N_("This form can't be read."), hint=_RELOAD)
        fields[name] = value
    return fields


_RELOAD: Final = N_("Load the page again and fill it in once more.")


def read_gift(body: bytes, currency: str, rails: Mapping[str, object], accepts: Collection[str] = ()) -> Gift:
    """Read the give form. Raises `InputError` for what no browser sends, `FormError` for a person's slips."""
    typed = read_fields(body, GIVE_FIELDS)
    identity, rail = typed.get("gift", ""), typed.get("rail", "")
    if not is_gift_id(identity):
        raise InputError(N_("This form can't be read."), hint=_RELOAD)
    rc, code = _read_receipt(typed)
    problems: dict[str, PanahError] = {}
    amount: Money | None = None
    chosen = typed.get("cur") or currency
    if chosen != currency and chosen not in accepts:
        raise InputError(N_("This form can't be read."), hint=_RELOAD)
    try:
        amount = parse_amount(typed.get("amount", "").strip(_EDGE_MARKS), chosen)
    except InputError as error:
        problems["amount"] = error
    if not _RAIL.fullmatch(rail) or rail not in rails:
        problems["rail"] = InputError(N_("Choose a way of paying."))
    if typed.get("rest", "") not in {"", "yes"}:
        problems["rest"] = InputError(N_("This form can't be read."), hint=_RELOAD)
    if problems or amount is None:
        raise FormError(problems, typed)
    return Gift(identity, rail, amount, typed.get("rest") == "yes", rc, code)


def _read_receipt(typed: Mapping[str, str]) -> tuple[bytes, str]:
    """Give (commitment, code or ""). A browser with script sends the commitment alone."""
    if typed.get("rc"):
        try:
            rc = base64.b64decode(typed["rc"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise InputError(N_("This form can't be read."), hint=_RELOAD) from error
        if len(rc) != 32 or typed.get("code"):
            raise InputError(N_("This form can't be read."), hint=_RELOAD)
        return rc, ""
    code = check_code(typed.get("code", ""))
    return commitment(code), code


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is asked with a receipt code: a download (`wanted`), a gift to be sent `back`, or just the page."""

    code: str = field(repr=False)
    wanted: str
    back: str
    why: str


def read_receipt_code(body: bytes) -> Receipt:
    """Read the receipt form. Raises `FormError` for a slip."""
    typed = read_fields(body, frozenset({"code", "file", "back", "why"}))
    wanted, back = typed.get("file", ""), typed.get("back", "")
    if wanted not in {"", "pledge", "booked", "proof"} or (back and not is_gift_id(back)):
        raise InputError(N_("This form can't be read."), hint=_RELOAD)
    try:
        return Receipt(check_code(typed.get("code", "")), wanted, back, typed.get("why", ""))
    except InputError as error:
        # The code itself is not shown again: a wrong digit is found on the paper, not on the screen.
        raise FormError({"code": error}, {}) from error


def read_payment(body: bytes) -> tuple[str, str]:
    """Read the demo's pay form: ("pay" or "fail", receipt code or "")."""
    typed = read_fields(body, frozenset({"do", "code"}))
    if typed.get("do") not in {"pay", "fail"}:
        raise InputError(N_("This form can't be read."), hint=_RELOAD)
    return typed["do"], check_code(typed["code"]) if typed.get("code") else ""
