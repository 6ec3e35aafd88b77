"""Circles: who can open a kind of sealed record. Each has an age identity of its own, wrapped to its people.

*Case*: one circle per case; *team* (offers, which asks are dealt with), *payments* and *index*: one per fund. (*Intake*
has no identity: strangers seal to the roster's members themselves, `roster.Roster.intake`.) Records are sealed to the
circle alone, so a record costs one stanza however many may read it, and who comes later gets the past by one wrap. A
wrap is a letter of the kind `wrap`, signed by a member, sealed to the people and to recovery.

The identity is derived from a set of seeds. Removing somebody adds a seed that they never get, so what is sealed from
then on does not open for them. Two desks that removed somebody at the same time unite their sets, in any order, and
come to the same identity, which neither of the removed can derive. What people opened before they have seen, and no
program takes that back.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panah.errors import N_, InputError, ProofError, RefusedError
from panah.proof.schema import listing, matching, octets, one_of, record, whole
from panah.seal import bech32
from panah.seal.envelope import close
from panah.seal.letter import Keys, Letter, Signer
from panah.seal.recipients import Recipients, read_recipients
from panah.seal.roster import Roster
from panah.seal.unseal import Identities, open_envelope, read_identities

KINDS: Final = ("case", "team", "payments", "index")
WRAP: Final = "wrap"
MOST_SEEDS: Final = 48
"""How often one desk rotates a circle. United ones may have more, still in a wrap of 64 KiB."""
_MOST_UNITED: Final = 200

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)
_INFO: Final = b"panah/1/circle/"
_identity = matching(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}", "an age identity")
_wrap = record(
    {
        "circle": matching(r"[0-9a-f]{32}", "the id of a circle"), "of": one_of(*KINDS),
        "turns": listing(listing(lambda *_: None, 2, 2), 200, 1),
        "seeds": listing(octets(32), _MOST_UNITED, 1), "past": listing(_identity, _MOST_UNITED),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Circle:
    """The secret half of a circle; seeds and identities stay out of `repr`.

    `turns` counts for each name how often it was let in or removed: odd is inside, even outside, the greater count
    is the later word. `past` are identities that records were sealed to before.
    """

    id: str
    kind: str
    turns: Mapping[str, int]
    seeds: frozenset[bytes] = field(repr=False)
    past: frozenset[str] = field(repr=False, default=frozenset())

    @property
    def members(self) -> tuple[str, ...]:
        """Who is inside, sorted."""
        return tuple(sorted(name for name, turn in self.turns.items() if turn % 2))

    @cached_property
    def identity(self) -> str:
        """The age identity that new records are sealed to: HKDF-SHA256 over the sorted seeds (RFC 5869)."""
        info = _INFO + self.id.encode("ascii")
        return bech32.identity(
            HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(b"".join(sorted(self.seeds)))
        )

    @cached_property
    def recipients(self) -> Recipients:
        """Whom a record of this circle is sealed to: its identity alone."""
        return read_recipients([str(pyrage.x25519.Identity.from_str(self.identity).to_public())])

    @cached_property
    def identities(self) -> Identities:
        """What opens its records, the present identity first."""
        return read_identities((self.identity, *sorted(self.past - {self.identity})))


def new_circle(kind: str, members: Iterable[str]) -> Circle:
    """Make a circle for these members of the roster."""
    names = dict.fromkeys(members, 1)
    if not names:
        raise _nobody()
    if kind not in KINDS:
        raise ValueError(kind)
    return Circle(secrets.token_hex(16), kind, names, frozenset({secrets.token_bytes(32)}))


def assign(circle: Circle, name: str) -> Circle:
    """Let one more member in; they read the past too. Wrap it again afterwards."""
    turn = circle.turns.get(name, 0)
    return circle if turn % 2 else replace(circle, turns={**circle.turns, name: turn + 1})


def remove(circle: Circle, names: Iterable[str]) -> Circle:
    """Shut members out of all that is sealed from now on. Wrap it again afterwards."""
    gone = {name: circle.turns[name] + 1 for name in set(names) if circle.turns.get(name, 0) % 2}
    left = replace(circle, turns={**circle.turns, **gone})
    if not left.members:
        raise _nobody()
    return rotate(left) if gone else circle


def rotate(circle: Circle) -> Circle:
    """Take a new identity for the same members, as after a recovery."""
    if len(circle.seeds) >= MOST_SEEDS:
        raise RefusedError(N_("These records changed hands too often: begin a new file for them."))
    return replace(circle, seeds=circle.seeds | {secrets.token_bytes(32)}, past=circle.past | {circle.identity})


def unite(one: Circle, other: Circle) -> Circle:
    """Bring together what two desks did to one circle. The order makes no difference to people or identity.

    Two members who removed each other at the same time leave nobody: then no wrap can be made, and recovery decides.
    """
    if (one.id, one.kind) != (other.id, other.kind):
        raise ValueError("two circles")
    turns = {name: max(one.turns.get(name, 0), other.turns.get(name, 0)) for name in {*one.turns, *other.turns}}
    past = one.past | other.past | {one.identity, other.identity}
    united = Circle(one.id, one.kind, turns, one.seeds | other.seeds)
    return replace(united, past=past - {united.identity})


def take(known: Circle | None, offered: Circle, by: str) -> Circle:
    """Take in a wrap that `by` signed. Raises `RefusedError` when they have no say in this circle.

    A member of the team who was never inside, or is no longer, could else put a key of their own into the ring and
    read what is sealed from then on.
    """
    if by not in (offered if known is None else known).members:
        raise RefusedError(N_("%(name)s has no say about these records."), name=by[:40])
    return offered if known is None else unite(known, offered)


def wrap(circle: Circle, roster: Roster, signer: Signer, recovery: str) -> bytes:
    """Seal the seeds to the circle's members and to the recovery recipient; gives an envelope."""
    if not circle.members:
        raise _nobody()
    body = {
        "circle": circle.id, "of": circle.kind,
        "turns": [[name, turn] for name, turn in sorted(circle.turns.items())],
        "seeds": [base64.b64encode(seed).decode() for seed in sorted(circle.seeds)],
        "past": sorted(circle.past),
    }  # fmt: skip
    letter = Letter(roster.origin, WRAP, roster.version, body, by=signer.name)
    return close(letter, roster.recipients(circle.members, recovery), signer)


