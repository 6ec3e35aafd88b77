"""What every bench stands on: servers on one core, load on the other, processor time as the kernel counts it.

Everything listens on 127.0.0.1. Whatever was started is ended, by its process group, also after a failure.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.postgres_fixture import Cluster, running_cluster

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, LOAD_CORE = "0", "1"
BOTH_CORES = "0,1"
_TICK = os.sysconf("SC_CLK_TCK")


class MissingError(Exception):
    """A program that this bench drives is not here."""


def need(*programs: str) -> None:
    """Refuse to start without these; `make bench` installs them on Debian."""
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        raise MissingError(f"{', '.join(missing)} not found: tools/apt.sh bench installs it")


def pinned(core: str, command: Sequence[str]) -> list[str]:
    """Keep a command on one core, where there is more than one."""
    return ["taskset", "-c", core, *command] if (os.cpu_count() or 1) > 1 else list(command)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for one run on a real disk: an fsync into memory would flatter everybody."""
    place = "/var/tmp" if Path("/var/tmp").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="panah-bench-", dir=place) as name:
        yield Path(name)


@contextlib.contextmanager
def postgresql(core: str = SERVER_CORE) -> Iterator[Cluster]:
    """Run Debian's PostgreSQL, fsync and synchronous_commit on, files on a real disk, until the block ends."""
    before = pinned(core, [])
    with running_cluster("/var/tmp" if Path("/var/tmp").is_dir() else "/tmp", before) as cluster:
        yield cluster


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> set[int]:
    """A process and everything below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def memory_of(pid: int) -> float:
    """MB that one process takes up (proc(5), smaps_rollup: Pss); 0 when it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _cpu_ms(*roots: int) -> float:
    """User and system time of these processes and all below them."""
    ticks = 0
    for pid in set().union(*map(_family, roots)):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks * 1000 / _TICK


def children(pid: int) -> set[int]:
    """Everything below a process."""
    return _family(pid) - {pid}


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    also: tuple[int, ...] = ()
    """Processes that work for it and are no children of its own: its database."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_ms(self) -> float:
        """Processor time of the whole tree and its database so far, with children that already ended."""
        return _cpu_ms(self.process.pid, *self.also)

    def own_cpu_ms(self) -> float:
        """The same without its database."""
        return _cpu_ms(self.process.pid)

    def memory(self) -> float:
        """MB of the server's own tree; a page that several processes share is counted in parts (PSS)."""
        return sum(memory_of(pid) for pid in _family(self.process.pid))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], bytes]:
        """Fetch once."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {key.lower(): value for key, value in answer.headers.items()}, answer.read()


@contextlib.contextmanager
def serving(
    command: Sequence[str],
    port: int,
    *,
    path: str = "/",
    env: Mapping[str, str] | None = None,
    core: str = SERVER_CORE,
    also: tuple[int, ...] = (),
) -> Iterator[Server]:
    """Run a server on its core until the block ends; it must answer, whatever it says, within a minute."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            pinned(core, command), cwd=ROOT, env=os.environ | dict(env or {}), stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        server = Server(process, port, also)
        try:
            _wait_for(server, path)
            yield server
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode("utf-8", "replace")[-4000:])
            raise
        finally:
            _end(process)


def _wait_for(server: Server, path: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended at once: {server.process.args!r}")
        try:
            server.get(path)
        except urllib.error.HTTPError:
            return  # it answers
        except OSError as error:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server does not answer: {error}") from error
            time.sleep(0.05)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
            return


def granian(target: str, port: int, *, threads: int = 32) -> list[str]:
    """The command for a WSGI application as Panah runs its own: one process, blocking threads."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", str(threads), "--backlog", "1024", "--log-level", "error", target,
    ]  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """What a command cost: processor seconds, elapsed seconds, the largest resident set in MB."""

    cpu: float
    wall: float
    megabytes: float
    output: bytes


def spend(command: Sequence[str], *, core: str = SERVER_CORE) -> Spent:
    """Run a command to its end; it must succeed."""
    with tempfile.NamedTemporaryFile("r") as result, tempfile.TemporaryFile() as said:
        meter = [sys.executable, "-S", str(ROOT / "benches/meter.py"), result.name]
        begun = time.monotonic()
        done = subprocess.run(
            pinned(core, [*meter, *command]), cwd=ROOT, stdout=subprocess.PIPE, stderr=said, check=False
        )
        wall = time.monotonic() - begun
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{command} ended with {done.returncode}: {said.read()[-2000:]!r}")
        cpu, megabytes = map(float, result.read().split())
    return Spent(cpu, wall, megabytes, done.stdout)
