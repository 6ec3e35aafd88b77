"""Recovery: any k of n members bring back what the team sealed, and the right to sign that the charter names.

The secret is 32 random bytes, cut by Shamir's scheme into SLIP-39 shares of 33 words (library shamir-mnemonic, see
docs/decisions). From it come an age identity, to which every wrap is sealed too, and an Ed25519 seed. Shares go out
sealed to each member, or on paper: a word that is written wrongly is found by its checksum.

The *plan* is what everybody keeps: k, n, the two public keys, and a hash of each share, so a share can be checked by
its holder alone, and one that was swapped is named before anything is put together (SLIP-39's own check, 32 bits,
says only that something is wrong). A drill uses a plan marked as such: its secret derives other keys, so a drill's
shares never open anything and real shares are no use in a drill.

Limits: the library is a reference implementation, not hardened against somebody who measures it, and Python can't
wipe memory: do a real recovery on one member's machine, then make a new secret and new wraps. At most 16 shares.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pyrage
import shamir_mnemonic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panah.errors import N_, InputError, RefusedError
from panah.proof.note import encode_base64
from panah.proof.schema import listing, matching, octets, record, whole
from panah.seal import bech32

MOST_SHARES: Final = 16
WORDS: Final = 33
_SHARE_TAG: Final = b"panah/1/recovery-share\0"
_plan = record(
    {
        "t": matching("panah/1/recovery", "the type"), "k": whole(2, MOST_SHARES), "n": whole(2, MOST_SHARES),
        "drill": whole(0, 1), "sign": octets(32), "seal": matching(r"age1[02-9ac-hj-np-z]{58}", "an age recipient"),
        "shares": listing(octets(32), MOST_SHARES, 2),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recovered:
    """What k members have together: `identity` opens every wrap, `seed` signs as the recovery key."""

    identity: str = field(repr=False)
    seed: bytes = field(repr=False)


def make(k: int, n: int, *, drill: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Make a secret, forget it, and give the plan and n shares, each a line of 33 words.

    `k` is at least 2: one share that opens everything is no recovery, it is a second key.
    """
    if not 2 <= k <= n <= MOST_SHARES:
        raise RefusedError(
            N_("A recovery takes 2 or more of at most %(most)s people; not %(k)s of %(n)s."), most=MOST_SHARES, k=k, n=n
        )
    secret = secrets.token_bytes(32)
    [shares] = shamir_mnemonic.generate_mnemonics(1, [(k, n)], secret)
    found = _derive(secret, drill)
    plan = {
        "t": "panah/1/recovery", "k": k, "n": n, "drill": int(drill),
        "shares": [encode_base64(_hash(share)) for share in shares],
    } | _public(found)  # fmt: skip
    return plan, tuple(shares)


def check_plan(plan: Any) -> None:
    """Raise `ProofError` unless this is the plan of a recovery."""
    _plan(plan, "recovery")
    if plan["k"] > plan["n"] or len(set(plan["shares"])) != plan["n"]:
        raise InputError(N_("This is not the plan of a recovery."))


def check_share(plan: dict[str, Any], share: str) -> int:
    """Tell which share of the plan this is, from 0. Raises `InputError` for a slip or another plan's share."""
    text = " ".join(share.lower().split())
    try:
        shamir_mnemonic.Share.from_mnemonic(text)
    except (shamir_mnemonic.MnemonicError, ValueError):
        # The library's message names the words: ours does not, and its own is not kept as a cause.
        raise InputError(
            N_("A word of this share is missing or wrong."),
            hint=N_("A share has 33 words. Compare each one with the paper; its first four letters tell it apart."),
        ) from None
    try:
        return int(plan["shares"].index(encode_base64(_hash(text))))
    except ValueError:
        raise InputError(
            N_("This share is in order, but it belongs to another recovery."),
            hint=N_("Look for the newest one: after each change of the team the shares are made anew."),
        ) from None


def combine(plan: dict[str, Any], shares: Iterable[str]) -> Recovered:
    """Put k shares together. Each is checked first; the result must be the plan's own keys."""
    check_plan(plan)
    by_number = {check_share(plan, share): " ".join(share.lower().split()) for share in shares}
    if len(by_number) < plan["k"]:
        raise RefusedError(
            N_("A recovery needs %(k)s different shares; here are %(count)s."), k=plan["k"], count=len(by_number)
        )
    chosen = [by_number[number] for number in sorted(by_number)[: plan["k"]]]
    try:
        secret = shamir_mnemonic.combine_mnemonics(chosen)
    except (shamir_mnemonic.MnemonicError, ValueError):
        raise InputError(N_("These shares do not fit together.")) from None
    found = _derive(secret, bool(plan["drill"]))
    if any(plan[name] != value for name, value in _public(found).items()):
        raise InputError(N_("These shares do not fit together."))
    return found


def _derive(secret: bytes, drill: bool) -> Recovered:
    purpose = b"panah/1/recovery-drill/" if drill else b"panah/1/recovery/"
    open_with, sign_with = (
        HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose + use).derive(secret) for use in (b"open", b"sign")
    )
    return Recovered(bech32.identity(open_with), sign_with)


def _public(found: Recovered) -> dict[str, str]:
    sign = Ed25519PrivateKey.from_private_bytes(found.seed).public_key().public_bytes_raw()
    return {
        "sign": encode_base64(sign),
        "seal": str(pyrage.x25519.Identity.from_str(found.identity).to_public()),
    }


def _hash(share: str) -> bytes:
    return hashlib.sha256(_SHARE_TAG + share.encode("ascii")).digest()
