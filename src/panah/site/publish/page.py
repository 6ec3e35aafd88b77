"""One page as bytes: template, translation, inline style and the policy that allows exactly that style.

Promises: the Content-Security-Policy in the page names the hash of the one style in it; nothing else
may be inline. Everything a template prints is escaped unless it is our own checked HTML. Pages made
from published files and pages made by a request (gifts) are drawn here alike.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine
from django.template.loaders import filesystem
from django.utils import translation
from django.utils.safestring import mark_safe

from panah.core.charter import Charter
from panah.site.publish.tongues import direction, tongue
from panah.site.publish.words import Words, language_name

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"


class SqueezedLoader(filesystem.Loader):
    """Reads templates without indentation: it is for us, and would be a tenth of what a phone loads.

    A line that holds one tag and nothing else leaves no empty line behind; a line end stays between any
    two lines of text, because it is the space between their words.
    """

    def get_contents(self, origin: Any) -> str:
        text = re.sub(r"\n\s+", "\n", super().get_contents(origin)).strip()
        return _LONE_TAG.sub(r"\1", text)


_ALONE: Final = r"^(\{% (?:if|elif|else|endif|for|endfor|empty|block|endblock)\b[^%\n]*%\})\n"
_LONE_TAG: Final = re.compile(_ALONE, re.MULTILINE)

ENGINE: Final = Engine(
    loaders=[
        ("django.template.loaders.cached.Loader", [(f"{__name__}.SqueezedLoader", [str(TEMPLATES)])]),
    ],
    libraries={"i18n": "django.templatetags.i18n", "words": "panah.site.publish.tags"},
    builtins=["django.templatetags.i18n", "panah.site.publish.tags"],
)


@dataclass(frozen=True, slots=True)
class Style:
    """The one inline style of a page, and the policy that allows it."""

    css: str
    policy: str
    scripted: str
    sealed: str


@cache
def style(*names: str) -> Style:
    """Join and squeeze style sheets; `names` are paths under `templates/`."""
    css = "".join(_squeeze((TEMPLATES / name).read_text("utf-8")) for name in names)
    hashed = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{hashed}'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
    )
    scripted = policy + "; script-src 'self'; connect-src 'self'"
    sealed = scripted.replace("form-action 'self'", "form-action 'none'").replace(" data:", " data: blob:")
    return Style(css, policy, scripted, sealed + "; worker-src 'self'")


def _squeeze(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    # Not around `+` and `-`: calc() needs its spaces. A space before `(` is meant in media queries.
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", lambda found: found[1] or "", css).replace(";}", "}").strip()


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a fund.

    `root` leads from the page to the fund's folder (`../` or an absolute `/f/kabul/`), `place` is the
    page's path inside its language (`books/`), so that the language switch stays on the same page.
    """

    charter: Charter
    tag: str
    root: str
    place: str = ""
    address: str = ""
    notice: dt.date | None = None
    """First day of a roster that outside holders announced, while their notice runs."""

    @property
    def words(self) -> Words:
        return Words.of(self.tag, self.charter.currency)

    @property
    def dir(self) -> str:
        return direction(self.tag)

    @property
    def home(self) -> str:
        """Leads to the appeal in this page's language."""
        return f"{self.root}{self.tag}/"

    @property
    def name(self) -> str:
        return self.charter.text("name", self.tag)

    @property
    def languages(self) -> list[tuple[str, str, str, bool]]:
        """Every language of the fund: tag, own name, where it leads, whether it is this one."""
        return [
            (tag, language_name(tag), f"{self.root}{tag}/{self.place}", tag == self.tag)
            for tag in self.charter.languages
        ]


def draw(
    template: str,
    frame: Frame,
    context: Mapping[str, Any],
    *,
    css: Sequence[str] = (),
    check: tuple[str, str] | None = None,
    sealed: bool = False,
) -> bytes:
    """Fill a template in the frame's language. `check` is (path, integrity) of the page's one script.

    `sealed`: a page on which people type what nobody else may read: no form of it can be sent by a browser alone.
    """
    look = style("site/base.css", *css)
    values = {
        "frame": frame,
        "charter": frame.charter,
        "w": frame.words,
        "tag": frame.tag,
        "root": frame.root,
        "home": frame.home,
        "style": mark_safe(look.css),  # noqa: S308 - our own file; escaping would break its hash
        "policy": mark_safe(look.sealed if sealed else look.scripted if check else look.policy),  # noqa: S308 - ours
        "check": check,
    } | dict(context)
    with translation.override(tongue(frame.tag).django):
        return ENGINE.get_template(template).render(Context(values)).encode()


def policy(css: Sequence[str] = (), *, scripted: bool = False) -> str:
    """Give the policy of a page drawn with `css`, for a response that is not a published file."""
    look = style("site/base.css", *css)
    return look.scripted if scripted else look.policy
