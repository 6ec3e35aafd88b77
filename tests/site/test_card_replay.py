"""`panah site restore`, then `panah site replay`, as they are typed; and the served site, which asks by itself."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import subprocess
import sys

import pytest
from django.db import connections

from panah.core.money import Money
from panah.site import running
from panah.site.gifts import foreign
from panah.site.gifts.actions import GiftRequest, promise
from panah.site.gifts.providers import CARD_KEY
from panah.site.gifts.replaying import waiting
from panah.site.gifts.visiting import begin_visit
from panah.storage.funds import FundHome, attach
from panah.storage.models import Gift, Visit
from panah.storage.sequencer import log_size, sequence
from panah.storage.writer import stop_writers
from tests.cardlab import BACK
from tests.restorelab import restore_lab


@pytest.fixture
def lab(tmp_path):
    with restore_lab(tmp_path / "home", goal=100_000, minimum=500) as made:
        yield made


def panah(lab, *words, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "panah.cli.main", "site", *map(str, words)], capture_output=True, text=True, timeout=120,
        check=False, env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "panah.settings.site", "PANAH_DATABASE": "", "PANAH_STRIPE_API": lab.stripe.address,
        },
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def restored(lab, tmp_path):
    """The fund as it came back elsewhere, one gift short, and that gift."""
    lab.give(1000)
    lab.log()
    stop_writers()
    backup, back = tmp_path / "night.backup", FundHome(tmp_path / "back", "cards")
    panah(lab, "backup", "--out", backup, "--with-keys", "--home", lab.fund.home)
    lab.copy_to_mirror()
    gift = lab.give(2500)
    rc = bytes(lab.row(gift).rc)
    stop_writers()
    connections[lab.fund.alias].close()
    said = panah(lab, "restore", backup, "--home", back.home, "--mirror", lab.mirror)
    assert "card: its provider has yet to be asked" in said
    del connections[lab.fund.alias]
    attach(back)
    yield back, gift, rc
    stop_writers()
    connections[back.alias].close()


def test_the_operator_puts_the_key_back_and_asks(lab, restored):
    back, gift, rc = restored
    assert "no key, or no full answer" in panah(lab, "replay", "--home", back.home, code=1)
    assert "panah.W011" in panah(lab, "doctor", "--home", back.home, code=1)
    (back.folder / CARD_KEY).write_text(lab.stripe.key)
    (back.folder / CARD_KEY).chmod(0o600)
    said = panah(lab, "replay", "--home", back.home)
    assert "1 gifts booked" in said
    assert "No provider has to be asked" in panah(lab, "replay", "--home", back.home)
    assert "panah.W011" not in panah(lab, "doctor", "--home", back.home, code=1)
    row = Gift.objects.using(back.alias).get(id=gift)
    assert (bytes(row.rc), row.status, row.booked) == (rc, "booked", 2500)


def test_an_account_that_is_gone_is_left_out_by_whoever_answers_for_it(lab, restored):
    back, gift, _ = restored
    assert "goes on without" in panah(lab, "replay", "--without", "card", "--home", back.home)
    assert "Nothing waits for the provider" in panah(lab, "replay", "--without", "card", "--home", back.home, code=2)
    assert not Gift.objects.using(back.alias).filter(id=gift).exists()


def test_a_served_site_asks_by_itself_and_then_signs(lab, restored):
    back, gift, _ = restored
    size, asked = log_size(back), []
    running._ask_besides(back, lambda _: None, lambda: asked.append("log"))
    assert (sequence(back), list(waiting(back))) == (size, ["card"])
    running._ask_besides(back, lambda _: lab.rail, lambda: asked.append("log"))
    assert asked == ["log", "log"]
    assert sequence(back) == size + 1
    assert Gift.objects.using(back.alias).get(id=gift).booked == 2500
    running._ask_besides(back, lambda _: lab.rail, lambda: asked.append("log"))
    assert len(asked) == 2, "a fund that waits for nobody wakes nobody"


def give_dollars(lab, amount):
    gift, rc = secrets.token_hex(16), secrets.token_bytes(32)
    promise(lab.fund, GiftRequest(gift, "card", Money(amount, "USD"), False, rc, "en"), lab.now)
    begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)
    assert lab.world.pay(Visit.objects.using(lab.fund.alias).get(gift=gift).name)
    lab.deliver()
    return gift


def test_a_foreign_gift_waits_for_the_rate_of_its_day(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "_shipped", [foreign.RateTable({})])
    with restore_lab(tmp_path, goal=100_000, minimum=500, accepts=["USD"]) as lab:
        day = lab.now.date()
        foreign.take_rates(lab.fund.home, f"Date,USD\n{day},1.25\n".encode())
        lab.backup()
        lab.copy_to_mirror()
        gift = give_dollars(lab, 2500)
        assert lab.row(gift).counted == 2000
        lab.pass_time(6 * 86400)
        (lab.fund.home / foreign.FILE).unlink()
        lab.burn()
        lab.adopt()
        done = lab.replay()
        assert (done.later, done.booked) == (1, 0)
        assert list(waiting(lab.fund)) == ["card"]
        foreign.take_rates(lab.fund.home, f"Date,USD\n{day},1.25\n{day + dt.timedelta(days=6)},2\n".encode())
        assert lab.replay().booked == 1
        assert (lab.row(gift).booked, lab.row(gift).source) == (2000, f"ecb:{day}")
        lab.log()
