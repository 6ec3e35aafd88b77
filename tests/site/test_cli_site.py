"""The host's commands, as they are typed: founding, publishing, looking after, backing up, bringing back."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import os
import socket
import stat
import subprocess
import sys
import tarfile

import pytest
from django.db import connections

from panah.core.statement import begin
from panah.storage.funds import attach
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fund_world import Team
from tests.site.test_funds_images import with_place

NOW = dt.datetime.now(dt.UTC)


def panah(*words, code=0, text=""):
    done = subprocess.run(
        [sys.executable, "-m", "panah.cli.main", "site", *map(str, words)],
        input=text, capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "panah.settings.site", "PANAH_DATABASE": "", "PANAH_HOME": "/nonexistent"},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def lantern(tmp_path):
    """A fund of today with some gifts, in its home."""
    made = Team(tmp_path / "home", now=NOW)
    made.found()
    made.open()
    for amount in (2000, 5000, 12_300):
        made.give(amount)
    sequence(made.fund)
    yield made
    let_go(made)


def let_go(team):
    stop_writers()
    connections[team.fund.alias].close()


def write(team, folder, kind, *names, **fields):
    paths = []
    for name in names:
        path = folder / f"{kind}.{name}.json"
        path.write_text(team.sign(begin(kind, "lantern-fund.invalid/2021", **fields), name).to_text())
        paths.append(path)
    return paths


def pause(team, folder, *names):
    return write(
        team, folder, "pause", *names, day=NOW.date().isoformat(), what="gifts", id=base64.b64encode(bytes(16)).decode()
    )


def test_a_statement_is_carried_out_from_files_whose_signatures_are_united(lantern, tmp_path):
    let_go(lantern)
    fields = {"day": NOW.date().isoformat(), "cur": "EUR", "rail": "bank", "amount": 120}
    one, two = write(lantern, tmp_path, "fee", "anar", "cyrus", **fields)
    assert "needs 2 members" in panah("publish", one, "--home", lantern.fund.home, code=2)
    assert "signed by anar, cyrus" in panah("publish", one, two, "--home", lantern.fund.home)
    assert "already" in panah("publish", one, two, "--home", lantern.fund.home, code=2)
    assert "kind fee" in panah("close", one, two, "--home", lantern.fund.home, code=2)


def test_a_statement_that_nobody_signed_is_sent_back_with_what_to_do(lantern, tmp_path):
    path = tmp_path / "pause.json"
    fields = {"day": NOW.date().isoformat(), "what": "gifts", "id": base64.b64encode(bytes(16)).decode()}
    path.write_text(json.dumps(begin("pause", "lantern-fund.invalid/2021", **fields)))
    said = panah("publish", path, "--home", lantern.fund.home, code=2)
    assert "Nobody has signed" in said
    assert "panah member sign" in said


def test_a_fund_that_is_not_there_is_named_with_what_to_do(tmp_path):
    said = panah("publish", __file__, "--home", tmp_path, code=2)
    assert "no such fund" in said
    assert "--home" in said
    assert "no fund" in panah("serve", "--home", tmp_path, code=2)
    assert "no fund" in panah("doctor", "--home", tmp_path, code=1)


def test_status_tells_the_fund_and_nobody_else(lantern, tmp_path):
    let_go(lantern)
    entry = json.loads(panah("status", "--json", "--home", lantern.fund.home))["funds"][0]
    assert entry["state"] == "open"
    assert entry["counted"] == "193.00 EUR"
    assert entry["log"].startswith("5 leaves")


def test_doctor_finds_what_is_wrong_and_says_how_to_mend_it(lantern):
    let_go(lantern)
    home = lantern.fund.home
    before = panah("doctor", "--home", home, code=1)
    assert "can read it" not in before
    lantern.fund.log_key.chmod(0o644)
    (lantern.fund.log / "tile/entries/000.p/5").write_bytes(b"")
    (lantern.fund.log / "tile/0/000.p/5").write_bytes(b"x")
    (home / "site.toml").write_text('primary = "lantern"\naddress = "https://fund.example"\n')
    said = panah("doctor", "--home", home, code=1)
    assert "chmod go-rwx" in said
    assert "missing or damaged" in said
    assert "take it for a real one" in said


def test_a_wrong_setting_is_named_with_its_id(lantern):
    let_go(lantern)
    (lantern.fund.home / "site.toml").write_text('primary = "lantern"\naddress = "fund.example"\n')
    said = panah("doctor", "--home", lantern.fund.home, code=1)
    assert "panah.E002: site.toml: address is not a web address." in said
    assert "https://fund.example" in said
    assert "panah.E002" in panah("serve", "--home", lantern.fund.home, code=2)


def test_a_port_in_use_is_said_before_anything_starts(lantern):
    let_go(lantern)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = panah("serve", "--home", lantern.fund.home, "--port", taken.getsockname()[1], code=2)
    assert "--port 8001" in said


def test_a_picture_is_drawn_anew(tmp_path):
    (tmp_path / "in.jpg").write_bytes(with_place())
    panah("image", tmp_path / "in.jpg", "--out", tmp_path / "out.jpg")
    assert b"Parisa" not in (tmp_path / "out.jpg").read_bytes()


def test_a_backup_is_private_without_keys_and_read_again(lantern, tmp_path):
    let_go(lantern)
    out = tmp_path / "one.backup"
    assert "5 leaves in the log" in panah("backup", "--out", out, "--home", lantern.fund.home)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with tarfile.open(out) as tar:
        assert not [name for name in tar.getnames() if name.endswith((".key", ".secret"))]
    assert "exists" in panah("backup", "--out", out, "--home", lantern.fund.home, code=2)


def test_a_restored_fund_goes_on_exactly_where_the_longest_log_ends(lantern, tmp_path):
    let_go(lantern)
    home, out, back = lantern.fund.home, tmp_path / "one.backup", tmp_path / "back"
    panah("backup", "--out", out, "--with-keys", "--home", home)
    # After the backup: gifts, a pause, an update of money, one gift returned; all of it published.
    held = lantern.promise(4000)
    lantern.pay(held, 4000)
    lantern.say("fee", cur="EUR", rail="fake", amount=55)
    lantern.say("gift-return", gift=3, amount=100, counted=100)
    lantern.say("life", to="winding")
    lantern.audit()
    let_go(lantern)
    assert "--mirror" in panah("restore", out, "--home", back, code=2)
    said = panah("restore", out, "--home", back, "--mirror", lantern.fund.public)
    assert "4 leaves more" in said
    ours, theirs = (json.loads(panah("status", "--json", "--home", place))["funds"] for place in (home, back))
    assert ours == theirs
    assert "over it" in panah("restore", out, "--home", back, "--this-is-the-newest", code=2)
    for name in ("checkpoint", "tile/0/000.p/9", "tile/entries/000.p/9"):
        assert (back / "public/lantern/log" / name).read_bytes() == (lantern.fund.log / name).read_bytes()


def test_a_mirror_with_another_history_stops_the_restore(lantern, tmp_path):
    let_go(lantern)
    out, back = tmp_path / "one.backup", tmp_path / "back"
    panah("backup", "--out", out, "--with-keys", "--home", lantern.fund.home)
    panah("restore", out, "--home", tmp_path / "fork", "--this-is-the-newest")
    fork = Team(tmp_path / "fork", now=NOW)
    fork.members = lantern.members
    lantern.give(700)
    sequence(lantern.fund)
    let_go(lantern)
    del connections[lantern.fund.alias]
    attach(fork.fund)
    fork.give(900)
    sequence(fork.fund)
    let_go(fork)
    panah("backup", "--out", tmp_path / "fork.backup", "--with-keys", "--home", tmp_path / "fork")
    said = panah("restore", tmp_path / "fork.backup", "--home", back, "--mirror", lantern.fund.public, code=2)
    assert "second history" in said
    assert "they part at leaf 5" in said
    assert not (back / "funds").exists()


@pytest.mark.parametrize(
    "harm",
    [lambda data: data[:-40], lambda data: b"", lambda data: b"x" * 400, lambda data: data[:60] + b"!" + data[61:]],
)
def test_a_damaged_backup_is_refused_and_makes_no_home(lantern, tmp_path, harm):
    let_go(lantern)
    out = tmp_path / "one.backup"
    panah("backup", "--out", out, "--home", lantern.fund.home)
    out.write_bytes(harm(out.read_bytes()))
    panah("restore", out, "--home", tmp_path / "back", "--this-is-the-newest", code=2)
    assert not (tmp_path / "back" / "funds").exists()


def test_a_backup_that_names_files_outside_the_home_is_refused(tmp_path):
    out = tmp_path / "evil.backup"
    with tarfile.open(out, "w:gz") as tar:
        entry = tarfile.TarInfo("funds/../../evil")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    assert "no backup of ours" in panah("restore", out, "--home", tmp_path / "back", "--this-is-the-newest", code=2)
