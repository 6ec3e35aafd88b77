"""A copy of a fund that missed everything since, and takes it in again from what was published."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import shutil
import sqlite3
from hashlib import sha256

import pytest
from django.db import connections

from panah.core.money import Money
from panah.core.statement import begin
from panah.errors import FatalError, ProofError
from panah.proof.note import encode_base64
from panah.site.books.queries import FaceReader
from panah.site.funds.actions import bring_into_force, carry_out, prepare_key
from panah.site.funds.adoption import adopt, rebuild_log
from panah.site.funds.images import redraw
from panah.site.funds.texts import Attached
from panah.site.gifts.actions import GiftRequest, promise
from panah.site.publish.render import publish
from panah.storage.funds import FundHome, attach
from panah.storage.models import Counter, Fund, Gift, Statement, Update, UpdateImage
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from panah.verify.sources import open_source
from tests.fund_world import NAMES, NOW
from tests.site.test_funds_images import photo
from tests.site.test_funds_statements import leaf_of_gift, update_file


@pytest.fixture
def copies(tmp_path):
    """Give a maker of copies of a fund, each in a home of its own."""
    made: list[FundHome] = []

    def copy(fund: FundHome) -> FundHome:
        target = FundHome(tmp_path / f"copy{len(made)}", f"copy{len(made)}")
        target.folder.mkdir(parents=True)
        with (
            contextlib.closing(sqlite3.connect(fund.folder / "fund.sqlite3")) as source,
            contextlib.closing(sqlite3.connect(target.folder / "fund.sqlite3")) as other,
        ):
            source.backup(other)
        for path in fund.folder.glob("log*.key"):
            shutil.copy(path, target.folder)
        attach(target)
        made.append(target)
        return target

    yield copy
    stop_writers()
    for fund in made:
        connections[fund.alias].close()
        del connections[fund.alias]
        del connections.databases[fund.alias]


def bank_gift(team, amount):
    rc = secrets.token_bytes(32)
    money = Money(amount, "EUR")
    promised = promise(team.fund, GiftRequest(secrets.token_hex(16), "bank", money, False, rc, "en"), team.now)
    line = encode_base64(secrets.token_bytes(32))
    return {
        "line": line,
        "kind": "credit",
        "cur": "EUR",
        "amount": amount,
        "day": "2026-03-01",
        "ref": promised.reference,
    }


def hand_in(team, *lines):
    fields = {"id": encode_base64(secrets.token_bytes(16)), "upto": "2026-03-02", "lines": list(lines)}
    carry_out(team.fund, team.sign(begin("bank-list", "lantern-fund.invalid/2021", **fields), *NAMES[:2]), team.now)


def live_on(team):
    """Everything that leads to a leaf, except ending the fund."""
    lines = [bank_gift(team, amount) for amount in (10_000, 4000, 3000)]
    hand_in(team, *lines)
    undone = {"line": encode_base64(bytes(32)), "kind": "return", "cur": "EUR", "amount": 4000, "day": "2026-03-02"}
    hand_in(team, undone | {"undoes": lines[1]["line"]})
    team.pay(team.early, 2500)
    team.say("fee", cur="EUR", rail="bank", amount=70)
    team.say("gift-return", gift=leaf_of_gift(team), amount=100, counted=100)
    image = redraw(photo(format="JPEG"))
    data, digest = update_file(images=[image])
    team.say("update", id="letters", text=digest, attached=Attached(data, (image,)))
    team.say("amend", **{"from": "2026-03-09"}, set={"goal": 6_000_000, "minimum": 700})
    team.say("roster", roster=team.roster(NOW.date() + dt.timedelta(days=200)).body())
    team.say("key", vkey=prepare_key(team.fund))
    team.now = NOW + dt.timedelta(days=8)
    team.give(1000)
    sequence(team.fund)
    assert bring_into_force(team.fund, team.now)
    late = team.promise(9000)
    team.give(6_000_000 - team.counter().counted)
    team.pay(late, 9000, "settled")  # past the goal: held
    team.say("gift-return", gift=leaf_of_gift(team), amount=50, counted=50)  # frees room, and a held part counts
    sequence(team.fund)
    publish(FaceReader(team.fund, "").view(), team.fund.public)


def standing(fund):
    """What two homes of one fund must agree in."""
    counter = Counter.objects.using(fund.alias).get()
    row = Fund.objects.using(fund.alias).get()
    gifts = (
        Gift.objects.using(fund.alias)
        .exclude(status="promised")
        .values_list("rc", "rail", "status", "booked", "counted")
    )
    kinds = Statement.objects.using(fund.alias).exclude(kind="bank-list").values_list("id", flat=True)
    return {
        "counter": (
            counter.state,
            counter.goal,
            counter.minimum,
            counter.counted,
            counter.claimed,
            counter.held,
            counter.next_leaf,
        ),
        "rules": (row.charter, row.roster, row.vkey),
        "gifts": sorted((bytes(rc), *rest) for rc, *rest in gifts),
        "statements": sorted(kinds),
        "texts": [bytes(one.file) for one in Update.objects.using(fund.alias).all()],
        "pictures": [one.sha256 for one in UpdateImage.objects.using(fund.alias).all()],
        "head": (fund.log / "checkpoint").read_bytes(),
    }


def test_a_copy_takes_in_everything_that_was_published_since(opened, copies):
    opened.give(5000)
    opened.early = opened.promise(2500)
    sequence(opened.fund)
    old = copies(opened.fund)
    live_on(opened)
    rebuild_log(old)
    assert adopt(old, open_source(str(opened.fund.public)), opened.now) > 12
    assert standing(old) == standing(opened.fund)
    assert adopt(old, open_source(str(opened.fund.public)), opened.now) == 0
    opened.audit()


def test_what_was_waiting_in_the_copy_gets_the_place_it_was_given(opened, copies):
    sequence(opened.fund)
    opened.give(5000)
    opened.give(6000)
    old = copies(opened.fund)  # both gifts booked, neither in the log
    sequence(opened.fund)
    rebuild_log(old)
    assert adopt(old, open_source(str(opened.fund.public)), opened.now) == 2
    assert standing(old) == standing(opened.fund)


def test_a_shorter_mirror_changes_nothing(opened, copies):
    sequence(opened.fund)
    old = copies(opened.fund)
    rebuild_log(old)
    opened.give(5000)
    sequence(opened.fund)
    before = standing(opened.fund)
    assert adopt(opened.fund, open_source(str(old.public)), opened.now) == 0
    assert standing(opened.fund) == before


def test_what_was_withdrawn_after_the_copy_stays_withdrawn(opened, copies):
    image = redraw(photo(format="JPEG"))
    for name, pictures in (("letters", ()), ("winter", (image,))):
        data, digest = update_file(name, images=pictures)
        opened.say("update", id=name, text=digest, attached=Attached(data, pictures))
    sequence(opened.fund)
    old = copies(opened.fund)
    rebuild_log(old)
    opened.say("withdraw", "cyrus", id=encode_base64(bytes(16)), update="letters")
    opened.say(
        "withdraw", "anar", id=encode_base64(bytes(16)), update="winter", image=encode_base64(sha256(image).digest())
    )
    publish(FaceReader(opened.fund, "").view(), opened.fund.public)
    assert adopt(old, open_source(str(opened.fund.public)), opened.now) == 0
    shown = {row.id: row.withdrawn for row in Update.objects.using(old.alias).all()}
    assert shown == {"letters": True, "winter": False}
    assert UpdateImage.objects.using(old.alias).get().withdrawn


def test_a_fork_and_a_strangers_log_are_refused(opened, copies, tmp_path):
    sequence(opened.fund)
    fork = copies(opened.fund)
    rebuild_log(fork)
    for fund in (opened.fund, fork):
        opened_fund, opened.fund = opened.fund, fund
        opened.give(5000)
        sequence(fund)
        opened.fund = opened_fund
    before = standing(opened.fund)
    with pytest.raises(FatalError, match="second history"):
        adopt(opened.fund, open_source(str(fork.public)), opened.now)
    forged = tmp_path / "forged"
    shutil.copytree(fork.public, forged)
    note = (forged / "log/checkpoint").read_bytes()
    (forged / "log/checkpoint").write_bytes(note[:-8] + b"AAAAAA==")
    with pytest.raises(ProofError):
        adopt(opened.fund, open_source(str(forged)), opened.now)
    assert standing(opened.fund) == before


def test_a_database_that_does_not_match_its_head_is_never_published(opened, copies):
    opened.give(5000)
    sequence(opened.fund)
    old = copies(opened.fund)
    with connections[old.alias].cursor() as cursor:
        cursor.execute("UPDATE storage_entry SET body = %s WHERE leaf = 2", [b"{}"])
    with pytest.raises(FatalError, match="add up"):
        rebuild_log(old)
    assert not (old.log / "checkpoint").exists()
