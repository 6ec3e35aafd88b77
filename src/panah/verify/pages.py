"""What a fund's pages tell strangers, held against what its members signed: payee, account, scripts.

A host who is pressed or bought changes the page, not the log: another account on /give, another script.
Promises: every page of every language is looked at as a giver's browser gets it. It can't see what is shown
to somebody else, nor what comes after the form is sent, nor what a QR code holds.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from stdnum import iban

from panah.errors import N_
from panah.proof.note import encode_base64

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from panah.verify.findings import Findings
    from panah.verify.sources import Source

MAX_PAGE: Final = 1024 * 1024
MAX_SCRIPT: Final = 8 * 1024 * 1024
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_NOT_SHOWN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Looks ahead without taking: one account may stand close behind another.
_ACCOUNT: Final = re.compile(r"(?<![A-Z0-9])(?=([A-Z]{2}[0-9]{2}(?:[ \u00a0.-]?[A-Z0-9]){11,30}))")
_SHORTEST, _LONGEST = 15, 34
_EVERYWHERE: Final = ("prs", "fa", "ps", "en", "fr")
"""Languages in which every fund lets people ask, offer and read answers (docs/decisions/0044-people-pages.md)."""


@dataclass(slots=True)
class Page:
    """One page: its visible text, its scripts, how far it says the fund is."""

    path: str
    text: str = ""
    scripts: list[str] = field(default_factory=list)
    has_inline: bool = False
    takes_gifts: bool = False
    percent: int | None = None


class _Reader(HTMLParser):
    """Collects what matters; what a browser would run or show counts, well-formed or not."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self._page = page
        self._parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, the form's choice of rails, the progress bar."""
        named = {name: value or "" for name, value in attrs}
        if tag == "script":
            source = named.get("src", "")
            if source:
                self._page.scripts.append(source)
            else:
                self._page.has_inline = True
        if any(name.startswith("on") for name in named):
            self._page.has_inline = True
        if tag == "input" and named.get("name") == "rail":
            self._page.takes_gifts = True
        if tag == "progress" and named.get("value", "").isascii() and named.get("value", "").isdecimal():
            self._page.percent = int(named["value"][:3])
        self._hidden += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not shown."""
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        """Take text that is shown."""
        if not self._hidden:
            self._parts.append(data)

    def finish(self) -> None:
        """Put the text together."""
        self.close()
        text = _NOT_SHOWN.sub("", unescape(" ".join(self._parts))).translate(_DIGITS)
        self._page.text = " ".join(text.split())


def read_page(path: str, data: bytes) -> Page:
    """Read one page."""
    page = Page(path)
    reader = _Reader(page)
    reader.feed(data.decode("utf-8", "replace"))
    reader.finish()
    return page


def accounts_in(text: str) -> set[str]:
    """Find the account numbers (IBAN) that a text shows: those whose check digits are right (ISO 13616)."""
    found = set()
    for match in _ACCOUNT.finditer(text.upper()):
        letters = re.sub("[^A-Z0-9]", "", match[1])
        # Words may follow; each country has one length, so at most one beginning is an account.
        lengths = range(_SHORTEST, min(len(letters), _LONGEST) + 1)
        found |= {letters[:length] for length in lengths if iban.is_valid(letters[:length])}
    return found


class PageCheck:
    """Looks at every page that a giver passes, in each language of the charter.

    `ahead` are accounts (IBAN) that an amendment in the log announces: a page may show them beside the present one.
    """

    def __init__(
        self, source: Source, findings: Findings, charter: dict[str, Any], ahead: AbstractSet[str] = frozenset()
    ) -> None:
        self._source, self._findings, self._charter = source, findings, charter
        bank = charter["rails"].get("bank", {})
        self._own = {re.sub("[^A-Z0-9]", "", str(bank["iban"]).upper())} if "iban" in bank else set()
        self._known = self._own | ahead
        self.percent: int | None = None
        self.scripts: dict[str, str] = {}
        """Path of each script that a page loads → base64 SHA-256."""

    def run(self) -> None:
        """Check all pages. Raises `InputError` when the site can't be reached."""
        for path in self._paths():
            page = self._read(path)
            if page is not None:
                self._check(page)
        for tag in (*self._charter["languages"], *_EVERYWHERE):
            for place in ("ask", "offer"):
                self._note(f"{tag}/{place}/offline.html")

    def _note(self, path: str) -> None:
        """Note a file that people carry around: all of it is program, and members sign it like one."""
        with contextlib.suppress(FileNotFoundError):
            self.scripts[path] = encode_base64(sha256(self._source.read(path, MAX_PAGE)).digest())

    def _paths(self) -> list[str]:
        places = ("", "give/", "receipt/", "books/", "how/", "story/")
        sealed = ("ask/", "offer/", "mailbox/")
        languages = self._charter["languages"]
        more = [f"{tag}/{place}" for tag in dict.fromkeys((*languages, *_EVERYWHERE)) for place in sealed]
        return ["", *(f"{tag}/{place}" for tag in languages for place in places), *more]

    def _read(self, path: str) -> Page | None:
        for name in (path, f"{path}index.html") if path else ("index.html",):
            try:
                return read_page(name, self._source.read(name, MAX_PAGE))
            except FileNotFoundError:
                continue
        return None

    def _check(self, page: Page) -> None:
        shown = accounts_in(page.text)
        for account in sorted(shown - self._known):
            self._findings.fail(
                N_("This page shows the account %(account)s, which is not the one in the charter."),
                file=page.path, account=account,
            )  # fmt: skip
        if page.takes_gifts:
            self._check_payee(page, shown)
        if page.has_inline:
            self._findings.fail(N_("A script stands inside this page; no page of a fund has one."), file=page.path)
        for script in page.scripts:
            self._check_script(page, script)
        if page.percent is not None:
            self.percent = max(self.percent or 0, page.percent)

    def _check_payee(self, page: Page, shown: set[str]) -> None:
        if self._own and not shown & self._own:
            self._findings.fail(N_("This page does not show the account that the charter names."), file=page.path)
        holder = " ".join(str(self._charter["payee"]["holder"]).translate(_DIGITS).split())
        if holder not in page.text:
            self._findings.fail(
                N_("This page does not name the payee of the charter, %(payee)s."), file=page.path, payee=holder
            )

    def _check_script(self, page: Page, script: str) -> None:
        # Resolved as a browser does, from a host that can't exist: whatever leaves it, left the fund's folder.
        base = f"https://fund.invalid/fund/{page.path}"
        address = urljoin(base, script)
        if not address.startswith("https://fund.invalid/fund/"):
            self._findings.fail(
                N_("This page loads a script from another place: %(script)s."), file=page.path, script=script[:200]
            )
            return
        path = address.removeprefix("https://fund.invalid/fund/")
        if path in self.scripts:
            return
        try:
            self.scripts[path] = encode_base64(sha256(self._source.read(path, MAX_SCRIPT)).digest())
        except FileNotFoundError:
            self._findings.note(N_("This page names a script that is not there."), file=page.path)
