"""An unlocked desk: keys, what is known of the log, the sealed stream, and all of it opened in this process's memory.

`open_desk` unlocks and replays; `Desk.write` is the one way by which anything is said to colleagues: it makes a signed
event, seals it to the circle as it is now, keeps it durably and takes it in, or does none of that. Nobody who left the
roster reads what is written after: a circle with such a member is closed to them before anything is sealed to it.

Lock is the end of the process: Python can't wipe memory, so nothing here pretends to.
"""

from __future__ import annotations

import datetime as dt
import gc
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from panah.core.casework import Case
from panah.core.casework_chains import next_place
from panah.core.casework_events import read_event
from panah.core.teamwork import Team
from panah.desk.vault import snapshot
from panah.desk.vault.following import Known, keep_known, read_known, rosters_of
from panah.desk.vault.home import Fund, Home
from panah.desk.vault.keyring import Keyring, finish_change, open_keyring
from panah.desk.vault.opening import EVENT, FILE, Opened, Opener
from panah.desk.vault.state import State
from panah.desk.vault.store import Sealed, Store
from panah.errors import N_, InputError, RefusedError
from panah.proof.deskwire import Push
from panah.proof.relaywire import NOTHING
from panah.seal import circles
from panah.seal.circles import Circle
from panah.seal.envelope import close
from panah.seal.letter import File, Letter
from panah.seal.roster import Roster, Rosters

Progress = Callable[[int], None]
"""Told now and then how many rows were replayed."""