def unwrap(stored: bytes, identities: Identities, *, origin: str, keys: Keys) -> tuple[Circle, str]:
    """Open a wrap; gives the circle and who signed it, for `take`. Raises `InputError` for anything else."""
    letter = open_envelope(stored, identities, origin=origin, keys=keys, kinds={WRAP})
    return read_wrap(letter), letter.by


def read_wrap(letter: Letter) -> Circle:
    """Take the circle from a letter of the kind `wrap` that was opened and checked. Raises `InputError`."""
    try:
        return _read(dict(letter.body))
    except (ProofError, InputError) as error:
        raise InputError(N_("This message was not written as Panah writes messages.")) from error


def _read(body: dict[str, Any]) -> Circle:
    _wrap(body, WRAP)
    turns = dict(body["turns"])
    for name, turn in turns.items():
        whole(1, 10_000)(turn, "turns")
        if type(name) is not str or not _NAME.fullmatch(name):
            raise ProofError(N_("This message was not written as Panah writes messages."))
    seeds = frozenset(base64.b64decode(seed) for seed in body["seeds"])
    circle = Circle(body["circle"], body["of"], turns, seeds, frozenset(body["past"]))
    if not circle.members:
        raise ProofError(N_("Nobody would be left who can open this."))
    if circle.past:  # the present one is derived, these were said
        read_identities(sorted(circle.past))
    return circle


def _nobody() -> RefusedError:
    return RefusedError(N_("Nobody would be left who can open this."), hint=N_("Hand it over first, then leave."))
