"""Statements that move money between the books' accounts: fees, payouts, returns, what is past the goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panah.core.fund import Act, State, require
from panah.core.money import EXPONENTS, Money
from panah.core.postings import FROZEN
from panah.errors import N_, RefusedError
from panah.site.funds.freezing import stuck
from panah.site.gifts.booking import count_waiting, hand_on, parts_of, take_out
from panah.site.gifts.returning import agree
from panah.storage.batch import left_of

if TYPE_CHECKING:
    from panah.site.funds.setting import Setting
    from panah.storage.batch import Batch
    from panah.storage.rows import GiftRow


def fee(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    require(State(batch.counter.state), Act.FEE)
    rails: Any = batch.rules.charter["rails"]
    if body["rail"] not in rails or body["cur"] not in EXPONENTS:
        raise RefusedError(N_("The charter names no such rail, or Panah knows no such currency."))
    batch.add_entry(body)
    batch.counter.face += 1


def settle(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    require(State(batch.counter.state), Act.SETTLE)
    if not body["from"].startswith("assets:") or not body["to"].startswith("assets:"):
        raise RefusedError(N_("Money is settled only between the fund's own assets."))
    if body["from"].startswith(FROZEN) or body["to"].startswith(FROZEN):
        raise RefusedError(N_("Money that is stuck on a rail moves only by freeze and thaw."))
    if not {body["cur"], body["into"]} <= EXPONENTS.keys():
        raise RefusedError(N_("Panah knows no such currency."))
    if body["cur"] == body["into"] and (body["in"] != body["out"] or body["from"] == body["to"]):
        raise RefusedError(N_("What leaves one account does not arrive in the other."))
    batch.add_entry(body)
    batch.counter.face += 1


def _gift_at(batch: Batch, index: int) -> GiftRow:
    found = batch.query("SELECT gift_ref FROM storage_entry WHERE leaf = %s AND kind = 'gift'", [index])
    row = batch.gift(found[0][0]) if found else None
    if row is None:
        raise RefusedError(
            N_("Leaf %(index)s is not a gift."),
            hint=N_("The receipt and the books name a gift's leaf."),
            index=index,
        )
    return row


def gift_return(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(State(batch.counter.state), Act.REFUND)
    row = _gift_at(batch, body["gift"])
    if body["amount"] > row.remains:
        raise RefusedError(N_("More would be returned than is left of this gift."))
    if body["counted"] != parts_of(row, body["amount"])[1]:
        raise RefusedError(
            N_("The held part of a gift goes back first; of this one %(held)s is held."),
            hint=N_("Write the statement anew: the gift has changed since."),
            held=row.booked - row.counted,
        )  # fmt: skip
    before = left_of(row)
    take_out(batch, row, body["amount"])
    batch.add_entry(body, gift_ref=row.id, before=before)
    agree(batch, row, body)
    count_waiting(batch, setting.today)
    batch.counter.face += 1


def overflow(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    require(State(batch.counter.state), Act.OVERFLOW)
    charter: Any = batch.rules.charter
    row = _gift_at(batch, body["gift"])
    if body["amount"] > row.booked - row.counted:
        raise RefusedError(N_("More would be handed on than is held of this gift."))
    # What can't be returned any more (an account that is gone) would keep a fund from ever closing.
    leftover = (charter["overflow"], body["to"], State(batch.counter.state)) == ("return", "reserve", State.WINDING)
    if body["to"] != charter["overflow"] and not leftover:
        raise RefusedError(
            N_("The charter's overflow rule is %(rule)s."),
            hint=N_("What givers were told is what happens."),
            rule=charter["overflow"],
        )  # fmt: skip
    siblings = {sibling["name"] for sibling in charter["siblings"]}
    named = body.get("sibling") in siblings if body["to"] == "pass-on" else "sibling" not in body
    if not named:
        raise RefusedError(N_("The money can be passed on only to a sibling fund that the charter names."))
    before = left_of(row)
    hand_on(batch, row, body["amount"])
    batch.add_entry(body, gift_ref=row.id, before=before)
    batch.counter.face += 1


def open_ends(batch: Batch) -> list[str]:
    """Name everything that keeps a fund from closing; nothing when every gift has its ending."""
    counter, currency = batch.counter, str(batch.rules.charter["currency"])
    found = []
    if counter.held:
        found.append(f"held past the goal: {Money(counter.held, currency)}")
    if counter.claimed:
        found.append(f"payments whose outcome is not known: {Money(counter.claimed, currency)}")
    under_way = batch.query(
        "SELECT rail, currency, COUNT(*), SUM(amount) FROM storage_refund WHERE state <> 'sent'"
        " GROUP BY rail, currency ORDER BY rail, currency"
    )
    for rail, money, number, amount in under_way:
        found.append(f"refunds under way by {rail}: {number}, together {Money(int(amount), money)}")
    for rail, money, amount in stuck(batch):
        found.append(f"stuck on {rail}: {Money(amount, money)}")
    return found
