"""Following the fund's log: who is of the team, as the log proves it and not as the site says.

Promises: a roster counts only after the whole log was read and held, up to a checkpoint that continues the one kept
before, under the fingerprint that this desk was founded with. A fork or a rollback stops the sync with a sentence and
what was known before stays. What was checked is kept sealed, so that a desk starts without a line.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from panah.desk.vault.home import Fund, Home, open_own, seal_own
from panah.desk.vault.keyring import Keyring
from panah.errors import N_, InputError, ProofError
from panah.seal.roster import Roster, Rosters, read_roster
from panah.verify.audit import Audit
from panah.verify.findings import FAILS
from panah.verify.kept import Kept
from panah.verify.sources import Source

FILE: Final = "known.sealed"
_KIND: Final = "own-log"


@dataclass(frozen=True, slots=True)
class Known:
    """What this desk knows of the log. `rosters`: leaf and roster, as leaves spell it; `day`: of the last look."""

    rosters: tuple[tuple[int, dict[str, Any]], ...] = ()
    checkpoint: bytes = b""
    day: str = ""

    def read(self, origin: str) -> tuple[Roster, ...]:
        """Give the rosters, oldest first."""
        return tuple(read_roster(origin, leaf, roster) for leaf, roster in self.rosters)


def read_known(home: Home, ring: Keyring, fund: Fund) -> Known:
    """Read what was kept; nothing on the first start."""
    letter = open_own(home.read(FILE), ring.member, ring.identities, fund.origin, _KIND)
    if letter is None:
        return Known()
    body = letter.body
    rosters = tuple((leaf, roster) for leaf, roster in body["rosters"])
    return Known(rosters, base64.b64decode(body["checkpoint"]), body["day"])


def keep_known(home: Home, ring: Keyring, fund: Fund, known: Known) -> None:
    """Keep it."""
    body = {
        "rosters": [[leaf, roster] for leaf, roster in known.rosters], "day": known.day,
        "checkpoint": base64.b64encode(known.checkpoint).decode(),
    }  # fmt: skip
    home.write(FILE, seal_own(ring.member, fund.origin, _KIND, body))


def follow(source: Source, fund: Fund, known: Known, today: dt.date) -> Known:
    """Read the log. Raises `ProofError` when it does not hold or does not continue what was known."""
    kept = Kept()
    if known.checkpoint:
        kept.add_since("checkpoint", known.checkpoint)
    audit = Audit(source, kept, exports=False)
    report = audit.run(fund=fund.leaf0, today=today)
    failed = next((one for one in report.findings if one.verdict == FAILS), None)
    if failed is not None:
        raise ProofError(
            N_("The fund's log does not hold, so nothing was taken from the site: %(why)s"),
            hint=N_("Ask your colleagues by another way what they see, and keep this desk as it is."),
            why=failed.text(),
        )  # fmt: skip
    if report.facts["origin"] != fund.origin:
        raise InputError(N_("This is another fund."))
    return Known(tuple(audit.reader.books.rosters), audit.signed, today.isoformat())


def rosters_of(known: Known, origin: str) -> Rosters:
    """Give the rosters for opening and sealing."""
    return Rosters(known.read(origin))
