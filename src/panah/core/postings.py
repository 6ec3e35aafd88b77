"""Double entry: what each leaf moves between the accounts of the public books.

Promises: the postings of a leaf sum to zero in each currency, on whole minor units. Whether a leaf may stand
where it stands is `ledger.py`.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from panah.core.money import EXPONENTS

Posting = tuple[str, str, int]
"""Account, currency, minor units (debit above zero)."""

HELD: Final = "liabilities:held"
INCOME: Final = "income:gifts"
EXCHANGE: Final = "equity:exchange"
FROZEN: Final = "assets:frozen-"
"""Money that a rail will not let go of stands apart, as `assets:frozen-<rail>`: the fund's own, not spendable."""


class Gift(NamedTuple):
    """What is left of one logged gift: `amount` in its own currency, the rest in the fund's."""

    rail: str
    currency: str
    amount: int
    counted: int
    held: int


def worth(amount: int, currency: str, rate: str, into: str) -> int:
    """Value `amount` at `rate` (units of `into` for one unit of `currency`), rounded half to even."""
    whole, _, decimals = rate.partition(".")
    shift = EXPONENTS[into] - EXPONENTS[currency] - len(decimals)
    exact = amount * int(whole + decimals)
    if shift >= 0:
        return exact * int(10**shift)
    scale = int(10**-shift)
    value, rest = divmod(exact, scale)
    return value + (2 * rest > scale or (2 * rest == scale and value & 1))


def share(value: int, part: int, of: int) -> int:
    """Give `value` × `part` ÷ `of`, rounded half to even: what a part of foreign money is worth, and back."""
    scaled, rest = divmod(value * part, of) if of else (0, 0)
    return scaled + (2 * rest > of or (2 * rest == of and scaled & 1))


def value_back(gift: Gift, amount: int) -> int:
    """Value `amount` of a gift that is taken out again, in the fund's currency.

    The proportional rule: what stays is worth its share of what was left before, rounded half to even, and the
    rest goes. So the last part takes the last cent, whatever was rounded on the way. In the fund's own currency
    this is the amount itself.
    """
    left = gift.counted + gift.held
    return left - share(left, gift.amount - amount, gift.amount)


def amount_passed(gift: Gift, value: int) -> int:
    """Give how much of a gift's own money goes with `value` of it that is passed on or reserved; same rule."""
    left = gift.counted + gift.held
    return gift.amount - share(gift.amount, left - value, left)


def _across(account: str, currency: str, amount: int, into: str, value: int) -> list[Posting]:
    """Debit `account`; across currencies both sides meet in `equity:exchange`, so that each sums to zero."""
    lines = [(account, currency, amount)]
    if currency != into:
        lines += [(EXCHANGE, currency, -amount), (EXCHANGE, into, value)]
    return lines


def postings(leaf: dict[str, Any], currency: str, gift: Gift | None = None) -> list[Posting]:
    """Write one leaf as double entry in a fund kept in `currency`; zero lines are left out.

    `gift` is what was left, before this leaf, of the gift that a void, return, count or overflow names.
    Leaves that move no money give [].
    """
    kind = leaf["t"][8:]
    match kind:
        case "gift":
            value = leaf["amount"]
            if leaf["cur"] != currency:
                value = worth(leaf["amount"], leaf["cur"], leaf["rate"], currency)
            counted, held = leaf["counted"], value - leaf["counted"]
            lines = _across(f"assets:{leaf['rail']}", leaf["cur"], leaf["amount"], currency, value)
            lines += [(INCOME, currency, -counted), (HELD, currency, -held)]
        case "gift-void" | "gift-return":
            assert gift is not None
            value = value_back(gift, leaf["amount"])
            held = value - leaf["counted"]
            lines = _across(f"assets:{gift.rail}", gift.currency, -leaf["amount"], currency, -value)
            lines += [(INCOME, currency, leaf["counted"]), (HELD, currency, held)]
        case "count":
            lines = [(HELD, currency, leaf["counted"]), (INCOME, currency, -leaf["counted"])]
        case "overflow":
            to = "equity:passed-on" if leaf["to"] == "pass-on" else "equity:reserve"
            lines = [(HELD, currency, leaf["amount"]), (to, currency, -leaf["amount"])]
        case _:
            lines = _own(leaf)
    return [line for line in lines if line[2]]


def _own(leaf: dict[str, Any]) -> list[Posting]:
    """Write a leaf that moves the fund's own money and touches no gift."""
    match leaf["t"][8:]:
        case "fee":
            lines = [
                ("expenses:fees", leaf["cur"], leaf["amount"]),
                (f"assets:{leaf['rail']}", leaf["cur"], -leaf["amount"]),
            ]
        case "freeze":
            lines = [
                (FROZEN + leaf["rail"], leaf["cur"], leaf["amount"]),
                (f"assets:{leaf['rail']}", leaf["cur"], -leaf["amount"]),
            ]
        case "thaw":
            to = f"assets:{leaf['rail']}" if leaf["to"] == "release" else "expenses:loss"
            lines = [(to, leaf["cur"], leaf["amount"]), (FROZEN + leaf["rail"], leaf["cur"], -leaf["amount"])]
        case "settle":
            lines = [(leaf["from"], leaf["cur"], -leaf["out"]), (leaf["to"], leaf["into"], leaf["in"])]
            if leaf["cur"] != leaf["into"]:
                lines += [(EXCHANGE, leaf["cur"], leaf["out"]), (EXCHANGE, leaf["into"], -leaf["in"])]
        case _:
            lines = []
    return lines
