"""The team's keys as the sealed side needs them: who can open what is sent now, who signed then, and what comes next.

A roster is what the log's leaves say (`panah/1/charter` and `panah/1/roster`, checked by whoever read the log); its
version is the index of its leaf. New things are sealed to the newest roster alone, so a member who left opens nothing
that is sent later. Signatures are checked against the roster that the letter names, which must be one of the log.

Keys rotate with people: members deposit their next keys ahead (signed with the present one, and with the next one to
show that they have it), and a change of people takes them up. A plain renewal keeps all keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from panah.errors import N_, InputError, RefusedError
from panah.proof import canonical, signature
from panah.proof.note import decode_base64, encode_base64
from panah.proof.schema import ORIGIN, day, listing, matching, octets, record, text, whole
from panah.seal.letter import Signer
from panah.seal.recipients import Recipients, read_recipients

CARRIED_WARNS: Final = 30
CARRIED_ENDS: Final = 90
"""Days after which an offline page warns that its roster is old, and refuses it."""
OLD_KEY_DAYS: Final = 30
"""How long a member without a deposited key may keep the old one through a change of people."""
NEXT_KEY: Final = "panah/1/next-key"

_name = matching(r"[a-z][a-z0-9-]{1,31}", "a pseudonym in small letters")
_recipient = matching(r"age1[02-9ac-hj-np-z]{58}", "an age recipient")
_next_key = record(
    {
        "t": matching("panah/1/next-key", "the type"), "o": matching(ORIGIN.pattern, "an origin"),
        "name": _name, "roster": whole(0), "day": day, "sign": octets(32), "seal": _recipient, "own": text(88, 88),
        "sig": listing(listing(text(200), 2, 2), 1, 1),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A line of a roster: pseudonym, Ed25519 public key (32 bytes), age recipient."""

    name: str
    sign: bytes
    seal: str


@dataclass(frozen=True, slots=True)
class Roster:
    """One roster of the log. `version` is its leaf's index, `until` the last day on which anything is sealed to it."""

    origin: str
    version: int
    members: tuple[Member, ...]
    until: dt.date
    triage: tuple[str, ...] = ()

    def member(self, name: str) -> Member:
        """Find a member by name. Raises `RefusedError` for a stranger."""
        for one in self.members:
            if one.name == name:
                return one
        raise RefusedError(N_("%(name)s is not in the roster."), name=name[:40])

    def recipients(self, names: Iterable[str], *others: str) -> Recipients:
        """Give the recipients of a circle: these members, and recipients beside them (recovery)."""
        return read_recipients((*(self.member(name).seal for name in names), *others))

    def intake(self, today: dt.date) -> Recipients:
        """Give whom an ask or an offer is sealed to. Raises `RefusedError` when this roster's time is over.

        Two people at least: one alone could lose a plea, or bury it.
        """
        if today > self.until:
            raise RefusedError(
                N_("The team's keys ended on %(until)s, so nothing new is taken until the team renews them."),
                until=self.until.isoformat(),
            )  # fmt: skip
        names = self.triage or tuple(one.name for one in self.members)
        if len(names) < 2:
            raise RefusedError(N_("What people send is opened by two members at least."))
        return self.recipients(names)

    def carried(self, today: dt.date, made: dt.date) -> str:
        """Say what an offline page made on `made` does with this roster: `good`, `old` (it warns) or `ended`."""
        days = (today - made).days
        if days < 0 or days > CARRIED_ENDS:
            return "ended"
        return "old" if days > CARRIED_WARNS else "good"


def read_roster(origin: str, version: int, roster: Mapping[str, Any]) -> Roster:
    """Take a roster from its leaf, whose shape and signatures the reader of the log has checked."""
    members = tuple(Member(one["name"], decode_base64(one["sign"]), one["seal"]) for one in roster["members"])
    return Roster(origin, version, members, dt.date.fromisoformat(roster["until"]), tuple(roster.get("intake", ())))


