"""On PostgreSQL: a confirmed gift beside a bare Django insert, and four site processes beside one.

`python -m benches.postgres`. First part: servers and PostgreSQL on core 0, wrk on core 1, as everywhere. Second part:
site processes, PostgreSQL and wrk share both cores, because two cores are what four processes are for; what wrk
takes of them is told, and is not counted as the site's.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benches.gifts import FORM, RECEIPT, SENDERS, send_events
from benches.ground import BOTH_CORES, Server, folder, free_port, granian, need, postgresql, serving
from benches.home import make_fund
from benches.load import Load, load
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict

GIVERS = 64
"""Connections of the second part: one process is busy with a quarter of them."""


def confirmations(place: Path, asked: argparse.Namespace) -> Iterator[Line]:
    """Measure confirmed gifts beside the floor."""
    count = asked.events
    with postgresql() as cluster, ExitStack() as stack:
        made = make_fund(place / "home", database=cluster.new_database())
        lists = [made.write_events(place / f"events-{number}", count) for number in range(asked.rounds + 1)]
        ours = stack.enter_context(made.served(also=(cluster.pid,)))
        port, database = free_port(), cluster.new_database()
        command = granian("benches.floors.insert:application", port)
        floor = stack.enter_context(serving(command, port, env={"BENCH_DATABASE": database}, also=(cluster.pid,)))
        for_ours, for_floor = iter(lists), iter(lists)
        steps: dict[str, Callable[[], Load]] = {
            "floor": partial(send_events, floor, for_floor, count, 60),
            "ours": partial(send_events, ours, for_ours, count, 60),
        }
        in_turns(1, steps)
        before = made.booked()
        runs = in_turns(asked.rounds, steps)
        if made.booked() - before != asked.rounds * count:
            raise RuntimeError("a gift was acknowledged and is not booked")
    for name, what in (("floor", "bare Django insert"), ("ours", "a confirmed gift")):
        cpu, p99 = (middle([getattr(one, field) for one in runs[name]]) for field in ("cpu_ms", "p99"))
        yield Line(what, middle(_rates(runs[name])), "/s", note=f"{cpu:.3f} CPU-ms with PostgreSQL, p99 {p99:.1f} ms")
    by_cpu = ratio([one.cpu_ms for one in runs["floor"]], [one.cpu_ms for one in runs["ours"]])
    yield Line("a confirmed gift / bare Django insert", ratio(_rates(runs["ours"]), _rates(runs["floor"])),
               limit=">= 0.7", note=f"{by_cpu:.2f} by processor time")  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """Paths through the forms, and what wrk itself took for one, CPU-ms."""

    load: Load
    wrk: float


def walk(server: Server, seconds: float) -> Walk:
    """Let givers walk: form, promise, receipt."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = load(server, FORM, "paths.lua", FORM, RECEIPT, "fake", seconds=seconds, connections=GIVERS, core=BOTH_CORES)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Walk(done, taken * 1000 / done.finished)


def processes(place: Path, asked: argparse.Namespace) -> Iterator[Line]:
    """Measure the form path with one process and with four, each on a fund of its own in one PostgreSQL."""
    with postgresql(BOTH_CORES) as cluster, ExitStack() as stack:
        steps: dict[str, Callable[[], Walk]] = {}
        for name, workers in (("one", 1), ("four", 4)):
            made = make_fund(place / name, database=cluster.new_database())
            server = stack.enter_context(made.served(workers=workers, core=BOTH_CORES, also=(cluster.pid,)))
            steps[name] = partial(walk, server, asked.seconds)
        in_turns(1, steps)
        runs = in_turns(asked.rounds, steps)
    for name, what in (("one", "form, promise, receipt: one process"), ("four", "the same: four processes")):
        loads = [one.load for one in runs[name]]
        note = (
            f"{middle([one.cpu_ms for one in loads]):.2f} CPU-ms with PostgreSQL, p99"
            f" {middle([one.p99 for one in loads]):.0f} ms; wrk {middle([one.wrk for one in runs[name]]):.3f} CPU-ms"
        )
        yield Line(what, middle(_rates(loads)), "/s", note=note)
    one, four = ([each.load for each in runs[name]] for name in ("one", "four"))
    yield Line("paths, four processes / one", ratio(_rates(four), _rates(one)), limit=">= 1.2")
    by_cpu = ratio([each.cpu_ms for each in four], [each.cpu_ms for each in one])
    yield Line("CPU of a path, four processes / one", by_cpu, limit="<= 1.15")


def _rates(loads: Sequence[Load]) -> list[float]:
    return [one.per_second for one in loads]


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=5, seconds=5)
    parser.add_argument("--events", type=int, default=5000, help="gifts a round (default %(default)s)")
    asked = parser.parse_args(words)
    need("wrk")
    with folder() as place:
        first = list(confirmations(place, asked))
        show(f"Gifts on PostgreSQL, one core, {SENDERS} senders", first)
        second = list(processes(place, asked))
        show(f"Many processes on PostgreSQL, both cores for site, database and load, {GIVERS} givers", second)
    return verdict([*first, *second], asked.check)


if __name__ == "__main__":
    run(main)
