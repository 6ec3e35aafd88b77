"""A PostgreSQL of our own for the tests: Debian's programs, a folder that is thrown away, durable commits.

It listens on a free port of 127.0.0.1 with a password made for this run, so that nobody else on the
machine gets in. The server dies with the process that started it, however that one ends.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

USER = "panah"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
START_SECONDS = 60


@dataclass
class Cluster:
    """A running server."""

    port: int
    password: str
    pid: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and give its address."""
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


def _programs() -> Path:
    """Find initdb and postgres: Debian keeps each version in its own folder, outside PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if not found:
        pytest.fail("PostgreSQL is not here: tools/apt.sh test installs it.")
    return Path(found).resolve().parent


def _as_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then its files and processes belong to its own account."""
    command = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return [*command, "--"]
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return [*command, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _init(programs: Path, prefix: list[str], folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # inside a 0700 folder
    initdb = [programs / "initdb", "--pgdata", folder / "data", "--username", USER, "--auth", "scram-sha-256"]
    initdb += ["--pwfile", secret, "--encoding", "UTF8", "--locale", "C", "--no-instructions"]
    subprocess.run([*prefix, *initdb], check=True, stdout=subprocess.DEVNULL, cwd=folder)


def _ready(server: subprocess.Popen[bytes], cluster: Cluster) -> bool:
    """Wait until it answers; False when it ended instead (somebody took the port)."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(cluster.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


@contextlib.contextmanager
def running_cluster(place: str = "/tmp", before: Sequence[str] = ()) -> Iterator[Cluster]:
    """Start a server, give it, stop it and remove everything. `before` is what runs it, such as `taskset -c 0`."""
    folder = Path(tempfile.mkdtemp(prefix="panah-pg-", dir=place))
    server = None
    try:
        programs, prefix, password = _programs(), _as_user(folder), secrets.token_hex(16)
        _init(programs, prefix, folder, password)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in _SETTINGS.items()]
        for _attempt in range(5):
            cluster = Cluster(_free_port(), password)
            command = [
                *before,
                *prefix,
                programs / "postgres",
                "-D",
                folder / "data",
                "-k",
                folder,
                "-p",
                str(cluster.port),
            ]
            with (folder / "server.log").open("ab") as log:
                server = subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=folder)
            cluster.pid = server.pid
            if _ready(server, cluster):
                break
        else:
            pytest.fail((folder / "server.log").read_text(errors="replace"))
        yield cluster
    finally:
        if server:
            server.send_signal(2)  # SIGINT: end every session, then stop in order
            server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)
