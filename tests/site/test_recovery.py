"""A team that lost its keys: outside holders at the site, in the log, on the pages; and a team that did not."""

from __future__ import annotations

import base64
import datetime as dt
import secrets

import pytest

from panah.core.recovery import WAIT
from panah.core.statement import Signed, begin
from panah.errors import ProofError, RefusedError
from panah.proof.signature import sign_body
from panah.seal.memberkey import new_member
from panah.site.books.queries import FaceReader
from panah.site.funds.actions import carry_out, found
from panah.site.funds.adoption import adopt
from panah.site.gifts.faces import face_of
from panah.site.publish.render import publish
from panah.storage.models import Fund
from panah.storage.sequencer import sequence
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.fund_world import NAMES, TODAY
from tests.site.test_funds_adoption import copies  # noqa: F401 - a fixture

DAY = dt.timedelta(days=1)


class Holders:
    """Three people outside a team, two of whom are needed, and the people they would call."""

    def __init__(self, team, database=""):
        self.team = team
        self.keys = [new_member(name) for name in ("ziba", "yusuf", "xenia")]
        self.called = {name: new_member(name) for name in ("mina", "navid", "omid")}
        body = team.charter().body()
        body["charter"] |= {"outside": {"k": 2, "keys": [key.public["sign"] for key in self.keys]}}
        found(team.fund, team.sign(body, *NAMES), team.now, database)
        team.open()

    @property
    def roster(self):
        until = TODAY + dt.timedelta(days=200)
        return {"members": [key.public for key in self.called.values()], "until": until.isoformat()}

    def sign(self, kind, *, by=2, day=None, **fields):
        fields = {"day": (day or self.team.now.date()).isoformat(), "roster": self.roster} | fields
        body = begin(kind, "lantern-fund.invalid/2021", **fields)
        return Signed(body, {key.public["sign"]: sign_body(body, key.seed) for key in self.keys[:by]})

    def say(self, kind, **fields):
        carry_out(self.team.fund, self.sign(kind, **fields), self.team.now)

    def announce(self, **fields):
        """Announce the roster; give its leaf."""
        self.say("notice", **fields)
        return len(self.team.snapshot()[0]) - 1

    def are_refused(self, kind, match, error=RefusedError, **fields):
        before = self.team.snapshot()
        with pytest.raises(error, match=match):
            self.say(kind, **fields)
        assert self.team.snapshot() == before


@pytest.fixture
def holders(team):
    return Holders(team)


@pytest.mark.postgres
def test_a_notice_runs_and_ends_on_postgresql_too(team, postgres_url):
    holders = Holders(team, postgres_url)
    leaf = holders.announce()
    team.say("fee", cur="EUR", rail="fake", amount=1)
    team.now += WAIT
    holders.are_refused("roster", "two members have signed since", notice=leaf)
    leaf = holders.announce()
    team.now += WAIT
    holders.say("roster", notice=leaf)
    assert team.audit().recovered


def verify(team):
    sequence(team.fund)
    audit = Audit(open_source(str(team.fund.public)), Kept(), exports=False)
    return audit.run(today=team.now.date())


def test_after_fourteen_silent_days_the_new_members_act_and_the_old_ones_do_not(holders, team):
    leaf = holders.announce()
    team.give(2_000)
    team.now += WAIT
    holders.say("roster", notice=leaf)
    body = begin("life", "lantern-fund.invalid/2021", day=team.now.date().isoformat(), to="winding")
    signed = Signed(body, {name: sign_body(body, holders.called[name].seed) for name in ("mina", "omid")})
    with pytest.raises(ProofError, match="anar"):
        carry_out(team.fund, team.sign(body, *NAMES[:2]), team.now)
    carry_out(team.fund, signed, team.now)
    assert team.audit().recovered == [(leaf + 2, team.now.date().isoformat(), leaf)]
    report = verify(team)
    assert report.holds
    assert any("brought in this roster" in one.text() for one in report.findings)
    assert any("fourteen days" in line for line in report.unknown)


def test_what_is_early_or_signed_by_the_wrong_people_is_refused(holders, team):
    holders.are_refused("notice", "asks for 2", by=1)
    holders.are_refused("notice", "becomes public", day=TODAY - DAY)
    holders.are_refused("notice", "not before its day", day=TODAY + 2 * DAY)
    holders.are_refused("roster", "No notice runs", notice=1)
    with pytest.raises(ProofError):
        team.say("notice", roster=holders.roster)
    leaf = holders.announce()
    for days in (1, 13):
        team.now += DAY * (days - (team.now.date() - TODAY).days)
        holders.are_refused("roster", "fourteen days", notice=leaf)
        holders.are_refused("roster", "fourteen days", notice=leaf, day=team.now.date() + DAY)
    holders.are_refused("roster", "not before its day", notice=leaf, day=TODAY + WAIT + DAY)
    team.now += DAY
    holders.are_refused("roster", "asks for 2", notice=leaf, by=1)
    other = holders.roster | {"until": (TODAY + 100 * DAY).isoformat()}
    holders.are_refused("roster", "not the roster of the notice", notice=leaf, roster=other)
    holders.keys[1] = new_member("mallory")
    holders.are_refused("roster", "not among the charter's outside keys", notice=leaf)
    with pytest.raises(ProofError):
        team.say("roster", roster=holders.roster, notice=leaf)


