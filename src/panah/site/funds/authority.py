"""Who stands behind a statement: members of the roster in force, or holders outside the team.

Whether the charter names these holders is asked inside the job (`recovery.py`), where it is known which terms
are in force on the statement's day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from panah.core.recovery import by_outside
from panah.core.statement import check_signers
from panah.proof import leaf
from panah.proof.signature import holder_keys, roster_keys, verified_signers

if TYPE_CHECKING:
    from collections.abc import Mapping


def signers_of(body: Mapping[str, Any], roster: Mapping[str, Any], day: dt.date) -> frozenset[str]:
    """Give who signed. Raises `ProofError` for a signature that does not hold, `RefusedError` for wrong members."""
    if by_outside(body):
        return verified_signers(body, holder_keys(body))
    members = roster_keys(roster)
    signers = verified_signers(body, members)
    check_signers(leaf.kind(dict(body)), signers, members, day=day, until=dt.date.fromisoformat(roster["until"]))
    return signers
