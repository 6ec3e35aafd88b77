"""On PostgreSQL a backup is a dump of the fund's schema; the way back is the same."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys

import pytest
from django.db import connections

from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fund_world import Team
from tests.postgres_fixture import Cluster

pytestmark = pytest.mark.postgres


def panah(database, *words):
    done = subprocess.run(
        [sys.executable, "-m", "panah.cli.main", "site", *map(str, words)], capture_output=True, text=True, timeout=120,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "panah.settings.site", "PANAH_DATABASE": database}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_fund_in_postgresql_is_backed_up_and_brought_back(tmp_path, postgres_cluster: Cluster):
    first, second = postgres_cluster.new_database(), postgres_cluster.new_database()
    team = Team(tmp_path / "home", now=dt.datetime.now(dt.UTC))
    team.found(database=first)
    team.open()
    team.give(2500)
    sequence(team.fund)
    stop_writers()
    connections[team.fund.alias].close()
    del connections[team.fund.alias]
    del connections.databases[team.fund.alias]
    out, back = tmp_path / "one.backup", tmp_path / "back"
    panah(first, "backup", "--out", out, "--with-keys", "--home", team.fund.home)
    panah(second, "restore", out, "--home", back, "--mirror", team.fund.public)
    ours, theirs = (
        json.loads(panah(database, "status", "--json", "--home", place))["funds"]
        for database, place in ((first, team.fund.home), (second, back))
    )
    assert ours == theirs
    assert ours[0]["counted"] == "25.00 EUR"
