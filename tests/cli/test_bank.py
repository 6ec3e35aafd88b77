"""A treasurer imports what the bank exported; a second one gets the same list."""

from __future__ import annotations

import json
import stat

import pytest

from panah.core.charter import Charter
from panah.core.statement import Signed, read
from panah.proof import leaf
from panah.rails.bank.reference import group, new_reference
from tests.core.charters import TEXT
from tests.rails.camt_lab import IBAN, Transfer, make_camt

FUND = ("--iban", IBAN, "--currency", "EUR", "--origin", "fund.example")
REF, OTHER = new_reference(), new_reference()
ENTRIES = [
    Transfer(2500, ref=REF, payer="Mina Example", text="for Sara"),
    Transfer(700, payer="Karim Example", text="hello"),
    Transfer(400, payer="Tennis Club", text="fees"),
    Transfer(90, credit=False, payer="Landlord"),
]


@pytest.fixture
def camt(at):
    (at / "bank.xml").write_bytes(make_camt(ENTRIES))
    return at / "bank.xml"


def take(run, *words, out="list.json", fund=FUND):
    return run("bank", "import", *(words or ("bank.xml",)), *fund, "--salt", "salt", "--out", out)


def body(at, out="list.json"):
    return read((at / out).read_text()).body


def test_an_import_writes_an_unsigned_list_and_a_private_queue(run, at, camt):
    code, out, err = take(run)
    assert (code, err) == (0, "")
    made = read((at / "list.json").read_text())
    assert made.sig == {}
    leaf.check(made.complete() | {"sig": [["lale", "x"]]}, statement=True)
    assert [row["ref"] for row in made.body["lines"]] == [REF]
    assert made.body["o"] == "fund.example"
    for private in ("unmatched.json", "salt"):
        assert stat.S_IMODE((at / private).stat().st_mode) == 0o600
    assert [one["payer"] for one in json.loads((at / "unmatched.json").read_text())["lines"]]
    assert "safe channel" in out
    assert "together 25.00 EUR" in out
    assert "2 lines wait" in out


def test_the_report_and_the_list_hold_no_names(run, at, camt):
    _, out, err = take(run)
    for name in ("Mina", "Karim", "Tennis", "Landlord", "Sara", "hello", IBAN):
        assert name not in out + err
        assert name not in (at / "list.json").read_text()


def test_settled_lines_come_into_the_list_and_a_second_import_changes_nothing(run, at, camt):
    take(run)
    queue = json.loads((at / "unmatched.json").read_text())["lines"]
    numbers = {one["payer"]: one["number"] for one in queue}
    assert (
        run("bank", "assign", "unmatched.json", "--line", numbers["Karim Example"], "--ref", group(OTHER).lower())[0]
        == 0
    )
    code, out, _ = run("bank", "assign", "unmatched.json", "--line", numbers["Tennis Club"], "--not-a-gift")
    assert (code, "0 wait" in out) == (0, True)
    assert take(run)[0] == 0
    first = (at / "list.json").read_bytes()
    assert sorted(row["ref"] for row in body(at)["lines"]) == sorted([REF, OTHER])
    private = (at / "unmatched.json").read_text()
    assert "Karim" not in private
    assert take(run)[0] == 0
    assert (at / "list.json").read_bytes() == first
    assert (at / "unmatched.json").read_text() == private


def test_a_gift_without_a_page_is_listed_without_a_reference(run, at, camt):
    take(run)
    assert run("bank", "assign", "unmatched.json", "--line", 1, "--gift-without-page")[0] == 0
    take(run)
    assert sorted("ref" in row for row in body(at)["lines"]) == [False, True]


def test_two_treasurers_sign_the_same_list(run, at, keys, camt):
    _, out, _ = take(run)
    again = at / "second"
    again.mkdir()
    code, second, _ = run(
        "bank", "import", "bank.xml", "bank.xml", *FUND, "--salt", "salt", "--out", again / "list.json"
    )
    assert code == 0
    mark = next(line for line in out.splitlines() if "Fingerprint" in line).split("Fingerprint:")[1]
    assert mark in second
    assert (again / "list.json").read_bytes() == (at / "list.json").read_bytes()
    for name in ("lale", "omid"):
        assert run("member", "sign", "list.json", "--key", f"{name}.key")[0] == 0
    assert sorted(read((at / "list.signed.json").read_text()).sig) == ["lale", "omid"]


