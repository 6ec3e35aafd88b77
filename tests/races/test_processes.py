"""Several site processes on one PostgreSQL: gifts through all of them, one log, pages fresh on each.

The first test runs four sites, each at its own address, so that it can ask every process by name; the
second runs `--workers 4`, kills the one that sequences and looks at who takes its place.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connections

from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.funds import FundHome
from panah.storage.models import Counter, Entry, Gift, LogHead, Posting
from panah.storage.writer import stop_writers
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.fundlab import make_open_fund
from tests.givers import Giver
from tests.sitelab import Site, running_site

pytestmark = pytest.mark.postgres
PROCESSES, GOAL = 4, 100_000


@pytest.fixture
def fund(tmp_path: Path, postgres_url: str) -> Iterator[FundHome]:
    made = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), database=postgres_url, goal=GOAL)
    write_site(Host(tmp_path, made.slug))
    stop_writers()
    connections[made.alias].close()
    yield made
    connections[made.alias].close()


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


def head(fund: FundHome) -> LogHead:
    return LogHead.objects.using(fund.alias).get()


def leader(fund: FundHome) -> int:
    """The process that holds the lease, by the name of its session."""
    session = head(fund).holder.split(" ")[1]
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT application_name FROM pg_stat_activity WHERE pid = %s", [int(session)])
        return int(cursor.fetchone()[0].split(" ")[1])


def give_at(address: str, amount: str) -> Giver:
    giver = Giver(address)
    giver.fill_form(amount)
    giver.pay()
    return giver


def everything_is_logged(fund: FundHome) -> bool:
    last = Entry.objects.using(fund.alias).count()
    return head(fund).size == last and not Entry.objects.using(fund.alias).filter(leaf=None).exists()


def audit(address: str) -> int:
    report = Audit(open_source(address), Kept()).run(today=dt.datetime.now(dt.UTC).date())
    assert report.holds, [one.text() for one in report.findings if one.verdict == "fails"]
    return int(report.facts["counted"])


def test_four_processes_take_gifts_and_keep_one_history(fund: FundHome, postgres_url: str) -> None:
    with contextlib.ExitStack() as stack:
        sites = [stack.enter_context(running_site(fund.home, postgres_url)) for _ in range(PROCESSES)]
        givers = [Giver(sites[number % PROCESSES].address) for number in range(32)]
        meeting = threading.Barrier(len(givers))

        def give(number: int) -> None:
            givers[number].fill_form(str(40 + number), rest=number % 2 == 0)
            meeting.wait(timeout=120)
            if "pay/" in givers[number].page:
                givers[number].pay()

        threads = [threading.Thread(target=give, args=(number,)) for number in range(len(givers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert max(status for giver in givers for status in giver.answers) < 500
        now = Counter.objects.using(fund.alias).get()
        assert (now.counted, now.claimed, now.state) == (GOAL, 0, "met")
        gifts = list(Gift.objects.using(fund.alias).all())
        assert sum(gift.counted for gift in gifts) == GOAL
        assert any(gift.status == "refused" for gift in gifts), "nobody was refused: there was no race"
        assert sum(posting.minor for posting in Posting.objects.using(fund.alias).all()) == 0

        wait_until(lambda: everything_is_logged(fund), "all gifts in the log")
        assert head(fund).epoch == 1, "one process sequenced, the others followed"
        met = lambda site: "that is all" in page_of(site) or "goal is reached" in page_of(site).lower()  # noqa: E731
        for site in sites:
            wait_until(lambda site=site: met(site), f"the page at {site.address} says that the goal is met")
        assert len({page_of(site) for site in sites}) == 1
        assert {audit(site.address) for site in sites} == {GOAL}
        for giver in givers:
            assert giver.look_up().status_code == 200
            giver.close()


def page_of(site: Site) -> str:
    return httpx.get(f"{site.address}/en/", timeout=30).text


def test_a_worker_that_dies_is_replaced_and_another_goes_on_with_the_log(fund: FundHome, postgres_url: str) -> None:
    with running_site(fund.home, postgres_url, ("site", "serve", "--workers", "4")) as site:
        wait_until(lambda: len(site.workers()) == PROCESSES, "four workers")
        for number in range(8):
            give_at(site.address, str(20 + number)).close()
        before, first = site.workers(), leader(fund)
        assert first in before
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(site.workers()) == PROCESSES and site.workers() != before, "a new worker")
        given = 0
        for number in range(12):
            with contextlib.suppress(httpx.TransportError):  # the kernel may hand a connection to the one that died
                giver = give_at(site.address, str(30 + number))
                assert max(giver.answers) < 500
                giver.close()
                given += 1
        assert given > 8
        wait_until(lambda: everything_is_logged(fund), "the gifts in the log")
        assert head(fund).epoch == 2
        assert leader(fund) in site.workers() - {first}
        counted = Counter.objects.using(fund.alias).get().counted
        assert audit(site.address) == counted > 0


def test_a_process_that_was_paused_wakes_and_follows(fund: FundHome, postgres_url: str) -> None:
    with contextlib.ExitStack() as stack:
        sites = [stack.enter_context(running_site(fund.home, postgres_url)) for _ in range(2)]
        by_worker = {worker: site for site in sites for worker in site.workers()}
        paused = leader(fund)
        other = next(site for worker, site in by_worker.items() if worker != paused)
        os.kill(paused, signal.SIGSTOP)
        try:
            give_at(other.address, "20").close()
            wait_until(lambda: head(fund).epoch == 2, "the other takes over")
            wait_until(lambda: everything_is_logged(fund), "the gift in the log")
        finally:
            os.kill(paused, signal.SIGCONT)
        give_at(by_worker[paused].address, "25").close()  # it takes gifts as before
        wait_until(lambda: everything_is_logged(fund), "its gift in the other's log")
        assert (head(fund).epoch, leader(fund) == paused) == (2, False)
        assert {audit(site.address) for site in sites} == {4500}
    woken = by_worker[paused].lines
    assert any("follows" in line for line in woken), woken
