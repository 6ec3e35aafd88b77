"""A fund is founded by all, changed by two, stopped by one; never by the server alone."""

import base64
import datetime as dt
import stat
from hashlib import sha256

import pytest

from panah.core.charter import CharterError
from panah.core.statement import Signed, begin
from panah.errors import PanahError, ProofError, RefusedError
from panah.site.funds import actions
from panah.site.funds.actions import bring_into_force, carry_out, found, prepare_key
from panah.site.gifts.queries import form_facts, fund_rules
from panah.storage.logkey import make_log_key
from panah.storage.models import Statement
from panah.storage.sequencer import sequence
from tests.fund_world import NAMES, NOW, TODAY, Team


def test_founding_needs_every_founder(team):
    body = team.charter().body()
    with pytest.raises(RefusedError, match="dilshad"):
        found(team.fund, team.sign(body, *NAMES[:3]), NOW)
    assert not team.fund.folder.exists()


def test_a_signature_over_another_charter_is_refused(team):
    signed = team.sign(team.charter().body(), *NAMES)
    other = team.charter([("goal = 50000", "goal = 60000")]).body()
    with pytest.raises(ProofError):
        found(team.fund, Signed(other, signed.sig), NOW)


def test_a_charter_that_breaks_rules_is_refused_though_all_signed(team):
    body = team.charter().body()
    body["charter"] |= {"purposes": ["weapons"]}
    with pytest.raises(CharterError):
        found(team.fund, team.sign(body, *NAMES), NOW)