class Desk:
    """See `open_desk`. Read `state`, `case`, `team`; change through the verbs of desk/cases and desk/offers."""

    def __init__(self, home: Home, ring: Keyring, known: Known, store: Store) -> None:
        self.home, self.ring, self.store = home, ring, store
        self.fund: Fund = home.fund()
        self.known = known
        self.rosters: Rosters = rosters_of(known, self.fund.origin)
        self.signer = ring.member.signer
        self.state = State(Opener(ring.identities, self.fund.origin, self._key))
        self.problem = ""

    def _key(self, name: str, version: int) -> Any:
        return self.rosters.key(name, version)

    # -- who
    @property
    def name(self) -> str:
        """Who works here."""
        return self.ring.member.name

    @property
    def roster(self) -> Roster:
        """The newest roster. Raises `RefusedError` before the log was read for the first time."""
        if not self.known.rosters:
            raise RefusedError(N_("This desk has not read the fund's log yet: connect once."))
        return self.rosters.newest

    def is_member(self, name: str) -> bool:
        """Tell whether somebody is in the newest roster."""
        return any(one.name == name for one in self.roster.members)

    def was_member(self, name: str) -> bool:
        """Tell whether somebody was in any roster."""
        return any(one["name"] == name for _, roster in self.known.rosters for one in roster["members"])

    def learn(self, known: Known) -> None:
        """Take in what the log says now."""
        self.known = known
        self.rosters = rosters_of(known, self.fund.origin)
        keep_known(self.home, self.ring, self.fund, known)

    # -- looking
    def case(self, case: str) -> Case:
        """Give a case. Raises `RefusedError` for one that this desk can't open."""
        circle = self.state.circles.get(case)
        if circle is None or circle.kind != "case":
            raise RefusedError(N_("This desk has no such case."))
        return self.state.case(case)

    @property
    def team(self) -> Team:
        """The team's record."""
        return self.state.team(self.was_member)

    def dealt_with(self) -> set[str]:
        """Give the sources (SHA-256 in hex) of letters that are in a case or an offer, or were put aside."""
        team = self.team
        sources = {*team.taken, *team.dropped}
        for case in self.state.ids():
            sources |= self.state.case(case).sources
        for offer in team.offers.values():
            sources |= {message.source for message in offer.messages}
        return sources

    def files(self, digest: bytes) -> tuple[File, ...]:
        """Give the files of a letter, opened anew: their bytes are not kept in memory."""
        opened, envelope = self.state.opened.get(digest), self.store.envelope(digest)
        if opened is None or envelope is None:
            raise InputError(N_("This file is not here any more."))
        circle = self.state.circles.get(opened.circle)
        identities = (circle.identity, *circle.past) if circle else ()
        row = Sealed(opened.seq, digest, opened.name, "", opened.day, envelope)
        return self.state.opener.files(row, opened, identities)

    def works_on(self, circle: str) -> bool:
        """Tell whether this member writes into a circle. Who is removed gets no wrap, but reads of it in the record."""
        ring = self.state.circles.get(circle)
        if ring is None or self.name not in ring.members:
            return False
        state = self.state.case(circle) if ring.kind == "case" else None
        return state is None or not state.opened or self.name in state.members

    # -- writing
    def write(
        self, circle: str, what: Mapping[str, Any], now: dt.datetime, *, files: tuple[File, ...] = (),
        beside: Iterable[Push] = (),
    ) -> str:  # fmt: skip
        """Say something in a circle; gives the event's id. `beside`: letters to mailboxes that go with it.

        Files are letters of their own, so that one can be deleted and the record stays whole. Raises `InputError` for
        what is no event, `RefusedError` when this desk has no say there.
        """
        self.tighten(circle, now)
        ours, identity = self._seal(circle, what, now, files)
        self._take(self.store.queue([*((push, True) for push in ours), *((push, False) for push in beside)]))
        return identity

    def _seal(
        self, circle: str, what: Mapping[str, Any], now: dt.datetime, files: tuple[File, ...] = ()
    ) -> tuple[list[Push], str]:
        ring = self.state.circles.get(circle)
        if ring is None or not self.works_on(circle):
            raise RefusedError(N_("You are not among those who work on this."))
        place = next_place(self.state.events(circle), self.name)
        listed = [
            {"id": secrets.token_hex(8), "name": file.name, "type": file.type, "size": len(file.data)} for file in files
        ]
        body = {
            "case": circle, "id": secrets.token_hex(8), "n": place.n, "lamport": place.lamport, "prev": place.prev,
            "seen": [list(pair) for pair in place.seen], "at": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M"),
            "what": {**what, "files": listed} if files else dict(what),
        }  # fmt: skip
        read_event(body, self.name, "")
        letters = [
            self._letter(FILE, {"case": circle, "id": entry["id"]}, (file,))
            for entry, file in zip(listed, files, strict=True)
        ]
        letters.append(self._letter(EVENT, body))
        names = self.state.next_names(ring, self.name, len(letters))
        pushes = [
            Push(name, NOTHING, close(letter, ring.recipients, self.signer))
            for name, letter in zip(names, letters, strict=True)
        ]
        return pushes, str(body["id"])

    def _letter(self, kind: str, body: Mapping[str, Any], files: tuple[File, ...] = ()) -> Letter:
        return Letter(self.fund.origin, kind, self.roster.version, body, files=files, by=self.name)

    def _take(self, rows: list[Sealed]) -> None:
        self.state.add(rows, self.store.envelope, {})
        missing = [row for row in rows if row.hash not in self.state.opened]
        if missing:
            raise InputError(N_("This desk can't open what it has just written."))

    def wrap(self, circle: Circle) -> None:
        """Seal a circle's secret to its members and to recovery."""
        if not self.fund.recovery:
            raise RefusedError(N_("Agree with your team on recovery first: without it lost keys would lose cases."))
        sealed = circles.wrap(circle, self.roster, self.signer, self.fund.recovery)
        self._take(self.store.queue([(Push(secrets.token_bytes(32), NOTHING, sealed), True)]))

    def tighten(self, circle: str, now: dt.datetime) -> None:
        """Shut out of a circle whoever left the roster."""
        ring = self.state.circles.get(circle)
        gone = [name for name in ring.members if not self.is_member(name)] if ring else []
        if ring is not None and gone and self.name in ring.members:
            self.shut_out(circle, gone, now)

    def shut_out(self, circle: str, names: list[str], now: dt.datetime, why: str = "") -> None:
        """Remove people from a circle: said in its record first, then the key is changed."""
        ring = self.state.circles[circle]
        left = circles.remove(ring, names)
        if ring.kind == "case":
            counts = dict(next_place(self.state.events(circle), "").seen)
            for name in names:
                what: dict[str, Any] = {"type": "remove", "name": name, "n": counts.get(name, 0)}
                pushes, _ = self._seal(circle, what | ({"why": why} if why else {}), now)
                self._take(self.store.queue([(push, True) for push in pushes]))
        self.wrap(left)

    def team_circle(self) -> str:
        """Give the circle for the team's record, made when there is none, opened to all of the roster."""
        names = {one.name for one in self.roster.members}
        ours = [
            one for one in self.state.circles.values()
            if one.kind == "team" and self.name in one.members and set(one.members) <= names
        ]  # fmt: skip
        if not ours:
            fresh = circles.new_circle("team", sorted(names))
            self.wrap(fresh)
            return fresh.id
        chosen = min(ours, key=lambda one: (self.state.rings.made_at(one.id), one.id))
        wider = chosen
        for name in sorted(names - set(chosen.members)):
            wider = circles.assign(wider, name)
        if wider is not chosen:
            self.wrap(wider)
        return chosen.id

    # -- the end
    def keep_snapshot(self) -> None:
        """Keep what was opened, sealed, for the next start."""
        snapshot.write_snapshot(
            self.home, self.ring, self.fund.origin, self.state.opened.values(), self.state.closed
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the files; the process that held the keys should end now."""
        self.store.close()


def open_desk(
    folder: Path, passphrase: str, now: dt.datetime, *, warm: bool = True, progress: Progress = lambda _: None
) -> Desk:
    """Unlock a desk and replay its stream. `warm`: use the snapshot, where it holds. Raises `InputError`."""
    home = Home(folder)
    fund = home.fund()
    ring = finish_change(home, open_keyring(home, passphrase, now.date()))
    desk = Desk(home, ring, read_known(home, ring, fund), Store(home.stream))
    replay(desk, warm=warm, progress=progress)
    return desk


def replay(desk: Desk, *, warm: bool, progress: Progress = lambda _: None) -> None:
    """Build the state from the stream."""
    # A hundred thousand objects are made and none is let go: looking for rubbish all the while costs a fifth, and what
    # is here now stays for as long as the process does.
    collecting = gc.isenabled()
    gc.disable()
    try:
        _replay(desk, warm, progress)
        gc.freeze()
    finally:
        if collecting:
            gc.enable()


def _replay(desk: Desk, warm: bool, progress: Progress) -> None:
    before: dict[bytes, Opened] = {}
    if warm:
        before, desk.state.closed = snapshot.read_snapshot(desk.home, desk.ring, desk.fund.origin)
    batch: list[Sealed] = []
    done = 0
    for row in desk.store.rows():
        batch.append(row)
        if len(batch) == 1000:
            desk.state.add(batch, desk.store.envelope, before)
            done += len(batch)
            progress(done)
            batch = []
    desk.state.add(batch, desk.store.envelope, before)
    for case in desk.state.ids():
        desk.state.case(case)
    progress(done + len(batch))
