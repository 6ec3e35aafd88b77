"""What members did after last night's backup: a restore must not pay twice, nor lift what one of them has stopped."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets

import pytest
from django.db import connections

from panah.errors import ProofError
from panah.proof import canonical
from panah.site.books.queries import FaceReader
from panah.site.funds.switches import FILE, adopt_switches
from panah.site.gifts import returning
from panah.site.gifts.queries import gift_by_id
from panah.site.publish.render import publish
from panah.storage.funds import attach
from panah.storage.models import StoppedRail
from panah.storage.sequencer import sequence
from panah.verify.sources import open_source
from tests.fund_world import Team
from tests.site.test_cli_site import NOW, lantern, let_go, panah  # noqa: F401
from tests.site.test_restore import announce, hand_in, line


def fresh():
    return base64.b64encode(secrets.token_bytes(16)).decode()


def leaf_of(team, gift):
    return returning.requests(team.fund)[0].leaf


class Night:
    """A fund, its backup, and what happened between the backup and the fire."""

    def __init__(self, team, folder):
        self.team, self.folder = team, folder
        gift, reference = announce(team, 3000)
        hand_in(team, line(3000, reference))
        sequence(team.fund)
        self.gift, self.rc = gift, bytes(gift_by_id(team.fund, gift).rc)
        self.leaf = 5

    def agree(self):
        """Two members agree to send the transfer back."""
        self.team.say("gift-return", gift=self.leaf, amount=3000, counted=3000)
        sequence(self.team.fund)

    def backup(self):
        let_go(self.team)
        panah("backup", "--out", self.folder / "night.backup", "--with-keys", "--home", self.team.fund.home)

    def publish(self):
        sequence(self.team.fund)
        publish(FaceReader(self.team.fund, "").view(), self.team.fund.public)

    def restore(self, *options):
        """Come back elsewhere; give (the fund, what was said)."""
        let_go(self.team)
        options = options or ("--mirror", self.team.fund.public)
        back = Team(self.folder / "back", now=NOW)
        said = panah("restore", self.folder / "night.backup", "--home", back.fund.home, *options)
        del connections[self.team.fund.alias]
        attach(back.fund)
        back.members = self.team.members
        self.back = back
        return back, said


@pytest.fixture
def night(lantern, tmp_path):  # noqa: F811
    made = Night(lantern, tmp_path)
    yield made
    let_go(made.back)


@pytest.mark.parametrize("agreed_first", [False, True])
def test_a_refund_that_went_by_hand_is_not_due_again(night, agreed_first):
    if agreed_first:
        night.agree()
    night.backup()
    if not agreed_first:
        night.agree()
    (row,) = returning.refunds(night.team.fund)
    returning.note_by_hand(night.team.fund, row.id, NOW)
    night.publish()
    back, said = night.restore()
    assert "look at the account" in said
    (row,) = returning.refunds(back.fund)
    assert (row.state, row.sent) == ("sent", None)
    shown = panah("requests", "--home", back.fund.home)
    assert "Agreed and not sent yet: 0" in shown
    assert f"refund {row.id}: 30.00 EUR by bank" in shown
    assert "panah.W012" in panah("doctor", "--home", back.fund.home, code=1)
    assert "Noted: 30.00 EUR" in panah("requests", "--sent", row.id, "--home", back.fund.home)
    assert "as far as anybody here knows" not in panah("requests", "--home", back.fund.home)


def test_a_refund_that_is_still_due_without_a_restore_is_due(night):
    night.agree()
    night.back = night.team
    assert returning.refunds(night.team.fund, "state <> 'sent'")
    assert returning.perhaps_sent(night.team.fund) == []


@pytest.mark.parametrize("rail", ["", "bank"])
def test_a_switch_that_one_member_pulled_stays_pulled(night, rail):
    night.backup()
    night.team.say("pause", "cyrus", id=fresh(), what="gifts", **({"rail": rail} if rail else {}))
    night.publish()
    back, said = night.restore()
    assert "1 switches are pulled" in said
    assert back.counter().gifts_paused is (not rail)
    assert [one.rail for one in StoppedRail.objects.using(back.fund.alias).all()] == ([rail] if rail else [])
    back.say("resume", id=fresh(), what="gifts", **({"rail": rail} if rail else {}))
    source = open_source(str(night.team.fund.public))
    assert adopt_switches(back.fund, source, NOW.date()) == 0, "an old copy does not pull it once more"


def test_a_switch_that_was_let_go_before_the_backup_is_not_pulled_by_an_old_copy(night):
    pause = fresh()
    night.team.say("pause", "cyrus", id=pause, what="gifts")
    night.publish()
    assert json.loads((night.team.fund.public / FILE).read_bytes())["paused"][0]["id"] == pause
    night.team.say("resume", id=fresh(), what="gifts")
    night.backup()
    back, said = night.restore()
    assert "switches" not in said
    assert not back.counter().gifts_paused


def test_nobody_can_make_a_pause_up(night):
    night.backup()
    night.team.say("pause", "cyrus", id=fresh(), what="gifts")
    night.publish()
    path = night.team.fund.public / FILE
    value = json.loads(path.read_bytes())
    value["paused"][0]["id"] = fresh()  # its signature does not hold any more
    path.write_bytes(canonical.encode(value))
    back, _ = night.restore()
    assert not back.counter().gifts_paused
    path.write_bytes(b"{}")
    with pytest.raises(ProofError):
        adopt_switches(back.fund, open_source(str(night.team.fund.public)), NOW.date())


def test_what_nobody_can_know_is_said_in_plain_words(night):
    night.backup()
    returning.ask_back(night.team.fund, night.gift, night.rc, "mistake", NOW)
    night.publish()
    (night.team.fund.public / FILE).unlink()  # a copy made by an older version
    back, said = night.restore()
    for words in ("a pause after the backup is forgotten", "refunds that givers asked for", "let them ask again"):
        assert words in " ".join(said.split())
    assert returning.requests(back.fund) == []
    returning.ask_back(back.fund, night.gift, night.rc, "mistake", NOW + dt.timedelta(days=1))
    assert len(returning.requests(back.fund)) == 1
