"""Updates and the story: a list, a page for each, and an empty page where one was withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from panah.site.publish.page import Frame, draw
from panah.site.publish.view import FundView, UpdateView
from panah.site.publish.words import language_name
from panah.site.updates.texts import chosen, html, others, shown_updates

CSS: Final = ("site/updates/updates.css",)


def render_list(view: FundView, frame: Frame) -> bytes:
    """Draw the list of updates."""
    texts = [text for text in (chosen(update, frame.tag) for update in shown_updates(view)) if text]
    return draw("site/updates/list.html", frame, {"texts": texts}, css=CSS)


def render_update(update: UpdateView, frame: Frame, names: Mapping[str, str]) -> bytes:
    """Draw one update (or the story); `names` maps the sha256 of its pictures to their files."""
    text = None if update.withdrawn else chosen(update, frame.tag)
    context: dict[str, Any] = {"update": update, "is_story": update.id == "story"}
    if text is None:
        return draw("site/updates/withdrawn.html", frame, context, css=CSS)
    languages = (frame.tag, *frame.charter.languages)
    more = []
    for other in others(update, text):
        is_page = other.lang in frame.charter.languages
        more.append({
            "lang": other.lang, "dir": other.dir, "name": language_name(other.lang), "title": other.title,
            "href": f"{frame.root}{other.lang}/{frame.place}" if is_page else "",
            # A language without an interface has no page of its own: its text stands here.
            "html": "" if is_page else html(update, other, frame.root, names, languages),
        })  # fmt: skip
    context |= {
        "text": text,
        "html": html(update, text, frame.root, names, languages),
        "language": language_name(text.lang),
        "more": more,
    }
    return draw("site/updates/update.html", frame, context, css=CSS)


def render_empty_story(frame: Frame) -> bytes:
    """Draw the story's page while there is no story."""
    return draw("site/updates/nostory.html", frame, {}, css=CSS)
