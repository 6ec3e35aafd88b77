"""The Atom feed of updates (RFC 4287), one for each language.

Ids are tag URIs (RFC 4151) made of the origin, which survives the loss of a domain: a reader that
follows the fund to a new address does not see everything twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml.builder import ElementMaker
from lxml.etree import _Element, tostring

from panah.site.publish.page import Frame
from panah.site.publish.view import FundView, UpdateView
from panah.site.updates.texts import Text, chosen, html, shown_updates

_ATOM: Final = ElementMaker(namespace="http://www.w3.org/2005/Atom", nsmap={None: "http://www.w3.org/2005/Atom"})
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST: Final = 50


def render(view: FundView, frame: Frame, names: Mapping[str, str]) -> bytes:
    """Write the feed of the frame's language: whole texts, newest first."""
    base = f"{view.address.rstrip('/')}/{frame.tag}/" if view.address else ""
    updates = shown_updates(view)[:_LONGEST]
    newest = max((update.day for update in updates), default=view.charter.founded.isoformat())
    feed = _ATOM.feed(
        _ATOM.id(_tag(view, frame.tag)),
        _ATOM.title(frame.name + (" (DEMO)" if view.charter.demo else "")),
        _ATOM.updated(_instant(newest)),
        _ATOM.author(_ATOM.name(frame.name)),
        _ATOM.link(href=f"{base}feed.atom", rel="self", type="application/atom+xml"),
        _ATOM.link(href=base or "./", rel="alternate", type="text/html"),
        **{_LANG: frame.tag},
    )
    for update in updates:
        text = chosen(update, frame.tag)
        if text:
            feed.append(_entry(view, frame, update, text, base, names))
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(
    view: FundView, frame: Frame, update: UpdateView, text: Text, base: str, names: Mapping[str, str]
) -> _Element:
    # Pictures need the fund's folder: absolute where we know our address, else relative to the feed.
    root = f"{view.address.rstrip('/')}/" if view.address else "../"
    return _ATOM.entry(
        _ATOM.id(_tag(view, f"updates/{update.id}/{frame.tag}")),
        _ATOM.title(text.title),
        _ATOM.updated(_instant(update.day)),
        _ATOM.link(href=f"{base}updates/{update.id}/", rel="alternate", type="text/html"),
        _ATOM.content(str(html(update, text, root, names)), type="html", **{_LANG: text.lang}),
    )


def _tag(view: FundView, rest: str) -> str:
    host, _, path = view.origin.partition("/")
    return f"tag:{host},{view.charter.founded.isoformat()}:{path}{'/' if path else ''}{rest}"


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"  # we know the day and no more, on purpose
