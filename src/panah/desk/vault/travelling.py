"""Crossing a border with a machine that can't open anything: keys go, sealed rows stay.

Promises: keys are removed here only after the copy elsewhere was read back and opened with the passphrase; what
stays is
sealed to keys that are not here. Refuses a copy on the same disk: that would be no travelling without keys.
Not promised: that a disk forgets what was deleted. What it may keep is the key file, which its passphrase still guards.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Final

from panah.desk.vault import following, keyring, snapshot
from panah.desk.vault.home import Home
from panah.desk.vault.keyring import open_keyring
from panah.errors import N_, InputError, RefusedError

_KEY: Final = "member.key"
_COPIED: Final = (_KEY, keyring.FILE, f"next-{keyring.FILE}", following.FILE, "fund.json")
_REMOVED: Final = (_KEY, keyring.FILE, f"next-{keyring.FILE}", following.FILE, snapshot.FILE)


def copy_keys(home: Home, elsewhere: Path) -> None:
    """Write the copy. Raises `RefusedError` on the same disk, `InputError` when there are no keys here."""
    if home.read(_KEY) is None:
        raise InputError(N_("There are no keys in this desk."), hint=N_("panah desk travel --back brings them back."))
    elsewhere.mkdir(parents=True, exist_ok=True, mode=0o700)
    if elsewhere.stat().st_dev == home.folder.stat().st_dev:
        raise RefusedError(
            N_("That folder is on the disk that this desk is on."),
            hint=N_("Put the copy on a stick or another machine, which does not travel with you."),
        )
    copy = Home(elsewhere)
    for name in _COPIED:
        data = home.read(name)
        if data is not None:
            copy.write(name, data)
    os.sync()  # a stick may be pulled out as soon as this says that it is done


def confirm_copy(home: Home, elsewhere: Path, passphrase: str, today: dt.date) -> None:
    """Open the copy as it would be opened after the journey. Raises `InputError` when it does not open or differs."""
    copy = Home(elsewhere)
    if any(home.read(name) != copy.read(name) for name in _COPIED):
        raise InputError(N_("The copy differs from the keys here; nothing was removed."))
    open_keyring(copy, passphrase, today)


def remove_keys(home: Home) -> None:
    """Take all that opens anything off this machine."""
    for name in _REMOVED:
        home.remove(name)


def bring_back(home: Home, elsewhere: Path) -> None:
    """Put the keys back from the copy. Raises `RefusedError` when there are keys, `InputError` for another desk's."""
    if home.read(_KEY) is not None:
        raise RefusedError(N_("The keys are in this desk already."))
    copy = Home(elsewhere)
    if copy.read(_KEY) is None or copy.fund() != home.fund():
        raise InputError(N_("There are no keys of this desk in that folder."))
    for name in _COPIED[1:-1]:
        data = copy.read(name)
        if data is not None:
            home.write(name, data)
    home.write(_KEY, copy.read(_KEY) or b"")  # last: with it the desk opens
