"""The source keeps the house rules, and each rule can find a fault."""

from __future__ import annotations

import pytest

from tests.house import source_rules
from tests.house.tree import ROOT, plant

FAULTS = {
    "long_files": {"web/src/long.ts": "let a = 1;\n" * 301},
    "long_functions": {"tests/core/test_a.py": "def test_a():\n" + "    a = 1\n" * 50},
    "hidden_imports": {"src/panah/site/a.py": "def f():\n    from panah.storage import writer\n    return writer\n"},
    "signals": {"src/panah/storage/a.py": "from django.db.models import signals\n"},
    "floats": {"src/panah/core/a.py": "def half(minor):\n    return minor / 2\n"},
    "prints": {"src/panah/rails/a.py": "print('paid')\n"},
    "banned_names": {"src/panah/core/gift_utils.py": ""},
    "features": {"src/panah/site/gifts/views.py": "", "src/panah/site/gifts/emails.py": ""},
    "requests_in_actions": {"src/panah/site/gifts/actions.py": "def give(request):\n    return request\n"},
    "migrations": {
        "src/panah/storage/migrations/0001_initial.py": "dependencies = []\n",
        "src/panah/storage/migrations/0002_a.py": "dependencies = [('storage', '0001_initial')]\n",
        "src/panah/storage/migrations/0002_b.py": "dependencies = [('storage', '0001_initial')]\n",
    },
}
MORE_FAULTS = [
    (
        "hidden_imports",
        {"src/panah/site/a.py": "import importlib\nx = importlib.import_module('panah.storage')\n"},
    ),
    ("signals", {"src/panah/site/a.py": "from django.dispatch import receiver\n"}),
    ("floats", {"src/panah/storage/a.py": "RATE = 0.5\n"}),
    ("floats", {"src/panah/storage/a.py": "def book(amount: float) -> None: ...\n"}),
    ("floats", {"src/panah/storage/models/a.py": "x = models.FloatField()\n"}),
    ("banned_names", {"src/panah/core/a.py": "class GiftManager:\n    pass\n"}),
    (
        "migrations",
        {"src/panah/storage/migrations/0001_a.py": "from panah.core import money\ndependencies = []\n"},
    ),
]


@pytest.mark.parametrize("rule", source_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule):
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize("rule", source_rules.RULES, ids=lambda rule: rule.__name__)
def test_a_planted_fault_is_found(rule, tmp_path):
    assert list(rule(plant(tmp_path, FAULTS[rule.__name__])))


@pytest.mark.parametrize(("name", "planted"), MORE_FAULTS)
def test_other_forms_of_the_fault_are_found(name, planted, tmp_path):
    assert list(getattr(source_rules, name)(plant(tmp_path, planted)))


@pytest.mark.parametrize("rule", source_rules.RULES, ids=lambda rule: rule.__name__)
def test_a_clean_tree_passes(rule, tmp_path):
    clean = {
        "src/panah/core/fund.py": "from panah.errors import PanahError\n\n\ndef third(minor):\n    return minor // 3\n",
        "src/panah/storage/sequencer.py": "def wait(interval: float) -> None: ...\n",
        "src/panah/site/gifts/views.py": "from panah.site.gifts import actions\n",
        "src/panah/site/gifts/actions.py": "def give(request: GiftRequest, now):\n    return request, now\n",
        "src/panah/storage/migrations/0001_initial.py": "dependencies = []\n",
        "src/panah/storage/migrations/0002_a.py": "dependencies = [('storage', '0001_initial')]\n",
    }
    assert list(rule(plant(tmp_path, clean))) == []