def test_a_notice_is_not_dated_before_what_the_log_has(holders, team):
    line = {"line": base64.b64encode(secrets.token_bytes(32)).decode(), "kind": "credit", "cur": "EUR", "amount": 500}
    body = begin("bank-list", "lantern-fund.invalid/2021", id=base64.b64encode(bytes(16)).decode(), upto=str(TODAY))
    ahead = TODAY + DAY
    carry_out(team.fund, team.sign(body | {"lines": [line | {"day": str(ahead)}]}, *NAMES[:2]), team.now)
    holders.are_refused("notice", str(ahead))
    holders.announce(day=ahead)
    team.audit()


@pytest.mark.parametrize("answer", ["renewal", "fee", "old fee", "life"])
def test_a_team_that_answers_keeps_its_fund(holders, team, answer):
    leaf = holders.announce()
    team.now += 13 * DAY
    if answer == "renewal":
        team.say("roster", roster=team.roster().body())
    elif answer == "life":
        team.say("life", to="winding")
    else:
        day = TODAY - 9 * DAY if answer == "old fee" else team.now.date()
        team.say("fee", cur="EUR", rail="fake", amount=1, day=day.isoformat())
    assert Fund.objects.using(team.fund.alias).get().notice is None
    team.now += 2 * DAY
    holders.are_refused("roster", "two members have signed since", notice=leaf)
    assert team.audit().notice is None


def test_a_message_that_no_reader_sees_and_one_member_alone_do_not_end_a_notice(holders, team):
    leaf = holders.announce()
    fields = {"id": base64.b64encode(bytes(16)).decode(), "what": "gifts"}
    team.say("pause", "anar", **fields)
    team.say("resume", **fields)
    assert team.audit().notice[0] == leaf
    assert Fund.objects.using(team.fund.alias).get().notice is not None


def test_a_second_notice_begins_anew(holders, team):
    first = holders.announce()
    team.now += 10 * DAY
    second = holders.announce()
    team.now += 10 * DAY
    holders.are_refused("roster", "another notice", notice=first)
    holders.are_refused("roster", "fourteen days", notice=second)
    team.now += 4 * DAY
    holders.say("roster", notice=second)
    team.audit()


def test_other_outside_keys_count_from_the_day_of_their_amendment(holders, team):
    start = TODAY + 16 * DAY
    keys = [key.public["sign"] for key in holders.keys]
    team.say("amend", **{"from": start.isoformat()}, set={"outside": {"k": 3, "keys": keys}})
    leaf = holders.announce()
    team.now += 16 * DAY
    holders.are_refused("roster", "asks for 3", notice=leaf)
    holders.say("roster", notice=leaf, by=3)
    team.audit()


def test_every_page_tells_of_a_notice_in_its_own_language_and_stops_when_it_ends(holders, team):
    def pages():
        publish(FaceReader(team.fund, "").view(), team.fund.public)
        shown = {path.relative_to(team.fund.public): path.read_text() for path in team.fund.public.rglob("*.html")}
        for tag in ("en", "fa"):
            face = face_of(team.fund, tag, "../")[0]
            shown[f"{tag}/give"] = face.draw("give", "give/", face.form_parts()).decode()
        return shown

    assert not any('class="notice"' in text for text in pages().values())
    holders.announce()
    shown = pages()
    assert [path for path, text in shown.items() if 'class="notice"' not in text] == []
    assert "March 16, 2026" in shown["en/give"] or "16 March 2026" in shown["en/give"]
    assert "announced a new team" not in shown["fa/give"]
    team.say("fee", cur="EUR", rail="fake", amount=1)
    assert not any('class="notice"' in text for text in pages().values())


def test_a_restored_fund_takes_in_notice_and_roster_and_knows_a_notice_that_runs(holders, team, copies):  # noqa: F811
    sequence(team.fund)
    before = copies(team.fund)
    leaf = holders.announce()
    middle = copies(team.fund)
    adopt(before, open_source(str(team.fund.public)), team.now + 40 * DAY)
    assert Fund.objects.using(before.alias).get().notice is not None
    team.now += WAIT
    holders.say("roster", notice=leaf)
    sequence(team.fund)
    for fund in (before, middle):
        adopt(fund, open_source(str(team.fund.public)), team.now + 40 * DAY)
        row = Fund.objects.using(fund.alias).get()
        assert (row.roster, row.notice) == (holders.roster, None)


def test_a_roster_that_a_host_lets_in_too_early_fails_for_every_reader(holders, team, monkeypatch):
    leaf = holders.announce()
    monkeypatch.setattr("panah.core.recovery.check_recovery", lambda *_: None)
    monkeypatch.setattr("panah.site.funds.recovery.recovery.check_recovery", lambda *_: None)
    team.now += 3 * DAY
    holders.say("roster", notice=leaf)
    report = verify(team)
    assert [one.leaf for one in report.findings if one.verdict == "fails"] == [leaf + 1]


def test_a_roster_dated_ahead_fails_until_its_day(holders, team):
    leaf = holders.announce()
    team.now += WAIT
    holders.say("roster", notice=leaf)
    assert verify(team).holds
    team.now -= 5 * DAY
    assert any("a day that has not come" in one.text() for one in verify(team).findings if one.verdict == "fails")