def test_founding_writes_leaf_0_and_guards_the_keys(team):
    team.found()
    assert stat.S_IMODE(team.fund.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(team.fund.log_key.stat().st_mode) == 0o600
    assert stat.S_IMODE((team.fund.folder / "fake.secret").stat().st_mode) == 0o600
    books = team.audit()
    assert books.state == "draft"
    assert sha256(team.snapshot()[0][0]).digest() == fund_rules(team.fund).leaf0


def test_a_second_founding_under_one_name_is_refused(team):
    team.found()
    with pytest.raises(RefusedError, match="already"):
        team.found()


def test_a_founding_that_was_cut_off_is_repeated_with_the_same_key(team, monkeypatch):
    monkeypatch.setattr(actions, "migrate", lambda fund: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        team.found()
    monkeypatch.undo()
    seed = team.fund.log_key.read_bytes()
    team.found()
    assert team.fund.log_key.read_bytes() == seed


def test_two_members_open_the_fund_by_confirming_the_logs_key(team):
    team.found()
    team.is_refused("life", to="open", match="confirm the key")
    team.is_refused("life", "anar", to="open", vkey=fund_rules(team.fund).vkey, match="needs 2 members")
    team.open()
    assert team.audit().state == "open"
    team.is_refused("life", "cyrus", "dilshad", to="open", vkey=fund_rules(team.fund).vkey, match="already")


ALONE = [
    ("life", {"to": "winding"}),
    ("amend", {"from": "2026-04-01", "set": {"minimum": 600}}),
    ("fee", {"cur": "EUR", "rail": "bank", "amount": 100}),
    ("settle", {"from": "assets:fake", "out": 5, "cur": "EUR", "to": "assets:bank", "in": 5, "into": "EUR"}),
    ("gift-return", {"gift": 2, "amount": 100, "counted": 100}),
    ("overflow", {"gift": 2, "amount": 100, "to": "pass-on", "sibling": "Paper Boat"}),
    ("close", {}),
    ("code", {"files": [["a.js", "x"]]}),
    ("resume", {"id": base64.b64encode(bytes(16)).decode(), "what": "gifts"}),
    ("restore", {"id": base64.b64encode(bytes(16)).decode(), "update": "story"}),
]


@pytest.mark.parametrize(("kind", "fields"), ALONE, ids=[kind for kind, _ in ALONE])
def test_what_needs_two_members_is_never_done_with_one(opened, kind, fields):
    body = begin(kind, "lantern-fund.invalid/2021", day=TODAY.isoformat()) | fields
    before = opened.snapshot()
    for names in (["cyrus"], []):
        with pytest.raises(PanahError):
            carry_out(opened.fund, opened.sign(body, *names), NOW)
    # One member's signature under two names is one member.
    twice = opened.sign(body, "cyrus")
    with pytest.raises(ProofError):
        carry_out(opened.fund, Signed(body, twice.sig | {"dilshad": twice.sig["cyrus"]}), NOW)
    assert opened.snapshot() == before


def test_a_strangers_signature_is_refused(opened, tmp_path):
    stranger = Team(tmp_path / "other")
    body = begin("life", "lantern-fund.invalid/2021", day=TODAY.isoformat(), to="winding")
    with pytest.raises(ProofError):
        carry_out(opened.fund, stranger.sign(body, "anar", "cyrus"), NOW)


def test_a_statement_of_another_fund_is_refused(opened):
    body = begin("life", "other.invalid/2021", day=TODAY.isoformat(), to="winding")
    with pytest.raises(RefusedError, match=r"other\.invalid"):
        carry_out(opened.fund, opened.sign(body, "anar", "cyrus"), NOW)


def test_a_statement_acts_once_whoever_signs_it_again(opened):
    opened.say("fee", cur="EUR", rail="bank", amount=100)
    opened.is_refused("fee", "cyrus", "dilshad", cur="EUR", rail="bank", amount=100, match="already")
    assert opened.audit().fees == 100


@pytest.mark.parametrize("days", [-31, 2])
def test_a_statement_from_long_ago_or_from_the_future_is_refused(opened, days):
    day = (TODAY + dt.timedelta(days=days)).isoformat()
    opened.is_refused("fee", cur="EUR", rail="bank", amount=100, day=day, match="dated")


def test_an_amendment_waits_seven_days_and_for_a_leaf_of_its_day(opened):
    opened.is_refused("amend", **{"from": "2026-03-08"}, set={"minimum": 600}, match="seven days")
    opened.is_refused("amend", **{"from": "2026-03-09"}, set={"goal": 4_000_000}, match="never lower")
    opened.is_refused("amend", **{"from": "2026-03-09"}, set={"currency": "USD"}, error=PanahError)
    opened.say("amend", **{"from": "2026-03-09"}, set={"goal": 6_000_000, "minimum": 700})
    assert not bring_into_force(opened.fund, NOW + dt.timedelta(days=6))
    opened.now = NOW + dt.timedelta(days=7)
    assert not bring_into_force(opened.fund, opened.now)
    opened.give(5000)
    assert not bring_into_force(opened.fund, opened.now)
    sequence(opened.fund)
    assert bring_into_force(opened.fund, opened.now)
    assert not bring_into_force(opened.fund, opened.now)
    assert (form_facts(opened.fund).minimum, opened.counter().goal) == (700, 6_000_000)
    books = opened.audit()
    assert (books.goal, books.charter["minimum"]) == (6_000_000, 700)


def test_nothing_is_amended_after_met(opened):
    opened.give(5_000_000)
    assert opened.counter().state == "met"
    opened.is_refused("amend", **{"from": "2026-04-01"}, set={"goal": 6_000_000}, match="amend")


def test_a_new_roster_signs_from_then_on(opened):
    leaver = opened.members.pop("anar")
    opened.members["elham"] = Team(opened.fund.home).members["anar"]
    opened.members["elham"] = type(leaver)("elham", opened.members["elham"].seed, opened.members["elham"].identity)
    opened.say("roster", "benafsha", "cyrus", roster=opened.roster().body())
    opened.members["anar"] = leaver
    opened.is_refused("fee", "anar", "cyrus", cur="EUR", rail="bank", amount=1, error=ProofError)
    opened.say("fee", "elham", "cyrus", cur="EUR", rail="bank", amount=1)
    opened.audit()


def test_an_expired_roster_only_renews_pauses_and_withdraws(opened):
    opened.now = NOW + dt.timedelta(days=301)
    opened.is_refused("fee", cur="EUR", rail="bank", amount=1, match="ended")
    opened.say("pause", "anar", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    opened.say("roster", roster=opened.roster(opened.now.date() + dt.timedelta(days=100)).body())
    opened.say("fee", cur="EUR", rail="bank", amount=1)
    opened.audit()


def test_one_member_pauses_gifts_and_two_resume(opened):
    opened.say("pause", "dilshad", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    with pytest.raises(RefusedError, match="paused"):
        opened.give(1000)
    opened.say("resume", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    opened.give(1000)
    assert opened.audit().counted == 1000


def test_the_logs_key_is_changed_by_two_members_and_only_to_one_that_is_here(opened):
    opened.give(5000)
    other = Team(opened.fund.home / "elsewhere").fund
    foreign = make_log_key(other, "lantern-fund.invalid/2021").vkey
    opened.is_refused("key", vkey=foreign, error=PanahError)
    vkey = prepare_key(opened.fund)
    opened.say("key", vkey=vkey)
    assert fund_rules(opened.fund).vkey == vkey
    assert opened.audit().vkey_at(99) == vkey
    assert vkey.split("+")[0].encode() in (opened.fund.log / "checkpoint").read_bytes()


def test_every_statement_is_kept_with_who_signed_it(opened):
    opened.say("pause", "dilshad", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    row = Statement.objects.using(opened.fund.alias).get(kind="pause")
    assert row.signers == ["dilshad"]
