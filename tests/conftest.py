"""What every test may ask for: PostgreSQL, a real browser, and the rules that all tests run under.

Sockets reach this machine only and warnings are errors (pyproject.toml). Hypothesis draws the same
examples on every run; `make test-long` draws new ones, many more, and prints how to replay a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import tests.django_ready  # noqa: F401 - before anything that has tables
from tests.browser_fixture import launched_chromium
from tests.postgres_fixture import Cluster, running_cluster

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A shared machine may be slow for a while: time is never what a property is about.
_CALM = {
    "deadline": None,
    "database": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("ci", derandomize=True, **_CALM)
settings.register_profile("long", max_examples=2000, **_CALM)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One PostgreSQL for this worker, fsync on, gone at the end."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> str:
    """The address of a fresh, empty database."""
    return postgres_cluster.new_database()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, in its own profile. Close what you open: `with browser.new_page() as page`."""
    with launched_chromium() as chromium:
        yield chromium
