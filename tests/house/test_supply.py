"""Nothing gets in unpinned, and nothing gets in that ties the house to one machine or gives a key away."""

from __future__ import annotations

import json

import pytest

from tests.house import supply_rules
from tests.house.tree import ROOT, plant

HASH = "--hash=sha256:" + "0" * 64
FAULTS = [
    ("addresses", {"docs/a.md": f"fetch it from {supply_rules.REGISTRIES[0]}\n"}),
    ("addresses", {"tools/a.sh": f"cd {supply_rules.MACHINE_PATHS[0]}main\n"}),
    ("secrets", {"tests/a.txt": "AGE-SECRET-KEY-" + "1" + "Q" * 40}),
    ("secrets", {"tests/a.pem": "-----BEGIN PRIV" + "ATE KEY-----\n"}),
    ("secrets", {"deploy/env": "STRIPE=rk_live" + "_" + "a" * 24}),
    ("pins", {"requirements/run.txt": "django==5.2.19\n"}),
    ("pins", {"requirements/run.txt": f"django>=5.2 \\\n    {HASH}\n"}),
    (
        "pins",
        {"requirements/run.txt": f"--index-url https://example.invalid/simple\ndjango==5.2.19 \\\n    {HASH}\n"},
    ),
    (
        "lock_files",
        {"web/package-lock.json": json.dumps({"packages": {"node_modules/a": {"integrity": "x", "resolved": "y"}}})},
    ),
    (
        "lock_files",
        {"web/package-lock.json": json.dumps({"packages": {"node_modules/a": {"version": "1.0.0"}}})},
    ),
    ("built_files", {"src/panah/locale/fa/LC_MESSAGES/django.mo": ""}),
]
CLEAN = {
    "requirements/run.txt": f"# made by make lock\ndjango==5.2.19 \\\n    {HASH} \\\n    {HASH}\npsycopg[binary]==3.3.9 \\\n    {HASH}\n",
    "web/package-lock.json": json.dumps(
        {"packages": {"": {"name": "web"}, "node_modules/a": {"integrity": "sha512-x"}}}
    ),
    "docs/a.md": "The demo lives in .panah/ and the wheel in dist/.\n",
}


@pytest.mark.parametrize("rule", supply_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule):
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(("name", "planted"), FAULTS)
def test_a_planted_fault_is_found(name, planted, tmp_path):
    assert list(getattr(supply_rules, name)(plant(tmp_path, planted)))


@pytest.mark.parametrize("rule", supply_rules.RULES, ids=lambda rule: rule.__name__)
def test_a_clean_tree_passes(rule, tmp_path):
    assert list(rule(plant(tmp_path, CLEAN))) == []
