"""The Atom feed of updates (RFC 4287), one for each language.

Ids are tag URIs (RFC 4151) made of the origin, which survives the loss of a domain: a reader that
follows the fund to a new address does not see everything twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lxml.etree import Element, SubElement, _Element, tostring

from panah.site.publish.page import Frame
from panah.site.publish.view import FundView, UpdateView
from panah.site.updates.texts import Text, chosen, html, shown_updates

_SPACE: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST: Final = 50


def render(view: FundView, frame: Frame, names: Mapping[str, str]) -> bytes:
    """Write the feed of the frame's language: whole texts, newest first."""
    base = f"{view.address.rstrip('/')}/{frame.tag}/" if view.address else ""
    updates = shown_updates(view)[:_LONGEST]
    newest = max((update.day for update in updates), default=view.charter.founded.isoformat())
    feed = Element(f"{{{_SPACE}}}feed", {_LANG: frame.tag}, nsmap={None: _SPACE})  # type: ignore[dict-item]  # the stubs do not know the default space
    _add(feed, "id", _tag(view, frame.tag))
    _add(feed, "title", frame.name + (" (DEMO)" if view.charter.demo else ""))
    _add(feed, "updated", _instant(newest))
    _add(_add(feed, "author"), "name", frame.name)
    _add(feed, "link", href=f"{base}feed.atom", rel="self", type="application/atom+xml")
    _add(feed, "link", href=base or "./", rel="alternate", type="text/html")
    for update in updates:
        text = chosen(update, frame.tag)
        if text:
            _add_entry(feed, view, update, text, f"{base}updates/{update.id}/", names)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(
    feed: _Element, view: FundView, update: UpdateView, text: Text, href: str, names: Mapping[str, str]
) -> None:
    # Pictures need the fund's folder: absolute where we know our address, else relative to the feed.
    root = f"{view.address.rstrip('/')}/" if view.address else "../"
    entry = _add(feed, "entry")
    _add(entry, "id", _tag(view, f"updates/{update.id}/{feed.get(_LANG)}"))
    _add(entry, "title", text.title)
    _add(entry, "updated", _instant(update.day))
    _add(entry, "link", href=href, rel="alternate", type="text/html")
    languages = (str(feed.get(_LANG)), *view.charter.languages)
    _add(entry, "content", str(html(update, text, root, names, languages)), type="html").set(_LANG, text.lang)


def _add(parent: _Element, name: str, text: str = "", **attributes: str) -> _Element:
    child = SubElement(parent, f"{{{_SPACE}}}{name}", attributes)
    child.text = text or None
    return child


def _tag(view: FundView, rest: str) -> str:
    host, _, path = view.origin.partition("/")
    return f"tag:{host},{view.charter.founded.isoformat()}:{path}{'/' if path else ''}{rest}"


def _instant(day: str) -> str:
    return f"{day}T00:00:00Z"  # we know the day and no more, on purpose