def test_rules_are_shown_and_need_a_yes(run, at, camt, monkeypatch):
    (at / "rules.toml").write_text('[[drop]]\nwhy = "membership fees"\npayer = "tennis"\n')
    code, out, err = take(run, "bank.xml", "--rules", "rules.toml")
    assert code == 2
    assert "drops 1 lines" in out
    assert "--yes" in err
    assert not (at / "list.json").exists()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert take(run, "bank.xml", "--rules", "rules.toml")[0] == 2
    monkeypatch.setattr("builtins.input", lambda _: "y")
    code, out, _ = take(run, "bank.xml", "--rules", "rules.toml")
    assert code == 0
    assert "1 by rules" in out
    assert take(run, "bank.xml", "--rules", "rules.toml", "--yes")[0] == 0


def test_the_charter_names_fund_account_and_currency(run, at, keys, camt):
    (at / "own.xml").write_bytes(make_camt(ENTRIES, iban="DE44999900000020211807"))
    _write_charter(at, keys)
    assert take(run, "own.xml", fund=("--charter", "charter.json"))[0] == 0
    assert body(at)["o"] == read((at / "charter.json").read_text()).body["o"]
    done = read((at / "charter.json").read_text())
    (at / "leaf.json").write_text(json.dumps(done.body | {"vkey": "x", "sig": [["lale", "x"]]}))
    assert take(run, "own.xml", fund=("--charter", "leaf.json"))[0] == 0
    code, _, err = take(run, "bank.xml", fund=("--charter", "charter.json"))
    assert code == 2
    assert "DE44999900000020211807" in err


def _write_charter(at, keys):
    head = TEXT.partition("[roster]")[0]
    cards = "".join(
        "[[roster.members]]\n" + "".join(f'{field} = "{value}"\n' for field, value in key.public.items())
        for key in keys
    )
    charter = Charter.from_toml(f"{head}[roster]\nuntil = 2022-08-31\n{cards}")
    (at / "charter.json").write_text(Signed(charter.body()).to_text())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"t": "panah/1/pause"}', '{"t": "panah/1/charter", "sig": []}', "[" * 5000]
)
def test_what_is_no_charter_is_refused(run, at, camt, text):
    (at / "charter.json").write_text(text)
    code, _, err = take(run, fund=("--charter", "charter.json"))
    assert code == 2
    assert err.startswith("panah: ")


def test_a_fund_must_be_named_whole(run, camt):
    assert "--charter" in take(run, fund=("--iban", IBAN))[2]
    assert take(run, fund=(*FUND[:2], "--currency", "XTS", "--origin", "fund.example"))[0] == 2


def test_statements_of_other_accounts_are_not_used(run, at, camt):
    (at / "other.xml").write_bytes(make_camt([Transfer(5, ref=OTHER)], iban="DE02120300000000202051"))
    code, out, _ = take(run, "bank.xml", "other.xml")
    assert (code, "other accounts" in out) == (0, True)
    assert [row["ref"] for row in body(at)["lines"]] == [REF]


def test_a_file_that_is_too_large_is_refused_without_reading_it(run, at):
    with (at / "huge.xml").open("wb") as file:
        file.truncate(100 * 2**20)
    code, _, err = take(run, "huge.xml")
    assert (code, "huge.xml:" in err, "100 MB" in err) == (2, True, True)
    assert not (at / "list.json").exists()


def test_a_hostile_file_writes_nothing(run, at, camt):
    (at / "bad.xml").write_bytes(camt.read_bytes()[:-9])
    code, _, err = take(run, "bank.xml", "bad.xml")
    assert code == 2
    assert "Mina" not in err
    assert not (at / "list.json").exists()
    assert not (at / "unmatched.json").exists()


@pytest.mark.parametrize("text", ["", "short", "c2hvcnQ=", "ü" * 40])
def test_a_file_that_is_no_salt_is_refused(run, at, camt, text):
    (at / "salt").write_text(text)
    assert take(run)[0] == 2


def test_a_csv_is_imported_by_a_map_made_once(run, at):
    (at / "bank.csv").write_text(f"day,what,amount\n2022-01-18,{REF},25.00\n2022-01-18,rent,-5.00\n")
    assert "panah bank map" in take(run, "bank.csv")[2]
    code, out, _ = run("bank", "map", "bank.csv", "--out", "map.toml")
    assert code == 0
    assert "  amount" in out
    assert run("bank", "map", "bank.csv", "--out", "map.toml")[0] == 2
    filled = (at / "map.toml").read_text().replace('booked = ""', 'booked = "day"').replace('[""]', '["what"]')
    filled = (
        filled.replace('amount = ""', 'amount = "amount"')
        .replace("%d.%m.%Y", "%Y-%m-%d")
        .replace('decimal = ","', 'decimal = "."')
    )
    (at / "map.toml").write_text(filled)
    code, out, err = take(run, "bank.csv", "--map", "map.toml")
    assert (code, err) == (0, "")
    assert "no balances" in out
    assert [row["ref"] for row in body(at)["lines"]] == [REF]
