"""One running fund per module, and visitors with a real browser: script on and off, wide and narrow, both ways.

Every visitor watches all along: an error in the console, a broken policy, an answer from another host or a
page that scrolls sideways fails the story, whatever it is about.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import Browser

from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.funds import FundHome
from panah.storage.writer import stop_writers
from tests.browser.stage import SHOTS, Manner, Stage, Visitor
from tests.fundlab import make_open_fund
from tests.sitelab import running_site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The fund of this module, served. A module's TERMS replace parts of the demo charter."""
    home = tmp_path_factory.mktemp("home")
    terms = {"batch": 1} | getattr(request.module, "TERMS", {})

    def leave() -> None:
        stop_writers()
        connections["fund_lantern"].close()

    def found() -> FundHome:
        fund = make_open_fund(home, now=dt.datetime.now(dt.UTC), **terms)
        write_site(Host(home, fund.slug))
        leave()
        return fund

    with ThreadPoolExecutor(1) as aside:
        fund = aside.submit(found).result()
        with running_site(home) as site:
            yield Stage(site.address, fund, aside)
            aside.submit(leave).result()


@pytest.fixture
def come(browser: Browser, stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Let somebody come to the site: `come(manner)`; each has a browser of their own."""
    visitors: list[Visitor] = []

    def arrive(manner: Manner, **options: object) -> Visitor:
        visitors.append(Visitor(browser, stage, manner, **options))
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
