"""What a reader is told of amendments: those whose notice runs, and those that change where a giver's money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from panah.core.announced import coming
from panah.errors import N_
from panah.verify.findings import FAILS, Finding

if TYPE_CHECKING:
    from panah.core.ledger import Books
    from panah.verify.findings import Findings

AHEAD: Final = N_("Two members announced for %(day)s: %(rule)s is now %(old)s, then %(new)s.")
ACCOUNT: Final = N_("Where gifts go changes on %(day)s: %(rule)s is now %(old)s, then %(new)s.")


def tell_announced(books: Books, findings: Findings) -> None:
    """Note every rule that an amendment will change."""
    for one in coming(books.charter, books.pending):
        for change in one.changes:
            old, new = change.plain(books.currency)
            findings.note(AHEAD, day=one.day.isoformat(), rule=change.name, old=old, new=new)


def new_accounts(books: Books, since: int) -> tuple[Finding, ...]:
    """Give what amendments from leaf `since` on change of where gifts go, in force meanwhile or not.

    Who looks for the first time (`since` 0) hears only of those that are still to come.
    """
    found = []
    for index, leaf, before in books.amendments:
        is_news = index >= since if since else leaf in books.pending
        for one in coming(before, [leaf]) if is_news else ():
            for change in one.accounts:
                old, new = change.plain(books.currency)
                data: dict[str, object] = {"day": one.day.isoformat(), "rule": change.name, "old": old, "new": new}
                found.append(Finding(FAILS, ACCOUNT, index, data=data))
    return tuple(found)


def announced_accounts(books: Books) -> set[str]:
    """Give the bank accounts that announced amendments name: pages may show them."""
    rails: list[Any] = [leaf["set"].get("rails", {}) for leaf in books.pending]
    return {rail["bank"]["iban"] for rail in rails if "bank" in rail}
