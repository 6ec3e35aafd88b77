"""Names under which letters between desks lie at the relay, so that a desk finds its own among everybody's at once.

A name looks like 32 random bytes to whoever has not the circle's identity: HMAC-SHA256 over the writer and a count of
the writer's letters to it, with a key spelled from it (RFC 2104; RFC 5869, no salt). Without names a desk would have to
try each of a thousand keys on each of ten thousand letters. The site learns nothing that it did not know: two
names of one circle have nothing in common. Who is removed knows the names of before and none of after.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AHEAD = 3
"""How many names of a writer are looked out for after the last one that came. More are tried when letters are left."""
FAR = 48


class Named(NamedTuple):
    """Whose letter lies under a name: the circle, the identity that opens it, the writer, and which one to it it is."""

    circle: str
    identity: str
    writer: str
    n: int


def mark_of(identity: str) -> str:
    """Tell identities apart without keeping them: the first half of SHA-256, in hex."""
    return hashlib.sha256(b"panah/1/mark\0" + identity.encode("ascii")).hexdigest()[:32]


def naming_key(identity: str) -> bytes:
    """Give the key for the names of what is sealed to this identity."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"panah/1/names").derive(identity.encode("ascii"))
    return bytes(derived)


def name_of(key: bytes, writer: str, n: int) -> bytes:
    """Give the name of a writer's n-th letter."""
    return hmac.digest(key, b"%b\n%d" % (writer.encode(), n), "sha256")


class Names:
    """The names that a desk looks out for."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._found: dict[bytes, Named] = {}
        self._reach: dict[tuple[str, str, str], int] = {}

    def watch(self, circle: str, identity: str, writer: str, first: int = 1) -> None:
        """Look out for a writer's letters to this identity from the `first` on. Harmless twice."""
        self._reach.setdefault((circle, identity, writer), first - 1)
        self._extend(circle, identity, writer, first - 1 + AHEAD)

    def find(self, name: bytes) -> Named | None:
        """Tell whose letter this is, and look out for the ones after it."""
        found = self._found.get(name)
        if found is not None:
            self._extend(found.circle, found.identity, found.writer, found.n + AHEAD)
        return found

    def look_far(self) -> None:
        """Look out for letters of all writers far ahead: many of one were held back, or came out of order."""
        for (circle, identity, writer), reach in list(self._reach.items()):
            self._extend(circle, identity, writer, reach + FAR)

    def _extend(self, circle: str, identity: str, writer: str, until: int) -> None:
        reach = self._reach.get((circle, identity, writer), 0)
        if until <= reach:
            return
        key = self._keys.get(identity)
        if key is None:
            key = self._keys[identity] = naming_key(identity)
        for n in range(reach + 1, until + 1):
            self._found[name_of(key, writer, n)] = Named(circle, identity, writer, n)
        self._reach[circle, identity, writer] = until
