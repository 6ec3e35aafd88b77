"""The rules that a charter must keep, on its terms as they stand in the leaf.

Promises: every broken rule is named at once, each with the place in the charter, a sentence and a hint;
terms with holes (a key that could not be read) never raise. `proof/leaf.py` checks the shape of the
same terms; here is what they must mean together. docs/spec/charter.md is the same list in prose.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from stdnum import bic, iban

from panah.core.money import EXPONENTS
from panah.errors import N_

PURPOSES: Final = (
    "food", "shelter", "health", "mental-health", "winter-and-energy", "communications",
    "documents-and-visas", "legal-aid", "lawful-travel", "livelihood", "education", "cash-relief", "fees",
)  # fmt: skip
"""The relief purposes a charter chooses from. There is none for arms and none for secret crossings."""

RAILS: Final = ("bank", "card", "cash", "fake")
"""The rails of this version; a leaf has room for more (docs/spec/charter.md)."""

TEXTS: Final = ("name", "scope", "surplus", "shortfall", "payee.tax", "payee.refund", "payee.seen")
"""The texts that stand in every language of the charter."""

SPOKEN: Final = ("payee.form", "auditor.name")
"""Texts that may stand in some languages of the charter only, or once, in its first."""

HOLDER: Final = "roster.holder"
"""Names the problem that the account's holder is not a member: asked of a charter, not of every later roster."""

ROSTER_DAYS: Final = 366
"""Longest life of a roster: a key that nobody renewed for a year may be lost or stolen."""

_LEAF_ROOM: Final = 16 * 1024 - 600  # the log key, the origin and the keys of the leaf around the terms
_SIGNATURE_ROOM: Final = 140  # one [name, signature] pair, spelled out
_STRIPE_ACCOUNT: Final = re.compile(r"acct_[A-Za-z0-9]{12,32}", re.ASCII)
_SEPA: Final = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where, what, and what to do. Sentence and hint are templates for translation."""

    path: str
    sentence: str
    hint: str = ""
    data: dict[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Give the English sentence, filled."""
        return self.sentence % self.data if self.data else self.sentence

    def hint_text(self) -> str:
        """Give the English hint, filled; empty when there is none."""
        return self.hint % self.data if self.data else self.hint


