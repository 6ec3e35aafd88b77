"""Members' signatures under leaves and statements.

One message per body: a tag, then the canonical JSON of the body without its signatures, so a signature can't
be carried to another type, fund or use (type and origin are in every body). Leaf 0 is signed before the site
has made the log's key, so its `vkey` stays outside; the `life` leaf that opens the fund repeats it under two
signatures. Who *must* sign is `core/statement.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from panah.errors import N_, ProofError
from panah.proof import canonical
from panah.proof.note import decode_base64, encode_base64

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG: Final = b"panah/1/sign\n"


def signing_bytes(body: Mapping[str, Any]) -> bytes:
    """Give the bytes that a member signs for this body."""
    outside = {"sig", "vkey"} if body.get("t") == "panah/1/charter" else {"sig"}
    return TAG + canonical.encode({key: value for key, value in body.items() if key not in outside})


def public_of(seed: bytes) -> bytes:
    """Give the public key of a 32-byte Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign_body(body: Mapping[str, Any], seed: bytes) -> str:
    """Sign a body; gives the signature in base64."""
    return encode_base64(Ed25519PrivateKey.from_private_bytes(seed).sign(signing_bytes(body)))


def verify_body(body: Mapping[str, Any], signature: str, public: bytes) -> bool:
    """Tell whether the base64 signature over this body is of this public key (RFC 8032 §5.1.7)."""
    return _holds(signing_bytes(body), signature, public)


def _holds(message: bytes, signature: str, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(decode_base64(signature), message)
    except (InvalidSignature, ProofError, ValueError):
        return False
    return True


def verified_signers(body: Mapping[str, Any], members: Mapping[str, bytes]) -> frozenset[str]:
    """Give the names of all who signed `body`. Raises `ProofError` if a single line of `sig` is wrong.

    `members` maps names to public keys. Lines are sorted by name, one for each: one spelling.
    """
    lines = body.get("sig") or []
    names = [line[0] for line in lines]
    if names != sorted(set(names)):
        raise ProofError(N_("Signatures are not sorted by name, one for each member."))
    message = signing_bytes(body)
    for name, signature in lines:
        public = members.get(name)
        if public is None:
            raise ProofError(N_("%(name)s is not in the roster."), name=str(name)[:40])
        if not _holds(message, signature, public):
            raise ProofError(N_("The signature of %(name)s does not hold."), name=name)
    return frozenset(names)


def holder_keys(body: Mapping[str, Any]) -> dict[str, bytes]:
    """Read the keys under which outside holders signed: each line is named by its key in base64.

    Whether the charter names them is `core/recovery.py`. Raises `ProofError` for what is no key.
    """
    try:
        keys = {name: decode_base64(name) for name, _ in body.get("sig") or []}
    except ProofError:
        keys = {"": b""}
    if any(len(key) != 32 for key in keys.values()):
        raise ProofError(N_("An outside holder's signature is named by its key."))
    return keys


def roster_keys(roster: Mapping[str, Any]) -> dict[str, bytes]:
    """Read a roster leaf's or charter's `roster` as name → public signing key."""
    return {member["name"]: decode_base64(member["sign"]) for member in roster["members"]}
