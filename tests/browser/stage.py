"""Where the stories play: the served fund, the manners in which people come, and a visitor who watches."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from panah.core.statement import begin
from panah.proof import canonical
from panah.proof.tiles import parse_bundle
from panah.site.funds.actions import carry_out
from panah.site.funds.texts import Attached
from panah.site.gifts.queries import fund_rules
from panah.site.publish.tongues import tongue
from panah.site.publish.words import Words
from panah.storage.funds import FundHome
from tests.fundlab import signed
from tests.stripe_local.server import LocalStripe

SHOTS = Path(__file__).parent / "shots"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Manner:
    """How somebody comes: language, width of the window, with script or without."""

    lang: str = "en"
    width: int = 1280
    script: bool = True
    scheme: str = "light"

    def __str__(self) -> str:
        return f"{self.lang}-{self.width}-{'script' if self.script else 'plain'}-{self.scheme}"


WIDE, PHONE = Manner(), Manner("fa", 360)
WIDE_PLAIN, PHONE_PLAIN = Manner(script=False), Manner("fa", 360, script=False)
EVERY_MANNER = [
    Manner(lang, width, script) for lang in ("en", "fa") for width in (1280, 360) for script in (True, False)
]
FOUR_MANNERS = [WIDE, WIDE_PLAIN, PHONE, PHONE_PLAIN]


@dataclass(frozen=True)
class Stage:
    """A served fund, and what its members can do from their own machines while it runs.

    `address` is the fund's own folder; the one at `/` has the others of its site `beside` it.
    """

    address: str
    fund: FundHome
    aside: Executor
    """Another thread: Playwright keeps an event loop in ours, and Django touches no database beside one."""
    stripe: LocalStripe | None = None
    """The card provider, when a fund of this site takes cards."""

    def beside(self, slug: str) -> Stage:
        """Give another fund of this site."""
        return replace(self, address=f"{self.address}/f/{slug}", fund=FundHome(self.fund.home, slug))

    def say(self, kind: str, *names: str, attached: Attached | None = None, **fields: object) -> None:
        """Two members (unless named) sign a statement; it is carried out beside the running site."""

        def carry() -> None:
            body = begin(kind, fund_rules(self.fund).origin, **fields)
            carry_out(self.fund, signed(body, *names), dt.datetime.now(dt.UTC), attached)

        self.aside.submit(carry).result()

    def publish(self, name: str, texts: dict[str, dict[str, str]]) -> None:
        """Two members publish a text; the page is there when this returns."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        salt = base64.b64encode(secrets.token_bytes(16)).decode()
        data = canonical.encode({"id": name, "day": today, "salt": salt, "texts": texts, "images": []})
        digest = base64.b64encode(sha256(data).digest()).decode()
        self.say("update", day=today, id=name, text=digest, attached=Attached(data))
        place = self.fund.public / "en" / ("story" if name == "story" else f"updates/{name}") / "index.html"
        self.becomes_true(lambda: place.is_file() and texts["en"]["title"] in place.read_text())

    def fingerprint(self) -> str:
        """SHA-256 of leaf 0, read from the published log as any client would."""
        bundle = next((self.fund.log / "tile/entries/000.p").iterdir())
        return sha256(parse_bundle(bundle.read_bytes(), int(bundle.name))[0]).hexdigest()

    @staticmethod
    def becomes_true(holds: Callable[[], object]) -> None:
        """Ask again until it holds; what the site does beside the requests takes its time."""
        until = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < until, "it never came true"
            threading.Event().wait(0.1)

    def bank_list_comes(self, *transfers: tuple[str, int]) -> None:
        """Two treasurers have read the bank's statement: (reference, amount in cents) of each line."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        lines = [
            {
                "line": base64.b64encode(secrets.token_bytes(32)).decode(), "kind": "credit", "cur": "EUR",
                "amount": amount, "day": today, "ref": reference,
            }
            for reference, amount in transfers
        ]  # fmt: skip
        self.say("bank-list", id=base64.b64encode(secrets.token_bytes(16)).decode(), upto=today, lines=lines)


class Visitor:
    """A person with a browser. `complaints` says what no visit may show; the fixture reads it at the end."""

    def __init__(self, browser: Browser, stage: Stage, manner: Manner, **options: Any) -> None:
        self.stage, self.manner = stage, manner
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.context = browser.new_context(
            viewport={"width": manner.width, "height": 800}, java_script_enabled=manner.script,
            color_scheme=manner.scheme, **options,
        )  # fmt: skip
        self.page = self.context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        provider = (self.stage.stripe.address,) if self.stage.stripe else ()
        if not request.url.startswith((self.stage.address, "data:", "blob:", *provider)):
            self.complaints.append(f"third party: {request.url}")

    def _answered(self, response: Response) -> None:
        # A page may say 404, 409 or 422; what a page loads may not.
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.complaints.append(f"{response.status}: {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def goes_to(self, path: str) -> None:
        """Open a page in the visitor's language; `path` is below it."""
        self.page.goto(f"{self.stage.address}/{self.manner.lang}/{path}")

    @property
    def place(self) -> str:
        """Path of the page that is open."""
        return urlsplit(self.page.url).path

    def looks(self, name: str) -> None:
        """The page fits its window; keep a picture when pictures are wanted."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.manner.width, f"{name} is {wide} wide and scrolls sideways"
        if os.environ.get("PANAH_SHOTS"):
            self.page.screenshot(path=SHOTS / f"{name}-{self.manner}.png", full_page=True)

    def words(self, sentence: str, **data: object) -> str:
        """An English sentence of ours as this visitor reads it."""
        with override(tongue(self.manner.lang).django):
            said = gettext(sentence)
        return said % data if data else said

    def money(self, minor: int) -> str:
        return Words.of(self.manner.lang, "EUR").money(minor)

    def today(self) -> str:
        return Words.of(self.manner.lang, "EUR").day(dt.datetime.now(dt.UTC).date())

    def digits(self, text: str) -> str:
        """How this visitor types a number."""
        return text.translate(PERSIAN) if self.manner.lang == "fa" else text

    @contextlib.contextmanager
    def sent_form(self) -> Iterator[list[str]]:
        """Give the bodies of the forms that were sent meanwhile."""
        before, bodies = len(self.requests), []
        yield bodies
        bodies += [request.post_data or "" for request in self.requests[before:] if request.method == "POST"]
