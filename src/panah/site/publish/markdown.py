"""The Markdown of updates and stories, as HTML that can do no harm.

Promises: raw HTML is shown as text; links go to https and mailto only; a picture is shown only when
it is one of the text's own (`![what it shows](<sha256>)`) and has not been withdrawn. Headings start
at level 2, below the page's own title, and leave none out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_PICTURE: Final = re.compile(r"(?:images/)?([0-9a-f]{64})(?:\.(?:jpg|png))?")
_LINK: Final = re.compile(r"(https://|mailto:)\S+", re.IGNORECASE)


class _Renderer(RendererHTML):
    """CommonMark's HTML, with our pictures, and links that tell nothing."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children, options, env) if token.children else ""
        found = _PICTURE.fullmatch(str(token.attrs.get("src", "")))
        if not found or found[1] not in env["pictures"]:
            return f"<em>{escape(alt)}</em>" if alt else ""
        env["placed"].add(found[1])
        return picture(env["root"] + "images/" + env["pictures"][found[1]], alt or env["alts"].get(found[1], ""))

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tokens[idx].attrSet("rel", "noopener noreferrer nofollow")
        return self.renderToken(tokens, idx, options, env)


def picture(address: str, alt: str) -> str:
    """Write one picture."""
    return f'<img src="{escape(address)}" alt="{escape(alt)}" loading="lazy" decoding="async">'


def _parser() -> MarkdownIt:
    # "commonmark" with html off: the parser then escapes raw HTML instead of passing it on.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}, renderer_cls=_Renderer)
    parser.validateLink = (  # type: ignore[method-assign]
        lambda url: bool(_LINK.fullmatch(url) or _PICTURE.fullmatch(url))
    )
    return parser


_PARSER: Final = _parser()


def to_html(body: str, *, root: str = "", pictures: Mapping[str, str] = {}, alts: Mapping[str, str] = {}) -> str:
    """Give safe HTML. `pictures` maps sha256 to a file in images/; those that the text does not place follow it."""
    placed: set[str] = set()
    env = {"root": root, "pictures": pictures, "alts": alts, "placed": placed}
    tokens = _PARSER.parse(body, env)
    _lower_headings(tokens)
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, env)).strip()
    rest = [picture(f"{root}images/{name}", alts.get(sha, "")) for sha, name in pictures.items() if sha not in placed]
    return html + "".join(f"<p>{image}</p>" for image in rest)


def _lower_headings(tokens: list[Token]) -> None:
    """Start at level 2 and leave no level out, whatever the writer's first level was (WCAG 1.3.1)."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift, last = 2 - min(levels, default=2), 1
    for token in tokens:
        if token.type == "heading_open":
            last = min(int(token.tag[1]) + shift, last + 1, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"


def first_paragraph(body: str, limit: int = 320) -> str:
    """Give the beginning of a text as plain words: what a list of updates or a feed reader shows."""
    tokens = _PARSER.parse(body)
    for before, token in itertools.pairwise(tokens):
        if before.type == "paragraph_open" and token.children:
            words = "".join(
                child.content if child.type in {"text", "code_inline"} else " "
                for child in token.children
                if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
            )
            text = " ".join(words.split())
            if text:
                return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""
