"""Leaves: the public facts of a fund, as canonical JSON with a closed schema (docs/spec/leaves.md).

Promises: `parse` accepts one spelling and one set of keys per type; `encode` writes nothing that
`parse` refuses. What a leaf means for the books is `core/ledger.py`; who must have signed it is
`core/statement.py`; whether a whole log adds up is `verify/`.
"""

from __future__ import annotations

from typing import Any, Final

from panah.errors import N_, ProofError
from panah.proof import canonical
from panah.proof.charterleaf import AMENDABLE, CHARTER_KEYS, CHARTER_OPTIONAL, CURRENCY, ROSTER
from panah.proof.schema import (
    Shape,
    day,
    listing,
    matching,
    octets,
    one_of,
    record,
    text,
    whole,
)

PREFIX: Final = "panah/1/"

_amount = whole(1)
_index = whole(1)
_rail = matching(r"[a-z]{2,12}", "the name of a rail")
_account = matching(r"(assets|income|expenses|liabilities|equity):[a-z][a-z-]{0,39}", "an account")
_identifier = matching(r"[a-z0-9][a-z0-9-]{0,63}", "an identifier in small letters")
_vkey = text(400)
_REFERENCE: Final = r"RF[0-9]{2}[A-Z0-9]{1,21}"
_signatures = listing(
    listing(text(200), 2, 2), 40, 1
)  # [[member name or outside key, Ed25519 signature in base64], …], sorted by name
_TYPES: Final[dict[str, tuple[dict[str, Shape], dict[str, Shape]]]] = {
    # type: (required keys, optional keys), beside t and o which all have
    "charter": ({"charter": record(CHARTER_KEYS, CHARTER_OPTIONAL), "vkey": _vkey, "sig": _signatures}, {}),
    "amend": ({"day": day, "from": day, "set": record({}, AMENDABLE), "sig": _signatures}, {}),
    "roster": ({"day": day, "roster": ROSTER, "sig": _signatures}, {"notice": _index}),
    "notice": ({"day": day, "roster": ROSTER, "sig": _signatures}, {}),
    "life": ({"day": day, "to": one_of("open", "winding"), "sig": _signatures}, {"vkey": _vkey}),
    "gift": (
        {
            "cur": CURRENCY,
            "amount": _amount,
            "counted": whole(0),
            "day": day,
            "rail": _rail,
            "rc": octets(32),
        },
        {
            "list": octets(32),  # SHA-256 of the signed bank list it came from
            "rate": matching(r"[0-9]{1,9}(\.[0-9]{1,15})?", "a rate"),
            "source": matching(r"ecb:[0-9]{4}-[0-9]{2}-[0-9]{2}|receipt:[0-9a-f]{16}", "the source of the rate"),
        },
    ),
    "gift-void": (
        {
            "gift": _index,
            "amount": _amount,
            "counted": whole(0),
            "day": day,
            "why": one_of("void", "dispute", "returned"),
        },
        {},
    ),
    "count": ({"gift": _index, "counted": _amount, "day": day}, {}),
    "gift-return": (
        {"gift": _index, "amount": _amount, "counted": whole(0), "day": day, "sig": _signatures},
        {},
    ),
    "overflow": (
        {
            "gift": _index,
            "amount": _amount,
            "to": one_of("pass-on", "reserve"),
            "day": day,
            "sig": _signatures,
        },
        {"sibling": text(80)},
    ),
    "fee": ({"cur": CURRENCY, "rail": _rail, "amount": _amount, "day": day, "sig": _signatures}, {}),
    "settle": (
        {
            "day": day,
            "from": _account,
            "out": _amount,
            "cur": CURRENCY,
            "to": _account,
            "in": _amount,
            "into": CURRENCY,
            "sig": _signatures,
        },
        {},
    ),
    "freeze": ({"day": day, "rail": _rail, "cur": CURRENCY, "amount": whole(0), "sig": _signatures}, {}),
    "thaw": (
        {
            "day": day,
            "rail": _rail,
            "cur": CURRENCY,
            "amount": _amount,
            "to": one_of("release", "loss"),
            "sig": _signatures,
        },
        {},
    ),
    "update": ({"day": day, "id": _identifier, "text": octets(32), "sig": _signatures}, {}),
    "key": ({"day": day, "vkey": _vkey, "sig": _signatures}, {}),
    "code": ({"day": day, "files": listing(listing(text(200), 2, 2), 60, 1), "sig": _signatures}, {}),
    "close": ({"day": day, "sig": _signatures}, {"report": octets(32)}),
}
RESERVED: Final = frozenset({"payments", "opening", "attest", "stats"})
"""Types whose shape docs/spec/leaves.md reserves; a log that holds one needs a newer verifier."""

