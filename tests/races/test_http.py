"""32 givers at once, through the real site, for the last 1,000.00 of a goal: never over, nothing lost."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import httpx
import pytest
from django.db import connections

from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.models import Counter, Gift, Posting
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund
from tests.givers import Giver
from tests.sitelab import running_site

GIVERS, GOAL = 32, 100_000


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_32_givers_for_the_last_thousand(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    database = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    fund = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), database=database, goal=GOAL)
    write_site(Host(tmp_path, fund.slug))
    stop_writers()
    connections[fund.alias].close()
    with running_site(tmp_path, database) as site:
        givers = [Giver(site.address) for _ in range(GIVERS)]
        meeting = threading.Barrier(GIVERS)

        def give(number: int) -> None:
            giver = givers[number]
            giver.fill_form(str(40 + number), rest=number % 2 == 0)
            meeting.wait(timeout=60)  # everybody has promised; now all pay at once
            if "pay/" in giver.page:
                giver.pay()

        threads = [threading.Thread(target=give, args=(number,)) for number in range(GIVERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers = [status for giver in givers for status in giver.answers]
        assert max(answers) < 500, answers
        assert len(answers) == 3 * GIVERS, "everybody was let in and could pay: 41 times 32 is past the goal"
        state = Counter.objects.using(fund.alias).get()
        gifts = Gift.objects.using(fund.alias)
        assert (state.counted, state.claimed, state.state) == (GOAL, 0, "met")
        assert sum(gift.counted for gift in gifts.all()) == GOAL
        assert gifts.filter(status="refused").exists(), "nobody was refused: there was no race"
        assert sum(posting.minor for posting in Posting.objects.using(fund.alias).all()) == 0
        for giver in givers:
            assert giver.look_up().status_code == 200
            giver.close()
        late = httpx.get(f"{site.address}/en/give/")
        assert "<form" not in late.text or 'name="amount"' not in late.text
    connections[fund.alias].close()
