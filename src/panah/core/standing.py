"""How the books stand after a leaf: totals, terms, people, keys. Which leaf may change what is `leafrules.py`.

Promises: a million gifts fit into some ten bytes each. The day on which a notice ends is read from the log itself
(the latest `day` of any leaf so far), so that everybody who replays the log comes to the same books without
asking a clock.
"""

from __future__ import annotations

from typing import Any

from panah.core.charter_rules import find_problems
from panah.core.fund import Act, State, require
from panah.core.giftstore import DayTotal, GiftStore
from panah.core.postings import FROZEN, HELD, INCOME
from panah.errors import N_, RefusedError


def rule(holds: object, sentence: str, /, **data: object) -> None:
    """Raise `RefusedError` with this sentence unless the rule holds."""
    if not holds:
        raise RefusedError(sentence, hint="", **data)


class Standing:
    """What `Books` know after each leaf."""

    def __init__(self) -> None:
        self.size = 0
        self.origin = ""
        self.currency = ""
        self.charter: dict[str, Any] = {}
        self.state = State.DRAFT
        self.goal = self.counted = self.held = self.returned = self.passed_on = self.reserved = 0
        self.room = 0  # what new gifts may still count
        self.day = ""  # the latest day that any leaf names
        self.days: dict[tuple[str, str], DayTotal] = {}
        self.store = GiftStore()
        self.rails: set[str] = set()  # every rail that the charter ever named: late money still arrives there
        self.roster: dict[str, Any] = {}
        self.rosters: list[tuple[int, dict[str, Any]]] = []  # (leaf, roster): in force for later leaves
        self.notice: tuple[int, dict[str, Any]] | None = None  # (leaf, body) of outside holders, while it runs
        self.recovered: list[tuple[int, str, int]] = []  # rosters of outside holders: (leaf, day, their notice)
        self.vkeys: list[tuple[int, str]] = []  # (leaf, key): signs checkpoints that cover this leaf
        self.updates: dict[str, tuple[int, str, str]] = {}  # id → (leaf, day, hash); the last leaf counts
        self.code: tuple[int, list[list[str]]] | None = None
        self.open_rows: dict[tuple[str, str], tuple[DayTotal, int]] = {}  # what add_gift has checked already
        self.moves: dict[tuple[str, str], int] = {}  # balances beside those in `days`
        self.currencies: set[str] = set()  # all that the charter ever accepted, its own among them
        self.rates: dict[tuple[str, str], str] = {}  # (currency, source) → rate
        self.foreign: dict[str, tuple[int, int]] = {}  # currency → what arrived in it, and what that counted
        self.pending: list[dict[str, Any]] = []  # amendments whose notice still runs
        self.amendments: list[tuple[int, dict[str, Any], dict[str, Any]]] = []  # all: (leaf, body, terms when signed)

    # -- totals ---------------------------------------------------------------------------------------------
    @property
    def gifts(self) -> int:
        """How many gifts were booked."""
        return sum(row.gifts for row in self.days.values())

    @property
    def gross(self) -> int:
        """Everything that arrived, before returns and fees, in the fund's currency."""
        return sum(row.amount for row in self.days.values())

    @property
    def gross_by_currency(self) -> dict[str, int]:
        """Everything that arrived, each currency in its own minor units, the fund's own first."""
        own = self.gross - sum(value for _, value in self.foreign.values())
        return {self.currency: own} | {currency: amount for currency, (amount, _) in sorted(self.foreign.items())}

    @property
    def fees(self) -> int:
        """Fees in the fund's currency (others: see `balances`)."""
        return self.balances.get(("expenses:fees", self.currency), 0)

    @property
    def balances(self) -> dict[tuple[str, str], int]:
        """Balance of each (account, currency) that ever moved; each currency sums to zero."""
        totals = dict(self.moves)
        for (_, rail), row in self.days.items():
            key = (f"assets:{rail}", self.currency)
            totals[key] = totals.get(key, 0) + row.amount
            for account, amount in ((INCOME, row.counted), (HELD, row.amount - row.counted)):
                if amount:
                    totals[account, self.currency] = totals.get((account, self.currency), 0) - amount
        return totals

    @property
    def frozen(self) -> dict[tuple[str, str], int]:
        """What is stuck, by (rail, currency): in the books, counted, and not spendable."""
        return {
            (account.removeprefix(FROZEN), currency): amount
            for (account, currency), amount in self.moves.items()
            if amount and account.startswith(FROZEN)
        }

    @property
    def lost(self) -> dict[str, int]:
        """What was stuck and is written off, by currency."""
        return {currency: amount for (account, currency), amount in self.moves.items() if account == "expenses:loss"}

    def vkey_at(self, size: int) -> str:
        """Give the log key that signs a checkpoint of `size` leaves."""
        return next((vkey for leaf, vkey in reversed(self.vkeys) if leaf < size), "")

    # -- changes ---------------------------------------------------------------------------------------------
    def add_gift(self, day: str, rail: str, amount: int, counted: int) -> None:
        """Take the next leaf when it is a gift in the fund's own currency: the short way for long logs."""
        row, number = self.open_rows.get((day, rail)) or self._open_row(day, rail)
        if counted > self.room or counted > amount:
            rule(counted <= amount, N_("More is counted than was given."))
            self._refuse_past_goal()
        row.gifts += 1
        row.amount += amount
        row.counted += counted
        self.store.counted.append(counted)
        self.store.rail.append(number)
        if counted != amount:
            self.held += amount - counted
            self.store.held[self.size] = amount - counted
        self.size += 1
        if counted:
            self.counted += counted
            self.room -= counted
            if not self.room:
                self.reach_goal()

    def _open_row(self, day: str, rail: str) -> tuple[DayTotal, int]:
        """Check once for each day and rail what holds for all its gifts until state or charter change."""
        self.see_day(day)
        require(self.state, Act.BOOK)
        rule(rail in self.rails, N_("The charter names no rail %(rail)s."), rail=rail)
        row = self.days.setdefault((day, rail), DayTotal()), self.store.rail_number(rail)
        self.open_rows[day, rail] = row
        return row

    def _refuse_past_goal(self) -> None:
        if self.state is State.OPEN:
            raise RefusedError(N_("More would be counted than the goal."))
        raise RefusedError(N_("The fund no longer counts new gifts: this one can only be held."))

    def reach_goal(self) -> None:
        self.state = State.MET
        self.pending.clear()  # an amendment is never in force after met
        self.open_rows.clear()

    def see_day(self, day: str) -> None:
        """Take note of a leaf's day; amendments whose notice has run come into force."""
        if day <= self.day:
            return
        self.day = day
        due = [leaf for leaf in self.pending if leaf["from"] <= day]
        self.pending = [leaf for leaf in self.pending if leaf["from"] > day]
        for leaf in sorted(due, key=lambda one: str(one["from"])):
            self.take_terms(self.charter | leaf["set"])

    def take_terms(self, terms: dict[str, Any]) -> None:
        self.charter = terms
        self.rails |= set(terms["rails"])
        self.currencies |= {terms["currency"], *terms.get("accepts", ())}
        # Gifts of the last days may have passed a lowered goal: then it is reached, and nobody did wrong.
        self.goal = max(terms["goal"], self.counted)
        self.open_rows.clear()
        if self.state is State.OPEN:
            self.room = self.goal - self.counted
            if not self.room:
                self.reach_goal()

    def check_terms(self, terms: dict[str, Any], *skip: str) -> None:
        for problem in find_problems(self.origin, terms):
            rule(problem.path.startswith(skip), "%(path)s: %(rule)s", path=problem.path, rule=problem.text())

    def take_roster(self, index: int, roster: dict[str, Any]) -> None:
        self.roster = roster
        self.rosters.append((index, roster))

    def take_key(self, index: int, vkey: str) -> None:
        rule(vkey.startswith(self.origin + "+"), N_("The log's key is not named after its origin."))
        self.vkeys.append((index, vkey))
