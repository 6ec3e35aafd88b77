"""Statements: what members must sign, who must have signed, and the file in which signatures travel.

Promises: nothing that needs two people can be done by one; a name counts once however often it signs;
one member alone can only take away (a switch, a text), never add. This module counts names: whether a
signature is good is `proof/signature.py`, and the caller passes only names whose signature held.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, InputError, RefusedError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

PREFIX: Final = "panah/1/"


class Signers(Enum):
    """How many members stand behind a kind of statement."""

    NONE = 0  # the checkpoint alone
    ONE = 1
    TWO = 2
    ALL = -1  # every founding member
    OUTSIDE = -2  # as many outside holders as the charter says (`recovery.py`)


NEEDED: Final[dict[str, Signers]] = {
    "charter": Signers.ALL,
    "amend": Signers.TWO, "roster": Signers.TWO, "life": Signers.TWO, "fee": Signers.TWO,
    "settle": Signers.TWO, "gift-return": Signers.TWO, "overflow": Signers.TWO, "close": Signers.TWO,
    "freeze": Signers.TWO, "thaw": Signers.TWO, "key": Signers.TWO, "code": Signers.TWO, "update": Signers.TWO,
    "bank-list": Signers.TWO, "cash-gift": Signers.TWO, "exchange": Signers.TWO,
    "resume": Signers.TWO, "restore": Signers.TWO,
    "notice": Signers.OUTSIDE,
    "pause": Signers.ONE, "withdraw": Signers.ONE,
    "gift": Signers.NONE, "gift-void": Signers.NONE, "count": Signers.NONE,
}  # fmt: skip
"""Kind of leaf or statement → who must have signed it (design §6). A roster that names a notice: `recovery.py`."""

# A renewal is what ends the expiry. A pause and a takedown only protect people and are undone by two,
# so a team that forgot to renew can still pull a text that endangers somebody.
OUTLIVES_ROSTER: Final = frozenset({"roster", "pause", "withdraw"})


def check_signers(
    kind: str,
    signers: Collection[str],
    members: Collection[str],
    *,
    day: dt.date,
    until: dt.date,
) -> None:
    """Raise `RefusedError`, naming who or how many are missing, unless the right members signed.

    `members` is the roster in force just before the leaf (for `charter`: the founders), `until` its last
    day, `day` the day of the act: for a verifier the leaf's own, for the site the day it is handed in.
    """
    needed = NEEDED.get(kind)
    if needed is None:
        raise RefusedError(N_("Panah knows no statement of the kind %(kind)s."), kind=kind[:40])
    if needed is Signers.NONE:
        return
    if needed is Signers.OUTSIDE:
        raise RefusedError(N_("Members do not sign this: it is for outside holders."))
    strangers = sorted(set(signers) - set(members))
    if strangers:
        raise RefusedError(
            N_("%(names)s signed, but is not in the roster."),
            hint=N_("Only members of the roster in force can sign."),
            names=", ".join(strangers),
        )  # fmt: skip
    if day > until and kind not in OUTLIVES_ROSTER:
        raise RefusedError(
            N_("The roster ended on %(until)s: it can only be renewed."),
            hint=N_("Sign a new roster with two members first: panah member write roster."),
            until=until.isoformat(),
        )  # fmt: skip
    _count(kind, needed, set(signers), set(members))


def _count(kind: str, needed: Signers, signers: set[str], members: set[str]) -> None:
    if needed is Signers.ALL:
        missing = sorted(members - signers)
        if missing:
            raise RefusedError(
                N_("The signature of %(names)s is missing: every founding member signs the charter."),
                hint=N_("Send the same charter to them: panah member sign charter.toml."),
                names=", ".join(missing),
            )  # fmt: skip
        return
    if len(signers) < needed.value:
        raise RefusedError(
            N_("%(kind)s needs %(needed)s members; signed so far: %(names)s."),
            hint=N_("Another member signs the same file: panah member sign FILE."),
            kind=kind, needed=needed.value, names=", ".join(sorted(signers)) or "-",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signed:
    """A body without `sig`, and the signatures collected over it, by member name."""

    body: dict[str, Any]
    sig: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Give the type without its prefix (`amend`)."""
        return str(self.body["t"])[len(PREFIX) :]

    def to_text(self) -> str:
        """Write the file `*.signed.json`: for people to read and to send, not for hashing."""
        value = {"body": self.body, "sig": [list(pair) for pair in sorted(self.sig.items())]}
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def complete(self, **extra: Any) -> dict[str, Any]:
        """Give the leaf or statement: body, signatures sorted by name, and what the site adds (`vkey`)."""
        return self.body | extra | {"sig": [list(pair) for pair in sorted(self.sig.items())]}


def begin(kind: str, origin: str, **fields: Any) -> dict[str, Any]:
    """Make the unsigned body of a statement; a keyword's trailing `_` is dropped, other `_` become `-`."""
    if kind not in NEEDED or NEEDED[kind] is Signers.NONE:
        raise InputError(N_("Panah knows no statement of the kind %(kind)s."), kind=kind[:40])
    named = {key.rstrip("_").replace("_", "-"): value for key, value in fields.items()}
    return {"t": PREFIX + kind, "o": origin} | named


def read(text: str) -> Signed:
    """Read a `*.signed.json` file, or a bare body as `panah member write` makes it.

    Raises `InputError` for anything else. The shape of the body is checked by whoever uses it
    (`proof/leaf.py`), the signatures by `proof/signature.py`.
    """
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise InputError(N_("This is not a statement file: it is not JSON.")) from error
    if isinstance(value, dict) and set(value) == {"body", "sig"}:
        body, pairs = value["body"], value["sig"]
    else:
        body, pairs = value, []
    if not isinstance(body, dict) or not str(body.get("t", "")).startswith(PREFIX) or "sig" in body:
        raise InputError(
            N_("This is not a statement file."),
            hint=N_('A statement file has "body" and "sig"; panah member write and sign make it.'),
        )
    return Signed(body, _read_signatures(pairs))


def _read_signatures(pairs: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs if isinstance(pairs, list) else [None]:
        match pair:
            case [str(name), str(signature)] if name not in found:
                found[name] = signature
            case _:
                raise InputError(N_("The signatures of this statement file can't be read."))
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two values for one key: two readers could sign two different things.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _spelling(body: dict[str, Any]) -> str:
    # Python says 1 == True == 1.0; as JSON they are three different things.
    return json.dumps(body, sort_keys=True)


def merge(files: Iterable[Signed]) -> Signed:
    """Unite the signatures of files over one and the same body.

    Raises `InputError` when bodies differ or one member signed in two ways.
    """
    merged: Signed | None = None
    for file in files:
        if merged is None:
            merged = Signed(file.body, dict(file.sig))
            continue
        if _spelling(file.body) != _spelling(merged.body):
            raise InputError(
                N_("These files do not say the same."),
                hint=N_("Every member signs an unchanged copy of one file."),
            )
        for name, signature in file.sig.items():
            if merged.sig.setdefault(name, signature) != signature:
                raise InputError(N_("%(name)s has two different signatures here."), name=name)
    if merged is None:
        raise InputError(N_("No statement file was given."))
    return merged
