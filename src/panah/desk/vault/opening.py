"""From sealed rows to letters that this desk can open.

A row is for this member (asks, wraps, what colleagues sealed to all), or for a circle that this member is in, found by
its name (seal/names.py); or it is somebody else's and stays as it is. Nothing that can't be opened stops anything: what
was for us and does not hold is counted and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from panah.desk.vault.store import Sealed
from panah.errors import InputError
from panah.seal import outer
from panah.seal.circles import WRAP
from panah.seal.letter import UNSIGNED, File, Keys, Letter
from panah.seal.names import Named, mark_of
from panah.seal.shredding import SHREDDED
from panah.seal.unseal import Identities, open_envelope, read_identities

EVENT: Final = "event"
FILE: Final = "file"
_TO_CIRCLES: Final = (EVENT, FILE)
_TO_MEMBERS: Final = UNSIGNED | {WRAP, SHREDDED}


class Opened(NamedTuple):
    """A letter that was opened and checked, without its files' bytes. `hash` is its envelope's; `circle` empty: it was
    sealed to members. `ring` marks the identity that it was sealed to, `nth` which of the writer's letters to that
    identity it is. `files`: name, type, bytes.
    """

    hash: bytes
    seq: int
    name: bytes
    kind: str
    by: str
    mailbox: bytes
    body: Mapping[str, Any]
    files: tuple[tuple[str, str, int], ...]
    circle: str
    day: str
    ring: str = ""
    nth: int = 0
    vouched: bool = False


class Opener:
    """Opens rows with one member's keys."""

    def __init__(self, identities: Identities, origin: str, keys: Keys) -> None:
        self._own, self._origin, self._keys = identities, origin, keys
        self._circles: dict[str, Identities] = {}

    def is_for_members(self, row: Sealed) -> bool:
        """Tell whether this can be to members at all. What circles get has one recipient. Raises `InputError`."""
        return row.mark != "d" or outer.parse(row.envelope).recipients > 1

    def open_as_member(self, row: Sealed) -> Letter:
        """Open what was sealed to members. Raises `InputError`."""
        letter = open_envelope(row.envelope, self._own, origin=self._origin, keys=self._keys, kinds=_TO_MEMBERS)
        if (letter.kind in UNSIGNED) == (row.mark == "d"):
            raise InputError  # strangers' kinds come from strangers, and members' from members
        return letter

    def open_in_circle(self, row: Sealed, named: Named) -> Letter:
        """Open an event of a circle, which must be the one whose name it lies under. Raises `InputError`."""
        identities = self._circles.get(named.identity)
        if identities is None:
            identities = self._circles[named.identity] = read_identities((named.identity,))
        letter = open_envelope(row.envelope, identities, origin=self._origin, keys=self._keys, kinds=_TO_CIRCLES)
        if (letter.by, letter.body.get("case")) != (named.writer, named.circle):
            raise InputError
        return letter

    def files(self, row: Sealed, opened: Opened, identities: tuple[str, ...]) -> tuple[File, ...]:
        """Open once more, for the files; `identities` of its circle, empty when it was sealed to members."""
        with_keys = read_identities(identities) if identities else self._own
        letter = open_envelope(
            row.envelope, with_keys, origin=self._origin, keys=self._keys, kinds=(opened.kind,)
        )  # fmt: skip
        return letter.files


def opened_of(row: Sealed, letter: Letter, named: Named | None = None) -> Opened:
    """Keep what is worth memory; the relay's day matters for what people sent alone."""
    files = tuple((file.name, file.type, len(file.data)) for file in letter.files)
    where = (
        (named.circle, "", mark_of(named.identity), named.n)
        if named
        else ("", "" if row.mark == "d" else row.day, "", 0, row.mark == "v")
    )
    return Opened(row.hash, row.seq, row.name, letter.kind, letter.by, letter.mailbox, letter.body, files, *where)
