"""A confirmed gift, and the whole path of a giver through the forms, beside a bare view with the same group commit.

`python -m benches.gifts`. Each round: the floor takes events, ours takes as many, then givers walk through the forms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from benches.ground import Server, folder, free_port, granian, need, serving
from benches.home import BenchFund, make_fund
from benches.load import Load, load
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from panah.core.money import Money
from panah.rails.bank.epc import epc_text
from panah.rails.bank.reference import new_reference
from panah.site.gifts.transfer import draw_code

SENDERS = 32
EVENTS = "/rails/fake/event"
FORM, RECEIPT = "/en/give/", "/en/receipt/"
Runs = dict[str, list[Load]]


def send_events(server: Server, files: Iterator[Path], count: int, seconds: float) -> Load:
    """Send one file of events, each once, all answered well."""
    done = load(server, EVENTS, "once.lua events.lua", str(next(files)), seconds=seconds, connections=SENDERS)
    if done.finished != count:
        raise RuntimeError(f"{count} events in {seconds} s were too many: use --events {done.finished // 2}")
    return done


def walk(server: Server, rail: str, seconds: float) -> Load:
    """Let givers walk: form, promise, receipt."""
    return load(server, FORM, "paths.lua", FORM, RECEIPT, rail, seconds=seconds, connections=SENDERS)


def runs_of(made: BenchFund, place: Path, asked: argparse.Namespace) -> Runs:
    """Measure everything in turns."""
    count = asked.events
    with ExitStack() as stack:
        lists = [made.write_events(place / f"events-{number}", count) for number in range(asked.rounds + 1)]
        servers = {"ours": stack.enter_context(made.served())}
        for name, environment in (("group_commit", {"BENCH_PLACE": str(place)}), ("hello", {})):
            port = free_port()
            command = granian(f"benches.floors.{name}:application", port)
            servers[name] = stack.enter_context(serving(command, port, env=environment))
        ours, floor = servers["ours"], servers["group_commit"]
        for_ours, for_floor = iter(lists), iter(lists)
        steps: dict[str, Callable[[], Load]] = {
            "floor": partial(send_events, floor, for_floor, count, 40),
            "ours": partial(send_events, ours, for_ours, count, 40),
            "path": partial(walk, ours, "fake", asked.seconds),
            "bank": partial(walk, ours, "bank", asked.seconds),
            "hello": partial(load, servers["hello"], "/hello", seconds=asked.seconds),
            "form": partial(load, ours, FORM, seconds=asked.seconds),
        }
        in_turns(1, steps)
        before = made.booked()
        runs = in_turns(asked.rounds, steps)
        if made.booked() - before != asked.rounds * count:
            raise RuntimeError("a gift was acknowledged and is not booked")
        sizes = [len(ours.get(f"/{tag}/give/")[2]) for tag in ("en", "fa")]
    runs["size"] = [Load(1, size, 0, 0, 0) for size in sizes]
    return runs


def rates(runs: Runs, name: str) -> list[float]:
    return [one.per_second for one in runs[name]]


def cpu(runs: Runs, name: str) -> list[float]:
    return [one.cpu_ms for one in runs[name]]


def lines_of(runs: Runs) -> Iterator[Line]:
    """Tell the figures."""
    for name, what in (
        ("floor", "bare Django view + group commit"),
        ("ours", "a confirmed gift"),
        ("path", "form, promise, receipt (no QR)"),
        ("bank", "form, transfer with QR, receipt"),
        ("hello", "Django hello, our middlewares"),
        ("form", "GET /en/give/"),
    ):
        p99 = middle([one.p99 for one in runs[name]])
        note = f"{middle(cpu(runs, name)):.3f} CPU-ms, p99 {p99:.1f} ms"
        yield Line(what, middle(rates(runs, name)), "/s", note=note)
    by_cpu = ratio(cpu(runs, "floor"), cpu(runs, "ours"))
    late = ratio([one.p99 for one in runs["ours"]], [one.p99 for one in runs["floor"]])
    whole = ratio(cpu(runs, "floor"), cpu(runs, "path"))
    yield Line("a confirmed gift / floor", ratio(rates(runs, "ours"), rates(runs, "floor")), limit=">= 0.5",
               note=f"{by_cpu:.2f} by processor time")  # fmt: skip
    yield Line(f"its p99 / the floor's, {SENDERS} senders", late, limit="<= 3")
    yield Line("whole path / floor", ratio(rates(runs, "path"), rates(runs, "floor")), limit=">= 0.12",
               note=f"{whole:.3f} by processor time")  # fmt: skip
    yield Line("form / Django hello, processor time", ratio(cpu(runs, "form"), cpu(runs, "hello")), limit="<= 3")
    yield Line("form, the larger of en and fa", max(rates(runs, "size")) / 1000, "kB", limit="<= 20")
    yield Line("a QR code alone (segno)", code_cost(), "CPU-ms")


def code_cost(times: int = 40) -> float:
    """Draw codes as the transfer page does; milliseconds each."""
    text = epc_text("Lantern Writers Union e.V.", "DE44999900000020211807", Money(2500, "EUR"), new_reference())
    spent = []
    for _ in range(times):
        began = time.process_time()
        draw_code(text, "Banking apps read this code")
        spent.append((time.process_time() - began) * 1000)
    return median(spent)


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=7, seconds=3)
    parser.add_argument("--events", type=int, default=8000, help="gifts a round (default %(default)s)")
    asked = parser.parse_args(words)
    need("wrk")
    with folder() as place:
        lines = list(lines_of(runs_of(make_fund(place / "home"), place, asked)))
    show("Gifts, one core, SQLite FULL, 32 senders", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
