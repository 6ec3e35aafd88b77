"""Police took every phone of a team: two friends abroad give its fund new hands, by the commands that people type."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.db import connections

from panah.cli import site as commands
from panah.cli.main import main
from panah.core.charter import Charter
from panah.core.statement import Signed, read
from panah.proof.signature import sign_body
from panah.seal.memberkey import new_member
from panah.storage.funds import FundHome
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.logclients import outsiders_accept

TODAY = dt.datetime.now(dt.UTC).date()
FOUNDED, NOTICED = TODAY - dt.timedelta(days=20), TODAY - dt.timedelta(days=14)
DEMO = Path(__file__).parents[2] / "src/panah/site/demo/charter.toml"
ORIGIN = "lantern-fund.invalid/2021"
TEAM, HOLDERS, NEW = ("anar", "benafsha", "cyrus"), ("xenia", "yusuf", "ziba"), ("mina", "navid", "omid")


class Tale:
    """A folder with everybody's files in it, and the day on which the site's machine thinks it is."""

    def __init__(self, folder, capsys, monkeypatch):
        self.folder, self.capsys, self.home = folder, capsys, folder / "home"
        self.day = FOUNDED
        self.word = folder / "passphrase"
        self.word.write_text("nine lanterns on a roof\n")
        now = dt.datetime.now(dt.UTC).time()
        monkeypatch.setattr(commands, "_now", lambda: dt.datetime.combine(self.day, now, dt.UTC))
        self.keys = {name: new_member(name) for name in TEAM + HOLDERS + NEW}
        self.sealed = {}

    def panah(self, *words, code=0):
        done = main([str(word) for word in words])
        said = self.capsys.readouterr()
        assert done == code, said
        return said.out + said.err

    def key(self, name):
        """The file of a key, made when it is first used: to lock and to open one takes a second on purpose."""
        if name not in self.sealed:
            self.sealed[name] = self.folder / f"{name}.key"
            self.sealed[name].write_bytes(self.keys[name].lock(self.word.read_text().strip()))
        return self.sealed[name]

    def charter(self, name, people, until):
        text = DEMO.read_text().replace("founded = 2021-09-01", f"founded = {FOUNDED}")
        roster = f"\n[roster]\nuntil = {until}\n" + "".join(self.card(one) for one in people)
        signs = json.dumps([self.keys[one].public["sign"] for one in HOLDERS])
        path = self.folder / name
        path.write_text(f"{text}{roster}\n[outside]\nk = 2\nkeys = {signs}\n")
        return path

    def card(self, name):
        lines = "".join(f'{field} = "{value}"\n' for field, value in self.keys[name].public.items())
        return f"[[roster.members]]\n{lines}"

    def sign(self, path, *names, out="", typed=False):
        """Sign by the command when `typed`; else as in the other stories, without a second for each key."""
        out = self.folder / (out or f"{path.stem}.signed.json")
        if not typed:
            body = Charter.from_toml(path.read_text()).body() if path.suffix == ".toml" else read(path.read_text()).body
            keys = {name: self.keys[name] for name in names}
            sig = {
                key.public["sign"] if name in HOLDERS else name: sign_body(body, key.seed) for name, key in keys.items()
            }
            out.write_text(Signed(body, sig).to_text())
            return out
        for name in names:
            self.panah("member", "sign", path, "--key", self.key(name), "--passphrase-file", self.word, "--out", out)
        return out

    def write(self, kind, *words, day=None, name=""):
        out = self.folder / f"{name or kind}.json"
        self.panah("member", "write", kind, "--fund", ORIGIN, "--day", day or self.day, "--out", out, *words)
        return out

    def publish(self, path, code=0):
        return self.panah("site", "publish", path, "--home", self.home, code=code)

    def update_log(self):
        fund = FundHome(self.home, "lantern")
        sequence(fund)
        stop_writers()
        connections[fund.alias].close()
        return fund


@pytest.fixture
def tale(tmp_path, capsys, monkeypatch):
    yield Tale(tmp_path, capsys, monkeypatch)
    stop_writers()


def test_friends_abroad_give_a_silenced_team_new_hands(tale):
    charter = tale.charter("charter.toml", TEAM, FOUNDED + dt.timedelta(days=10))
    signed = tale.sign(charter, *TEAM)
    founding = ["--charter", charter, "--signed", signed, "--home", tale.home, "--slug", "lantern"]
    vkey = re.search(r"Key of the log: (\S+)", tale.panah("site", "init", *founding))[1]
    tale.publish(tale.sign(tale.write("life", "--to", "open", "--vkey", vkey), "anar", "cyrus"))

    tale.day = NOTICED
    new = tale.charter("new.toml", NEW, TODAY + dt.timedelta(days=200))
    notice = tale.write("notice", "--charter", new)
    assert "asks for 2" in tale.publish(tale.sign(notice, "ziba", out="one.json"), code=2)
    assert "named by its key" in tale.publish(tale.sign(notice, "anar", "cyrus", out="team.json"), code=2)
    assert f"announce a new roster from {TODAY}" in tale.publish(tale.sign(notice, "ziba", "xenia", typed=True))
    fund = tale.update_log()
    leaf = re.search(r"notice .*\(leaf (\d+)\)", tale.panah("site", "status", "--home", tale.home))[1]
    watching = ["watch", fund.public, "--state", tale.folder / "state"]
    assert "announced a new roster" in tale.panah(*watching, code=1)

    roster = tale.write("roster", "--charter", new, "--notice", leaf, day=TODAY)
    ready = tale.sign(roster, "yusuf", "ziba")  # two of the three, not the same two
    tale.day = TODAY - dt.timedelta(days=1)
    assert "fourteen days" in tale.publish(ready, code=2)
    tale.day = TODAY
    assert "NOTICE" not in tale.publish(ready)
    fee = tale.write("fee", "--amount", "1.20 EUR", "--rail", "bank")
    assert "not in the roster" in tale.publish(tale.sign(fee, "anar", "cyrus", out="old.json"), code=2)
    tale.publish(tale.sign(fee, "mina", "omid"))
    tale.update_log()
    assert "brought in this roster" in tale.panah(*watching, code=1)
    verdict = tale.panah("verify", fund.public, "--skip-exports")
    assert "brought in this roster" in verdict
    assert "Everything that can be checked holds." in verdict
    outsiders_accept(fund.log)


def test_a_team_that_is_well_ends_a_notice_with_any_two_signatures(tale):
    charter = tale.charter("charter.toml", TEAM, FOUNDED + dt.timedelta(days=300))
    founding = ["--charter", charter, "--signed", tale.sign(charter, *TEAM), "--home", tale.home, "--slug", "lantern"]
    tale.panah("site", "init", *founding)
    tale.day = NOTICED
    new = tale.charter("new.toml", NEW, TODAY + dt.timedelta(days=200))
    tale.publish(tale.sign(tale.write("notice", "--charter", new), "ziba", "xenia"))
    tale.update_log()
    tale.day = TODAY - dt.timedelta(days=1)
    renewed = tale.write("roster", "--charter", charter, name="renewed")
    assert "NOTICE" not in tale.publish(tale.sign(renewed, "benafsha", "cyrus"))
    tale.day = TODAY
    late = tale.write("roster", "--charter", new, "--notice", "1", name="late")
    assert "two members have signed since" in tale.publish(tale.sign(late, "yusuf", "ziba"), code=2)
