"""An amendment and the gift that fills the old goal, on one day: the site and every reader of its log agree."""

import base64
import datetime as dt
import secrets

from panah.core.statement import begin
from panah.site.funds.actions import carry_out, found
from panah.site.gifts.queries import fund_rules
from panah.storage import sequencer
from tests.fund_world import NAMES

OLD, NEW = 100_000, 200_000


def announce(team):
    """A fund of 100,000 with 90,000 counted; from a week on its goal is 200,000."""
    body = team.charter().body()
    body["charter"] |= {"goal": OLD}
    found(team.fund, team.sign(body, *NAMES), team.now)
    team.open()
    start = team.now.date() + dt.timedelta(days=7)
    team.say("amend", **{"from": start.isoformat()}, set={"goal": NEW})
    team.give(90_000)
    team.snapshot()
    team.now += dt.timedelta(days=7)


def transfer(team, amount, day):
    line = {"line": base64.b64encode(secrets.token_bytes(32)).decode(), "kind": "credit", "cur": "EUR"}
    fields = {"id": base64.b64encode(secrets.token_bytes(16)).decode(), "upto": team.now.date().isoformat()}
    body = begin("bank-list", "lantern-fund.invalid/2021", **fields)
    body["lines"] = [line | {"amount": amount, "day": day.isoformat()}]
    carry_out(team.fund, team.sign(body, *NAMES[:2]), team.now)


def test_the_first_gift_of_the_new_goals_day_does_not_meet_the_old_one(team):
    announce(team)
    team.give(10_000)
    assert (team.counter().state, team.counter().goal) == ("open", NEW)
    assert team.audit().goal == NEW


def test_what_is_past_the_old_goal_counts_towards_the_new_one_at_once(team):
    announce(team)
    transfer(team, 30_000, team.now.date())
    assert (team.counter().counted, team.counter().held) == (120_000, 0)
    assert team.audit().counted == 120_000


def test_a_gift_of_before_meets_the_old_goal_and_the_amendment_lapses(team):
    announce(team)
    transfer(team, 30_000, team.now.date() - dt.timedelta(days=1))
    assert (team.counter().state, team.counter().goal) == ("met", OLD)
    assert team.audit().held == 20_000


def test_an_amendment_that_is_not_in_force_when_the_fund_is_wound_up_lapses_for_every_reader(team):
    team.found()
    team.open()
    start = team.now.date() + dt.timedelta(days=7)
    team.say("amend", **{"from": start.isoformat()}, set={"overflow": "reserve"})
    team.say("life", to="winding")
    team.now += dt.timedelta(days=8)
    team.say("fee", cur="EUR", rail="fake", amount=1)
    assert team.audit().charter["overflow"] == fund_rules(team.fund).charter["overflow"] == "pass-on"


def test_the_leaf_that_brings_the_new_goal_into_force_is_not_shuffled(team, monkeypatch):
    announce(team)
    monkeypatch.setattr(sequencer, "_shuffle", lambda run: run.reverse())
    transfer(team, 4_000, team.now.date() - dt.timedelta(days=2))
    transfer(team, 6_000, team.now.date())  # fills the old goal, on the new one's day
    transfer(team, 50_000, team.now.date() - dt.timedelta(days=2))
    assert team.counter().counted == 150_000
    assert team.audit().counted == 150_000