class Findings:
    """A list that problems are noted in, so that one mistake does not hide the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, path: str, sentence: str, hint: str = "", /, **data: object) -> None:
        """Write down one problem."""
        self.problems.append(Problem(path, sentence, hint, data))

    def note_doubles(self, path: str, values: list[Any]) -> None:
        """Write down every value that stands twice in a list."""
        for value in sorted({str(v) for v in values if values.count(v) > 1}):
            self.note(path, N_("%(value)s stands here twice."), N_("Each may stand once."), value=value)


def find_problems(origin: str, terms: dict[str, Any], today: dt.date | None = None) -> list[Problem]:
    """Name every rule that these terms break; `today` also asks that the roster is still in force."""
    found = Findings()
    _check_languages(found, terms)
    _check_amounts(found, terms)
    _check_promises(found, terms)
    _check_rails(found, origin, terms)
    _check_person(found, terms)
    _check_team(found, terms)
    _check_roster_end(found, terms, today)
    size = len(json.dumps(terms, ensure_ascii=False, separators=(",", ":")).encode())
    size += _SIGNATURE_ROOM * len(_members(terms))
    if size > _LEAF_ROOM:
        found.note(
            "charter", N_("The charter has %(size)s bytes with its signatures; %(room)s fit."),
            N_("Shorten the longest texts: the story has its own page."), size=size, room=_LEAF_ROOM,
        )  # fmt: skip
    return found.problems


def find_warnings(terms: dict[str, Any]) -> list[Problem]:
    """Name what is allowed but not advised."""
    found = Findings()
    payee = terms.get("payee", {})
    if len(_members(terms)) == 3:
        found.note("roster.members", N_("Three members are enough, four are advised."),
                   N_("With three, one lost key and one journey stop all that needs two."))  # fmt: skip
    if payee.get("private") == 1:
        found.note("payee.private", N_("A private person receives the money."),
                   N_("Ask an association or a fiscal host: a bank may freeze a private account, and this "
                      "name stands before the whole world for ever."))  # fmt: skip
    if not terms.get("suggestions") and "suggestions" in terms:
        found.note("fund.suggestions", N_("No amounts are suggested."),
                   N_("Three or four amounts make giving easier."))  # fmt: skip
    if "auditor" in terms and "key" not in terms["auditor"]:
        found.note("auditor.key", N_("The auditor has no key yet, so can't sign what was found."),
                   N_("panah member new makes one; add it by an amendment."))  # fmt: skip
    return found.problems


def _members(terms: dict[str, Any]) -> list[dict[str, str]]:
    members: list[dict[str, str]] = terms.get("roster", {}).get("members", [])
    return members


def _check_languages(found: Findings, terms: dict[str, Any]) -> None:
    languages = terms.get("languages")
    if not languages:
        return
    found.note_doubles("fund.languages", languages)
    for path in (*TEXTS, *SPOKEN):
        texts: Any = terms
        for step in path.split("."):
            texts = texts.get(step, {})
        if not texts or isinstance(texts, str):
            continue  # missing whole, which the reader has said; or one text for all languages
        for language in languages if path not in SPOKEN else ():
            if language not in texts:
                found.note(f"{path}.{language}", N_("The text in %(language)s is missing."),
                           N_("Write it, or take the language out of fund.languages."),
                           language=language)  # fmt: skip
        for language in texts:
            if language not in languages:
                found.note(f"{path}.{language}", N_("%(language)s is not a language of this fund."),
                           N_("Add it to fund.languages and write every text in it."),
                           language=language)  # fmt: skip


def _check_amounts(found: Findings, terms: dict[str, Any]) -> None:
    if terms.get("currency", "EUR") not in EXPONENTS:
        found.note("fund.currency", N_("%(currency)s is not a currency that Panah knows."),
                   N_("Write an ISO 4217 code such as EUR."), currency=terms["currency"])  # fmt: skip
    accepts = terms.get("accepts", [])
    found.note_doubles("fund.accepts", accepts)
    for currency in accepts:
        if currency not in EXPONENTS or currency == terms.get("currency"):
            found.note("fund.accepts", N_("%(currency)s can't stand among the other currencies."),
                       N_("Write ISO 4217 codes of currencies beside the fund's own."), currency=currency)  # fmt: skip
    goal, minimum = terms.get("goal"), terms.get("minimum")
    if goal is not None and minimum is not None and minimum > goal:
        found.note("fund.minimum", N_("The smallest gift is larger than the goal."))
    suggestions = terms.get("suggestions", [])
    found.note_doubles("fund.suggestions", suggestions)
    if minimum is not None and any(amount < minimum for amount in suggestions):
        found.note("fund.suggestions", N_("A suggested amount is below the smallest gift."),
                   N_("Raise it, or lower fund.minimum."))  # fmt: skip
    if goal is not None and any(amount > goal for amount in suggestions):
        found.note("fund.suggestions", N_("A suggested amount is above the goal."))


def _check_promises(found: Findings, terms: dict[str, Any]) -> None:
    purposes = terms.get("purposes", [])
    found.note_doubles("fund.purposes", purposes)
    for purpose in purposes:
        if purpose not in PURPOSES:
            found.note("fund.purposes", N_("%(purpose)s is not a relief purpose."),
                       N_("Choose from: %(known)s."), purpose=purpose, known=", ".join(PURPOSES))  # fmt: skip
    siblings = terms.get("siblings")
    if siblings is not None:
        found.note_doubles("siblings", [sibling["name"] for sibling in siblings if "name" in sibling])
        if not siblings and terms.get("overflow") == "pass-on":
            found.note("fund.overflow", N_("Money past the goal is passed on, but no sibling fund is named."),
                       N_('Name one under [[siblings]], or choose "return" or "reserve".'))  # fmt: skip


def _check_rails(found: Findings, origin: str, terms: dict[str, Any]) -> None:
    is_invalid = origin.partition("/")[0].endswith(".invalid")
    demo = terms.get("demo") == 1
    if demo and origin and not is_invalid:
        found.note("fund.origin", N_("A demo fund's origin must end in .invalid."),
                   N_("Write demo.invalid/2021, so that nobody takes it for real."))  # fmt: skip
    rails = terms.get("rails")
    if rails is None:
        return
    if not rails:
        found.note("rails", N_("No way for money to arrive is named."), N_("Add [rails.bank]."))
    for name in rails:
        if name not in RAILS:
            found.note(f"rails.{name}", N_("This version has no rail %(rail)s."),
                       N_("Choose from: %(known)s."), rail=name, known=", ".join(RAILS))  # fmt: skip
    if "fake" in rails and not (demo and is_invalid):
        found.note("rails.fake", N_("Only a demo fund may have the rail that invents money."),
                   N_("Take [rails.fake] out, or set demo = true and an origin in .invalid."))  # fmt: skip
    _check_bank(found, rails.get("bank", {}))
    _check_card(found, rails.get("card", {}))


def _check_person(found: Findings, terms: dict[str, Any]) -> None:
    payee = terms.get("payee", {})
    is_private, person = payee.get("private") == 1, payee.get("person")
    if is_private and not person:
        found.note(
            "payee.private",
            N_("A private person would receive the money: name and account stand in public for ever."),
            N_("Ask an association or a fiscal host. Or let this person become a member and write under [payee] "
               'person = "…", their pseudonym; panah member check shows what the world will see, and they '
               "sign for it."),
        )  # fmt: skip
    elif person and "private" in payee and not is_private:
        found.note("payee.person", N_("No private person receives the money, so no member stands for one."),
                   N_("Take payee.person out, or write private = true."))  # fmt: skip
    elif person and _members(terms) and person not in {member.get("name") for member in _members(terms)}:
        found.note(HOLDER, N_("%(person)s, who holds the account, is not a member."),
                   N_("Whose account it is signs the charter: add this person's card."), person=person)  # fmt: skip


def _check_bank(found: Findings, bank: dict[str, str]) -> None:
    if "iban" in bank and not iban.is_valid(bank["iban"]):
        found.note("rails.bank.iban", N_("This IBAN is not valid: a digit is wrong or missing."),
                   N_("Copy it from the bank's own papers."))  # fmt: skip
    if "bic" in bank and not bic.is_valid(bank["bic"]):
        found.note("rails.bank.bic", N_("This BIC is not valid."), N_("It has 8 or 11 letters and digits."))
    if "payee" in bank and not _SEPA.fullmatch(bank["payee"]):
        found.note("rails.bank.payee", N_("Banks take only Latin letters in a payee's name."),
                   N_("Write it as it stands on the account's papers, without accents."))  # fmt: skip


def _check_card(found: Findings, card: dict[str, str]) -> None:
    account = card.get("account", "")
    if re.match(r"[a-z]+_(live|test)_|whsec_", account):
        # A charter is published and can't be unsaid: a key that was pasted here is no secret any more.
        found.note("rails.card.account", N_("This is a secret of the provider's, not the account's name."),
                   N_("Revoke it at the provider at once: this file may have been sent around. "
                      "The account's name begins with acct_."))  # fmt: skip
    elif account and not _STRIPE_ACCOUNT.fullmatch(account):
        found.note("rails.card.account", N_("This is not the name of a Stripe account."),
                   N_("Copy it from Stripe's settings, under account details: it begins with acct_."))  # fmt: skip


def _check_team(found: Findings, terms: dict[str, Any]) -> None:
    members = _members(terms)
    if "roster" in terms and len(members) < 3:
        found.note("roster.members", N_("A fund needs at least three members; this has %(count)s."),
                   N_("Each runs panah member new and sends you what panah member card prints."),
                   count=len(members))  # fmt: skip
    for key in ("name", "sign", "seal"):
        found.note_doubles(f"roster.members.{key}", [m[key] for m in members if key in m])
    names, keys = {m.get("name") for m in members}, {m.get("sign") for m in members}
    auditor = terms.get("auditor", {})
    called = auditor.get("name", "")
    called = {name.strip().lower() for name in (called.values() if isinstance(called, dict) else [called])}
    if auditor.get("key") in keys - {None} or called & names:
        found.note("auditor", N_("The auditor is also a member."),
                   N_("Ask somebody who does not decide or pay."))  # fmt: skip
    intake = terms.get("roster", {}).get("intake", [])
    if len(set(intake)) != len(intake) or not names.issuperset(intake):
        found.note("roster.intake", N_("Each of these opens what people send: a member of the roster, named once."))
    outside = terms.get("outside", {})
    if "keys" in outside:
        found.note_doubles("outside.keys", outside["keys"])
        if outside.get("k", 0) > len(outside["keys"]):
            found.note("outside.k", N_("More outside keys are needed than are named."))
        if keys & set(outside["keys"]):
            found.note("outside.keys", N_("A member's key stands among the outside keys."))


def _check_roster_end(found: Findings, terms: dict[str, Any], today: dt.date | None) -> None:
    until, founded = terms.get("roster", {}).get("until"), terms.get("founded")
    if not until or not founded:
        return
    end, start = dt.date.fromisoformat(until), max(dt.date.fromisoformat(founded), today or dt.date.min)
    if end < start:
        found.note("roster.until", N_("The roster has already ended on %(until)s."),
                   N_("Write a day at most a year ahead."), until=until)  # fmt: skip
    elif end - start > dt.timedelta(days=ROSTER_DAYS):
        found.note("roster.until", N_("The roster would last until %(until)s: longer than a year."),
                   N_("Write a day at most a year ahead: renewing is quick, and a lost key should expire."),
                   until=until)  # fmt: skip
