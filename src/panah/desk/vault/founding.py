"""A desk begins: the whole log is read under the fingerprint that the member got another way, then the folder is made.

Refuses a log that does not hold, another fund, a recovery plan that is for practice, and a folder with a desk in it.
Whether the member is in the roster yet is told and refuses nothing: a new member founds the desk first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from panah.desk.vault.following import Known, follow, keep_known
from panah.desk.vault.home import Fund, Home
from panah.desk.vault.keyring import Keyring
from panah.errors import N_, InputError, RefusedError
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import MAX_BYTES, read_unverified
from panah.seal import recovery
from panah.seal.memberkey import MemberKey
from panah.verify.sources import Source

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Founded:
    """What came of it. `is_member`: the newest roster has this very key."""

    origin: str
    is_member: bool


def found_desk(
    home: Home, source: Source, fingerprint: str, key_file: bytes, member: MemberKey, plan: Mapping[str, Any] | None,
    today: dt.date,
) -> Founded:  # fmt: skip
    """Read the log and make the folder. Raises `InputError`, `ProofError`."""
    leaf0 = "".join(fingerprint.split()).lower()
    if not _HASH.fullmatch(leaf0):
        raise InputError(
            N_("This is not a fund's fingerprint."),
            hint=N_("It has 64 signs, 0 to 9 and a to f; ask a colleague to read it to you."),
        )
    if plan is not None:
        recovery.check_plan(plan)
        if plan["drill"]:
            raise RefusedError(N_("This recovery plan is for practice: with it no case could be recovered."))
    try:
        signed = source.read("log/checkpoint", MAX_BYTES)
    except FileNotFoundError:
        raise InputError(
            N_("There is no log at %(place)s."), hint=N_("Give the address of the fund's page."), place=source.name
        ) from None
    # Which fund the site says it is; whether that is so, the whole log has to show.
    origin = Checkpoint.parse(read_unverified(signed)).origin
    fund = Fund(origin, leaf0, source.name, plan["seal"] if plan else "")
    known = follow(source, fund, Known(), today)
    home.found(fund, key_file)
    keep_known(home, Keyring(member), fund, known)
    newest = known.read(origin)[-1]
    public = member.public
    return Founded(origin, any((one.name, one.seal) == (public["name"], public["seal"]) for one in newest.members))
