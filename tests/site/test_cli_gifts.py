"""`panah site requests`, `held`, `flags`: what members see, and statements that are ready to sign and hold."""

import argparse
import json
import re
import secrets
from pathlib import Path

import pytest

from panah.cli import site_gifts
from panah.core.money import Money
from panah.core.statement import Signed, merge, read
from panah.errors import RefusedError
from panah.proof.signature import sign_body
from panah.rails.base import RailEvent
from panah.rails.registry import PULL
from panah.site import home
from panah.site.funds.actions import carry_out
from panah.site.gifts import endings, returning
from panah.site.gifts.actions import receive_event
from panah.site.gifts.queries import fund_rules, gift_by_id
from panah.site.gifts.refusing import refusal_of
from panah.storage.sequencer import sequence
from tests.fund_world import CHARTER, NAMES, TODAY


@pytest.fixture
def run(team, capsys, monkeypatch):
    """Run a command as typed, on this test's fund and day."""
    monkeypatch.setattr(site_gifts, "stop_writers", lambda: None)
    monkeypatch.setattr(site_gifts, "_now", lambda: team.now)

    def type_in(*words):
        parser = site_gifts_parser()
        arguments = parser.parse_args([*map(str, words), "--home", str(team.fund.home), "--fund", team.fund.slug])
        arguments.run(arguments)
        return capsys.readouterr().out

    home.write_site(home.Site(team.fund.home, team.fund.slug))
    return type_in


def site_gifts_parser():
    parser = argparse.ArgumentParser()
    site_gifts.register(parser.add_subparsers())
    return parser


def settle(team, gift, amount):
    receive_event(
        team.fund, PULL["fake"], RailEvent(secrets.token_hex(8), gift, "settled", Money(amount, "EUR"), TODAY), team.now
    )


def meet(team, *late):
    """Meet the goal with gifts of these amounts arriving after it; give their ids."""
    gifts = [team.promise(amount) for amount in late]
    team.give(5_000_000)
    for gift, amount in zip(gifts, late, strict=True):
        settle(team, gift, amount)
    sequence(team.fund)
    return gifts


def publish(team, folder):
    """Two members sign everything in a folder; the site carries it out."""
    for path in sorted(Path(folder).glob("*.json")):
        body = read(path.read_text()).body
        signed = merge(Signed(body, {name: sign_body(body, team.members[name].seed)}) for name in NAMES[:2])
        carry_out(team.fund, signed, team.now)


def test_requests_are_shown_without_names_and_answered_by_prepared_statements(team, run, tmp_path):
    team.found()
    team.open()
    gift = team.promise(5000)
    team.pay(gift, 5000)
    returning.ask_back(team.fund, gift, gift_by_id(team.fund, gift).rc, "twice", team.now)
    assert "not in the log yet: 50.00 EUR by fake" in run("requests")
    sequence(team.fund)
    shown = run("requests", "--prepare", tmp_path / "out")
    assert re.search(r"leaf \d+: 50.00 EUR by fake on 2026-03-02; asked on 2026-03-02, given twice", shown)
    assert gift not in shown
    publish(team, tmp_path / "out")
    shown = run("requests")
    assert "Asked for by givers: 0" in shown
    assert "refund 1: 50.00 EUR, agreed on 2026-03-02; the site asks the provider of fake" in shown
    assert "Noted: 50.00 EUR went back by fake" in run("requests", "--sent", 1)
    assert "Agreed and not sent yet: 0" in run("requests")
    assert team.audit().returned == 5000


@pytest.mark.parametrize("rule", ["return", "pass-on", "reserve"])
def test_all_that_is_held_ends_by_the_charters_rule_at_once(team, run, tmp_path, rule):
    team.found(team.charter([(re.search(r'overflow = "[a-z-]+"', CHARTER.read_text())[0], f'overflow = "{rule}"')]))
    team.open()
    meet(team, 3000, 7000)
    words = ["--sibling", fund_rules(team.fund).charter["siblings"][0]["name"]] if rule == "pass-on" else []
    shown = run("held", "--prepare", tmp_path / "out", *words)
    assert "Held past the goal: 100.00 EUR in 2 gifts" in shown
    assert f"The charter's rule: {rule}" in shown
    assert len(list((tmp_path / "out").glob("*.json"))) == 2
    publish(team, tmp_path / "out")
    books = team.audit()
    ended = {"return": books.returned, "pass-on": books.passed_on, "reserve": books.reserved}
    assert ended == {"return": 0, "pass-on": 0, "reserve": 0} | {rule: 10_000}
    assert books.held == 0
    assert "in 0 gifts" in run("held")
    under_way = returning.refunds(team.fund, "state <> 'sent'")
    assert len(under_way) == (2 if rule == "return" else 0)
    for row in under_way:
        returning.note_by_hand(team.fund, row.id, team.now)
    team.say("life", to="winding")
    team.say("close")


def test_nothing_is_prepared_while_it_may_still_count(team, run, tmp_path):
    team.found()
    team.open()
    with pytest.raises(Exception, match="may still count"):
        run("held", "--prepare", tmp_path / "out")


def test_flags_are_shown_to_members_and_kept_nowhere(team, run):
    team.found()
    team.open()
    team.give(500_000)
    team.give(2500)
    sequence(team.fund)
    shown = run("flags")
    assert "To look at: 1" in shown
    assert "5000.00 EUR by fake on 2026-03-02: a tenth of the goal or more" in shown
    public = b"".join(path.read_bytes() for path in team.fund.public.rglob("*") if path.is_file())
    assert b"large" not in public
    assert endings.flagged(team.fund, fund_rules(team.fund))[0][0].why == "large"


def test_prepared_files_are_never_written_over(team, run, tmp_path):
    team.found()
    team.open()
    meet(team, 3000)
    words = ["--sibling", fund_rules(team.fund).charter["siblings"][0]["name"]]
    run("held", "--prepare", tmp_path / "out", *words)
    with pytest.raises(Exception, match="exists already"):
        run("held", "--prepare", tmp_path / "out", *words)
    (one,) = (tmp_path / "out").glob("*.json")
    assert json.loads(one.read_text())["amount"] == 3000


def test_a_refused_request_waits_no_longer_and_may_be_made_again(team, run):
    team.found()
    team.open()
    gift = team.promise(5000)
    settle(team, gift, 5000)
    sequence(team.fund)
    rc = gift_by_id(team.fund, gift).rc
    returning.ask_back(team.fund, gift, rc, "changed", team.now)
    leaf = returning.requests(team.fund)[0].leaf
    assert f"Refused: 50.00 EUR of leaf {leaf}" in run("requests", "--refuse", leaf, "--because", "spent")
    assert "Asked for by givers: 0" in run("requests")
    with pytest.raises(RefusedError, match="No request"):
        run("requests", "--refuse", leaf)
    assert team.counter().counted == 5000, "a refusal moves nothing"
    returning.ask_back(team.fund, gift, rc, "twice", team.now)
    assert "Asked for by givers: 1" in run("requests")
    team.say("gift-return", gift=leaf, amount=5000, counted=5000)
    assert "Asked for by givers: 0" in run("requests")


def test_two_members_may_agree_after_one_refused(team, run):
    team.found()
    team.open()
    gift = team.promise(5000)
    settle(team, gift, 5000)
    sequence(team.fund)
    returning.ask_back(team.fund, gift, gift_by_id(team.fund, gift).rc, "", team.now)
    leaf = returning.requests(team.fund)[0].leaf
    run("requests", "--refuse", leaf)
    team.say("gift-return", gift=leaf, amount=5000, counted=5000)
    assert refusal_of(team.fund, gift) is None