class Rosters:
    """All rosters of one fund's log, oldest first."""

    def __init__(self, rosters: Iterable[Roster]) -> None:
        self._by_version = {one.version: one for one in rosters}
        self._keys: dict[tuple[str, int], Ed25519PublicKey] = {}

    @property
    def newest(self) -> Roster:
        """The one to seal to."""
        return self._by_version[max(self._by_version)]

    def version(self, number: int) -> Roster | None:
        """The roster of this leaf, None when the log has none there."""
        return self._by_version.get(number)

    def key(self, name: str, version: int) -> Ed25519PublicKey | None:
        """Find the key that a member signs with under a roster: the `keys` of `unseal.open_envelope`."""
        found = self._keys.get((name, version))
        if found is None:
            roster = self._by_version.get(version)
            for one in roster.members if roster else ():
                if one.name == name:
                    found = self._keys[name, version] = Ed25519PublicKey.from_public_bytes(one.sign)
        return found


def deposit(roster: Roster, signer: Signer, next_signer: Signer, next_seal: str, today: dt.date) -> dict[str, Any]:
    """Write a member's next public keys, signed with the present and the next key. No secret is in it."""
    body: dict[str, Any] = {
        "t": NEXT_KEY, "o": roster.origin, "name": signer.name, "roster": roster.version, "day": today.isoformat(),
        "sign": encode_base64(next_signer.key.public_key().public_bytes_raw()), "seal": next_seal,
    }  # fmt: skip
    body["own"] = encode_base64(next_signer.key.sign(signature.signing_bytes(body)))
    return body | {"sig": [[signer.name, encode_base64(signer.key.sign(signature.signing_bytes(body)))]]}


def read_deposit(roster: Roster, body: Mapping[str, Any]) -> Member:
    """Check a deposit against the roster it was made under; gives the member's next line. Raises `InputError`."""
    _next_key(body, "next-key")
    inner = {key: value for key, value in body.items() if key not in {"own", "sig"}}
    member = roster.member(body["name"])
    [[name, signed]] = body["sig"]
    holds = (
        (body["o"], body["roster"], name) == (roster.origin, roster.version, member.name)
        and signature.verify_body(inner, body["own"], decode_base64(body["sign"]))
        and signature.verify_body(body, signed, member.sign)
    )
    if not holds or decode_base64(body["sign"]) == member.sign or body["seal"] == member.seal:
        raise InputError(N_("These next keys of %(name)s do not hold."), name=member.name)
    return Member(member.name, decode_base64(body["sign"]), body["seal"])


def renewal(roster: Roster, until: dt.date) -> dict[str, Any]:
    """Write the roster of a leaf that only moves the last day."""
    return _written(roster.members, until, roster.triage)


def change(
    roster: Roster,
    *,
    leave: Iterable[str] = (),
    join: Iterable[Member] = (),
    deposits: Iterable[Member] = (),
    triage: Iterable[str] | None = None,
    today: dt.date,
    until: dt.date,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Write the roster of a leaf that changes people; gives it and the names of those who keep an old key.

    Who stays takes up the deposited keys. While somebody keeps an old one, the roster ends in 30 days at the latest:
    what a leaver might have copied of that member's key is worth that long and no longer. `triage` names anew who opens
    what people send; without it those who stay of the present ones go on, two at least.
    """
    gone, following = set(leave), {one.name: one for one in deposits}
    for name in gone:
        roster.member(name)
    staying = [one for one in roster.members if one.name not in gone]
    kept = tuple(one.name for one in staying if one.name not in following)
    if kept:
        until = min(until, today + dt.timedelta(days=OLD_KEY_DAYS))
    members = (*(following.get(one.name, one) for one in staying), *join)
    if len({one.name for one in members} | gone) != len(members) + len(gone):
        raise RefusedError(N_("A name of the roster stands for one person for ever: a new member takes a new one."))
    readers = tuple(triage) if triage is not None else tuple(name for name in roster.triage if name not in gone)
    if len(readers) == 1 or (roster.triage and triage is None and not readers):
        # Nobody is left out or let in by silence: with no names at all everybody would read.
        raise RefusedError(N_("What people send is opened by two members at least."))
    return _written(members, until, readers), kept


def _written(members: Iterable[Member], until: dt.date, triage: tuple[str, ...]) -> dict[str, Any]:
    written: dict[str, Any] = {
        "members": [{"name": one.name, "sign": encode_base64(one.sign), "seal": one.seal} for one in members],
        "until": until.isoformat(),
    }
    if triage:
        written["intake"] = list(triage)
    canonical.encode(written)
    return written
