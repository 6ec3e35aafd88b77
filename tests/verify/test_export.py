"""Exports: real programs accept them, and their balances are the published totals."""

import csv
import io
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from panah.core.ledger import Books
from panah.core.money import EXPONENTS
from panah.errors import InputError
from panah.proof import leaf
from panah.verify import sources
from panah.verify.audit import Audit
from panah.verify.export import FILES, entries_of, export, export_all, read_entries
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.loglab import ORIGIN, Lab, busy_lab, charter
from tests.verify.test_audit import TODAY


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    lab = busy_lab(tmp_path_factory.mktemp("busy"))
    lab.add("gift", cur="USD", amount=5000, counted=0, rate="0.8643", source="ecb:2021-09-24", day="2021-09-28",
            rail="fake", rc=leaf.parse(lab.leaves[20])["rc"])  # fmt: skip
    lab.publish()
    return lab


def written(lab, form):
    return "".join(export(read_entries(open_source(str(lab.folder))), form))


def minor(text, currency):
    return int(Decimal(text.replace(",", "")) * 10 ** EXPONENTS[currency])


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_hledger_accepts_it_strictly_and_finds_the_same_balances(busy, tmp_path):
    if not shutil.which("hledger"):
        pytest.skip("hledger is not installed")
    journal = tmp_path / "books.journal"
    journal.write_text(written(busy, "hledger"))
    checked = run("hledger", "-f", journal, "check", "--strict")
    assert checked.returncode == 0, checked.stderr
    assert "P 2021-09-24 USD 0.8643 EUR\n" in journal.read_text()
    printed = run("hledger", "-f", journal, "balance", "--flat", "--layout=bare", "-O", "csv", "-N").stdout
    found = {(a, cur): minor(text, cur) for a, cur, text in csv.reader(printed.splitlines()[1:])}
    assert found == {key: value for key, value in busy.books.balances.items() if value}


def test_ledger_accepts_it(busy, tmp_path):
    if not shutil.which("ledger"):
        pytest.skip("ledger is not installed")
    journal = tmp_path / "books.journal"
    journal.write_text(written(busy, "hledger"))
    printed = run("ledger", "-f", journal, "--strict", "--pedantic", "balance", "income:gifts", "--flat")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.split()[:2] == ["-6000.00", "EUR"]


def test_beancount_accepts_it(busy, tmp_path):
    journal = tmp_path / "books.beancount"
    journal.write_text(written(busy, "beancount"))
    checked = run(Path(sys.executable).with_name("bean-check"), "--no-cache", journal)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "2021-09-24 price USD 0.8643 EUR\n" in journal.read_text()
    journal.write_text(written(busy, "beancount").replace("10.00 EUR", "10.01 EUR", 1))
    assert run(Path(sys.executable).with_name("bean-check"), "--no-cache", journal).returncode != 0


def test_csv_and_json_add_up_to_the_books(busy):
    expected = {key: value for key, value in busy.books.balances.items() if value}
    totals = {}
    for row in csv.DictReader(io.StringIO(written(busy, "csv"))):
        key = row["account"], row["currency"]
        totals[key] = totals.get(key, 0) + minor(row["amount"], row["currency"])
    assert {key: value for key, value in totals.items() if value} == expected
    totals = {}
    for entry in json.loads(written(busy, "json"))["entries"]:
        for line in entry["postings"]:
            key = line["account"], line["currency"]
            totals[key] = totals.get(key, 0) + line["minor"]
    assert {key: value for key, value in totals.items() if value} == expected


@pytest.mark.parametrize("form", ["hledger", "beancount", "csv"])
def test_a_longer_log_only_appends(busy, form):
    leaves = [leaf.parse(data) for data in busy.leaves]
    whole = "".join(export(entries_of(leaves), form))
    for size in (0, 1, 30, 310, len(leaves)):
        assert whole.startswith("".join(export(entries_of(leaves[:size]), form)))


def test_json_of_a_log_without_money_is_an_empty_list(tmp_path):
    lab = Lab(tmp_path).found()
    lab.publish()
    assert json.loads(written(lab, "json"))["entries"] == []


