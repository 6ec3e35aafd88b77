"""The books: what the leaves of a log add up to, and the rules that every prefix of a log must keep.

Promises: `Books.apply` refuses the first leaf that breaks a rule and names the rule. Pure: takes parsed leaves as
plain dicts; whose signatures held is handed in as names.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from panah.core.fund import LEAF_ACTS, require
from panah.core.giftstore import DayTotal
from panah.core.leafrules import APPLY
from panah.core.postings import Gift, Posting, postings, worth
from panah.core.recovery import ENDS_NOTICE, by_outside, check_holders
from panah.core.standing import Standing, rule
from panah.core.statement import check_signers
from panah.errors import N_

__all__ = ["Books", "DayTotal", "Gift", "Posting", "postings", "worth"]


class Books(Standing):
    """The books after each leaf. Read the fields; change them only through `apply` and `add_gift`."""

    def apply(self, index: int, leaf: dict[str, Any], signers: frozenset[str] | None) -> list[Posting]:
        """Take the next leaf and give its postings. Raises `RefusedError` naming the rule it breaks.

        `signers` are the members (or outside keys) whose signatures held; None skips who must sign (the caller
        trusts the log). After a refusal these books are no longer of use.
        """
        kind = leaf["t"][8:]
        if index != self.size:
            raise ValueError(f"Leaf {index} is not the next one ({self.size}).")
        if index == 0:
            rule(kind == "charter", N_("The first leaf of a log is its charter."))
            self.origin = leaf["o"]
        rule(leaf["o"] == self.origin, N_("This leaf is of another fund: %(origin)s."), origin=leaf["o"])
        self.see_day(leaf["charter"]["founded"] if kind == "charter" else leaf["day"])
        if kind in LEAF_ACTS:
            require(self.state, LEAF_ACTS[kind])
        self._check_signers(kind, leaf, signers)
        gift = self.store.find(leaf["gift"], self.currency) if "gift" in leaf else None
        if kind == "gift" and leaf["cur"] == self.currency:
            rule("rate" not in leaf and "source" not in leaf, N_("A gift in the fund's own money has no rate."))
            self.add_gift(leaf["day"], leaf["rail"], leaf["amount"], leaf["counted"])
            return postings(leaf, self.currency)
        APPLY[kind](self, index, leaf, gift)
        if kind in ENDS_NOTICE:
            self.notice = None
        if kind != "gift":
            self.store.counted.append(-1)
            self.store.rail.append(0)
        self.size += 1
        lines = postings(leaf, self.currency, gift)
        for account, currency, amount in lines:
            self.moves[account, currency] = self.moves.get((account, currency), 0) + amount
        return lines

    def _check_signers(self, kind: str, leaf: dict[str, Any], signers: frozenset[str] | None) -> None:
        if signers is None:
            return
        if by_outside(leaf):
            check_holders(signers, self.charter)
            return
        roster = leaf["charter"]["roster"] if kind == "charter" else self.roster
        check_signers(
            kind, signers, [member["name"] for member in roster["members"]],
            day=dt.date.fromisoformat(leaf["charter"]["founded"] if kind == "charter" else leaf["day"]),
            until=dt.date.fromisoformat(roster["until"]),
        )  # fmt: skip
