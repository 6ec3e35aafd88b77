"""A team with its fund; writers and connections end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from panah.storage.writer import stop_writers
from tests.fund_world import Team
from tests.site.relays import closed_world, world  # noqa: F401 - fixtures


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    stop_writers()
    if made.fund.alias in connections.databases:
        connections[made.fund.alias].close()
        del connections[made.fund.alias]
        del connections.databases[made.fund.alias]


@pytest.fixture
def opened(team: Team) -> Team:
    team.found()
    team.open()
    return team
