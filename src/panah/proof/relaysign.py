"""How a desk says who it is to the relay: a signature over each request, in one header.

    Panah-Signed: <name> <leaf of the newest roster> <Unix minute> <Ed25519 in base64>

over a tag, the fund's origin, the address below the fund's folder, the minute and the SHA-256 of the body. So a request
can't be carried to another fund, address or body; within ten minutes it can be sent again, and every request of a desk
is harmless twice. There are no sessions and nothing to steal from the site. (RFC 8032 §5.1; docs/spec/relay.md.)
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from panah.errors import ProofError
from panah.proof.note import decode_base64, encode_base64
from panah.proof.relaywire import WireError

HEADER: Final = "Panah-Signed"
TAG: Final = b"panah/1/relay\n"
MINUTES: Final = 5
"""How far the clocks of desk and site may be apart."""
_LINE: Final = re.compile(r"([a-z][a-z0-9-]{1,31}) ([0-9]{1,15}) ([0-9]{1,12}) ([A-Za-z0-9+/]{86}==)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says to have sent a request; nothing of it is true before `check`."""

    name: str
    roster: int
    minute: int
    signature: bytes


def sign(
    key: Ed25519PrivateKey, name: str, roster: int, *, origin: str, path: str, body: bytes, now: dt.datetime
) -> str:
    """Give the header's value. `path` is the address below the fund's folder, such as `relay/pull`."""
    minute = int(now.timestamp()) // 60
    return f"{name} {roster} {minute} {encode_base64(key.sign(_message(origin, path, minute, body)))}"


def read(header: str | None) -> Sender:
    """Read the header's value. Raises `WireError`."""
    found = _LINE.fullmatch(header or "")
    if found is None:
        raise WireError
    try:
        return Sender(found[1], int(found[2]), int(found[3]), decode_base64(found[4]))
    except ProofError as error:
        raise WireError from error


def holds(sender: Sender, public: bytes, *, origin: str, path: str, body: bytes, now: dt.datetime) -> bool:
    """Tell whether the member with this key (32 bytes) sent this now."""
    if abs(int(now.timestamp()) // 60 - sender.minute) > MINUTES:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(sender.signature, _message(origin, path, sender.minute, body))
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(origin: str, path: str, minute: int, body: bytes) -> bytes:
    return b"".join((TAG, f"{origin}\n{path}\n{minute}\n".encode(), sha256(body).digest()))
