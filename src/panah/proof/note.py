"""Signed notes (C2SP signed-note v1.0.0) with Ed25519 keys: a text, a blank line, signature lines.

Promises: what `open_note` returns was signed, byte for byte, by at least one of the keys given. Refuses any
second spelling of a note or of a key, a wrong signature of a known key, and anything over the size caps.
Lines of unknown keys are ignored, as the format demands: witnesses may add theirs.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from panah.errors import N_, ProofError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES: Final = 64 * 1024
MAX_SIGNATURES: Final = 32
ED25519: Final = b"\x01"
"""Signature type identifier (C2SP signed-note, Signature types)."""

# A key name is non-empty, without Unicode spaces or plus; ours are printable ASCII, so that two names that
# look alike are alike.
_NAME = re.compile(r"[!-*,-~]{1,200}")
_SIGNATURE = re.compile("— ([^ \n+]{1,200}) ([A-Za-z0-9+/]{8,8000}={0,2})")
_VKEY = re.compile(r"([!-*,-~]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")


def decode_base64(text: str) -> bytes:
    """Read standard base64 with padding in its one spelling (RFC 4648 §4). Raises `ProofError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError(N_("This is not base64.")) from error
    if encode_base64(data) != text:  # e.g. stray bits in the last character
        raise ProofError(N_("This is not base64."))
    return data


def encode_base64(data: bytes) -> str:
    """Write standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """The public half of a note key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != 32:
            raise ProofError(N_("This is not a verifier key."))

    @property
    def hint(self) -> bytes:
        """Key ID: the first four bytes of SHA-256(name ‖ newline ‖ type ‖ key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Write as `name+hint+key`."""
        return f"{self.name}+{self.hint.hex()}+{encode_base64(ED25519 + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a vkey. Raises `ProofError` unless it is the one spelling of an Ed25519 key."""
        found = _VKEY.fullmatch(vkey)
        data = decode_base64(found[3]) if found else b""
        if found and data[:1] == ED25519:
            key = cls(found[1], data[1:])
            if key.vkey == vkey:
                return key
        raise ProofError(N_("This is not a verifier key."))

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        """Tell whether the 64-byte signature over `text` is this key's (RFC 8032 §5.1.7)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """The private half; its seed never appears in repr or errors."""

    __slots__ = ("_key", "verify_key")

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verify_key = VerifyKey(name, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The key's name in signature lines."""
        return self.verify_key.name

    @property
    def vkey(self) -> str:
        """The public half as text."""
        return self.verify_key.vkey

    def sign(self, text: str) -> bytes:
        """Write the whole note: text, blank line, this key's signature line."""
        body = _check_text(text.encode())
        line = encode_base64(self.verify_key.hint + self._key.sign(body))
        return body + f"\n— {self.name} {line}\n".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: its text and the given keys whose signatures hold."""

    text: str
    verified: tuple[VerifyKey, ...]


def _check_text(body: bytes) -> bytes:
    if not body.endswith(b"\n") or any(byte < 0x20 and byte != 0x0A for byte in body):
        raise ProofError(N_("This is not a signed note."))
    return body


def _split(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Part text and signature lines at the last blank line."""
    if len(data) > MAX_BYTES:
        raise ProofError(N_("This is longer than %(limit)s bytes."), limit=MAX_BYTES)
    body, blank, lines = data.rpartition(b"\n\n")
    body = _check_text(body + b"\n")
    try:
        body.decode()
        rows = lines.decode().split("\n")
    except UnicodeDecodeError as error:
        raise ProofError(N_("This is not a signed note.")) from error
    found = [_SIGNATURE.fullmatch(row) for row in rows[:-1]]
    if not blank or rows[-1] or not found or len(found) > MAX_SIGNATURES:
        raise ProofError(N_("This is not a signed note."))
    signatures = []
    for match in found:
        if match is None:
            raise ProofError(N_("This is not a signed note."))
        signatures.append((match[1], decode_base64(match[2])))
    return body, signatures


def open_note(data: bytes, keys: Iterable[VerifyKey]) -> Note:
    """Read a note. Raises `ProofError` unless at least one of `keys` signed it and none of them wrongly."""
    body, signatures = _split(data)
    known = {(key.name, key.hint): key for key in keys}
    verified: list[VerifyKey] = []
    for name, signature in signatures:
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        if key in verified or not key.has_signed(body, signature[4:]):
            raise ProofError(N_("The signature of %(name)s does not hold."), name=name)
        verified.append(key)
    if not verified:
        raise ProofError(N_("No known key has signed this note."))
    return Note(body.decode(), tuple(verified))


def read_unverified(data: bytes) -> str:
    """Give the text of a well-formed note without checking who signed it (to learn whose it claims to be)."""
    return _split(data)[0].decode()
