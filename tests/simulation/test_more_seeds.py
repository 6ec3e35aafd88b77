"""The other half of the seeds: a file of its own, so that a second worker takes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.machine import drop_templates
from tests.simulation.seeds import chunks, live_through


@pytest.fixture(scope="module", autouse=True)
def _templates() -> Iterator[None]:
    yield
    drop_templates()


@pytest.mark.parametrize("seeds", chunks(1), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_every_seed_keeps_every_promise(seeds: range) -> None:
    live_through(seeds)
