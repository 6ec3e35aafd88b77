"""What the verdict claims and does not claim, word for word (design §6). Never "every cent proven"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from panah.errors import N_

if TYPE_CHECKING:
    from panah.core.ledger import Books

HOLDS: Final = N_("Everything that can be checked holds.")
FAILS: Final = N_("Something does not hold. Do not rely on this fund's books until it is explained.")
DEMO: Final = N_("DEMO: this is a demonstration fund. No real money is in these books.")

CLAIMS: Final = (
    N_("Every gift in the log is counted once, and the counted gifts never passed the goal."),
    N_("You can find your own gift (--proof or --code)."),
    N_("The team's rules, changes of rules and of keys carry the signatures that the rules ask for."),
)

NO_PAYMENTS: Final = N_("How the money was spent: this log holds no payments yet, so nothing is proven about spending.")

NOTICE_TIME: Final = N_(
    "Whether the notice of a new roster was public for fourteen days: its leaves hold days and no proof of them. "
    "Who looked meanwhile knows (panah watch)."
)

UNKNOWN: Final = (
    N_("Whether all money that reached the bank is in the log: each giver can check their own gift."),
    N_("Whether the bank account holds what the books say: only a person who sees the account can compare."),
    N_("Whether other people are shown the same log: keep a checkpoint and compare (--since)."),
    N_("Who gave, and who is helped: that is not in the log, on purpose."),
)


def unknown(books: Books) -> tuple[str, ...]:
    """List what no verifier can know about these books."""
    lines = [NO_PAYMENTS, *UNKNOWN]
    if "key" not in books.charter.get("auditor", {}):
        lines.insert(1, N_("What an auditor found: the auditor has signed nothing in this log."))
    sources = {source.partition(":")[0] for _, source in books.rates}
    if "ecb" in sources:
        lines.append(N_("Whether foreign gifts were counted at the ECB's rates: its own file can tell (--rates)."))
    if "receipt" in sources:
        lines.append(N_("What exchange receipts say: the log has only their hashes; the team keeps the papers."))
    if books.recovered:
        lines.append(NOTICE_TIME)
    return tuple(lines)
