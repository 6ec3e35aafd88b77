"""A team of three for tests of the desk."""

from __future__ import annotations

import pytest

from tests.desklab import Team


@pytest.fixture
def team(tmp_path):
    made = Team(tmp_path / "desks")
    yield made
    made.close()
