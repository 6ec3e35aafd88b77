"""Three members make keys, agree on a charter, and sign what the fund needs."""

from __future__ import annotations

import base64
import datetime as dt
import json
import stat

import pytest

from panah.core.charter import Charter
from panah.core.statement import read
from panah.proof import leaf
from panah.proof.signature import verified_signers
from panah.seal.memberkey import unlock
from tests.cli.conftest import PASSPHRASE
from tests.core.charters import TEXT

TODAY = "2022-01-18"


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    monkeypatch.setattr("panah.cli.member._today", lambda: dt.date.fromisoformat(TODAY))


@pytest.fixture
def charter(at, keys):
    head = TEXT.partition("[roster]")[0]
    cards = "".join(
        "[[roster.members]]\n" + "".join(f'{field} = "{value}"\n' for field, value in key.public.items())
        for key in keys
    )
    path = at / "charter.toml"
    path.write_text(f"{head}[roster]\nuntil = 2022-08-31\n{cards}")
    return path


def test_a_new_key_file_is_private_and_prints_the_card(run, at):
    code, out, err = run("member", "new", "--name", "tara")
    assert code == 0, err
    assert stat.S_IMODE((at / "tara.key").stat().st_mode) == 0o600
    card = unlock((at / "tara.key").read_bytes(), PASSPHRASE).public
    assert all(f'{field} = "{value}"' in out for field, value in card.items())
    assert PASSPHRASE not in out + err


def test_a_key_file_is_never_overwritten(run, at):
    (at / "tara.key").write_text("precious")
    assert run("member", "new", "--name", "tara")[0] == 2
    assert (at / "tara.key").read_text() == "precious"


def test_the_card_goes_into_the_charter_as_it_is(run, keys):
    code, out, _ = run("member", "card", "--key", "omid.key")
    assert code == 0
    assert out.startswith("[[roster.members]]\n")
    assert keys[1].public["seal"] in out


def test_checking_names_all_problems_and_exits_1(run, charter):
    charter.write_text(charter.read_text().replace("goal =", "gaol =").replace("DE44", "DE45"))
    code, out, _ = run("member", "check", charter)
    assert code == 1
    assert "fund.goal: This is missing." in out
    assert "Did you mean goal?" in out
    assert "rails.bank.iban" in out
    assert "Problems: 3." in out


def test_checking_a_good_charter_warns_and_gives_its_fingerprint(run, charter):
    code, out, _ = run("member", "check", charter)
    assert code == 0
    assert "four are advised" in out
    assert "fingerprint: " in out


def test_every_founder_signs_one_charter(run, at, charter, keys):
    for key in keys:
        code, out, err = run("member", "sign", charter, "--key", f"{key.name}.key")
        assert code == 0, err
        assert '"goal": 5000000' in out
    signed = read((at / "charter.signed.json").read_text())
    whole = leaf.check(signed.complete(vkey="refuge.example+x"))
    body = Charter.from_toml(charter.read_text())
    assert verified_signers(whole, body.roster.keys) == {"lale", "omid", "roshan"}


def test_a_changed_charter_is_not_mixed_with_older_signatures(run, at, charter):
    run("member", "sign", charter, "--key", "lale.key")
    charter.write_text(charter.read_text().replace("50000.00", "60000.00"))
    code, _, err = run("member", "sign", charter, "--key", "omid.key")
    assert code == 2
    assert "do not say the same" in err
    assert set(read((at / "charter.signed.json").read_text()).sig) == {"lale"}


def test_a_charter_with_a_problem_is_not_signed(run, at, charter):
    charter.write_text(charter.read_text().replace("DE44", "DE45"))
    code, _, err = run("member", "sign", charter, "--key", "lale.key")
    assert code == 2
    assert "rails.bank.iban" in err
    assert not (at / "charter.signed.json").exists()


def test_a_charter_body_that_breaks_a_rule_is_not_signed_either(run, at, charter):
    body = Charter.from_toml(charter.read_text()).body()
    body["charter"]["purposes"] = ["weapons"]
    (at / "x.json").write_text(json.dumps(body))
    code, _, err = run("member", "sign", "x.json", "--key", "lale.key")
    assert code == 2
    assert "fund.purposes" in err


def test_a_stranger_is_not_let_to_sign_a_charter(run, charter, keys):
    text = charter.read_text().replace(keys[2].public["sign"], "A" * 43 + "=")
    charter.write_text(text)
    code, _, err = run("member", "sign", charter, "--key", "roshan.key")
    assert code == 2
    assert "roshan" in err


def test_a_wrong_passphrase_signs_nothing(run, at, charter):
    (at / "pass").write_text("not the passphrase at all")
    code, _, err = run("member", "sign", charter, "--key", "lale.key")
    assert code == 2
    assert "passphrase" in err
    assert not (at / "charter.signed.json").exists()


def test_two_members_sign_a_statement_one_after_the_other(run, at, keys):
    assert run("member", "write", "pause", "--fund", "lantern.invalid", "--what", "gifts", "--day", TODAY)[0] == 0
    assert run("member", "sign", "pause.json", "--key", "lale.key")[0] == 0
    assert run("member", "sign", "pause.signed.json", "--key", "omid.key")[0] == 0
    whole = read((at / "pause.signed.json").read_text()).complete()
    leaf.check(whole, statement=True)
    public = {key.name: base64.b64decode(key.public["sign"]) for key in keys}
    assert verified_signers(whole, public) == {"lale", "omid"}


def test_a_statement_of_no_known_shape_is_not_signed(run, at, keys):
    (at / "x.json").write_text('{"t": "panah/1/close", "o": "lantern.invalid", "day": "soon"}')
    code, _, err = run("member", "sign", "x.json", "--key", "lale.key")
    assert code == 2
    assert "day" in err


def test_a_statement_is_shown_before_the_passphrase_is_asked_for(run, at, keys, monkeypatch):
    monkeypatch.delenv("PANAH_PASSPHRASE_FILE")
    run("member", "write", "close", "--fund", "lantern.invalid", "--day", TODAY)
    code, out, err = run("member", "sign", "close.json", "--key", "lale.key")
    assert code == 2
    assert '"panah/1/close"' in out
    assert "nobody is there" in err
