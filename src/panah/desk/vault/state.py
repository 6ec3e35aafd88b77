"""What an unlocked desk knows, in memory only: circles, events, what people sent. Built from the stream, row by row.

Promises: the same rows give the same state in whatever order they came (but for wraps, see `rings.py`). Cases are
folded when somebody looks at them, and again when an event came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import orjson

from panah.core.asks import fits
from panah.core.casework import Case
from panah.core.casework_chains import Fault, find_faults
from panah.core.casework_events import Event, read_event
from panah.core.casework_fold import fold
from panah.core.teamwork import Team, fold_team
from panah.desk.vault.opening import EVENT, FILE, Opened, Opener, opened_of
from panah.desk.vault.rings import Rings
from panah.desk.vault.store import Sealed
from panah.errors import InputError, ProofError
from panah.seal.circles import WRAP, Circle, read_wrap
from panah.seal.letter import Letter
from panah.seal.names import Names, mark_of, name_of, naming_key
from panah.seal.shredding import SHREDDED

_TAG: Final = b"panah/1/event\n"


def hash_of(opened: Opened) -> str:
    """Name an event: SHA-256 over its writer and its body in the one spelling."""
    body = orjson.dumps(opened.body, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(b"%b%b\n%b" % (_TAG, opened.by.encode(), body)).hexdigest()


@dataclass(slots=True)
class State:
    """`letters`: from people, by the envelope's hash. `unread`: for us, and not as Panah writes it. `closed`: sealed to
    members, and not to this one. `shredded`: circle → who said that their wraps are gone. `files`: circle and id →
    envelope. `touched`: cases that changed since somebody last emptied it.
    """

    opener: Opener
    names: Names = field(default_factory=Names)
    opened: dict[bytes, Opened] = field(default_factory=dict)
    letters: dict[bytes, Opened] = field(default_factory=dict)
    unread: dict[bytes, str] = field(default_factory=dict)
    closed: set[bytes] = field(default_factory=set)
    shredded: dict[str, set[str]] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    rings: Rings = field(default_factory=Rings)
    _events: dict[str, dict[str, Event]] = field(default_factory=dict)
    _sealed: dict[str, list[bytes]] = field(default_factory=dict)
    _others: dict[bytes, list[tuple[int, bytes]]] = field(default_factory=dict)
    _cases: dict[str, Case] = field(default_factory=dict)
    _counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _team: Team | None = None

    # -- taking in
    def add(self, rows: Iterable[Sealed], again: Callable[[bytes], bytes | None], known: dict[bytes, Opened]) -> None:
        """Take in rows. `again` gives an envelope that was put aside; `known` are letters that were opened before."""
        came = False
        for row in rows:
            before = known.get(row.hash)
            if before is not None:
                self._keep(before._replace(seq=row.seq))
            elif row.hash not in self.opened and row.hash not in self.closed:
                came = True
                self._open(row)
        if came and self._others:
            self._open_others(again)
            self.names.look_far()
            self._open_others(again)

    def _open(self, row: Sealed) -> None:
        self._watch()
        named = self.names.find(row.name) if row.mark == "d" else None
        try:
            if named is not None:
                self._keep(opened_of(row, self.opener.open_in_circle(row, named), named))
            elif self.opener.is_for_members(row):
                self._keep(opened_of(row, self.opener.open_as_member(row)))
            else:
                self._others.setdefault(row.name, []).append((row.seq, row.hash))
        except (InputError, ProofError):
            # What members seal to each other is mostly to others; what people send is always to us.
            if named is not None or row.mark != "d":
                self.unread[row.hash] = row.mark
            else:
                self.closed.add(row.hash)

    def _open_others(self, again: Callable[[bytes], bytes | None]) -> None:
        """Try what was put aside, until nothing more is ours: a wrap may come after the letters that it opens."""
        found = True
        while found:
            found = False
            self._watch()
            for name in [name for name in self._others if self.names.find(name) is not None]:
                found = True
                for seq, digest in self._others.pop(name):
                    envelope = again(digest)
                    if envelope is not None:
                        self._open(Sealed(seq, digest, name, "d", "", envelope))

    def _keep(self, opened: Opened) -> None:
        try:
            if opened.kind == EVENT:
                event = read_event(opened.body, opened.by, hash_of(opened))
                self._events.setdefault(opened.circle, {})[event.hash] = event
                self._sealed.setdefault(opened.circle, []).append(opened.hash)
                self._note_place(opened)
                self._cases.pop(opened.circle, None)
                self.touched.add(opened.circle)
                self._team = None
            elif opened.kind == FILE:
                self._note_place(opened)
                self.files[opened.circle, str(opened.body.get("id"))] = opened.hash
                self._sealed.setdefault(opened.circle, []).append(opened.hash)
            elif opened.kind == WRAP:
                self._keep_wrap(opened)
            elif opened.kind == SHREDDED:
                self.shredded.setdefault(str(opened.body.get("circle", "")), set()).add(opened.by)
            elif fits(opened.kind, opened.body) and opened.mailbox:
                self.letters[opened.hash] = opened
            else:
                self.unread[opened.hash] = opened.kind
        except (InputError, ProofError):
            self.unread[opened.hash] = opened.kind
        self.opened[opened.hash] = opened

    def _note_place(self, opened: Opened) -> None:
        place = (opened.circle, opened.ring, opened.by)
        self._counts[place] = max(self._counts.get(place, 0), opened.nth)

    def _keep_wrap(self, opened: Opened) -> None:
        letter = Letter("", WRAP, 0, opened.body, by=opened.by)
        self.rings.add(opened.hash, opened.seq, read_wrap(letter), opened.by)

    def _watch(self) -> None:
        """Look out for what comes to circles that are new or changed."""
        while self.rings.changed:
            circle = self.circles[self.rings.changed.pop()]
            for identity in (circle.identity, *circle.past):
                mark = mark_of(identity)
                for writer in circle.turns:
                    first = self._counts.get((circle.id, mark, writer), 0) + 1
                    self.names.watch(circle.id, identity, writer, first)

    def next_names(self, circle: Circle, writer: str, most: int) -> list[bytes]:
        """Give the names of a writer's next letters to a circle."""
        count = self._counts.get((circle.id, mark_of(circle.identity), writer), 0)
        key = naming_key(circle.identity)
        return [name_of(key, writer, count + ahead) for ahead in range(1, most + 1)]

    # -- looking
    @property
    def circles(self) -> dict[str, Circle]:
        """All circles whose secret this desk has."""
        return self.rings.circles

    def events(self, circle: str) -> list[Event]:
        """Give a circle's events, in no order."""
        return list(self._events.get(circle, {}).values())

    def envelopes(self, circle: str) -> list[bytes]:
        """Give the hashes of the envelopes that a circle's events came in."""
        return self._sealed.get(circle, [])

    def ids(self) -> list[str]:
        """Give the ids of all cases."""
        return [one.id for one in self.circles.values() if one.kind == "case"]

    def case(self, circle: str) -> Case:
        """Give a case as it stands."""
        found = self._cases.get(circle)
        if found is None:
            found = self._cases[circle] = fold(circle, self._events.get(circle, {}).values())
        return found

    def faults(self, circle: str) -> list[Fault]:
        """Tell what is wrong with the chains of a case."""
        return find_faults(self._events.get(circle, {}).values())

    def team(self, trusted: Callable[[str], bool]) -> Team:
        """Give the team's record."""
        if self._team is None:
            teams = [one.id for one in self.circles.values() if one.kind == "team"]
            self._team = fold_team((event for circle in teams for event in self.events(circle)), trusted)
        return self._team

    def forget(self, circle: str) -> None:
        """Drop a circle and all that was opened by it."""
        for digest in [*self.envelopes(circle), *self.rings.wraps(circle)]:
            self.opened.pop(digest, None)
        for shelf in (self._events, self._sealed, self._cases):
            shelf.pop(circle, None)
        self.files = {key: digest for key, digest in self.files.items() if key[0] != circle}
        self.touched.add(circle)
        self.rings.drop(circle)

    def forget_letters(self, digests: Iterable[bytes]) -> None:
        """Drop letters of people that were moved or deleted."""
        for digest in digests:
            self.letters.pop(digest, None)
            self.opened.pop(digest, None)
