"""Last night's backup and a mirror that knows more: one history goes on, and nothing is booked twice."""

from __future__ import annotations

import base64
import secrets

import pytest
from django.db import connections

from panah.core.money import Money
from panah.core.statement import begin
from panah.site.funds.actions import carry_out
from panah.site.gifts.actions import GiftRequest, promise
from panah.site.gifts.queries import booked_note, fund_rules, gift_by_id, gift_proof, leaf_of, log_key
from panah.storage.funds import attach
from panah.storage.models import Entry
from panah.storage.sequencer import sequence
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.fund_world import Team
from tests.site.test_cli_site import NOW, lantern, let_go, panah  # noqa: F401
from tests.site.test_funds_statements import leaf_of_gift

TODAY = NOW.date()


def line(amount, ref="", **more):
    made = {"line": base64.b64encode(secrets.token_bytes(32)).decode(), "kind": "credit", "cur": "EUR"}
    return made | {"amount": amount, "day": TODAY.isoformat()} | ({"ref": ref} if ref else {}) | more


def hand_in(team, *lines):
    identity = base64.b64encode(secrets.token_bytes(16)).decode()
    body = begin("bank-list", fund_rules(team.fund).origin, id=identity, upto=TODAY.isoformat(), lines=list(lines))
    return carry_out(team.fund, team.sign(body, "benafsha", "dilshad"), team.now)


def announce(team, amount):
    """Promise a transfer; give its gift and reference."""
    identity = secrets.token_hex(16)
    asked = GiftRequest(identity, "bank", Money(amount, "EUR"), False, secrets.token_bytes(32), "en")
    return identity, promise(team.fund, asked, team.now).reference


def proofs_of(team, gift):
    """What its giver keeps: the booked note and the proof."""
    row, rules = gift_by_id(team.fund, gift), fund_rules(team.fund)
    note = booked_note(log_key(team.fund, rules), row, row.booked, row.log_by)
    return note, gift_proof(team.fund, leaf_of(team.fund, gift))


@pytest.fixture
def restored(lantern, tmp_path):  # noqa: F811
    """(The fund as it was, as it came back, the lists of the day, what givers kept)."""
    early, reference = announce(lantern, 3000)  # announced before the backup, arrives after it
    let_go(lantern)
    backup, back = tmp_path / "night.backup", Team(tmp_path / "back", now=NOW)
    panah("backup", "--out", backup, "--with-keys", "--home", lantern.fund.home)
    paid = lantern.promise(4000)
    lantern.pay(paid, 4000)
    late, late_reference = announce(lantern, 2500)
    unannounced = line(1700)
    lists = [(line(3000, reference), unannounced), (line(2500, late_reference), line(1700))]
    for lines in lists:
        hand_in(lantern, *lines)
    returned = line(500, kind="return", undoes=unannounced["line"])
    hand_in(lantern, returned)
    before = lantern.audit()
    kept = [file for gift in (paid, early, late) for file in proofs_of(lantern, gift)]
    let_go(lantern)
    said = panah("restore", backup, "--home", back.fund.home, "--mirror", lantern.fund.public)
    assert "6 leaves more" in said
    assert "bank lists of the last weeks" in said
    del connections[lantern.fund.alias]
    attach(back.fund)
    back.members = lantern.members
    yield before, back, [*lists, (returned,)], kept
    let_go(back)


def test_the_counter_and_the_books_are_those_of_the_log(restored):
    before, back, _, _ = restored
    after = back.audit()
    assert (after.size, after.counted, after.held, after.balances) == (
        before.size, before.counted, before.held, before.balances,
    )  # fmt: skip
    assert not Entry.objects.using(back.fund.alias).filter(leaf=None).exists()


def test_every_giver_finds_the_gift_after_it_went_on(restored):
    _, back, _, kept = restored
    back.give(1000)
    sequence(back.fund)
    held = Kept()
    for number, data in enumerate(kept):
        held.add(f"kept-{number}", data)
    report = Audit(open_source(str(back.fund.public)), held, exports=False).run(today=TODAY)
    assert report.holds, [one.text() for one in report.findings if one.verdict == "fails"]
    assert sum("Your gift" in one.text() for one in report.findings) == len(kept)


