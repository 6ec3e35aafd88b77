"""One host with its funds: who is at /, what site.toml may say, and what its checks refuse."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connections
from django.test import Client

from panah.cli.main import main
from panah.errors import FatalError, InputError
from panah.site import home
from panah.site.gifts import pages
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fund_world import Team


@pytest.fixture
def two_funds(tmp_path):
    teams = [Team(tmp_path, "lantern"), Team(tmp_path, "harbour")]
    renamed = ("lantern-fund.invalid/2021", "harbour.invalid/2024")
    teams[0].found()
    teams[1].found(teams[1].charter([renamed, ("Refuge Fund of the Lantern Writers' Union", "Harbour Fund")]))
    for team in teams:
        team.open()
    home.use(home.Site(tmp_path, "lantern", "https://fund.example"))
    pages.forget()
    yield teams
    stop_writers()
    home.use(home.Site(tmp_path))
    for team in teams:
        connections[team.fund.alias].close()
        del connections[team.fund.alias]
        del connections.databases[team.fund.alias]


def test_funds_of_one_host_never_mix(two_funds):
    web = Client()
    assert "Lantern Writers" in web.get("/en/give/").content.decode()
    other = web.get("/f/harbour/en/give/").content.decode()
    assert "Harbour Fund" in other
    assert 'href="../../fa/give/"' in other
    assert web.get("/f/lantern/en/give/").status_code == 200
    assert web.get("/f/nobody/en/give/").status_code == 404
    two_funds[0].give(5_000_000)
    assert "<form" not in web.get("/en/give/").content.decode()
    assert "<form" in web.get("/f/harbour/en/give/").content.decode()
    assert set(web.get("/health").json()["funds"]) == {"lantern", "harbour"}


def test_a_fund_founded_beside_a_running_site_is_said_to_wait(two_funds):
    sequence(two_funds[0].fund)
    alias = two_funds[1].fund.alias
    connections[alias].close()
    kept = connections.databases[alias]
    del connections[alias]
    del connections.databases[alias]
    answer = Client().get("/health")
    connections.databases[alias] = kept
    assert answer.status_code == 200, "the fund that is served is well"
    assert answer.json()["funds"]["harbour"] == {"ok": False, "served": False}


def test_each_fund_has_its_own_address(two_funds):
    site = home.site()
    assert (site.prefix("lantern"), site.prefix("harbour")) == ("/", "/f/harbour/")
    assert site.address_of("lantern") == "https://fund.example"
    assert site.address_of("harbour") == "https://fund.example/f/harbour"
    assert home.Site(site.home, "lantern").address_of("harbour") == ""


def test_what_is_written_is_read_again(two_funds):
    site = home.site()
    home.write_site(site)
    assert home.read_site(site.home) == site


@pytest.mark.parametrize(
    "text",
    ["primary = 5", 'primary = "../etc"', 'address = "fund.example"', 'address = "javascript:alert(1)"', "x", "\x00"],
)
def test_a_site_file_that_says_something_else_is_refused(tmp_path, text):
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(InputError):
        home.read_site(tmp_path)


def test_no_address_is_written_that_could_not_be_read(tmp_path):
    with pytest.raises(InputError):
        home.write_site(home.Site(tmp_path, "lantern", "https://fund.example/path?x=1"))


def test_a_name_never_leads_out_of_the_home(two_funds):
    for name in ("..", "../lantern", "", "LANTERN", "a/b", "\0"):
        found = home.site().fund(name)
        assert found is None or found.slug == "lantern"


def test_nothing_is_served_before_the_start():
    kept = home._current[:]
    home._current.clear()
    with pytest.raises(FatalError):
        home.site()
    home._current[:] = kept


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("PANAH_DATABASE", "mysql://x/y", "panah.E004"),
        ("PANAH_DATABASE", "postgresql://host", "panah.E004"),
        ("DEBUG", True, "panah.E005"),
    ],
)
def test_a_wrong_setting_has_an_id_and_a_hint(monkeypatch, tmp_path, setting, value, expected):
    monkeypatch.setattr(settings, "PANAH_HOME", tmp_path)
    assert [message for message in run_checks() if message.id.startswith("panah.")] == []
    monkeypatch.setattr(settings, setting, value)
    found = [message for message in run_checks() if message.id.startswith("panah.")]
    assert [message.id for message in found] == [expected]
    assert found[0].hint


def test_a_home_that_is_a_file_or_names_a_missing_fund_is_refused(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(settings, "PANAH_HOME", tmp_path / "file")
    assert [message.id for message in run_checks()] == ["panah.E001"]
    (tmp_path / "site.toml").write_text('primary = "gone"\n')
    monkeypatch.setattr(settings, "PANAH_HOME", tmp_path)
    assert [message.id for message in run_checks()] == ["panah.E003"]


def test_a_gap_is_filled_escaped_and_only_once():
    page = pages.Prepared(f"<p>{pages.Gaps()['one']}</p><p>{pages.Gaps()['two']}</p>".encode())
    filled = page.fill({"one": f"<b>{pages.Gaps()['two']}\"'", "two": "x"})
    assert filled.decode() == "<p>&lt;b&gt;\ue000two\ue001&quot;&#x27;</p><p>x</p>"
    with pytest.raises(KeyError):
        page.fill({"one": "x"})
    with pytest.raises(KeyError):
        pages.Gaps()["not a name"]


def test_a_fault_of_ours_answers_plainly_and_logs_its_place_but_nothing_typed(two_funds, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("code 123456 of Parisa")

    monkeypatch.setattr("panah.site.gifts.views.face_of", fail)
    answer = Client(raise_request_exception=False).get("/en/give/?amount=20")
    assert answer.status_code == 500
    assert "lost" in answer.content.decode()
    assert 'dir="rtl"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    logged = [record.getMessage() for record in caplog.records if record.name == "panah.site"]
    assert len(logged) == 1
    assert "RuntimeError in fail line" in logged[0]
    assert "Parisa" not in logged[0]


def test_two_funds_are_brought_back_from_a_folder_that_has_both(two_funds, tmp_path, capsys):
    for team in two_funds:
        sequence(team.fund)
        connections[team.fund.alias].close()
    stop_writers()
    home.write_site(home.Site(tmp_path, "lantern"))
    assert main(["site", "backup", "--out", str(tmp_path / "b"), "--with-keys", "--home", str(tmp_path)]) == 0
    words = ["site", "restore", str(tmp_path / "b"), "--home", str(tmp_path / "back"), "--mirror"]
    assert main([*words, str(two_funds[0].fund.public)]) == 2
    assert "holds the fund harbour" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "public")]) == 0
    said = capsys.readouterr().out
    assert f"{tmp_path}/public/lantern: nothing newer" in said
    assert f"{tmp_path}/public/harbour: nothing newer" in said
