"""The charter: the signed rules of one fund, as values that the rest of Panah reads.

Promises: `from_toml` names every problem at once; a `Charter` made by it keeps all rules; `body()` and
`from_body()` are exact inverses, so what members sign is what the site shows. `from_body` trusts its
input's shape (`proof/leaf.py` has checked it) and asks `problems()` of nobody: old logs stay readable.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any, Final

from panah.core import charter_form
from panah.core.charter_rules import HOLDER, PURPOSES, RAILS, Findings, Problem, find_problems, find_warnings
from panah.core.money import Money
from panah.errors import N_, InputError, RefusedError

__all__ = [
    "PURPOSES",
    "RAILS",
    "Auditor",
    "Charter",
    "CharterError",
    "Member",
    "Outside",
    "Payee",
    "Previous",
    "Problem",
    "Release",
    "Roster",
    "Sibling",
]

Texts = dict[str, str]
"""Language tag → text."""

_FIXED: Final = frozenset({"roster", "demo", "founded", "currency", "previous"})


class CharterError(InputError):
    """A charter breaks rules; `problems` names each."""

    code = "charter"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            N_("The charter has problems: %(count)s."),
            hint=N_("panah member check charter.toml names each, with what to do."),
            count=len(problems),
        )


@dataclass(frozen=True, slots=True)
class Member:
    """Public half of a member: pseudonym, Ed25519 key, age recipient."""

    name: str
    sign: bytes
    seal: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The team's public keys, the last day on which they count, and who opens what people send (empty: all)."""

    members: tuple[Member, ...]
    until: dt.date
    intake: tuple[str, ...] = ()

    @property
    def keys(self) -> dict[str, bytes]:
        """Member name → Ed25519 public key."""
        return {member.name: member.sign for member in self.members}

    def body(self) -> dict[str, Any]:
        """Write it as the leaf holds it."""
        return {
            "members": [
                {"name": m.name, "sign": base64.b64encode(m.sign).decode(), "seal": m.seal} for m in self.members
            ],
            "until": self.until.isoformat(),
        } | ({"intake": list(self.intake)} if self.intake else {})

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Roster:
        """Read it from a leaf."""
        return cls(
            tuple(Member(m["name"], base64.b64decode(m["sign"]), m["seal"]) for m in body["members"]),
            dt.date.fromisoformat(body["until"]),
            tuple(body.get("intake", ())),
        )


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another fund that late givers are pointed to."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account it is, and what a giver should know before giving."""

    form: str | Texts
    holder: str
    country: str
    private: bool
    statement: str
    tax: Texts
    refund: Texts
    seen: Texts
    person: str = ""  # the member who holds the account, when it is a private person's


