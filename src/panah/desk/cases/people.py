"""Who works on a case, and its ends: let in, remove, merge, withdraw, shred."""

from __future__ import annotations

import datetime as dt
import secrets

from panah.core.casework_clocks import ends, papers_due
from panah.desk.cases import actions
from panah.desk.vault.desk import Desk
from panah.errors import N_, RefusedError
from panah.proof.deskwire import Push
from panah.proof.relaywire import NOTHING
from panah.seal import circles
from panah.seal.envelope import close
from panah.seal.letter import Letter
from panah.seal.shredding import SHREDDED, Wraps


def assign(desk: Desk, case: str, name: str, now: dt.datetime) -> None:
    """Let a member of the team in; they read the past too.

    What the relay has forgotten is brought there again: somebody may have joined after it went.
    """
    desk.case(case)
    desk.roster.member(name)
    circle = desk.state.circles[case]
    if name in circle.members:
        return
    actions.say(desk, case, "assign", now, name=name)
    desk.wrap(circles.assign(desk.state.circles[case], name))
    desk.store.queue_again(desk.state.envelopes(case))


def remove(desk: Desk, case: str, name: str, now: dt.datetime, why: str = "") -> None:
    """Shut a member out of everything that is written from now on. What they read they have read."""
    desk.case(case)
    if name not in desk.state.circles[case].members:
        raise RefusedError(N_("%(name)s does not work on this case."), name=name[:40])
    desk.shut_out(case, [name], now, why)


def merge(desk: Desk, double: str, into: str, now: dt.datetime) -> None:
    """Join two cases of the same people: mailboxes go along, everybody who works on `into` can read both."""
    if double == into:
        raise RefusedError(N_("These are one case already."))
    state = desk.case(double)
    desk.case(into)
    for name in desk.state.circles[into].members:
        assign(desk, double, name, now)
    boxes = [
        [address, {"recipient": box.recipient, "deletion": box.deletion}] for address, box in state.mailboxes.items()
    ]
    what = {"type": "merge", "from": double} | ({"mailboxes": boxes} if boxes else {})
    desk.write(into, what, now)
    desk.write(double, {"type": "merged", "into": into}, now)


def withdraw(desk: Desk, case: str, by: str, now: dt.datetime, why: str = "") -> None:
    """Note that the people do not want to be helped, or kept, any more. `by`: mailbox, word or team."""
    actions.say(desk, case, "withdrawn", now, day=now.date().isoformat(), by=by, **({"why": why} if why else {}))


def shred(desk: Desk, case: str, now: dt.datetime, why: str = "") -> None:
    """Delete a case here for good and ask the others to: keys, record, what the snapshot kept of it.

    Raises `RefusedError` before its time: when it was not withdrawn and its clock has not run out.
    """
    end = ends(desk.case(case))
    if end is None or end > now.date():
        raise RefusedError(N_("This case is still kept: withdraw it first, or wait for its day."))
    holders = sorted(desk.state.circles[case].turns)
    asked = {"type": "shred-asked", "case": case, "holders": holders, "day": now.date().isoformat()}
    desk.write(desk.team_circle(), asked | ({"why": why} if why else {}), now)
    _shred_here(desk, case, now)


def join_shredding(desk: Desk, case: str, now: dt.datetime) -> None:
    """Delete here what a colleague has shredded. Each member decides: no one alone erases a case."""
    if case not in desk.team.shredding:
        raise RefusedError(N_("Nobody has asked to shred this case."))
    _shred_here(desk, case, now)


def _shred_here(desk: Desk, case: str, now: dt.datetime) -> None:
    wraps = Wraps(kept={case: {digest.hex(): b"" for digest in desk.state.rings.wraps(case)}})
    body = wraps.shred(case, desk.name, now.date().isoformat())
    everyone = desk.roster.recipients((one.name for one in desk.roster.members), desk.fund.recovery)
    letter = Letter(desk.fund.origin, SHREDDED, desk.roster.version, body, by=desk.name)
    gone = [*desk.state.envelopes(case), *desk.state.rings.wraps(case)]
    desk.home.remove("snapshot.sealed")  # it holds what was opened
    rows = desk.store.queue([(Push(secrets.token_bytes(32), NOTHING, close(letter, everyone, desk.signer)), True)])
    desk.state.add(rows, desk.store.envelope, {})
    desk.store.forget(gone)
    desk.state.forget(case)
    desk.keep_snapshot()


def tidy(desk: Desk, now: dt.datetime) -> int:
    """Delete what is due here: copies of letters that are in a case, papers that two have seen; gives how many.

    A copy goes when this desk can read it in its case, or two members said that it is dealt with: no one alone makes an
    ask vanish. A paper's bytes go from every desk that hears of its deletion, which two members must have looked at.
    """
    gone = _settled(desk)
    for case in desk.state.ids():
        state = desk.state.case(case)
        for key in papers_due(state, now.date()):
            if desk.name in desk.state.circles[case].members:
                desk.write(case, {"type": "paper-deleted", "id": key, "day": now.date().isoformat()}, now)
        for paper in desk.state.case(case).papers.values():
            digest = desk.state.files.get((case, paper.file))
            if paper.deleted and digest is not None:
                gone.append(digest)
                del desk.state.files[case, paper.file]
    if gone:
        desk.store.forget(gone)
        desk.state.forget_letters(gone)
        desk.home.remove("snapshot.sealed")
        desk.keep_snapshot()
    return len(gone)


def _settled(desk: Desk) -> list[bytes]:
    read = {source for case in desk.state.ids() for source in desk.state.case(case).sources}
    agreed = {source for source, names in desk.team.agreed.items() if len(names) >= 2}
    return [digest for digest in desk.state.letters if digest.hex() in read | agreed]
