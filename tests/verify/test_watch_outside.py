"""A watcher hears of outside holders in time, and of a notice that came late."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from panah.cli.main import main
from panah.verify.sources import open_source
from panah.verify.watch import Memory, look
from tests.loglab import HOLDERS, Lab
from tests.vectors.make_recovery import DUE, NEW, NOTICE, PAIR, TWO, announce, bring_in, guarded

FIRST = dt.date(2021, 9, 30)


class Watched:
    """A fund with outside keys, and one who looks at it."""

    def __init__(self, folder):
        self.lab = guarded(Lab(folder / "fund"))
        self.lab.publish()
        self.state = folder / "state"
        self.state.mkdir()

    def look(self, day):
        self.lab.publish()
        seen = look(open_source(str(self.lab.folder)), Memory.read(self.state), day)
        assert not seen.alarms
        return [one.text() for one in seen.outside]


@pytest.fixture
def watched(tmp_path):
    made = Watched(tmp_path)
    assert made.look(FIRST) == []
    return made


def test_a_notice_is_told_at_every_look_until_the_team_answers(watched):
    announce(watched.lab)
    for day in range(1, 4):
        told = watched.look(dt.date(2021, 10, day))
        assert ["announced a new roster" in text and DUE in text for text in told] == [True]
    watched.lab.add("fee", *PAIR, cur="EUR", rail="bank", amount=35, day="2021-10-04")
    assert watched.look(dt.date(2021, 10, 4)) == []


def test_a_roster_after_a_public_notice_is_told_once(watched):
    announce(watched.lab)
    watched.look(dt.date(2021, 10, 1))
    watched.lab.add("roster", *TWO, keys=HOLDERS, day=DUE, roster=NEW, notice=NOTICE)
    told = watched.look(dt.date.fromisoformat(DUE))
    assert ["brought in this roster" in text for text in told] == [True]
    assert watched.look(dt.date.fromisoformat(DUE)) == []


@pytest.mark.parametrize("looked", [True, False])
def test_days_that_were_only_written_do_not_fool_who_looked_before(watched, looked):
    watched.look(dt.date(2021, 10, 9))
    announce(watched.lab)  # dated the 1st, shown after the 9th
    if looked:
        watched.look(dt.date(2021, 10, 10))
    bring_in(watched.lab)
    told = watched.look(dt.date(2021, 10, 16))
    assert any("was not public for fourteen days: on 2021-10-09" in text for text in told)


def test_who_looks_for_the_first_time_is_told_of_a_notice_and_not_of_old_history(tmp_path):
    made = Watched(tmp_path)
    announce(made.lab)
    bring_in(made.lab)
    assert made.look(dt.date(2022, 1, 1)) == []


def test_a_folder_of_an_earlier_version_is_read(watched):
    path = watched.state / "state.json"
    value = json.loads(path.read_text())
    del value["seen"]
    path.write_text(json.dumps(value))
    assert watched.look(FIRST) == []


def test_the_command_says_it_calmly_and_ends_in_1(watched, capsys):
    announce(watched.lab)
    watched.lab.publish()
    assert main(["watch", str(watched.lab.folder), "--state", str(watched.state)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("NOTICE: ")
    assert "panah member write roster" in said
    assert "ALARM" not in said


@pytest.mark.parametrize(("day", "code"), [(DUE, 0), ("2021-10-14", 1)])
def test_panah_verify_tells_of_it_and_refuses_a_day_too_few(tmp_path, capsys, day, code):
    lab = guarded(Lab(tmp_path))
    announce(lab)
    bring_in(lab, day=day)
    lab.publish()
    assert main(["verify", str(lab.folder), "--skip-exports"]) == code
    said = capsys.readouterr().out
    assert ("brought in this roster" in said) == (not code)
    assert ("from 2021-10-15" in said) == bool(code)
    assert ("Whether the notice of a new roster was public" in said) == (not code)
