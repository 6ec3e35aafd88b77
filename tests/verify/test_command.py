"""`panah verify` and `panah export` as a person meets them: words, files, exit codes."""

import io
import json

import pytest

from panah.cli import verify as command
from panah.cli.main import main
from panah.seal import receipt
from tests.loglab import Lab, b64, busy_lab


@pytest.fixture
def busy(tmp_path):
    return busy_lab(tmp_path / "fund")


@pytest.fixture
def told(capsys):
    def run(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def test_what_holds_ends_in_0_and_says_what_cannot_be_known(busy, told):
    code, out, err = told("verify", busy.folder, "--fund", busy.fingerprint)
    assert (code, err) == (0, "")
    assert out.startswith("DEMO")
    for words in (
        "Everything that can be checked holds",
        "6000.00 EUR of 6000.00 EUR",
        "can't know",
        "no payments yet",
    ):
        assert words in out
    assert "every cent" not in out


def test_what_fails_ends_in_1_and_names_leaf_and_rule(busy, told):
    busy.force("fee", "aram", cur="EUR", rail="bank", amount=1, day="2021-10-01")
    busy.publish()
    code, out, _ = told("verify", busy.folder)
    assert code == 1
    assert f"FAILS  fee needs 2 members; signed so far: aram. [leaf {len(busy.leaves) - 1}]" in out
    assert "Something does not hold" in out
    assert "Everything that can be checked holds" not in out


@pytest.mark.parametrize("place", ["/nowhere", "gopher://x.example/", "."])
def test_what_cannot_be_read_ends_in_2(told, monkeypatch, tmp_path, place):
    monkeypatch.chdir(tmp_path)
    code, out, err = told("verify", place)
    assert (code, out) == (2, "")
    assert err.startswith("panah: ")


def test_the_verdict_as_json(busy, told):
    code, out, _ = told("verify", busy.folder, "--json")
    value = json.loads(out)
    assert code == 0
    assert (value["verdict"], value["counted"], value["demo"]) == ("holds", 600_000, True)
    busy.write("updates/first.json", b"{}")
    code, out, _ = told("verify", busy.folder, "--json")
    failed = [one for one in json.loads(out)["findings"] if one["verdict"] == "fails"]
    assert code == 1
    assert [one["file"] for one in failed] == ["updates/first.json"]


def test_a_code_is_read_from_standard_input_and_never_shown(tmp_path, told, monkeypatch):
    code = receipt.new_code()
    lab = Lab(tmp_path / "fund").found()
    lab.gift(2500, rc=b64(receipt.commitment(code)))
    lab.publish()
    monkeypatch.setattr("sys.stdin", io.StringIO(receipt.group(code) + "\n"))
    status, out, err = told("verify", lab.folder, "--code", "-")
    assert status == 0
    assert "Your gift of 25.00 EUR" in out
    assert code[:9] not in (out + err).replace(" ", "")
    monkeypatch.setattr("sys.stdin", io.StringIO(receipt.new_code()))
    assert told("verify", lab.folder, "--code", "-")[0] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("12\n"))
    assert told("verify", lab.folder, "--code", "-")[0] == 2


def test_kept_files_are_checked(busy, told, tmp_path):
    proof, old = tmp_path / "gift.tlog-proof", tmp_path / "old"
    proof.write_bytes(busy.proof(17))
    old.write_bytes(busy.read("checkpoint"))
    busy.gift(500, counted=0, day="2021-10-01")
    busy.publish()
    code, out, _ = told("verify", busy.folder, "--proof", proof, "--since", old)
    assert code == 0
    assert "[leaf 17, gift.tlog-proof]" in out
    assert "continues the older checkpoint; nothing was taken away. [old]" in out
    assert told("verify", busy.folder, "--proof", tmp_path / "none")[0] == 2
    assert told("verify", busy.folder, "--proof", __file__)[0] == 2


def test_a_long_log_shows_how_far_it_is(busy, told, monkeypatch):
    assert told("verify", busy.folder)[2] == ""
    monkeypatch.setattr(command, "_LONG", 100)
    _, out, err = told("verify", busy.folder)
    assert err.splitlines()[-1] == f"[{'#' * 25}] 100% of {len(busy.leaves)} leaves"
    assert "#" not in out


def test_an_export_goes_to_a_file_or_the_screen(busy, told, tmp_path):
    code, out, _ = told("export", busy.folder, "--format", "csv")
    assert code == 0
    assert out.startswith("fund,leaf,type,day,account,currency,amount\nDEMO refuge.invalid/2021#")
    target = tmp_path / "books.csv"
    assert told("export", busy.folder, "--format", "csv", "--out", target) == (0, "", "")
    assert target.read_text() == out
    assert told("export", "/nowhere")[0] == 2


def test_damaged_logs_end_in_a_sentence(busy, told):
    busy.write("log/checkpoint", b"hello")
    code, out, _ = told("verify", busy.folder)
    assert code == 1
    assert "[log/checkpoint]" in out
    assert told("export", busy.folder)[0] == 2


def test_a_fund_to_which_nothing_came_shows_no_empty_line(told, tmp_path):
    lab = Lab(tmp_path).found()
    lab.publish()
    lines = told("verify", tmp_path)[1].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("Counted:"))
    assert lines[first].endswith("in 0 gifts")
    assert lines[first + 1] == ""
    lab.gift(100)
    lab.publish()
    assert "             arrived 1.00 EUR\n" in told("verify", tmp_path)[1]


def test_what_is_stuck_on_a_rail_and_what_was_lost_is_told_apart(told, tmp_path):
    lab = Lab(tmp_path).found()
    lab.gift(4_000)
    lab.add("freeze", "aram", "laleh", rail="fake", cur="EUR", amount=3_000, day="2021-09-05")
    lab.add("thaw", "aram", "laleh", rail="fake", cur="EUR", amount=1_000, to="loss", day="2021-09-06")
    lab.publish()
    status, out, _ = told("verify", str(tmp_path))
    assert status == 0
    assert "stuck on fake, counted and not spendable: 20.00 EUR" in out
    assert "lost: 10.00 EUR" in out
    assert "Counted:     40.00 EUR" in out
