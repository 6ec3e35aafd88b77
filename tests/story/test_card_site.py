"""Cards through a real site process: pay, be booked, and see every other session ended when the goal is met."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import httpx
import pytest
from django.db import connections

from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.models import Counter, Gift, Visit
from panah.storage.writer import stop_writers
from tests.cardlab import ACCOUNT
from tests.fundlab import make_open_fund
from tests.givers import Giver
from tests.logclients import outsiders_accept
from tests.sitelab import running_site
from tests.stripe_local.server import local_stripe


def send(address: str, stripe, event) -> int:
    headers, body = stripe.signed(event)
    return httpx.post(f"{address}/rails/card/event", content=body, headers=headers, timeout=60).status_code


def deliver(address: str, stripe) -> None:
    while events := stripe.take_events():
        for event in events:
            assert send(address, stripe, event) == 200, event["type"]


@pytest.fixture
def stripe():
    with local_stripe() as made:
        yield made


def test_the_last_card_ends_every_other_visit(tmp_path: Path, stripe, monkeypatch) -> None:
    fund = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), goal=100_000, rails={"card": {"account": ACCOUNT}})
    (fund.folder / "card.key").write_text(stripe.key)
    (fund.folder / "card.webhook").write_bytes(stripe.secret)
    write_site(Host(tmp_path, fund.slug, "https://lantern.example"))
    stop_writers()
    connections[fund.alias].close()
    monkeypatch.setenv("PANAH_STRIPE_API", stripe.address)
    with running_site(tmp_path) as site:
        givers = [Giver(site.address) for _ in range(3)]
        places = [giver.fill_form("1000", "card").headers["location"] for giver in givers]
        sessions = [place.rpartition("/")[2] for place in places]
        assert stripe.world.pay(sessions[0])
        deliver(site.address, stripe)
        assert Counter.objects.using(fund.alias).get().state == "met"
        for _ in range(600):
            if not Visit.objects.using(fund.alias).filter(open=True).exists():
                break
            givers[0].look_up()
        assert [stripe.world.sessions[name]["status"] for name in sessions] == ["complete", "expired", "expired"]
        deliver(site.address, stripe)
        statuses = sorted(gift.status for gift in Gift.objects.using(fund.alias).all())
        assert statuses == ["booked", "refused", "refused"]
        assert "Booked" in givers[0].look_up().text
        assert "Nothing was taken" in givers[1].look_up().text
        for giver in givers:
            giver.close()
    assert "Anna" not in "".join(site.lines)
    outsiders_accept(fund.log)
    database = (fund.folder / "fund.sqlite3").read_bytes()
    assert b"beispiel" not in database
    assert not re.search(rb"Anna", database)
    assert json.dumps(stripe.key).encode() not in database
    connections[fund.alias].close()
