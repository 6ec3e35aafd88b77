"""What the gift pages of one fund show that only its rules change: texts, ways of paying, page frames."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.utils.safestring import mark_safe
from django.utils.translation import gettext, override

from panah.core.charter import Charter
from panah.errors import N_, PanahError
from panah.rails.registry import HAND, PULL
from panah.site.appeal.page import charter_words
from panah.site.funds.terms import NOTHING, Ahead, read_ahead
from panah.site.gifts.amounts import offered
from panah.site.gifts.pages import Gaps, Prepared, prepared
from panah.site.gifts.providers import lead_out
from panah.site.gifts.queries import FormFacts, form_facts, fund_rules
from panah.site.publish import page, sentences
from panah.site.publish.announced import account_cards
from panah.site.publish.assets import script
from panah.site.publish.names import RAIL_NAMES
from panah.site.publish.tongues import tongue
from panah.storage.funds import FundHome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from panah.site.publish.words import Words
    from panah.storage.rows import FundRules

CSS: Final = ("site/gifts/gifts.css",)
_NOTES: Final[dict[str, str]] = {
    "bank": N_("From any bank account in the euro payments area; takes one to three days."),
    "card": N_("At once. Taken only if there is room under the goal."),
    "fake": N_("At once. No real money moves."),
}


@dataclass(frozen=True)
class Face:
    """One fund in one language, at one version of its rules."""

    fund: FundHome
    rules: FundRules
    version: int
    tag: str
    depth: str  # leads from the page to the fund's folder
    ahead: Ahead = NOTHING

    @cached_property
    def charter(self) -> Charter:
        """The charter in force."""
        terms: Any = self.rules.charter
        return Charter.from_terms(self.rules.origin, terms)

    def frame(self, place: str) -> page.Frame:
        """Give the frame of a page at `place`."""
        return page.Frame(self.charter, self.tag, self.depth, place, notice=self.rules.new_roster_from)

    @cached_property
    def words(self) -> Words:
        """Numbers, money and days in this language."""
        return self.frame("").words

    @cached_property
    def policy(self) -> str:
        """The Content-Security-Policy of these pages."""
        made = page.policy(CSS, scripted=script("give") is not None)
        return lead_out(made) if "card" in self.charter.rails else made

    def draw(self, template: str, place: str, context: Mapping[str, Any]) -> bytes:
        """Draw a page of this fund now."""
        frame = self.frame(place)
        shared = charter_words(self.charter, self.tag) | {
            "v": Gaps(),
            "announced": account_cards(self.ahead.announced, frame),
            "sentences": sentences.spelled(sentences.GIVE, self.tag),
            "policy": mark_safe(self.policy),  # noqa: S308 - ours, no user text
        }
        values = shared | dict(context)
        return page.draw(f"site/gifts/{template}.html", frame, values, css=CSS, check=script("give"))

    def prepare(self, template: str, place: str, **flags: str | bool) -> Prepared:
        """Give a page of this fund with gaps, drawn at most once per version of the rules."""
        key = (self.fund, self.version, self.ahead.number, self.tag, self.depth, template, *sorted(flags.items()))
        return prepared(key, lambda: self.draw(template, place, flags))

    def prepare_form(self) -> Prepared:
        """Give the empty give form."""
        key = (self.fund, self.version, self.ahead.number, self.tag, self.depth, "form")
        return prepared(key, lambda: self.draw("give", "give/", self.form_parts()))

    def form_parts(self, rail: str = "", currency: str = "") -> dict[str, Any]:
        """Give what the form's template needs beside the charter."""
        return {
            "ways": self.ways(rail), "stopped": self.stopped, "pulls": self.has_pull, "problems": {},
            "currencies": offered(self), "chosen": currency,
            "by_hand": any(rail in HAND and rail not in self.rules.stopped for rail in self.charter.rails),
        }  # fmt: skip

    def ways(self, chosen: str = "") -> list[dict[str, Any]]:
        """Give the ways of paying for the form."""
        rails = [rail for rail in sorted(self.charter.rails) if rail not in self.rules.stopped | HAND]
        chosen = chosen if chosen in rails else rails[0] if len(rails) == 1 else ""
        with override(tongue(self.tag).django):
            return [
                {
                    "name": rail, "title": gettext(RAIL_NAMES[rail]), "checked": rail == chosen,
                    "note": gettext(_NOTES[rail]) if rail in _NOTES else "",
                }
                for rail in rails
            ]  # fmt: skip

    @property
    def stopped(self) -> list[str]:
        """The names of ways of paying that are stopped now."""
        with override(tongue(self.tag).django):
            return [gettext(RAIL_NAMES[rail]) for rail in sorted(self.charter.rails) if rail in self.rules.stopped]

    @property
    def all_stopped(self) -> bool:
        """Whether no way of paying is left."""
        return self.rules.stopped >= set(self.charter.rails)

    @property
    def has_pull(self) -> bool:
        """Whether a rail of this fund can take exactly what is left."""
        return any(rail in PULL and rail not in self.rules.stopped for rail in self.charter.rails)

    def say(self, error: PanahError) -> tuple[str, str]:
        """Give an error's sentence and hint in this language."""
        with override(tongue(self.tag).django):
            sentence = gettext(error.template)
            hint = gettext(error.hint_template) if error.hint_template else ""
        return (sentence % error.data if error.data else sentence), (hint % error.data if error.data else hint)


_faces: OrderedDict[tuple[FundHome, int, str, str], Face] = OrderedDict()
_KEPT: Final = 200
"""Faces in memory: funds x languages x depths, with room for rules that just changed."""


def face_of(fund: FundHome, tag: str, depth: str) -> tuple[Face, FormFacts] | None:
    """Give a fund's face and its facts of the moment; None when it does not speak this language."""
    facts = form_facts(fund)
    key = (fund, facts.rules, tag, depth)
    face = _faces.get(key)
    if face is None:
        rules = fund_rules(fund)
        face = Face(fund, rules, facts.rules, tag, depth, read_ahead(fund, rules, dt.datetime.now(dt.UTC).date()))
        if tag not in face.charter.languages:
            return None
        if not face.ahead.is_logged:
            return face, facts  # what the log will say in a moment is not there to be kept yet
        _faces[key] = face
        while len(_faces) > _KEPT:
            _faces.popitem(last=False)
    return face, facts
