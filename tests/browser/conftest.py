"""One running fund per module, and visitors with a real browser: script on and off, wide and narrow, both ways.

Every visitor watches all along: an error in the console, a broken policy, an answer from another host or a
page that scrolls sideways fails the story, whatever it is about.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser

from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.funds import FundHome, list_funds
from panah.storage.writer import stop_writers
from tests.browser.stage import SHOTS, Manner, Stage, Visitor
from tests.fundlab import make_open_fund
from tests.sitelab import free_port, running_site
from tests.stripe_local.server import LocalStripe, local_stripe


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The fund of this module, served. A module's TERMS replace parts of the demo charter.

    Its FUNDS are further ones of the same site: short name → their own terms. Where one takes cards, there is a
    provider, and the site knows its own address.
    """
    home = tmp_path_factory.mktemp("home")
    terms = {"batch": 1} | getattr(request.module, "TERMS", {})
    funds = {"lantern": terms} | {name: terms | own for name, own in getattr(request.module, "FUNDS", {}).items()}
    with contextlib.ExitStack() as stack:
        stripe = (
            stack.enter_context(local_stripe())
            if any("card" in own.get("rails", ()) for own in funds.values())
            else None
        )
        aside = stack.enter_context(ThreadPoolExecutor(1))
        port = free_port()
        fund = aside.submit(found, home, funds, stripe, f"http://127.0.0.1:{port}" if stripe else "").result()
        if stripe:
            stack.enter_context(pytest.MonkeyPatch.context()).setenv("PANAH_STRIPE_API", stripe.address)
        site = stack.enter_context(running_site(home, port=port))
        yield Stage(site.address, fund, aside, stripe)
        aside.submit(leave, home).result()


def found(home: Path, funds: dict[str, dict[str, object]], stripe: LocalStripe | None, address: str) -> FundHome:
    """Found the funds of a site; give the one at `/`."""
    for slug, terms in funds.items():
        fund = make_open_fund(home, slug=slug, now=dt.datetime.now(dt.UTC), **terms)
        if stripe:
            (fund.folder / "card.key").write_text(stripe.key)
            (fund.folder / "card.webhook").write_bytes(stripe.secret)
    primary = FundHome(home, next(iter(funds)))
    write_site(Host(home, primary.slug, address))
    leave(home)
    return primary


def leave(home: Path) -> None:
    """Let go of the funds' databases."""
    stop_writers()
    for fund in list_funds(home):
        connections[fund.alias].close()


@pytest.fixture
def come(browser: Browser, stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Let somebody come to the site: `come(manner)`; each has a browser of their own. `at` names another fund."""
    visitors: list[Visitor] = []

    def arrive(manner: Manner, at: str = "", **options: object) -> Visitor:
        visitors.append(Visitor(browser, stage.beside(at) if at else stage, manner, **options))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture
def visitor(come: Callable[..., Visitor], manner: Manner) -> Visitor:
    """The one visitor of a story told in several manners."""
    return come(manner)


@pytest.fixture(scope="session", autouse=True)
def shots() -> None:
    """Start with an empty folder when pictures are wanted (PANAH_SHOTS=1)."""
    if os.environ.get("PANAH_SHOTS"):
        SHOTS.mkdir(exist_ok=True)
