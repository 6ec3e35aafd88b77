"""The pages for people: ask, offer, mailbox, and the one file that works without the site.

Promises: they are published files that know nothing about anybody; nothing on them can be sent but by the script, and
the script sends sealed envelopes alone (`form-action 'none'`). They stand beside a fund's public folder, not in it:
whoever mirrors a fund copies no page that asks people to type (`render_mirror` tells where the fund's own are).
Titles and icons say nothing about what the page is for: other people look at histories and tabs.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import mark_safe
from django.utils.translation import gettext, override

from panah.core.asks import NEEDS, OFFERS
from panah.site.intake import words
from panah.site.publish import assets
from panah.site.publish.page import Frame, draw, style
from panah.site.publish.tongues import tongue
from panah.site.publish.view import FundView
from panah.site.publish.words import language_name

LANGUAGES: Final = ("prs", "fa", "ps", "en", "fr")
"""These pages are there in every one of these, whatever the languages of a charter (decision 0044)."""
CSS: Final = ("site/gifts/gifts.css", "site/intake/intake.css")
PLACES: Final = ("ask", "offer", "mailbox")
ROSTER: Final = "roster.json"
_BASE: Final = "site/base.css"


@dataclass(frozen=True, slots=True)
class SealedFrame(Frame):
    """A frame whose page is there in more languages than the fund's other pages."""

    @property
    def home(self) -> str:
        """Leads to the appeal: in this language, or in the nearest one that the fund has."""
        return f"{self.root}{nearest(self.tag, self.charter.languages)}/"

    @property
    def name(self) -> str:
        return self.charter.text("name", nearest(self.tag, self.charter.languages))

    @property
    def languages(self) -> list[tuple[str, str, str, bool]]:
        return [
            (tag, language_name(tag), f"{self.root}{tag}/{self.place}", tag == self.tag)
            for tag in languages_of(self.charter.languages)
        ]


def languages_of(charter: Any) -> list[str]:
    """Give the languages of these pages: the fund's own first."""
    return list(dict.fromkeys((*charter, *LANGUAGES)))


def nearest(tag: str, languages: Any) -> str:
    """Give the language of the fund that a reader of `tag` understands best."""
    near = {"prs": ("fa",), "fa": ("prs",), "ps": ("prs", "fa")}.get(tag, ())
    return next((one for one in (tag, *near) if one in languages), languages[0])


def render_all(view: FundView) -> Iterator[tuple[str, bytes]]:
    """Draw every page: (path below the fund's folder, bytes)."""
    for tag in languages_of(view.charter.languages):
        for place in PLACES:
            frame = SealedFrame(view.charter, tag, "../../", f"{place}/", view.address, view.notice)
            yield f"{tag}/{place}/index.html", _render(view, frame, place)
        for place in ("ask", "offer"):
            if view.team:
                yield f"{tag}/{place}/offline.html", _render_offline(view, tag, place)


def render_mirror(view: FundView, tag: str, place: str) -> bytes:
    """Draw what a mirror shows instead: it never carries a page that people type into."""
    frame = Frame(view.charter, tag, "../../", f"{place}/", view.address, view.notice)
    origin = f"{view.address.rstrip('/')}/" if view.address else ""
    links = [(language_name(one), f"{origin}{one}/{place}/", one) for one in languages_of(view.charter.languages)]
    return draw("site/intake/mirror.html", frame, {"view": view, "links": links if origin else []}, css=CSS)


def roster_file(view: FundView) -> bytes:
    """Spell the leaves by which a browser follows the team's keys from leaf 0 on (docs/spec/relay.md)."""
    leaves = [[index, leaf.decode()] for index, leaf in view.team]
    return json.dumps({"t": "panah/1/team", "leaves": leaves}, ensure_ascii=False, separators=(",", ":")).encode()


def _render(view: FundView, frame: Frame, place: str) -> bytes:
    script = assets.script("mailbox" if place == "mailbox" else "ask")
    facts = {
        "origin": view.charter.origin,
        "fund": view.fingerprint,
        "root": frame.root,
        "lang": frame.tag,
        "kind": place,
    }
    return draw(_template(place), frame, _context(view, frame.tag, place, facts), css=CSS, check=script, sealed=True)


def _render_offline(view: FundView, tag: str, place: str) -> bytes:
    """Draw the form as one file: style, script and roster inside, and no way out but saving a file."""
    made = json.loads(next(leaf for _, leaf in reversed(view.team) if b'"roster"' in leaf))
    facts = {
        "origin": view.charter.origin, "fund": view.fingerprint, "root": "", "lang": tag, "kind": place,
        "carried": {"team": roster_file(view).decode(), "made": made.get("day") or view.charter.founded.isoformat()},
    }  # fmt: skip
    frame = SealedFrame(view.charter, tag, "", "", view.address, None)
    context = _context(view, tag, place, facts)
    code = assets.code("ask")
    css = style(_BASE, *CSS).css
    policy = (
        f"default-src 'none'; script-src '{_hash(code)}'; style-src '{_hash(css)}'; img-src data: blob:; "
        "form-action 'none'; base-uri 'none'"
    )
    context |= {"inline": mark_safe(code), "policy": mark_safe(policy), "carried": True}  # noqa: S308 - our own bundle
    return draw(_template(place), frame, context, css=CSS)


def _template(place: str) -> str:
    return f"site/intake/{'mailbox' if place == 'mailbox' else 'ask'}.html"


def _context(view: FundView, tag: str, place: str, facts: dict[str, Any]) -> dict[str, Any]:
    with override(tongue(tag).django):
        sentences = {key: gettext(english) for key, english in words.sentences(place).items()}
        needs = [(name, gettext(words.NEEDS[name])) for name in NEEDS]
        kinds = [(name, gettext(words.OFFERS[name])) for name in OFFERS]
        waits = [(days, gettext(text)) for days, text in words.WAITS.items()]
        terms = [(days, gettext(text)) for days, text in words.TERMS.items()]
        others = [(gettext(what), name, address) for name, address, what in words.OTHERS]
    return {
        "view": view, "place": place, "is_offer": place == "offer", "is_draft": tag != "en",
        "facts": _json(facts), "sentences": _json(sentences), "needs": needs, "kinds": kinds, "waits": waits,
        "terms": terms, "others": others, "spoken": [(one, language_name(one)) for one in words.SPOKEN],
        "tag": tag, "exit": words.EXIT,
    }  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
