"""Sealed envelopes over HTTP, beside a bare Django insert of the same bytes with the same fsync.

`python -m benches.intake`. Each round: the floor takes parcels, ours takes as many; all senders are strangers with work
and envelopes of their own. Ours looks at work, shape, doubles, quota and whether intake is open.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benches.ground import Server, folder, free_port, granian, need, serving
from benches.home import BenchFund, make_fund
from benches.load import Load, load
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from panah.core.intake import key_of
from panah.proof.relaywire import DEPOSIT_HEAD, NOTHING, Deposit, find_work, write_deposit
from panah.seal.envelope import close_padded
from panah.seal.padding import wire_size
from panah.seal.recipients import read_recipients
from panah.site.gifts.queries import fund_rules
from panah.storage.models import Answer, Envelope, IntakeDay
from tests.seallab import recipient_of

SENDERS = 32
PLACE = "/relay/deposit"
BITS, SALT = 4, b"bench" * 6 + b"!!"
BUCKET = 4096
TEAM = read_recipients([recipient_of(name) for name in ("lale", "omid", "tara")])


def write_parcels(path: Path, count: int) -> Path:
    """Seal envelopes to three members, do the work, and write the deposits one after the other."""
    with path.open("wb") as file:
        for _ in range(count):
            sealed = close_padded(os.urandom(64).ljust(BUCKET, b"\0"), TEAM)
            sent, deletion = os.urandom(32), os.urandom(32)
            file.write(write_deposit(Deposit(sent, deletion, NOTHING, find_work(SALT, sealed, BITS), sealed)))
    return path


def open_intake(made: BenchFund) -> None:
    """Let two members have answered today."""
    today, alias = dt.datetime.now(dt.UTC).date(), made.fund.alias
    for one in fund_rules(made.fund).roster["members"][:2]:  # type: ignore[index]
        Answer(member=one["name"], day=today, key=key_of(one["seal"])).save(using=alias)
    for day in (today, today + dt.timedelta(days=1)):  # midnight may pass
        IntakeDay(day=day, salt=SALT).save(using=alias)


def send(server: Server, files: Iterator[Path], count: int) -> Load:
    """Send one file of parcels, each once, all taken."""
    size = DEPOSIT_HEAD + wire_size(BUCKET)
    done = load(server, PLACE, "once.lua parcels.lua", str(next(files)), str(size), seconds=60, connections=SENDERS)
    if done.finished != count:
        raise RuntimeError(f"{count} parcels in a minute were too many: use --parcels {done.finished // 2}")
    return done


def runs_of(made: BenchFund, place: Path, asked: argparse.Namespace) -> dict[str, list[Load]]:
    """Measure in turns; every parcel that was answered well must be there."""
    count, rounds = asked.parcels, asked.rounds + 1
    with ExitStack() as stack:
        files = [write_parcels(place / f"parcels-{number}", count) for number in range(rounds)]
        ours = stack.enter_context(made.served())
        port = free_port()
        command = granian("benches.floors.envelopes:application", port)
        floor = stack.enter_context(serving(command, port, env={"BENCH_PLACE": str(place)}))
        for_ours, for_floor = iter(files), iter(files)
        steps: dict[str, Callable[[], Load]] = {
            "floor": partial(send, floor, for_floor, count), "ours": partial(send, ours, for_ours, count),
        }  # fmt: skip
        in_turns(1, steps)
        runs = in_turns(asked.rounds, steps)
    if Envelope.objects.using(made.fund.alias).count() != rounds * count:
        raise RuntimeError("an envelope was acknowledged and is not there")
    return runs


def lines_of(runs: dict[str, list[Load]]) -> Iterator[Line]:
    """Tell the figures."""
    for name, what in (("floor", "bare Django insert"), ("ours", "an envelope taken in")):
        p99 = middle([one.p99 for one in runs[name]])
        spent = middle([one.cpu_ms for one in runs[name]])
        rate = middle([one.per_second for one in runs[name]])
        yield Line(what, rate, "/s", note=f"{spent:.3f} CPU-ms, p99 {p99:.1f} ms")
    by_rate, by_cpu, late = (
        ratio([getattr(one, field) for one in runs[up]], [getattr(one, field) for one in runs[down]])
        for field, up, down in (("per_second", "ours", "floor"), ("cpu_ms", "floor", "ours"), ("p99", "ours", "floor"))
    )
    yield Line("an envelope / floor", by_rate, limit=">= 0.7", note=f"{by_cpu:.2f} by processor time")
    yield Line("by processor time alone", by_cpu, limit=">= 0.7")
    yield Line(f"its p99 / the floor's, {SENDERS} senders", late, limit="<= 3")


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=5, seconds=3)
    parser.add_argument("--parcels", type=int, default=3000, help="envelopes a round (default %(default)s)")
    asked = parser.parse_args(words)
    need("wrk")
    os.environ |= {"PANAH_INTAKE_SCRIPT": "100000", "PANAH_INTAKE_WORK": str(BITS)}
    with folder() as place:
        made = make_fund(place / "home")
        open_intake(made)
        lines = list(lines_of(runs_of(made, place, asked)))
    show("Intake over HTTP, one core, SQLite FULL, 32 senders, envelopes of the 4 KiB bucket", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
