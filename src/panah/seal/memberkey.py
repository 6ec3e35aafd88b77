"""A member's key file: an Ed25519 key to sign with and an age identity to open with, under a passphrase.

The file is an ordinary age passphrase file (scrypt recipient, C2SP age §Scrypt): the standard `age` tool
opens it too, so a member is never locked in. Its work factor is chosen by pyrage for about a second on the
machine that made it and can't be asked for, so it is looked at: a file that would be too cheap to try passphrases
on, or too large to open on a small laptop, is never handed out, and one that asks for more is refused before any
work is done. Promises: the secret halves never stand in `repr`, errors or a file without the passphrase. Refuses
short passphrases: the file may be seized, and then the passphrase is all there is.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panah.errors import N_, InputError, RefusedError
from panah.seal.letter import Signer

SHORTEST: Final = 12
"""Fewest characters of a passphrase."""

FLOOR: Final = 16
"""Least scrypt work: N = 2^16 takes 64 MiB and, on a laptop, about a fifth of a second for each guess."""
CEILING: Final = 21
"""Most scrypt work that is done for a file: N = 2^21 takes 2 GiB (128·N·r bytes with r = 8, RFC 7914 §2)."""
_TRIES: Final = 6
_LOOKS: Final = 25
"""How often a file is tried whose work pyrage finds too much for this moment: it measures the machine at each call, and
a busy one is no reason to call a right passphrase wrong. A refusal costs milliseconds."""

_FORMAT: Final = "panah/1/member"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_LONGEST_FILE: Final = 64 * 1024
_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]?)\n[A-Za-z0-9+/]{43}\n---", re.ASCII
)
_CONSONANTS: Final = "bdfghklmnprstvyz"
_VOWELS: Final = "aeiou"


@dataclass(frozen=True, slots=True, repr=False)
class MemberKey:
    """The secret half of a member. `seed` is the Ed25519 seed (RFC 8032 §5.1.5)."""

    name: str
    seed: bytes
    identity: str

    def __repr__(self) -> str:
        return f"MemberKey({self.name!r})"

    @property
    def public(self) -> dict[str, str]:
        """The public half, as it stands in a roster: `name`, `sign` (base64), `seal` (age recipient)."""
        sign = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        seal = str(pyrage.x25519.Identity.from_str(self.identity).to_public())
        return {"name": self.name, "sign": base64.b64encode(sign).decode(), "seal": seal}

    @property
    def signer(self) -> Signer:
        """The loaded key that signs letters."""
        return Signer(self.name, Ed25519PrivateKey.from_private_bytes(self.seed))

    def lock(self, passphrase: str) -> bytes:
        """Give the key file's bytes."""
        if len(_normal(passphrase)) < SHORTEST:
            raise InputError(
                N_("This passphrase is too short."),
                hint=N_("Take five or six words that nobody would guess, %(shortest)s characters or more."),
                shortest=SHORTEST,
            )  # fmt: skip
        inner = {
            "format": _FORMAT,
            "name": self.name,
            "sign": base64.b64encode(self.seed).decode(),
            "seal": self.identity,
        }
        for _ in range(_TRIES):
            data = bytes(pyrage.passphrase.encrypt(json.dumps(inner).encode(), _normal(passphrase)))
            # pyrage measures the machine anew each time; a busy moment makes it choose too little.
            if FLOOR <= work_factor(data) <= CEILING:
                return data
        raise RefusedError(
            N_("This machine is too busy or too slow to lock the key well."),
            hint=N_("Close other programs and try again, or make the key on another machine."),
        )


def new_member(name: str) -> MemberKey:
    """Make fresh keys for a pseudonym."""
    if not _NAME.fullmatch(name):
        raise InputError(
            N_("A member's name is a pseudonym: 2 to 32 small Latin letters, digits or dashes."),
            hint=N_("It stands in public for ever: do not take your own name."),
        )
    return MemberKey(name, secrets.token_bytes(32), str(pyrage.x25519.Identity.generate()))


def unlock(data: bytes, passphrase: str) -> MemberKey:
    """Open a key file. Raises `InputError` for a wrong passphrase or a damaged file, told as one."""
    if len(data) > _LONGEST_FILE or not 1 <= work_factor(data) <= CEILING:
        raise InputError(
            N_("This is not a member's key file."), hint=N_("panah member new makes one."),
        )  # fmt: skip
    try:
        key = _read_inner(_decrypt(data, _normal(passphrase)))
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            N_("This passphrase does not open the key file, or the file is damaged."),
            hint=N_("Try again; a lost passphrase can't be recovered: two members give you a new key."),
        ) from error
    return key


def _decrypt(data: bytes, passphrase: str) -> bytes:
    for _ in range(_LOOKS):
        try:
            return bytes(pyrage.passphrase.decrypt(data, passphrase))
        except pyrage.DecryptError as error:
            if not str(error).startswith("Excessive work"):
                raise
    raise RefusedError(
        N_("This machine is too busy just now to open the key; nothing is wrong with key or passphrase."),
        hint=N_("Close other programs and try again, or use a faster machine."),
    )


def work_factor(data: bytes) -> int:
    """Tell the log2 of the scrypt work that a key file asks for; 0 when it is no passphrase file of one stanza."""
    found = _HEADER.match(data)
    return int(found[1]) if found else 0


def _read_inner(data: bytes) -> MemberKey:
    inner = json.loads(data)
    if inner["format"] != _FORMAT or not _NAME.fullmatch(inner["name"]):
        raise ValueError("another format")
    key = MemberKey(inner["name"], base64.b64decode(inner["sign"], validate=True), inner["seal"])
    _ = key.public  # raises unless both halves are keys
    return key


def new_passphrase() -> str:
    """Make a passphrase that can be read aloud: six groups of two syllables, 75 random bits."""

    def syllable() -> str:
        return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)

    return "-".join(syllable() + syllable() for _ in range(6))


def _normal(passphrase: str) -> str:
    # One keyboard types é as one sign, another as two; the line break of a passphrase file is no part of it.
    return unicodedata.normalize("NFC", passphrase.strip("\r\n"))
