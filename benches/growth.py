"""What a gift costs when the books are long: the same fund with 1,000 gifts and with 100,000.

`python -m benches.growth`. Each round: new gifts are paid at both sites in turns, and each site's processor time is
taken until the last of them is in the log, on the pages and in the downloads. The long books also have more days and
months.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benches.gifts import send_events
from benches.ground import Server, folder, need, postgresql
from benches.home import BenchFund, make_fund
from benches.report import Line, arguments, in_turns, ratio, run, show, verdict
from panah.site.books.queries import FaceReader
from panah.site.gifts.booking import Arrival, book
from panah.site.publish.before import Before
from panah.site.publish.exports import FEW
from panah.site.publish.render import publish
from panah.storage.batch import Batch
from panah.storage.rows import GiftRow, new_gift_id
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers, writer_for

IN_ONE = 500
"""Gifts in one transaction while the books are filled."""
BATCH = 2
"""Seconds between two steps of the log: more steps and more publishing for each gift than by default (10)."""
DAYS = 250
"""Gifts of one day, so that 100,000 have 400 days."""


def fill(made: BenchFund, count: int) -> None:
    """Book gifts as events do, in large transactions of the fund's own writer, and bring them into the log."""
    writer, chance, today = writer_for(made.fund), random.Random(2021), made.now.date()

    def book_some(batch: Batch, first: int) -> None:
        for number in range(first, min(first + IN_ONE, count)):
            amount, day = chance.randrange(500, 20000), today - dt.timedelta(days=number // DAYS)
            row = GiftRow(new_gift_id(day), "fake", "EUR", amount, True, secrets.token_bytes(32), None, day)
            batch.add_gift(row)
            batch.add_event(f"fake:{row.id}-paid", row.id, "booked")
            book(batch, row, Arrival(amount, amount, day), today)

    for first in range(0, count, IN_ONE):
        writer.submit(partial(book_some, first=first))
    sequence(made.fund)


def steps_cost(made: BenchFund, times: int) -> list[float]:
    """Bring one gift more into the log and publish it, in this process; CPU-ms of the publishing each time."""
    reader, before = FaceReader(made.fund, ""), Before(made.fund.public)
    spent = []
    for number in range(times + 1):
        fill(made, 1)
        begun = time.process_time()
        publish(reader.view(), made.fund.public, before=before)
        if number:
            spent.append((time.process_time() - begun) * 1000)
    return spent


@dataclass(frozen=True)
class Books:
    """A site at work and its fund."""

    made: BenchFund
    server: Server
    ready: float

    def cost(self, events: Iterator[Path], count: int) -> float:
        """Pay `count` gifts; CPU-ms for one of them, until everything is published."""
        size = self.log_size()
        before = self.server.cpu_ms()
        send_events(self.server, events, count, 60)
        until = time.monotonic() + 120
        while self.log_size() < size + count or self.downloads_lag():
            if time.monotonic() > until:
                raise RuntimeError("log and downloads did not grow in two minutes")
            time.sleep(0.2)
        time.sleep(BATCH)  # pages
        return (self.server.cpu_ms() - before) / count

    def log_size(self) -> int:
        """The size that the newest checkpoint signs (C2SP tlog-checkpoint: the second line)."""
        return int(self.server.get("/log/checkpoint")[2].split(b"\n")[1])

    def downloads_lag(self) -> bool:
        """Whether downloads are due, or being made."""
        size, held = self.log_size(), int(self.server.get("/exports/upto")[2])
        return held < size if size <= FEW else size - held >= size // 50

    def memory(self) -> float:
        """MB of the site's processes, each page shared by several counted in parts (PSS)."""
        return self.server.memory()


def served(stack: ExitStack, made: BenchFund, also: tuple[int, ...]) -> Books:
    """Start the site."""
    begun = time.monotonic()
    server = stack.enter_context(made.served(also=also))
    return Books(made, server, time.monotonic() - begun)


def measure(place: Path, asked: argparse.Namespace, sizes: dict[str, int]) -> Iterator[Line]:
    """Measure both books."""
    count = asked.events
    with ExitStack() as stack:
        cluster = stack.enter_context(postgresql()) if asked.postgresql else None
        books, alone, steps, first = {}, {}, {}, {}
        for name, size in sizes.items():
            database = cluster.new_database() if cluster else ""
            made = make_fund(place / name, gifts=0, database=database, batch=BATCH)
            fill(made, size)
            alone[name] = steps_cost(made, 5)
            # After a start the downloads are spelled anew, once, at their first growth: that is told by itself.
            warming = max(count, size // 50 + 100)
            counts = [warming] + [count] * asked.rounds
            lists = iter([made.write_events(place / f"{name}-{number}", one) for number, one in enumerate(counts)])
            stop_writers()
            books[name] = served(stack, made, (cluster.pid,) if cluster else ())
            first[name] = books[name].cost(lists, warming) * warming / 1000
            steps[name] = partial(books[name].cost, lists, count)
        runs = in_turns(asked.rounds, steps)
        memory = {name: one.memory() for name, one in books.items()}
    for name, size in sizes.items():
        step, one = median(alone[name]), books[name]
        note = f"one publishing {step:.0f} CPU-ms, ready in {one.ready:.1f} s, {memory[name]:.0f} MB"
        note += f", its first gifts after a start {first[name]:.1f} CPU-s"
        yield Line(f"a gift, {size:,} in the books, all steps", sum(runs[name]) / len(runs[name]), "CPU-ms", note=note)
        yield Line(f"… in single rounds, {size:,} in the books", min(runs[name]), f"to {max(runs[name]):.3f} CPU-ms")
    short, long = sizes
    # Sums, no medians: long downloads are made in some rounds only.
    yield Line("a gift, long books / short", sum(runs[long]) / sum(runs[short]), limit="<= 1.1")
    yield Line("one publishing, long books / short", ratio(alone[long], alone[short]))


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=5, seconds=0)
    parser.add_argument("--events", type=int, default=1000, help="gifts a round (default %(default)s)")
    parser.add_argument("--books", type=int, default=100_000, help="gifts in the long books (default %(default)s)")
    parser.add_argument("--short", type=int, default=1000, help="gifts in the short books (default %(default)s)")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args(words)
    need("wrk")
    with folder() as place:
        lines = list(measure(place, asked, {"short": asked.short, "long": asked.books}))
    show("A gift while the books grow: taken, logged, published; one core", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
