"""Ctrl-C in a terminal reaches the server and its worker at once; both end, every time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sitelab import free_port
from tests.story.test_running_site import make_fund


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_ends_server_and_worker(tmp_path: Path, ending: signal.Signals) -> None:
    home = make_fund(tmp_path / "home").fund.home
    for _ in range(4):  # before the worker left the group, about one in four stayed for ever
        environment = os.environ | {"PANAH_HOME": str(home), "PANAH_PORT": str(free_port()), "PANAH_DATABASE": ""}
        environment |= {"DJANGO_SETTINGS_MODULE": "panah.settings.site"}
        with subprocess.Popen(
            [sys.executable, "-m", "panah.cli.main", "site", "serve"],
            env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
        ) as server:  # fmt: skip
            assert server.stdout is not None
            assert server.stdout.readline().startswith("site: ")
            os.killpg(server.pid, ending)
            server.wait(timeout=15)
            # The worker held our pipe: its end is the end of the output.
            assert server.stdout.read() == ""
