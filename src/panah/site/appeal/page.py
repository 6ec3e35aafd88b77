"""The appeal: what the fund is for, how far it is, how to give, and who receives the money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, override

from panah.core.charter import Charter
from panah.core.fund import Act, allows
from panah.site.publish import progress
from panah.site.publish.announced import cards
from panah.site.publish.names import OVERFLOW_RULES, PURPOSE_NAMES, RAIL_NAMES, country_name
from panah.site.publish.page import Frame, draw
from panah.site.publish.tongues import direction, tongue
from panah.site.publish.view import FundView
from panah.site.updates.texts import chosen, shown_updates

if TYPE_CHECKING:
    from collections.abc import Collection

CSS: Final = ("site/appeal/appeal.css",)


def render(view: FundView, frame: Frame) -> bytes:
    """Draw the appeal in the frame's language."""
    charter, tag = view.charter, frame.tag
    story = chosen(view.story, tag) if view.story and not view.story.withdrawn else None
    announced = cards(view.announced, frame, brief=True)
    newest = shown_updates(view)[: 1 if announced else 3]  # the page must stay light
    context: dict[str, Any] = {
        "view": view,
        "announced": announced,
        "progress": progress.shown(view.state, view.counted, charter.goal.minor, charter.currency),
        "gives": is_giving(view),
        "updates": [text for text in (chosen(update, tag) for update in newest) if text],
        "story": story,
    }
    words = charter_words(charter, tag) | rail_words(charter, view.stopped, tag)
    return draw("site/appeal/index.html", frame, context | words, css=CSS)


def is_giving(view: FundView) -> bool:
    """Tell whether the page offers to give."""
    return allows(view.state, Act.GIVE) and not view.gifts_paused and not view.stopped >= set(view.charter.rails)


def rail_words(charter: Charter, stopped: Collection[str], tag: str) -> dict[str, Any]:
    """Name the ways of giving that go on, and those that are stopped now."""
    with override(tongue(tag).django):
        names = {rail: gettext(RAIL_NAMES[rail]) for rail in sorted(charter.rails)}
    return {
        "rails": [name for rail, name in names.items() if rail not in stopped],
        "stopped": [name for rail, name in names.items() if rail in stopped],
    }


def charter_words(charter: Charter, tag: str) -> dict[str, Any]:
    """Give the charter's texts and the names of its rules in one language."""
    texts = ("name", "scope", "surplus", "shortfall", "payee.tax", "payee.refund", "payee.seen")
    with override(tongue(tag).django):
        return {
            "say": {path.rpartition(".")[2]: charter.text(path, tag) for path in texts},
            "form": _spoken(charter, "payee.form", tag),
            "auditor": _spoken(charter, "auditor.name", tag),
            "country": country_name(charter.payee.country, tag),
            "overflow": gettext(OVERFLOW_RULES[charter.overflow]),
            "rails": [gettext(RAIL_NAMES[rail]) for rail in sorted(charter.rails)],
            "purposes": gettext(", ").join(gettext(PURPOSE_NAMES[name]) for name in charter.purposes),
        }


def _spoken(charter: Charter, path: str, tag: str) -> dict[str, str]:
    """Give a text that may be lacking in this language, with `lang` and `dir` when it is in another one."""
    text, language = charter.spoken(path, tag)
    return {"text": text} | ({} if language == tag else {"lang": language, "dir": direction(language)})
