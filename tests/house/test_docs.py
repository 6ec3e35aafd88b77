"""The papers tell the truth about the house, and each rule over them can find a fault."""

from __future__ import annotations

import argparse

import pytest

from panah.cli import main
from tests.house import docs_rules
from tests.house.tree import ROOT, plant

PAPERS = {
    "docs/map.md": "| `src/` | `src/panah/` | `docs/` | `docs/how/` | `docs/decisions/` | `web/` |",
    "docs/how/settings.md": "`PANAH_HOME` is where state lives.",
    "docs/how/commands.md": "`panah verify DIR` and `panah member new`.",
    "docs/threats.md": "### M1 Kept\n\nPromised. `tests/claims/test_m1.py`\n\n### M2 Exact\n\nNot promised yet.\n",
    "docs/decisions/0001-a.md": "# 1\n\n## Summary\n\n## Context\n\n## Decision\n\n## Consequences\n\n## Alternatives\n",
    "tests/claims/test_m1.py": "",
    "pyproject.toml": '[project]\ndependencies = ["Lamp[oil]>=2"]\n',
    "docs/decisions/README.md": "Lamp 2.1 (MIT)",
    "src/panah/settings.py": 'HOME = environ["PANAH_HOME"]\n',
    "web/a.ts": "",
    "README.md": "See [the map](docs/map.md) and `panah verify`.",
}
FAULTS = [
    ("untold_folders", {"src/panah/hidden/a.py": ""}),
    ("ghost_folders", {"docs/map.md": "`src/panah/gone/`"}),
    ("untold_settings", {"src/panah/settings.py": 'environ["PANAH_SECRET_SWITCH"]\n'}),
    ("untold_settings", {"docs/how/settings.md": "`PANAH_HOME` and `PANAH_NEVER_READ`"}),
    ("decisions", {"docs/decisions/0001-a.md": "# 1\n\n## Summary\n\n## Decision\n"}),
    ("unexplained_requirements", {"pyproject.toml": '[project.optional-dependencies]\nsite = ["candle>=1"]\n'}),
    ("dead_links", {"README.md": "See [the plan](docs/plan.md)."}),
    ("claims", {"docs/threats.md": "### M1 Kept\n\nPromised, trust us.\n"}),
    ("claims", {"docs/threats.md": "### M1 Kept\n\nPromised. `tests/claims/test_gone.py`\n"}),
]


def planted_commands() -> set[str]:
    top = argparse.ArgumentParser()
    below = top.add_subparsers()
    below.add_parser("verify")
    below.add_parser("member").add_subparsers().add_parser("new")
    return set(docs_rules.commands(top))


@pytest.mark.parametrize("rule", docs_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule):
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(("name", "planted"), FAULTS)
def test_a_planted_fault_is_found(name, planted, tmp_path):
    assert list(getattr(docs_rules, name)(plant(tmp_path, PAPERS | planted)))


@pytest.mark.parametrize("rule", docs_rules.RULES, ids=lambda rule: rule.__name__)
def test_true_papers_pass(rule, tmp_path):
    assert list(rule(plant(tmp_path, PAPERS | {"docs/map.md": PAPERS["docs/map.md"] + "`tests/claims/`"}))) == []


def test_every_command_is_told_and_every_told_command_is_there():
    # The commands of one extra are loaded when they are asked for: once for each of them, and once for the rest.
    known = {
        name
        for words in ([], *([late] for late in main.LATER))
        for name in docs_rules.commands(main.build_parser(words))
    }
    known -= set(main.LATER)
    assert [*docs_rules.untold_commands(ROOT, known), *docs_rules.ghost_commands(ROOT, known)] == []


def test_a_command_that_nobody_tells_is_found(tmp_path):
    known = planted_commands()
    root = plant(tmp_path, PAPERS)
    assert list(docs_rules.untold_commands(root, known)) == []
    plant(root, {"docs/how/commands.md": "`panah verify`"})
    assert list(docs_rules.untold_commands(root, known)) == ["panah member new: is not in docs/how/commands.md"]


def test_a_told_command_that_is_not_there_is_found(tmp_path):
    known = planted_commands()
    root = plant(tmp_path, PAPERS)
    assert list(docs_rules.ghost_commands(root, known)) == []
    plant(root, {"README.md": "`panah verify x` and `panah member rename`", "docs/a.md": ".venv/bin/panah erase"})
    assert list(docs_rules.ghost_commands(root, known)) == [
        "README.md: there is no panah member rename",
        "docs/a.md: there is no panah erase",
    ]
