"""A private person's account: whoever signs has seen what the world will see, and said yes."""

from __future__ import annotations

import io
import sys

import pytest

from panah.core.statement import read
from tests.cli.test_member import charter, on_that_day  # noqa: F401 - the charter and its day


@pytest.fixture
def private(charter):  # noqa: F811 - pytest's way to take it
    charter.write_text(charter.read_text().replace("private = false", 'private = true\nperson = "omid"'))
    return charter


class Typed(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_check_shows_what_every_page_will_show_and_advises(run, private, keys):
    code, out, _ = run("member", "check", private)
    assert code == 0
    for told in ("Account holder: Refuge", "· a private person", "Legal form: ", "IBAN: DE44", "Public for ever: ",
                 "omid: from now on this pseudonym is tied to that name", "ask an association or a fiscal host"):  # fmt: skip
        assert told in out


def test_an_association_is_shown_and_asked_nothing(run, charter, keys):  # noqa: F811
    assert "Who receives this money" not in run("member", "check", charter)[1]
    assert run("member", "sign", charter, "--key", "omid.key")[0] == 0


def test_a_script_must_say_yes_itself(run, at, private, keys):
    code, out, err = run("member", "sign", private, "--key", "omid.key")
    assert code == 2
    assert "Who receives this money" in out
    assert "You, omid, hold this account." in out
    assert "nobody is there to say yes" in err
    assert not (at / "charter.signed.json").exists()
    code, out, _ = run("member", "sign", private, "--key", "omid.key", "--public-for-ever")
    assert code == 0
    assert set(read((at / "charter.signed.json").read_text()).sig) == {"omid"}


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("y\n", 2), ("\n", 2), ("", 2)])
def test_a_person_types_it(run, at, private, keys, monkeypatch, answer, code):
    monkeypatch.setattr(sys, "stdin", Typed(answer))
    got, out, _ = run("member", "sign", private, "--key", "lale.key")
    assert got == code
    assert "Has omid, who holds this account, seen what the world will see, and agreed?" in out
    assert (at / "charter.signed.json").exists() == (code == 0)
