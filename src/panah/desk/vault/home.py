"""A desk's folder: what lies in it, and that nothing in it is readable without the member's passphrase.

    member.key        the member's keys, an age file under the passphrase (seal/memberkey.py)
    fund.json         public: origin, fingerprint of leaf 0, the site's address, the recovery recipient
    known.sealed      rosters and the newest checkpoint that were checked, sealed to and signed by the member
    keys.sealed       keys from before, for 180 days and more
    stream.sqlite3    envelopes as they were pulled, and what waits to go out
    snapshot.sealed   what was opened, to start sooner; gone at any time without loss

Promises: a file is the old or the new one after any crash, readable by its owner alone. What a member's desk seals to
itself is signed too, since anybody can seal to a key that stands in public.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from panah.errors import N_, InputError
from panah.seal.envelope import close
from panah.seal.letter import File, Letter
from panah.seal.memberkey import MemberKey
from panah.seal.recipients import read_recipients
from panah.seal.unseal import Identities, open_envelope

_ORIGIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9-]+)*", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_RECIPIENT: Final = re.compile(r"(?:age1[02-9ac-hj-np-z]{58})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fund:
    """The fund that a desk works for. `leaf0` is its fingerprint in hex; `recovery` empty: none agreed yet."""

    origin: str
    leaf0: str
    site: str
    recovery: str = ""


class Home:
    """The folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def stream(self) -> Path:
        """The database of sealed rows."""
        return self.folder / "stream.sqlite3"

    def found(self, fund: Fund, key_file: bytes) -> None:
        """Make the folder of a new desk. Raises `InputError` when one is there."""
        if (self.folder / "member.key").exists():
            raise InputError(N_("There is a desk in this folder already."))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        self.write("fund.json", json.dumps(asdict(fund), indent=1).encode())
        self.write("member.key", key_file)

    def fund(self) -> Fund:
        """Read which fund this is. Raises `InputError`."""
        try:
            fund = Fund(**json.loads(self.read("fund.json") or b"{}"))
            right = (
                _ORIGIN.fullmatch(fund.origin) and _HASH.fullmatch(fund.leaf0) and _RECIPIENT.fullmatch(fund.recovery)
            )
        except (ValueError, TypeError):
            right = None
        if not right:
            raise InputError(N_("There is no desk in this folder."))
        return fund

    def read(self, name: str) -> bytes | None:
        """Read a file, None when it is not there."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put a file in its place, durable on return."""
        beside = self.folder / f".{name}.{secrets.token_hex(4)}.new"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)
        self._sync_names()

    def remove(self, name: str) -> None:
        """Take a file away; what the disk itself keeps of it is sealed."""
        (self.folder / name).unlink(missing_ok=True)
        self._sync_names()

    def _sync_names(self) -> None:
        if not hasattr(os, "O_DIRECTORY"):  # Windows has no such handle; its rename is durable by itself
            return
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def seal_own(member: MemberKey, origin: str, kind: str, body: Mapping[str, Any], files: tuple[File, ...] = ()) -> bytes:
    """Seal something to the member's own key, signed with it."""
    letter = Letter(origin, kind, 0, body, files=files, by=member.name)
    return close(letter, read_recipients([member.public["seal"]]), member.signer)


def open_own(stored: bytes | None, member: MemberKey, identities: Identities, origin: str, kind: str) -> Letter | None:
    """Open what `seal_own` sealed; None when it is not there or not this member's own word."""
    own = member.signer.key.public_key()

    def key_of(name: str, _: int) -> Ed25519PublicKey | None:
        return own if name == member.name else None

    if stored is not None:
        with contextlib.suppress(InputError):
            return open_envelope(stored, identities, origin=origin, keys=key_of, kinds={kind})
    return None
