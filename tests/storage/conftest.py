"""Every test of storage runs on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections

from panah.storage.funds import FundHome
from panah.storage.writer import stop_writers
from tests.storage.lab import make_fund


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Give the address of an empty database: none for SQLite."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def new_fund(tmp_path: Path, database: str) -> Iterator[Callable[..., FundHome]]:
    """Give a maker of funds; their writers and connections end with the test."""
    made: list[FundHome] = []

    def make(**options: object) -> FundHome:
        made.append(make_fund(tmp_path, database=database, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    stop_writers()
    for fund in made:
        connections[fund.alias].close()
        del connections[fund.alias]