_STATEMENTS: Final[dict[str, tuple[dict[str, Shape], dict[str, Shape]]]] = {
    # Signed messages to the site that never become leaves.
    "bank-list": (
        {
            "id": octets(16),
            "upto": day,
            "lines": listing(
                record(
                    {
                        "line": octets(32),  # salted id of the statement line: a double is harmless
                        "kind": one_of("credit", "return", "correction"),
                        "cur": CURRENCY,
                        "amount": _amount,
                        "day": day,
                    },
                    {"ref": matching(_REFERENCE, "an RF reference"), "undoes": octets(32)},
                ),
                100_000,
            ),
            "sig": _signatures,
        },
        {},
    ),
    "cash-gift": (
        {"id": octets(16), "day": day, "cur": CURRENCY, "amount": _amount, "sig": _signatures},
        {"rc": octets(32)},  # of the code that was handed to the giver
    ),
    "exchange": (
        {
            "id": octets(16),
            "day": day,
            "rail": _rail,
            "cur": CURRENCY,
            "out": _amount,
            "into": CURRENCY,
            "in": _amount,
            "receipt": octets(32),  # SHA-256 of the exchange receipt
            "gifts": listing(
                record(
                    {"amount": _amount, "day": day},
                    {"rc": octets(32), "ref": matching(_REFERENCE, "an RF reference"), "line": octets(32)},
                ),
                200,
                1,
            ),
            "sig": _signatures,
        },
        {},
    ),
    "pause": (
        {"id": octets(16), "day": day, "what": one_of("gifts", "intake"), "sig": _signatures},
        {"rail": _rail},  # with gifts: only by this rail
    ),
    "resume": (
        {"id": octets(16), "day": day, "what": one_of("gifts", "intake"), "sig": _signatures},
        {"rail": _rail},  # with gifts: only by this rail
    ),
    "withdraw": (
        {"id": octets(16), "day": day, "update": _identifier, "sig": _signatures},
        {"image": octets(32)},
    ),
    "restore": (
        {"id": octets(16), "day": day, "update": _identifier, "sig": _signatures},
        {"image": octets(32)},
    ),
}

MESSAGES: Final = frozenset(_STATEMENTS)
"""Kinds of statement that go to the site and never become leaves."""

_origin = matching(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9-]+)*", "an origin such as fund.example/2021")


def _shapes(table: dict[str, tuple[dict[str, Shape], dict[str, Shape]]]) -> dict[str, Shape]:
    return {
        PREFIX + name: record({"t": one_of(PREFIX + name), "o": _origin} | needed, extra)
        for name, (needed, extra) in table.items()
    }


_LEAF_SHAPES: Final = _shapes(_TYPES)
_STATEMENT_SHAPES: Final = _shapes(_STATEMENTS)
STATEMENT_LIMIT: Final = 32 * 1024 * 1024
"""A bank list of a busy year fits; leaves keep `canonical.MAX_BYTES`."""


def kind(value: dict[str, Any]) -> str:
    """Give the type without its prefix (`gift`)."""
    return str(value["t"])[len(PREFIX) :]


def check(value: Any, *, statement: bool = False) -> dict[str, Any]:
    """Check the shape of a leaf (or statement) and return it. Raises `ProofError` naming path and rule."""
    shapes = _STATEMENT_SHAPES if statement else _LEAF_SHAPES
    name = value.get("t") if type(value) is dict else None
    shape = shapes.get(name) if type(name) is str else None
    if shape is None:
        raise ProofError(N_("%(type)s is not a type of leaf that this version knows."), type=str(name)[:60])
    shape(value, kind(value))
    return value  # type: ignore[no-any-return]


def parse(data: bytes) -> dict[str, Any]:
    """Read a leaf's bytes. Raises `ProofError` unless they are the one spelling of a known leaf."""
    return check(canonical.decode(data))


def encode(value: dict[str, Any]) -> bytes:
    """Write a checked leaf in its one spelling."""
    return canonical.encode(check(value))
