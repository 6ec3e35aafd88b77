"""`panah verify` and `panah watch` tell what members announced, before it holds."""

from __future__ import annotations

import datetime as dt

from panah.cli.main import main
from panah.verify.sources import open_source
from panah.verify.watch import Memory, look
from tests.loglab import Lab
from tests.verify.test_watch import DAY, OTHER, Watched

NEW = OTHER.replace(" ", "")
RAILS = {"fake": {}, "bank": {"payee": "Refuge Union", "iban": NEW}}


def announce(lab: Lab, **changed: object) -> None:
    lab.add("amend", "aram", "laleh", day="2021-09-05", from_="2021-09-20", set=changed)
    lab.publish()


def heard(watched: Watched, day: dt.date = DAY) -> list[str]:
    watched.state.mkdir(exist_ok=True)
    return [one.text() for one in look(open_source(str(watched.lab.folder)), Memory.read(watched.state), day).accounts]


def test_verify_notes_each_rule_that_will_change_and_holds(tmp_path, capsys):
    lab = Lab(tmp_path).found()
    announce(lab, goal=6_000_000, rails=RAILS)
    assert main(["verify", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "announced for 2021-09-20: Goal is now 50000.00 EUR, then 60000.00 EUR." in told
    assert f"announced for 2021-09-20: IBAN is now DE89370400440532013000, then {NEW}." in told


def test_verify_is_silent_about_an_amendment_that_holds_already(tmp_path, capsys):
    lab = Lab(tmp_path).found()
    announce(lab, goal=6_000_000)
    lab.gift(1000, day="2021-09-20")
    lab.publish()
    assert main(["verify", str(tmp_path)]) == 0
    assert "announced" not in capsys.readouterr().out


def test_a_watcher_hears_once_of_a_new_account_and_of_nothing_else(tmp_path):
    watched = Watched(tmp_path)
    assert heard(watched) == []
    announce(watched.lab, goal=6_000_000, contact="new@refuge.invalid")
    assert heard(watched) == []
    announce(watched.lab, rails=RAILS)
    assert heard(watched) == [f"Where gifts go changes on 2021-09-20: IBAN is now DE89370400440532013000, then {NEW}."]
    assert heard(watched) == []


def test_a_watcher_who_slept_through_the_notice_hears_of_the_new_account_later(tmp_path):
    watched = Watched(tmp_path)
    assert heard(watched) == []
    announce(watched.lab, rails=RAILS)
    watched.lab.gift(1000, day="2021-09-21")
    watched.lab.publish()
    assert len(heard(watched, dt.date(2021, 9, 21))) == 1


def test_who_comes_first_during_the_notice_hears_of_it_and_later_does_not(tmp_path):
    watched = Watched(tmp_path / "early")
    announce(watched.lab, rails=RAILS)
    assert len(heard(watched)) == 1
    late = Watched(tmp_path / "late")
    announce(late.lab, rails=RAILS)
    late.lab.gift(1000, day="2021-09-21")
    late.lab.publish()
    assert heard(late, dt.date(2021, 9, 21)) == []


def test_a_page_may_show_the_announced_account_only_beside_the_present_one(tmp_path):
    watched = Watched(tmp_path)
    watched.page(more=f"<p>From 20 September: {OTHER}</p>")
    assert watched.look() != []  # nobody announced it
    announce(watched.lab, rails=RAILS)
    assert watched.look() == []
    watched.page(iban=OTHER)
    assert any("does not show the account" in text for text, _ in watched.look())


def test_the_command_says_notice_and_ends_with_one(tmp_path, capsys):
    watched = Watched(tmp_path)
    words = ["watch", str(watched.lab.folder), "--state", str(watched.state)]
    assert main(words) == 0
    announce(watched.lab, rails=RAILS)
    capsys.readouterr()
    assert main(words) == 1
    told = capsys.readouterr().out
    assert told.startswith("NOTICE: ")
    assert NEW in told
    assert main(words) == 0