def test_bank_lists_that_come_again_are_doubles(restored):
    before, back, lists, _ = restored
    for lines in lists:
        outcome = hand_in(back, *lines)
        assert (outcome.booked, outcome.undone, outcome.unknown) == (0, 0, [])
        assert outcome.doubles == len(lines)
    assert back.audit().balances == before.balances
    for lines in lists:  # and known from now on
        assert hand_in(back, *lines).doubles == len(lines)


def test_a_statement_that_is_read_anew_into_another_list_is_doubles_too(restored):
    before, back, lists, _ = restored
    outcome = hand_in(back, *(one for lines in lists for one in lines))
    assert (outcome.booked, outcome.doubles) == (0, 5)
    assert back.audit().balances == before.balances


def test_a_new_transfer_beside_the_known_ones_is_booked(restored):
    before, back, lists, _ = restored
    outcome = hand_in(back, *lists[0], *lists[1], line(1700), line(900))
    assert (outcome.doubles, outcome.booked) == (4, 2)
    assert back.audit().gross == before.gross + 2600


def test_without_a_longer_log_the_operator_reads_what_nobody_can_know(lantern, tmp_path):  # noqa: F811
    let_go(lantern)
    backup, back = tmp_path / "night.backup", tmp_path / "back"
    panah("backup", "--out", backup, "--with-keys", "--home", lantern.fund.home)
    said = panah("restore", backup, "--home", back, code=2)
    for words in ("5 leaves in the log", "a second history", "acknowledged after it", "--this-is-the-newest"):
        assert words in said
    assert not (back / "funds").exists()
    assert "Restored into" in panah("restore", backup, "--home", back, "--this-is-the-newest")


def test_of_held_gifts_of_one_day_those_count_that_the_log_says(tmp_path):
    """Gifts that a mirror alone knows get new ids, and ids decide between gifts of one day."""
    team = Team(tmp_path / "home", now=NOW)
    team.found(team.charter([("goal = 50000", "goal = 300"), ("[rails.fake]", "[rails.fake]\n[rails.cash]")]))
    team.open()
    team.give(2_500)
    sequence(team.fund)
    index = leaf_of_gift(team)
    team.give(27_500)
    let_go(team)
    backup, back = tmp_path / "night.backup", Team(tmp_path / "back", now=NOW)
    panah("backup", "--out", backup, "--with-keys", "--home", team.fund.home)
    for amount in range(1000, 1900, 100):
        identity = base64.b64encode(secrets.token_bytes(16)).decode()
        team.say("cash-gift", id=identity, cur="EUR", amount=amount)
    team.say("gift-return", gift=index, amount=2_500, counted=2_500)
    before = team.audit()
    let_go(team)
    panah("restore", backup, "--home", back.fund.home, "--mirror", team.fund.public)
    del connections[team.fund.alias]
    attach(back.fund)
    back.members = team.members
    after = back.audit()
    assert (after.balances, after.counted, after.held) == (before.balances, before.counted, before.held)
    let_go(back)


def test_cash_that_a_mirror_alone_knows_is_entered_once_and_stands_for_no_transfer(tmp_path):
    team = Team(tmp_path / "home", now=NOW)
    team.found(team.charter([("[rails.fake]", "[rails.fake]\n[rails.cash]")]))
    team.open()
    let_go(team)
    backup, back = tmp_path / "night.backup", Team(tmp_path / "back", now=NOW)
    panah("backup", "--out", backup, "--with-keys", "--home", team.fund.home)
    fields = {"id": base64.b64encode(secrets.token_bytes(16)).decode(), "cur": "EUR", "amount": 5000}
    team.say("cash-gift", **fields)  # nobody got a code for it
    sequence(team.fund)
    let_go(team)
    panah("restore", backup, "--home", back.fund.home, "--mirror", team.fund.public)
    del connections[team.fund.alias]
    attach(back.fund)
    back.members = team.members
    back.is_refused("cash-gift", match="carried out already", **fields)
    assert hand_in(back, line(5000)).booked == 1
    assert back.audit().gross == 10_000
    let_go(back)
