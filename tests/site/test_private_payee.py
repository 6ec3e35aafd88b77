"""A fund sends money to a private person only when this person is a member and has signed."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.core.charter import Charter, CharterError
from panah.errors import RefusedError
from panah.site.funds.actions import found
from tests.fund_world import NAMES

PRIVATE = [("private = false", 'private = true\nperson = "cyrus"')]


def amended(team, **changes):
    payee = team.charter().terms()["payee"] | {"private": 1, "person": "cyrus"} | changes
    return {"from": (team.now.date() + dt.timedelta(days=7)).isoformat(), "set": {"payee": payee}}


def test_the_holder_signs_the_charter_as_a_member(team):
    charter = team.charter(PRIVATE)
    body = charter.body()
    with pytest.raises(RefusedError, match="cyrus"):
        found(team.fund, team.sign(body, *(name for name in NAMES if name != "cyrus")), team.now)
    team.found(charter)
    team.open()
    team.audit()


def test_a_holder_who_is_no_member_is_refused(team):
    with pytest.raises(CharterError):
        team.charter([("private = false", 'private = true\nperson = "rostam"')])
    body = team.charter(PRIVATE).body()
    body["charter"]["payee"] = body["charter"]["payee"] | {"person": "rostam"}
    with pytest.raises(CharterError):
        found(team.fund, team.sign(body, *NAMES), team.now)


def test_an_amendment_to_a_private_account_needs_its_holder(opened):
    opened.is_refused("amend", **amended(opened), match="private person who has not signed")
    opened.is_refused("amend", **amended(opened, person="rostam"), match="private person who has not signed")
    opened.is_refused("amend", **amended(opened, person=""), error=Exception)
    opened.say("amend", "anar", "cyrus", **amended(opened))
    opened.audit()


def test_a_private_holders_account_changes_only_with_them_and_the_goal_without(team):
    team.found(team.charter(PRIVATE))
    team.open()
    start = (team.now.date() + dt.timedelta(days=7)).isoformat()
    team.is_refused("amend", **{"from": start}, set={"rails": {"fake": {}}}, match="has not signed")
    team.say("amend", **{"from": start}, set={"goal": 6_000_000})
    team.say("amend", "benafsha", "cyrus", **{"from": start}, set={"rails": {"fake": {}}})
    team.audit()


def test_the_roster_can_be_renewed_without_the_holder(team):
    team.found(team.charter(PRIVATE))
    team.open()
    roster = team.roster().body()
    roster["members"] = [member for member in roster["members"] if member["name"] != "cyrus"]
    team.say("roster", roster=roster)
    team.audit()
    assert isinstance(team.charter(), Charter)
