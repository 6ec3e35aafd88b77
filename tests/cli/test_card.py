"""`panah card import`: two members who read the same days get the same bytes."""

from __future__ import annotations

import json

from panah.cli.main import main
from tests.rails.test_card_report import HEAD, ROWS

DAYS = ["--fund", "fund.example/2026", "--from", "2026-03-01", "--upto", "2026-03-31"]


def test_two_members_write_the_same_files(tmp_path, capsys):
    lines = ROWS.splitlines(keepends=True)
    (tmp_path / "one.csv").write_text(HEAD + ROWS)
    (tmp_path / "two.csv").write_text(HEAD + "".join(lines[::-1]))
    for name in ("one", "two"):
        assert main(["card", "import", str(tmp_path / f"{name}.csv"), *DAYS, "--out", str(tmp_path / name)]) == 0
    said = capsys.readouterr().out
    assert said.count("2026-03-02-fee-eur.json") == 2
    assert "anna" not in said
    made = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two")]
    assert made[0] == made[1]
    assert json.loads(made[0]["2026-03-02-fee-eur.json"])["body"]["amount"] == 355


def test_days_that_are_not_over_are_refused(tmp_path, capsys):
    (tmp_path / "one.csv").write_text(HEAD + ROWS)
    words = [*DAYS[:-1], "2999-01-01", "--out", str(tmp_path / "out")]
    assert main(["card", "import", str(tmp_path / "one.csv"), *words]) == 2
    assert "whole days" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
