"""One meeting with the site: who is of the team, what came, what goes, and the daily sign that this desk can open.

Each step is harmless twice, and each leaves the disk whole: a line that breaks in the middle costs nothing but time.
A row is acknowledged only when it lies here durably. What the site says is believed nowhere: rosters come from the
log, letters open or do not, and the site can still hold things back, which chains tell later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Final

from panah.core.casework_chains import Fault
from panah.desk.vault.desk import Desk
from panah.desk.vault.following import follow
from panah.desk.vault.transport import Transport
from panah.errors import N_, InputError, RefusedError
from panah.proof import deskwire, relaysign, relaywire
from panah.proof.relaywire import NOTHING, WireError
from panah.seal.unseal import open_padded

MOST_PULLS: Final = 10_000
LOOK_EVERY: Final = dt.timedelta(days=1)
WHOLE_EVERY: Final = dt.timedelta(days=7)
"""How often all that the relay still has is asked for: after a restore it may give old numbers to new letters."""


@dataclass(slots=True)
class Met:
    """What a sync did. `until`: the last day on which intake stays open, None: it is closed or was not asked."""

    pulled: int = 0
    pushed: int = 0
    answered: bool = False
    until: dt.date | None = None
    faults: dict[str, list[Fault]] = field(default_factory=dict)


def sync(desk: Desk, transport: Transport, now: dt.datetime) -> Met:
    """Meet the site. Raises `InputError` without a line, `ProofError` when the log does not hold."""
    met = Met()
    standing = relaywire.read_standing(transport.get("relay/standing"))
    if standing.origin != desk.fund.origin:
        raise InputError(N_("This is another fund."))
    met.until = standing.until
    versions = {leaf for leaf, _ in desk.known.rosters}
    last = dt.date.fromisoformat(desk.known.day) if desk.known.day else dt.date.min
    if standing.roster not in versions or now.date() - last >= LOOK_EVERY:
        desk.learn(follow(transport.source(), desk.fund, desk.known, now.date()))
    line = _Line(desk, transport, now)
    today = now.date()
    if not desk.store.whole or today - dt.date.fromisoformat(desk.store.whole) >= WHOLE_EVERY:
        desk.store.pull_anew(today.isoformat())
    touched = _pull(desk, line, met)
    _push(desk, line, met)
    touched |= _pull(desk, line, met)
    if _faults(desk, touched) and desk.store.whole != today.isoformat():
        desk.store.pull_anew(today.isoformat())
        touched |= _pull(desk, line, met)
    _answer(desk, line, now, met)
    met.faults = _faults(desk, touched)
    return met


def _faults(desk: Desk, cases: set[str]) -> dict[str, list[Fault]]:
    return {case: found for case in sorted(cases) if (found := desk.state.faults(case))}


class _Line:
    """Requests with this member's signature."""

    def __init__(self, desk: Desk, transport: Transport, now: dt.datetime) -> None:
        self._desk, self._transport, self._now = desk, transport, now

    def ask(self, path: str, body: bytes) -> bytes:
        """Ask; a word that refuses is raised."""
        desk = self._desk
        header = relaysign.sign(
            desk.signer.key,
            desk.name,
            desk.roster.version,
            origin=desk.fund.origin,
            path=path,
            body=body,
            now=self._now,
        )
        data = self._transport.post(path, body, {relaysign.HEADER: header})
        if len(data) == relaywire.ANSWER:
            refuse(_word(data))
        return data


def _word(data: bytes) -> str:
    try:
        return relaywire.read_answer(data)
    except WireError:
        return ""


def refuse(word: str) -> None:
    """Raise what a word of the relay means to a desk; nothing for a good one."""
    if word == "stranger":
        raise RefusedError(
            N_("The site does not know this desk: its key is not in the roster in force, or the clock is wrong."),
            hint=N_("Compare this computer's clock with another one; then ask a colleague for the roster."),
        )
    if word == "roster":
        raise RefusedError(N_("The site says that there is a newer roster, and its log does not show it yet."))
    if word in {"busy", "unreadable", "wrong"}:
        raise InputError(N_("The site can't take this now: try again in a minute."))


def _pull(desk: Desk, line: _Line, met: Met) -> set[str]:
    """Pull until nothing comes; gives the cases that something came to."""
    touched: set[str] = set()
    for _ in range(MOST_PULLS):
        rows = list(deskwire.read_stream(line.ask("relay/pull", deskwire.write_pull(desk.store.pulled))))
        if not rows:
            break
        taken = desk.store.take(rows)
        desk.state.rings.renumber(taken.back)
        desk.state.add(taken.new, desk.store.envelope, {})
        touched |= {desk.state.opened[row.hash].circle for row in taken.new if row.hash in desk.state.opened}
        met.pulled += len(taken.new)
    while numbers := desk.store.unacknowledged(deskwire.MOST_NUMBERS):
        line.ask("relay/ack", deskwire.write_numbers(deskwire.ACK, numbers))
        desk.store.acknowledged(numbers)
    return touched - {""}


def _push(desk: Desk, line: _Line, met: Met) -> None:
    pulled = desk.store.pulled
    while waiting := desk.store.waiting(deskwire.LARGEST_PUSH - len(deskwire.PUSH)):
        body = deskwire.write_push(push for _, push in waiting)
        numbers = deskwire.read_numbers(deskwire.PUSHED, line.ask("relay/push", body))
        if len(numbers) != len(waiting):
            raise InputError(N_("The site answered something else than a relay does."))
        desk.store.sent([(own, number) for (own, _), number in zip(waiting, numbers, strict=True)])
        met.pushed += len(waiting)
        for (_, push), number in zip(waiting, numbers, strict=True):
            is_new = push.deletion == NOTHING and not desk.store.has(hashlib.sha256(push.envelope).digest())
            if number <= pulled and is_new:
                # The relay counts again from where it was before: what it has now was never pulled.
                desk.store.pull_anew()


def _answer(desk: Desk, line: _Line, now: dt.datetime, met: Met) -> None:
    """Show that this member's present key opens what is sealed to it: without two who do, intake closes."""
    sealed = line.ask("relay/challenge", deskwire.CHALLENGE)
    if len(sealed) == relaywire.ANSWER:
        return  # not one of those who open intake
    origin, day, roster, secret = deskwire.read_challenge(open_padded(sealed, desk.ring.identities))
    if origin != desk.fund.origin or abs((now.date() - day).days) > 1 or desk.rosters.version(roster) is None:
        raise InputError(N_("The site answered something else than a relay does."))
    line.ask("relay/answer", deskwire.write_solved(day, secret))
    met.answered = True
