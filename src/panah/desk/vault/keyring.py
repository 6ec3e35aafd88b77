"""The keys of an unlocked desk: the present one, and those from before for as long as letters to them may come.

When people of a roster change, its members take new keys. Letters to the old one are still on their way, and the past
of each case is wrapped to it: so the opening half is kept for `KEPT_DAYS`, sealed to the new key. The signing half is
not: nobody signs with yesterday's key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from panah.core.shapes import day, many, row, word
from panah.desk.vault.home import Home, open_own, seal_own
from panah.errors import N_, InputError, RefusedError
from panah.seal.memberkey import MemberKey, unlock
from panah.seal.unseal import Identities, read_identities

KEPT_DAYS: Final = 180
FILE: Final = "keys.sealed"
_KIND: Final = "own-keys"
_fits = row({"keys": many(row({"identity": word(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"), "until": day}), 100)})


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets of one member; they stay out of `repr`."""

    member: MemberKey
    older: tuple[tuple[str, str], ...] = field(repr=False, default=())
    """(age identity, last day)"""

    @property
    def identities(self) -> Identities:
        """What opens letters to this member, the present key first."""
        return read_identities((self.member.identity, *(identity for identity, _ in self.older)))


def open_keyring(home: Home, passphrase: str, today: dt.date) -> Keyring:
    """Unlock the member's key and those from before. Raises `InputError`."""
    stored = home.read("member.key")
    if stored is None:
        raise InputError(N_("There is no desk in this folder."))
    member = unlock(stored, passphrase)
    letter = open_own(home.read(FILE), member, read_identities([member.identity]), home.fund().origin, _KIND)
    if letter is None or not _fits(dict(letter.body)):
        return Keyring(member)
    return Keyring(member, tuple((one["identity"], one["until"]) for one in letter.body["keys"]
                                 if one["until"] >= today.isoformat()))  # fmt: skip


def change_key(home: Home, ring: Keyring, new: MemberKey, passphrase: str, today: dt.date) -> Keyring:
    """Take up a new key; the old one opens for `KEPT_DAYS` more.

    First the ring, then the key: a crash between them leaves a ring that the old key does not open, so the old ring
    is kept beside until the new key is in its place.
    """
    if new.name != ring.member.name:
        raise RefusedError(N_("This key is another member's."))
    until = (today + dt.timedelta(days=KEPT_DAYS)).isoformat()
    older = ((ring.member.identity, until), *ring.older)
    body: dict[str, Any] = {"keys": [{"identity": identity, "until": last} for identity, last in older]}
    locked = new.lock(passphrase)
    home.write("next-" + FILE, seal_own(new, home.fund().origin, _KIND, body))
    home.write("member.key", locked)
    home.write(FILE, home.read("next-" + FILE) or b"")
    home.remove("next-" + FILE)
    return Keyring(new, older)


def finish_change(home: Home, ring: Keyring) -> Keyring:
    """After a crash between two steps of `change_key`: take the ring that was written for the key in force."""
    letter = open_own(
        home.read("next-" + FILE), ring.member, read_identities([ring.member.identity]), home.fund().origin, _KIND
    )
    if letter is None or not _fits(dict(letter.body)):
        return ring
    home.write(FILE, home.read("next-" + FILE) or b"")
    home.remove("next-" + FILE)
    return Keyring(ring.member, tuple((one["identity"], one["until"]) for one in letter.body["keys"]))
