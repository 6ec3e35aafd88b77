"""What runs beside the requests of one site process: writer, sequencer, publisher and caller of providers per fund."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from panah.rails.base import PullRail
from panah.rails.registry import PULL
from panah.site.funds.actions import bring_into_force
from panah.site.gifts.capturing import Caller, Rails
from panah.site.gifts.providers import pull_rail
from panah.site.gifts.replaying import replay_due, waiting
from panah.site.gifts.returning import send_due
from panah.site.publisher import Publisher
from panah.site.relay import forgetting
from panah.storage.funds import FundHome, attach, list_funds, migrate
from panah.storage.lease import drop_folder, hold_folder
from panah.storage.rows import CounterRow
from panah.storage.sequencing import Sequencer
from panah.storage.writer import stop_writers, writer_for


@dataclass(frozen=True, slots=True)
class Running:
    """One fund at work."""

    fund: FundHome
    sequencer: Sequencer
    publisher: Publisher
    caller: Caller


_running: dict[str, Running] = {}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def start(home: Path, database: str = "", address_of: Callable[[str], str] = lambda _: "") -> list[Running]:
    """Attach every fund under `home`, complete what a crash cut off, and start its threads. Once per process.

    Raises `RefusedError` when another process serves a fund whose database is SQLite.

    `address_of` gives the address under which the world finds a fund's folder, by its short name.
    """
    for fund in list_funds(home):
        if fund.slug not in _running:
            attach(fund, database)
            hold_folder(fund)
            migrate(fund)
            _running[fund.slug] = _start(fund, address_of(fund.slug))
    return list(_running.values())


def _start(fund: FundHome, address: str) -> Running:
    writer = writer_for(fund)
    interval = writer.submit(lambda batch: int(str(batch.rules.charter["batch"])))
    publisher: Publisher | None = None

    def log_grew() -> None:
        if publisher is not None:
            publisher.log_grew()

    sequencer = Sequencer(fund, interval, log_grew)

    def changed(by_members: bool) -> None:
        # Also what another process carried out (`panah site close`): its leaf need not wait an interval.
        if by_members:
            sequencer.flush()
        bring_into_force(fund, _now())

    publisher = Publisher(fund, address, changed)
    last_state: list[str] = []

    def hear(counter: CounterRow) -> None:
        publisher.hear(counter)
        if last_state and counter.state != last_state[0]:
            sequencer.flush()  # met, winding and closed are in the log at once, not at the next interval
            caller.wake()  # and nobody is left at a provider's page
        last_state[:] = [counter.state]

    rails = partial(pull_rail, fund)
    caller = Caller(fund, rails, _now, partial(_ask_besides, fund, rails, sequencer.flush))
    writer.listen(hear)
    forgetting.begin(fund, lambda: _now().date())
    return Running(fund, sequencer, publisher, caller)


def _ask_besides(fund: FundHome, rails: Rails, log_may_go_on: Callable[[], None]) -> None:
    """Ask what a restored fund can't know, then for what two members agreed to send back."""
    if waiting(fund):
        replay_due(fund, rails, _now())
        log_may_go_on()
    if waiting(fund):
        return  # what was sent back after the backup is not known yet
    send_agreed(fund, rails)


def send_agreed(fund: FundHome, rails: Rails) -> None:
    """Ask providers to send back what two members agreed to."""
    names: dict[str, PullRail] = {name: rail for name in PULL if (rail := rails(name)) is not None}
    send_due(fund, names, _now())


def running(slug: str) -> Running | None:
    """Give a fund at work in this process."""
    return _running.get(slug)


def stop() -> None:
    """End everything in order: the log takes in what is booked, the pages show it."""
    for entry in _running.values():
        entry.caller.stop()
        forgetting.end(entry.fund)
        entry.sequencer.stop()
        entry.publisher.stop()
    stop_writers()
    for entry in _running.values():
        drop_folder(entry.fund)
    _running.clear()
