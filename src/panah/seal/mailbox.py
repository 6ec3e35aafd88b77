"""A mailbox from 27 digits: the key that opens it, the name it is found by, and the word that deletes it.

A mailbox's code opens messages, and the site's owner holds what is sealed to it: so, other than a gift's code, it is
stretched. scrypt with N = 2^15, r = 8, p = 1 takes 32 MiB (`MEMORY` is the cap that it runs under, 64 MiB) and about
a tenth of a second of a laptop; with 86 random bits that is far more than needed, and a phone still bears it. The
salt is the SHA-256 of the fund's leaf 0: one code at two funds is two mailboxes. Its tags are not those of
seal/receipt.py: the same digits typed as a gift's code and as a mailbox's give values that have nothing in common.

The site gets `lookup` (to be hashed there and found) and never imports this module. Spec: docs/spec/receipts.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panah.seal import bech32, receipt

SCRYPT_N: Final = 2**15
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
MEMORY: Final = 64 * 1024 * 1024
"""Bytes that one derivation may take; scrypt needs 128·N·r = 32 MiB of it (RFC 7914 §2)."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a code says about its mailbox. `identity` opens; `recipient` is what replies are sealed to.

    `lookup` and `deletion` are 32 bytes that only who has the code can know; the site keeps their SHA-256.
    """

    recipient: str
    identity: str = field(repr=False)
    lookup: bytes = field(repr=False)
    deletion: bytes = field(repr=False)

    @property
    def address(self) -> bytes:
        """The SHA-256 of the lookup id: how relay, desks and letters (`Letter.mailbox`) call this mailbox."""
        return hashlib.sha256(self.lookup).digest()

    @property
    def deletion_hash(self) -> bytes:
        """The SHA-256 of the deletion word, kept by the relay."""
        return hashlib.sha256(self.deletion).digest()


def derive(code: str, leaf0: bytes) -> Mailbox:
    """Derive a mailbox. `code`: as `receipt.check_code` gives it; `leaf0`: SHA-256 of the fund's first leaf."""
    if len(leaf0) != 32:
        raise ValueError("the salt is a SHA-256")
    code = receipt.check_code(code)
    stretched = hashlib.scrypt(
        code.encode("ascii"), salt=leaf0, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=MEMORY, dklen=32
    )
    secret = bech32.identity(_expand(stretched, b"panah/1/mailbox/identity"))
    public = str(pyrage.x25519.Identity.from_str(secret).to_public())
    lookup, deletion = (_expand(stretched, b"panah/1/mailbox/" + name) for name in (b"lookup", b"delete"))
    return Mailbox(public, secret, lookup, deletion)


def _expand(stretched: bytes, info: bytes) -> bytes:
    # HKDF-SHA256 without salt (RFC 5869), one tag for each use.
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(stretched)