@dataclass(frozen=True, slots=True)
class Auditor:
    """Who compares the books with the bank; `key` is an Ed25519 public key, once there is one."""

    name: str | Texts
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Publication rules: days to wait after a move, and households that a number must cover (k + 1)."""

    delay: int
    k: int


@dataclass(frozen=True, slots=True)
class Outside:
    """`k` of these keys restore the right to sign when one member is left."""

    k: int
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Previous:
    """The ended fund that this one follows: its origin and the hash of its last leaf."""

    origin: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Charter:
    """The rules of one fund. Texts are by language: show them with `text`."""

    origin: str
    languages: tuple[str, ...]
    name: Texts
    scope: Texts
    goal: Money
    minimum: Money
    suggestions: tuple[Money, ...]
    purposes: tuple[str, ...]
    overflow: str
    surplus: Texts
    shortfall: Texts
    siblings: tuple[Sibling, ...]
    rails: dict[str, dict[str, str]]
    payee: Payee
    contact: str
    auditor: Auditor
    batch: int
    demo: bool
    founded: dt.date
    release: Release
    roster: Roster
    accepts: tuple[str, ...] = ()
    outside: Outside | None = None
    previous: Previous | None = None
    _terms: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def currency(self) -> str:
        """The fund's currency (ISO 4217)."""
        return self.goal.currency

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that the fund takes, its own first."""
        return (self.currency, *self.accepts)

    @property
    def title(self) -> str:
        """The fund's name in its first language."""
        return self.text("name", self.languages[0])

    def text(self, path: str, language: str) -> str:
        """Give a text (`name`, `scope`, `payee.tax` …) in a language, else in the fund's first one."""
        return self.spoken(path, language)[0]

    def spoken(self, path: str, language: str) -> tuple[str, str]:
        """Give a text and the language that it is in: this one, else the fund's first that has it."""
        texts: Any = functools.reduce(getattr, path.split("."), self)
        if isinstance(texts, str):
            return texts, self.languages[0]
        found = next(tag for tag in (language, *self.languages, *sorted(texts)) if texts.get(tag))
        return str(texts[found]), found

    def terms(self) -> dict[str, Any]:
        """Give the value of `charter` in the leaf; the caller may change its copy."""
        return dict(self._terms)

    def body(self) -> dict[str, Any]:
        """Give what the founders sign: the charter leaf without `vkey` and `sig`."""
        return {"t": "panah/1/charter", "o": self.origin, "charter": self.terms()}

    def problems(self, today: dt.date | None = None) -> list[Problem]:
        """Name the rules that these terms break (for a charter that came from a log)."""
        return find_problems(self.origin, self._terms, today)

    def warnings(self) -> list[Problem]:
        """Name what is allowed but not advised."""
        return find_warnings(self._terms)

    def amended(self, changes: dict[str, Any]) -> Charter:
        """Give the charter with `changes` (the `set` of an amend leaf) in force; who is a member today is not asked.

        Raises `RefusedError` for what no amendment may touch, `CharterError` when the result breaks rules.
        """
        if not changes or _FIXED & set(changes):
            raise RefusedError(
                N_("An amendment can't change this: %(keys)s."),
                hint=N_("The roster has statements of its own; the rest needs a next fund."),
                keys=", ".join(sorted(_FIXED & set(changes))) or "-",
            )  # fmt: skip
        terms = self._terms | changes
        if problems := [one for one in find_problems(self.origin, terms) if one.path != HOLDER]:
            raise CharterError(problems)
        return Charter.from_terms(self.origin, terms)

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Charter:
        """Read a charter leaf, or the body of one."""
        return cls.from_terms(body["o"], body["charter"])

    @classmethod
    def from_terms(cls, origin: str, terms: dict[str, Any]) -> Charter:
        """Read terms whose shape has been checked."""

        def money(minor: int) -> Money:
            return Money(minor, terms["currency"])

        same = ("name", "scope", "overflow", "surplus", "shortfall", "rails", "contact", "batch")
        auditor, outside, previous = terms["auditor"], terms.get("outside"), terms.get("previous")
        return cls(
            **{key: terms[key] for key in same},
            origin=origin,
            languages=tuple(terms["languages"]),
            goal=money(terms["goal"]),
            minimum=money(terms["minimum"]),
            suggestions=tuple(money(minor) for minor in terms["suggestions"]),
            purposes=tuple(terms["purposes"]),
            siblings=tuple(Sibling(**sibling) for sibling in terms["siblings"]),
            payee=Payee(**(terms["payee"] | {"private": terms["payee"]["private"] == 1})),
            auditor=Auditor(auditor["name"], _key(auditor.get("key"))),
            demo=terms["demo"] == 1,
            founded=dt.date.fromisoformat(terms["founded"]),
            release=Release(**terms["release"]),
            roster=Roster.from_body(terms["roster"]),
            accepts=tuple(terms.get("accepts", ())),
            outside=Outside(outside["k"], tuple(base64.b64decode(key) for key in outside["keys"])) if outside else None,
            previous=Previous(previous["origin"], base64.b64decode(previous["leaf"])) if previous else None,
            _terms=terms,
        )

    @classmethod
    def from_toml(
        cls,
        text: str,
        *,
        roster: Roster | None = None,
        founded: dt.date | None = None,
        today: dt.date | None = None,
    ) -> Charter:
        """Read a charter that people wrote. Raises `CharterError` with every problem.

        `roster` and `founded` replace what the file says (a demo makes them when it is set up); with
        `today` the roster must still be in force.
        """
        found = Findings()
        origin, terms = charter_form.read(text, found, roster.body() if roster else None, founded)
        problems = found.problems + (find_problems(origin, terms, today) if terms else [])
        if problems:
            raise CharterError(problems)
        return cls.from_terms(origin, terms)


def _key(text: str | None) -> bytes | None:
    return base64.b64decode(text) if text else None
