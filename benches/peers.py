"""Beside pretix, the ticket shop: what a site process takes up, how soon it answers, what an order or a gift costs.

`PANAH_PRETIX=DIR python -m benches.peers`, where DIR is a venv with pretix and gunicorn (docs/benchmarks.md says how to
make it). Both sites stand on the same PostgreSQL, both on core 0. pretix runs as it does without Celery and Redis: its
tasks inside the request, its mail into a sink. Without PANAH_PRETIX our own figures are told alone.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import os
import re
import socketserver
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benches.gifts import FORM, RECEIPT, send_events
from benches.ground import ROOT, Server, children, folder, free_port, memory_of, need, postgresql, serving
from benches.home import make_fund
from benches.load import Load, load
from benches.report import Line, arguments, run, show, verdict
from tests.postgres_fixture import Cluster

BUYERS = 4
SHOP = "/lantern/reading/"
ORDERS = "/api/v1/organizers/lantern/events/reading/orders/"


class _Sink(socketserver.StreamRequestHandler):
    """Takes mail and forgets it (RFC 5321, the least that a client needs)."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        in_text = False
        for line in self.rfile:
            word = line[:4].upper()
            if in_text:
                if line == b".\r\n":
                    in_text = False
                    self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                return
            else:
                in_text = word == b"DATA"
                self.wfile.write(b"354 go on\r\n" if in_text else b"250 yes\r\n")


@contextmanager
def mail_sink() -> Iterator[int]:
    """Listen for mail until the block ends; give the port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


@dataclass(frozen=True)
class Shop:
    """A pretix with one product."""

    server: Server
    token: str
    item: str
    ready: float

    def web_process(self) -> float:
        """MB of the one web process, without gunicorn's own."""
        return sum(memory_of(pid) for pid in children(self.server.process.pid))

    def order(self, seconds: float) -> Load:
        """Orders over the API, one after the other by each buyer."""
        return load(self.server, ORDERS, "orders.lua", self.token, self.item, seconds=seconds, connections=BUYERS)

    def checkout(self, seconds: float) -> Load:
        """Whole checkouts through the public pages."""
        before, until = self.server.cpu_ms(), time.monotonic() + seconds
        begun = time.monotonic()

        def shop() -> list[float]:
            taken = []
            while time.monotonic() < until:
                start = time.monotonic()
                buy(self.server.url + SHOP, self.item)
                taken.append((time.monotonic() - start) * 1000)
            return taken

        with ThreadPoolExecutor(BUYERS) as pool:
            taken = sorted(one for each in [pool.submit(shop) for _ in range(BUYERS)] for one in each.result())
        spent = self.server.cpu_ms() - before
        return Load(len(taken), len(taken) / (time.monotonic() - begun), median(taken), taken[-1], spent / len(taken))