@pytest.mark.parametrize("demo", [1, 0])
def test_every_form_says_whose_books_it_holds_and_demo_only_of_a_demo(tmp_path, demo):
    changes = {} if demo else {"demo": 0, "rails": {"bank": charter()["rails"]["bank"]}}
    lab = Lab(tmp_path, ORIGIN if demo else "refuge.example/2021").found(**changes)
    lab.gift(1000, rail="bank")
    lab.publish()
    fingerprint = sha256(lab.leaves[0]).hexdigest()
    for form in ("hledger", "beancount"):
        head = written(lab, form).partition("\n\n")[0]
        assert ("DEMO" in head) == demo
        assert f"; Fund: Refuge fund\n; Origin: {lab.origin}\n; Fingerprint: {fingerprint}\n" in head + "\n"
    for row in csv.DictReader(io.StringIO(written(lab, "csv"))):
        assert row["fund"] == f"{'DEMO ' if demo else ''}{lab.origin}#{fingerprint[:16]}"
    told = json.loads(written(lab, "json"))["fund"]
    assert told == {
        "origin": lab.origin, "name": {"en": "Refuge fund"}, "fingerprint": fingerprint, "currency": "EUR",
        "demo": bool(demo),
    }  # fmt: skip


def test_one_pass_writes_what_single_passes_write(busy):
    pieces = dict.fromkeys(FILES, "")
    for form, piece in export_all(read_entries(open_source(str(busy.folder))), FILES):
        pieces[form] += piece
    assert pieces == {form: written(busy, form) for form in FILES}


def test_a_published_export_must_say_what_the_log_says(busy):
    for form, path in FILES.items():
        busy.write(path, written(busy, form).encode())
    assert Audit(open_source(str(busy.folder)), Kept()).run(today=TODAY).holds
    busy.write(FILES["csv"], written(busy, "csv").replace("10.00", "10.01", 1).encode())
    report = Audit(open_source(str(busy.folder)), Kept()).run(today=TODAY)
    assert [one.file for one in report.findings if one.verdict == "fails"] == [FILES["csv"]]
    assert Audit(open_source(str(busy.folder)), Kept(), exports=False).run(today=TODAY).holds
    for path in FILES.values():
        (busy.folder / path).unlink()


def test_reading_goes_on_where_an_earlier_replay_stopped(busy):
    whole = list(read_entries(open_source(str(busy.folder))))
    books = Books()
    leaves = [leaf.parse(data) for data in busy.leaves[:300]]
    assert [*entries_of(leaves, books), *read_entries(open_source(str(busy.folder)), books)] == whole


def test_unknown_forms_and_torn_logs_are_refused(busy, tmp_path):
    with pytest.raises(InputError, match="xml"):
        list(export([], "xml"))
    shutil.copytree(busy.folder, tmp_path / "torn")
    (tmp_path / "torn/log/tile/entries/001").unlink()
    with pytest.raises(InputError, match="missing"):
        list(read_entries(open_source(str(tmp_path / "torn"))))


def verdicts(busy):
    report = Audit(open_source(str(busy.folder)), Kept()).run(today=TODAY)
    return [(one.verdict, one.file) for one in report.findings if one.file.startswith("exports/")]


@pytest.mark.parametrize("form", FILES)
def test_an_older_export_is_told_apart_from_a_wrong_one(busy, form, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK", 1000)
    path, whole = FILES[form], written(busy, form)
    older = "".join(export(entries_of(leaf.parse(data) for data in busy.leaves[:300]), form))
    cases = {whole: [], older: [("note", path)], whole[:-9]: [("fails", path)], whole + "x": [("fails", path)],
             older.replace("10.03", "10.04").replace('"minor":1003', '"minor":1004'): [("fails", path)]}  # fmt: skip
    for text, expected in cases.items():
        busy.write(path, text.encode())
        assert verdicts(busy) == expected
    (busy.folder / path).unlink()


def test_a_log_that_grows_during_the_check_is_no_failure(busy, monkeypatch):
    busy.write(FILES["csv"], b"leaf,type,day,account,currency,amount\nnewer")
    old = (busy.folder / "log/checkpoint").read_bytes()
    source = open_source(str(busy.folder))
    read = source.read
    asked = []

    def growing(path, limit=10**6):
        asked.append(path)
        newer = path == "log/checkpoint" and asked.count(path) > 2
        return old + b"newer" if newer else read(path, limit)

    monkeypatch.setattr(source, "read", growing)
    report = Audit(source, Kept()).run(today=TODAY)
    (busy.folder / FILES["csv"]).unlink()
    assert report.holds
    assert any("grew during this check" in one.text() for one in report.findings)
