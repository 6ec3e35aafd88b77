"""A real site process for tests: `panah site serve` on a free port of this machine, ended at the end."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site: its address without a final slash, and its process."""

    address: str
    process: subprocess.Popen[str]
    lines: list[str]

    def workers(self) -> set[int]:
        """Give its processes that answer."""
        root = self.process.pid
        return set(map(int, Path(f"/proc/{root}/task/{root}/children").read_text().split()))

    def wait_for(self, beginning: str, lines: queue.SimpleQueue[str | None]) -> str:
        """Give the first line that begins so; fail with everything it printed when the process ends before."""
        while (line := lines.get(timeout=90)) is not None:
            self.lines.append(line)
            if line.startswith(beginning):
                return line
        raise AssertionError("the site ended:\n" + "".join(self.lines))


@contextmanager
def running_site(
    home: Path, database: str = "", command: tuple[str, ...] = ("site", "serve"), port: int = 0
) -> Iterator[Site]:
    """Start the site and wait for its `site:` line; SIGTERM ends it."""
    port = port or free_port()
    environment = os.environ | {"PANAH_HOME": str(home), "PANAH_PORT": str(port), "PANAH_DATABASE": database}
    environment |= {"DJANGO_SETTINGS_MODULE": "panah.settings.site", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "panah.cli.main", *command],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    site = Site(f"http://127.0.0.1:{port}", process, [])
    try:
        site.wait_for("site: ", lines)
        yield site
    finally:
        process.terminate()
        process.wait(timeout=30)
        reader.join(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
        while not lines.empty():
            if (line := lines.get()) is not None:
                site.lines.append(line)
