"""The log's signing keys: seed files of mode 0600 in the fund's private folder, found by their public half."""

from __future__ import annotations

import secrets

from panah.errors import N_, FatalError
from panah.proof.note import SigningKey
from panah.storage.durable import make_folder, write_file
from panah.storage.funds import FundHome


def make_log_key(fund: FundHome, origin: str) -> SigningKey:
    """Make a new key and keep its seed; give the key. An earlier one stays until nothing needs it."""
    seed = secrets.token_bytes(32)
    key = SigningKey(origin, seed)
    make_folder(fund.folder)
    fund.folder.chmod(0o700)
    number = len(list(fund.folder.glob("log*.key")))
    path = fund.log_key if number == 0 else fund.folder / f"log-{number + 1}.key"
    write_file(path, seed.hex().encode() + b"\n", mode=0o600)
    return key


def read_log_key(fund: FundHome, origin: str, vkey: str) -> SigningKey:
    """Give the key whose public half is `vkey`. Raises `FatalError` when its seed is not here."""
    for path in sorted(fund.folder.glob("log*.key")):
        key = SigningKey(origin, bytes.fromhex(path.read_text().strip()))
        if key.vkey == vkey:
            return key
    raise FatalError(
        N_("The log's signing key is not on this machine, so nothing can be signed."),
        hint=N_("Put the key file back from your backup, or sign a new key with two members."),
    )
