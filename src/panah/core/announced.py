"""What announced amendments will change: each changed rule with its old and its new value.

Promises: a rule that stays the same is not named; of several amendments each is held against the terms that
those before it leave. Values are as in the charter's leaf (amounts in minor units, texts by language); None
stands for a rule that is not there. Who shows them: the pages, the give form, `panah verify`, `panah watch`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from panah.core.charter_rules import SPOKEN, TEXTS
from panah.core.money import Money
from panah.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RULES: Final[dict[str, str]] = {
    "goal": N_("Goal"),
    "rails": N_("Ways to give"),
    "rails.bank.iban": "IBAN",
    "rails.bank.payee": N_("Account holder, as the bank spells it"),
    "rails.bank.bic": "BIC",
    "rails.card.account": N_("Account for cards"),
    "payee.holder": N_("Account holder"),
    "payee.form": N_("Legal form"),
    "payee.country": N_("Country"),
    "payee.private": N_("A private person's account"),
    "payee.person": N_("Member who holds the account"),
    "payee.statement": N_("On your bank statement"),
    "payee.tax": N_("Tax"),
    "payee.refund": N_("Getting it back"),
    "payee.seen": N_("Who sees your name"),
    "name": N_("Name of the fund"),
    "scope": N_("What it is for"),
    "purposes": N_("Spent on"),
    "minimum": N_("Smallest gift"),
    "suggestions": N_("Suggested amounts"),
    "accepts": N_("Other currencies"),
    "overflow": N_("Past the goal"),
    "surplus": N_("If more comes than the goal"),
    "shortfall": N_("If less comes"),
    "siblings": N_("Sibling funds"),
    "contact": N_("Contact"),
    "auditor.name": N_("Auditor"),
    "auditor.key": N_("Key of the auditor"),
    "languages": N_("Languages"),
    "release.delay": N_("Days between a move and its publication"),
    "release.k": N_("Households that a published number covers at least"),
    "outside.k": N_("Holders outside the team who act together"),
    "outside.keys": N_("Keys of holders outside the team"),
    "batch": N_("Seconds between two batches in the log"),
}
"""Every rule that an amendment can change, in the order in which a giver wants to hear of them."""

UNSIGNED_BY_PERSON: Final = N_("The money would go to a private person who has not signed for it.")

BY_LANGUAGE: Final = frozenset({*TEXTS, *SPOKEN})
AMOUNTS: Final = frozenset({"goal", "minimum", "suggestions"})
_PARTED: Final = frozenset({"payee", "auditor", "release", "outside"})


@dataclass(frozen=True, slots=True)
class Change:
    """One rule: its path in `RULES`, what it says now, and what it will say."""

    path: str
    old: Any
    new: Any

    @property
    def name(self) -> str:
        """The rule in plain words, for translation; of a way to give that this version does not know, its path."""
        return RULES.get(self.path, self.path)

    @property
    def is_account(self) -> bool:
        """Whether it changes where a giver's money goes."""
        return self.path in {"payee.holder", "rails"} or self.path.startswith("rails.")

    def plain(self, currency: str) -> tuple[str, str]:
        """Spell old and new value in English, for a terminal."""
        return _plain(self.path, self.old, currency), _plain(self.path, self.new, currency)


@dataclass(frozen=True, slots=True)
class Announced:
    """What changes on one day."""

    day: dt.date
    changes: tuple[Change, ...]

    @property
    def accounts(self) -> tuple[Change, ...]:
        """Those changes that a giver must know before paying."""
        return tuple(change for change in self.changes if change.is_account)


def coming(terms: dict[str, Any], amendments: Iterable[dict[str, Any]]) -> tuple[Announced, ...]:
    """Give what these amendments (bodies of amend leaves, not in force yet) change of `terms`, by day."""
    found: dict[str, tuple[Change, ...]] = {}
    for leaf in sorted(amendments, key=lambda one: str(one["from"])):
        after = terms | leaf["set"]
        found[leaf["from"]] = found.get(leaf["from"], ()) + changes(terms, after)
        terms = after
    return tuple(Announced(dt.date.fromisoformat(day), of_day) for day, of_day in found.items() if of_day)


def changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """Compare two sets of terms, rule by rule."""
    before, after = dict(_rules(old)), dict(_rules(new))
    order = [path for path in RULES if path in before or path in after]
    order += sorted((before.keys() | after.keys()) - set(order))
    return tuple(
        Change(path, before.get(path), after.get(path)) for path in order if before.get(path) != after.get(path)
    )


def terms_ahead(terms: dict[str, Any], amendments: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give the terms as they will stand when all these amendments hold."""
    for leaf in sorted(amendments, key=lambda one: str(one["from"])):
        terms = terms | leaf["set"]
    return terms


def signs_for_account(terms: dict[str, Any], changed: dict[str, Any]) -> str | None:
    """Give the private person who must sign a change of these terms; None when it is nobody's own account.

    Empty for a charter that names nobody: then no one can sign for it.
    """
    payee = (terms | changed)["payee"]
    touches = "payee" in changed or "rails" in changed
    return str(payee.get("person", "")) if touches and payee["private"] == 1 else None


def not_in_force(
    terms: dict[str, Any], amendments: Sequence[dict[str, Any]], in_force: dict[str, Any], today: dt.date
) -> list[dict[str, Any]]:
    """Give those of all amendments of a fund that are still ahead, of its first `terms` and those now in force."""
    ordered = sorted(amendments, key=lambda one: str(one["from"]))
    latest = (today + dt.timedelta(days=1)).isoformat()  # east of Greenwich it is tomorrow already
    done = 0
    for number, leaf in enumerate(ordered, 1):
        terms = terms | leaf["set"]
        if leaf["from"] <= latest and terms == in_force:
            done = number
    return ordered[done:]


def _rules(terms: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in terms.items():
        if key == "rails":
            yield key, sorted(value)
            yield from ((f"rails.{rail}.{name}", one) for rail, held in value.items() for name, one in held.items())
        elif key in _PARTED:
            yield from ((f"{key}.{name}", one) for name, one in value.items())
        else:
            yield key, value


def _plain(path: str, value: Any, currency: str) -> str:
    if value is None or value in ([], {}):
        return "-"
    if path in AMOUNTS:
        return ", ".join(str(Money(minor, currency)) for minor in (value if isinstance(value, list) else [value]))
    if path == "payee.private":
        return "yes" if value else "no"
    if path == "siblings":
        return ", ".join(f"{one['name']} <{one['url']}>" for one in value)
    if isinstance(value, dict):
        return " / ".join(f"{language}: {text}" for language, text in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