def buy(shop: str, item: str) -> None:
    """Buy one ticket as a browser without script does."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    opener.addheaders = [("User-Agent", "Mozilla/5.0 (bench)"), ("Accept", "text/html"), ("Accept-Language", "en")]

    def fetch(url: str, fields: Mapping[str, str] | None = None) -> tuple[str, str]:
        data = urllib.parse.urlencode(fields).encode() if fields else None
        with opener.open(urllib.request.Request(url, data, {"Referer": url}), timeout=60) as answer:
            return answer.geturl(), answer.read().decode()

    def token(page: str) -> dict[str, str]:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return {"csrfmiddlewaretoken": found[1]} if found else {}

    _, page = fetch(shop)
    fetch(f"{shop}cart/add", token(page) | {f"item_{item}": "1"})
    url, page = fetch(f"{shop}checkout/start")
    for step, fields in (
        ("/questions/", {"email": "giver@example.org", "email_repeat": "giver@example.org"}),
        ("/payment/", {"payment": "banktransfer"}),
        ("/confirm/", {}),
    ):
        if step not in url:
            raise RuntimeError(f"the checkout is at {url}, not at {step}")
        url, page = fetch(url, token(page) | fields)
    if "/order/" not in url:
        raise RuntimeError(f"the checkout ended at {url}")


@contextmanager
def pretix(venv: Path, cluster: Cluster, place: Path) -> Iterator[Shop]:
    """Run a pretix of this venv until the block ends. Its empty tables are made once and kept beside it."""
    python, port, address = venv / "bin/python", free_port(), cluster.new_database()
    with mail_sink() as mail:
        parts = urllib.parse.urlsplit(address)
        env = {
            "PRETIX_DATABASE_BACKEND": "postgresql", "PRETIX_DATABASE_NAME": parts.path[1:],
            "PRETIX_DATABASE_USER": parts.username or "", "PRETIX_DATABASE_PASSWORD": parts.password or "",
            "PRETIX_DATABASE_HOST": "127.0.0.1", "PRETIX_DATABASE_PORT": str(parts.port),
            "PRETIX_PRETIX_DATADIR": str(place / "pretix"), "PRETIX_PRETIX_URL": f"http://127.0.0.1:{port}",
            "PRETIX_MAIL_HOST": "127.0.0.1", "PRETIX_MAIL_PORT": str(mail), "DJANGO_SETTINGS_MODULE": "pretix.settings",
        }  # fmt: skip
        (place / "pretix").mkdir()
        _make_tables(venv, address, env)
        told = _call([str(python), "-W", "ignore", str(ROOT / "benches/floors/pretix_shop.py")], env)
        found = re.search(r"shop item=(\d+) token=(\w+)", told)
        if not found:
            raise RuntimeError(f"pretix made no shop: {told[-500:]}")
        command = [str(venv / "bin/gunicorn"), "pretix.wsgi", "--bind", f"127.0.0.1:{port}"]
        begun = time.monotonic()
        with serving(command, port, path=SHOP, env=env, also=(cluster.pid,)) as server:
            yield Shop(server, found[2], found[1], time.monotonic() - begun)


def _make_tables(venv: Path, address: str, env: Mapping[str, str]) -> None:
    version = _call([str(venv / "bin/python"), "-c", "import pretix; print(pretix.__version__)"], env).split()[-1]
    kept = venv / f"panah-bench-{version}.dump"
    if kept.exists():
        subprocess.run(["pg_restore", "--no-owner", "--dbname", address, str(kept)], check=True)
        return
    _call([str(venv / "bin/python"), "-m", "pretix", "migrate"], env)
    subprocess.run(["pg_dump", "--format=custom", "--file", str(kept), address], check=True)


def _call(command: Sequence[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=os.environ | dict(env), check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


@dataclass(frozen=True)
class Figures:
    """What was measured of one site: seconds and CPU seconds until it answers, MB then, MB after the load."""

    ready: float
    started: float
    fresh: float
    used: float
    loads: dict[str, Load]


def ours(place: Path, cluster: Cluster, asked: argparse.Namespace) -> Figures:
    """Measure `panah site serve`; its memory is that of all its processes."""
    made = make_fund(place / "home", database=cluster.new_database())
    lists = iter([made.write_events(place / f"events-{number}", asked.events) for number in range(2)])
    begun = time.monotonic()
    with made.served(also=(cluster.pid,), path="/en/") as server:
        ready, fresh = time.monotonic() - begun, server.memory()
        started = server.own_cpu_ms() / 1000
        loads = {}
        for _ in range(2):  # the first is to warm up
            loads["a gift confirmed"] = send_events(server, lists, asked.events, 60)
            loads["form, promise, receipt"] = load(
                server, FORM, "paths.lua", FORM, RECEIPT, "fake", seconds=asked.seconds, connections=BUYERS
            )
        return Figures(ready, started, fresh, server.memory(), loads)


def theirs(place: Path, cluster: Cluster, venv: Path, asked: argparse.Namespace) -> Figures:
    """Measure pretix; its memory is that of its one web process, without gunicorn's own."""
    with pretix(venv, cluster, place) as shop:
        fresh, started = shop.web_process(), shop.server.own_cpu_ms() / 1000
        loads = {}
        for _ in range(2):
            loads["pretix: an order over its API"] = shop.order(asked.seconds)
            loads["pretix: a whole checkout"] = shop.checkout(asked.seconds)
        return Figures(shop.ready, started, fresh, shop.web_process(), loads)


def lines_of(own: Figures, other: Figures | None) -> Iterator[Line]:
    """Tell the figures."""
    for figures in filter(None, (own, other)):
        for what, one in figures.loads.items():
            yield Line(
                what, one.per_second, "/s", note=f"{one.cpu_ms:.2f} CPU-ms with PostgreSQL, p50 {one.p50:.0f} ms"
            )
    for what, name, unit in (
        ("until it answers", "ready", "s"),
        ("processor time until it answers", "started", "s"),
        ("memory when it answers", "fresh", "MB"),
        ("memory after the load", "used", "MB"),
    ):
        value = getattr(own, name)
        yield Line(f"{what}, our site", value, unit)
        if other:
            yield Line(f"{what}, a pretix web process", getattr(other, name), unit)
            limit = "" if name == "started" else "<= 0.5"
            yield Line(f"{what}, ours / pretix", value / getattr(other, name), limit=limit)


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=1, seconds=5)
    parser.add_argument("--events", type=int, default=4000, help="gifts a round (default %(default)s)")
    asked = parser.parse_args(words)
    need("wrk", "pg_dump", "pg_restore")
    venv = os.environ.get("PANAH_PRETIX", "")
    with folder() as place, postgresql() as cluster:
        own = ours(place, cluster, asked)
        other = theirs(place, cluster, Path(venv), asked) if venv else None
    lines = list(lines_of(own, other))
    show("Beside pretix, one core, PostgreSQL", lines)
    if not venv:
        print("\npretix was not measured: PANAH_PRETIX names no venv that has it (docs/benchmarks.md)")
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
