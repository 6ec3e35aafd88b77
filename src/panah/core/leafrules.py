"""What each type of leaf may do to the books, one function for each.

Promises: every refusal names its rule. The state of the fund (`fund.py`) and the signers (`statement.py`)
have been asked before `Books.apply` calls these.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from panah.core.announced import UNSIGNED_BY_PERSON, signs_for_account, terms_ahead
from panah.core.charter_rules import HOLDER
from panah.core.fund import State, move
from panah.core.money import EXPONENTS, MAX_MINOR
from panah.core.postings import FROZEN, HELD, INCOME, Gift, amount_passed, value_back, worth
from panah.core.recovery import check_notice, check_recovery
from panah.core.standing import Standing, rule
from panah.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable

NOTICE: Final = dt.timedelta(days=7)
"""Notice before an amendment is in force."""


def _charter(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    rule(index == 0, N_("A log has one charter; it is amended by other leaves."))
    terms = leaf["charter"]
    books.check_terms(terms)
    books.currency = terms["currency"]
    books.take_terms(terms)
    books.take_roster(index, terms["roster"])
    books.take_key(index, leaf["vkey"])


def _amend(books: Standing, index: int, leaf: dict[str, Any], __: Gift | None) -> None:
    notice = dt.date.fromisoformat(leaf["from"]) - dt.date.fromisoformat(leaf["day"])
    rule(notice >= NOTICE, N_("An amendment needs seven days' notice."))
    rule(leaf["set"], N_("This amendment changes nothing."))
    terms = books.charter | leaf["set"]
    books.check_terms(terms, "roster.until", HOLDER)
    _check_person(books, leaf)
    rule(terms["goal"] > books.counted, N_("The new goal is not above what is already counted."))
    books.pending.append(leaf)
    books.amendments.append((index, leaf, books.charter))


def _check_person(books: Standing, leaf: dict[str, Any]) -> None:
    """Whose account it is signs for it: this rule reads whose signatures the leaf bears, `Books` checks them."""
    person = signs_for_account(terms_ahead(books.charter, books.pending), leaf["set"])
    names = {name for name, _ in leaf.get("sig", ())} & {member["name"] for member in books.roster["members"]}
    rule(person is None or person in names, UNSIGNED_BY_PERSON)


def _roster(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    if "notice" in leaf:
        check_recovery(leaf, books.notice)
        books.recovered.append((index, leaf["day"], leaf["notice"]))
    books.check_terms(books.charter | {"roster": leaf["roster"], "founded": leaf["day"]}, HOLDER)
    books.take_roster(index, leaf["roster"])


def _notice(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    check_notice(leaf, books.day)
    books.check_terms(books.charter | {"roster": leaf["roster"], "founded": leaf["day"]}, HOLDER)
    books.notice = (index, leaf)


def _life(books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    books.state = move(books.state, State(leaf["to"]))
    if books.state is State.OPEN:
        rule(leaf.get("vkey") == books.vkeys[-1][1], N_("The team did not sign the log's key on opening."))
        books.room = books.goal - books.counted
    else:
        rule("vkey" not in leaf, N_("Only the leaf that opens the fund names the log's key."))
        books.room = 0
        books.pending.clear()  # no fund that ends changes its rules: the site brings none into force either
    books.open_rows.clear()


def _foreign_gift(books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    rule("rate" in leaf and "source" in leaf, N_("A gift in foreign money names its rate and source."))
    rule(leaf["cur"] in EXPONENTS, N_("%(cur)s is not a currency that Panah knows."), cur=leaf["cur"])
    rule(leaf["cur"] in books.currencies, N_("The charter accepts no %(cur)s."), cur=leaf["cur"])
    # One source says one thing: a fund can't count two givers of one day at two rates.
    known = books.rates.setdefault((leaf["cur"], leaf["source"]), leaf["rate"])
    rule(leaf["rate"] == known, N_("Another gift names another rate of the same source: %(rate)s."), rate=known)
    value, counted = worth(leaf["amount"], leaf["cur"], leaf["rate"], books.currency), leaf["counted"]
    rule(value <= MAX_MINOR, N_("This gift is worth more than a leaf can hold."))
    index = books.size
    amount, before = books.foreign.get(leaf["cur"], (0, 0))
    books.foreign[leaf["cur"]] = (amount + leaf["amount"], before + value)
    # As a gift of its worth in the fund's currency; then the asset is moved to the currency it is in.
    books.add_gift(leaf["day"], leaf["rail"], value, counted)
    books.size = index
    books.store.foreign[index] = (leaf["cur"], leaf["amount"])
    asset = f"assets:{leaf['rail']}"
    for account, amount in ((asset, -value), (INCOME, counted), (HELD, value - counted)):
        key = (account, books.currency)
        books.moves[key] = books.moves.get(key, 0) + amount


def _take_back(books: Standing, _: int, leaf: dict[str, Any], gift: Gift | None) -> None:
    assert gift is not None
    amount, counted = leaf["amount"], leaf["counted"]
    held = value_back(gift, amount) - counted
    fits = amount <= gift.amount and counted <= gift.counted and 0 <= held <= gift.held
    rule(fits, N_("More is taken back than is left of the gift in leaf %(gift)s."), gift=leaf["gift"])
    left = Gift(gift.rail, gift.currency, gift.amount - amount, gift.counted - counted, gift.held - held)
    books.store.leave(leaf["gift"], left, books.currency)
    books.counted -= counted
    books.held -= held
    books.returned += counted + held
    if books.state is State.OPEN:
        books.room += counted


def _count(books: Standing, _: int, leaf: dict[str, Any], gift: Gift | None) -> None:
    assert gift is not None
    amount = leaf["counted"]
    rule(
        amount <= gift.held,
        N_("More is counted than is held of the gift in leaf %(gift)s."),
        gift=leaf["gift"],
    )
    rule(books.counted + amount <= books.goal, N_("More would be counted than the goal."))
    books.store.leave(
        leaf["gift"], gift._replace(counted=gift.counted + amount, held=gift.held - amount), books.currency
    )
    books.counted += amount
    books.held -= amount
    if books.state is State.OPEN:
        books.room -= amount
        if not books.room:
            books.reach_goal()


def _overflow(books: Standing, _: int, leaf: dict[str, Any], gift: Gift | None) -> None:
    assert gift is not None
    amount, to, promised = leaf["amount"], leaf["to"], books.charter["overflow"]
    rule(
        amount <= gift.held,
        N_("More is moved than is held of the gift in leaf %(gift)s."),
        gift=leaf["gift"],
    )
    # What can't be returned any more (an account that is gone) would keep a fund from ever closing.
    leftover = promised == "return" and to == "reserve" and books.state is State.WINDING
    rule(to == promised or leftover, N_("The charter's overflow rule is %(rule)s."), rule=promised)
    names = [sibling["name"] for sibling in books.charter["siblings"]]
    named = leaf.get("sibling") in names if to == "pass-on" else "sibling" not in leaf
    rule(named, N_("Money is passed on only to a sibling fund that the charter names."))
    # What went elsewhere can't go back to its giver as well.
    left = gift._replace(held=gift.held - amount, amount=gift.amount - amount_passed(gift, amount))
    books.store.leave(leaf["gift"], left, books.currency)
    books.held -= amount
    if to == "pass-on":
        books.passed_on += amount
    else:
        books.reserved += amount


def _fee(books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    rule(
        leaf["rail"] in books.rails,
        N_("The charter names no rail %(rail)s."),
        rail=leaf["rail"],
    )
    rule(leaf["cur"] in EXPONENTS, N_("%(cur)s is not a currency that Panah knows."), cur=leaf["cur"])


def _settle(_books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    own = leaf["from"].startswith("assets:") and leaf["to"].startswith("assets:")
    rule(own, N_("Money is settled only between the fund's own assets."))
    stuck = leaf["from"].startswith(FROZEN) or leaf["to"].startswith(FROZEN)
    rule(not stuck, N_("Money that is stuck on a rail moves only by freeze and thaw."))
    for cur in (leaf["cur"], leaf["into"]):
        rule(cur in EXPONENTS, N_("%(cur)s is not a currency that Panah knows."), cur=cur)
    if leaf["cur"] == leaf["into"]:
        rule(leaf["in"] == leaf["out"], N_("What leaves one account does not arrive in the other."))
        rule(leaf["from"] != leaf["to"], N_("Money is settled from an account to itself."))


def _freeze(books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    _fee(books, _, leaf, __)
    there = books.balances.get((f"assets:{leaf['rail']}", leaf["cur"]), 0)
    rule(leaf["amount"] <= max(0, there), N_("More is called stuck than the books have on this rail."))


def _thaw(books: Standing, _: int, leaf: dict[str, Any], __: Gift | None) -> None:
    stuck = books.frozen.get((leaf["rail"], leaf["cur"]), 0)
    rule(leaf["amount"] <= stuck, N_("More is thawed than is stuck on this rail."))


def _update(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    books.updates[leaf["id"]] = (index, leaf["day"], leaf["text"])


def _key(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    books.take_key(index, leaf["vkey"])


def _code(books: Standing, index: int, leaf: dict[str, Any], _: Gift | None) -> None:
    books.code = (index, leaf["files"])


def _close(books: Standing, _: int, __: dict[str, Any], ___: Gift | None) -> None:
    rule(not books.held, N_("Gifts are still held: return, pass on or reserve them before closing."))
    rule(not books.frozen, N_("Money is still stuck on a rail: thaw it or write it off before closing."))
    books.state = move(books.state, State.CLOSED)
    books.open_rows.clear()


APPLY: Final[dict[str, Callable[[Standing, int, dict[str, Any], Gift | None], None]]] = {
    "charter": _charter, "amend": _amend, "roster": _roster, "notice": _notice, "life": _life, "gift": _foreign_gift,
    "gift-void": _take_back, "gift-return": _take_back, "count": _count, "overflow": _overflow, "fee": _fee,
    "settle": _settle, "freeze": _freeze, "thaw": _thaw, "update": _update, "key": _key, "code": _code, "close": _close,
}  # fmt: skip
"""Type of leaf → what it changes. Gifts in the fund's own currency go by `Books.add_gift`."""
