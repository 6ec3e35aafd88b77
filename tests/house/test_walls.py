"""The one-way walls of the house: kept as it stands, and seen to break when somebody climbs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.house.tree import ROOT, plant

BLIND = ("panah.site", "panah.storage", "panah.verify", "panah.rails")
OPENS = "panah.seal.unseal"


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The sources, to plant a fault in."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "assets", "*.mo"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_wall_stands():
    ran = lint_imports(ROOT)
    assert ran.returncode == 0, ran.stdout
    assert " 0 broken" in ran.stdout


@pytest.mark.parametrize(
    ("name", "line", "wall"),
    [
        ("core/planted.py", "from panah.site import gifts", "One way down BROKEN"),
        ("core/planted.py", "from panah.proof import canonical", "One way down BROKEN"),
        ("storage/planted.py", "from panah.verify import planted", "One way down BROKEN"),
        ("core/planted.py", "from django.db import models", "stand without Django BROKEN"),
        (
            "verify/planted.py",
            "from panah.seal import receipt",
            "trusts no code that takes or keeps gifts BROKEN",
        ),
        ("storage/planted.py", "from panah.settings import base", "never imported BROKEN"),
        ("seal/planted.py", "from panah.core import money", "not the rules of a fund BROKEN"),
        ("proof/planted.py", "from panah.seal import padding", "One way down BROKEN"),
        ("site/planted.py", "from panah.seal import unseal", "can't open anything BROKEN"),
        ("site/planted.py", "from panah.seal import mailbox", "can't open anything BROKEN"),
        ("storage/planted.py", "from panah.seal import circles", "can't open anything BROKEN"),
        ("rails/planted.py", "from panah.seal import recovery", "can't open anything BROKEN"),
        ("site/planted.py", "from panah.seal import names", "can't open anything BROKEN"),
        ("site/planted.py", "from panah.desk.vault import desk", "One way down BROKEN"),
        ("desk/vault/planted.py", "from panah.storage import funds", "stands without Django BROKEN"),
        # Not only by name: through another room of secrecy too.
        ("site/planted.py", "from panah.seal import shredding", "can't open anything BROKEN"),
    ],
)
def test_a_climbed_wall_is_seen(copied, name, line, wall):
    plant(copied / "src" / "panah", {"verify/planted.py": "", name: f"{line}\n"})
    ran = lint_imports(copied)
    assert ran.returncode != 0
    assert wall in ran.stdout


def chain_to_opening(package: str = "panah") -> tuple[str, ...] | None:
    """The imports that lead from what must be blind to the code that opens envelopes."""
    graph = grimp.build_graph(package, cache_dir=None)
    opening = OPENS.replace("panah", package, 1)
    if opening not in graph.modules:  # nothing opens anything yet
        return None
    for blind in BLIND:
        importer = blind.replace("panah", package, 1)
        if chain := graph.find_shortest_chain(importer, opening, as_packages=True):
            return chain
    return None


def test_the_site_cannot_reach_the_code_that_opens():
    assert chain_to_opening() is None


def test_a_hidden_way_to_the_code_that_opens_is_seen(tmp_path, monkeypatch):
    names = ["", "site", "storage", "verify", "rails", "seal"]
    planted = {f"panahcopy/{name}/__init__.py".replace("//", "/"): "" for name in names}
    planted["panahcopy/seal/unseal.py"] = ""
    planted["panahcopy/seal/receipt.py"] = "from panahcopy.seal import unseal\n"
    planted["panahcopy/site/give.py"] = "from panahcopy.seal import receipt\n"
    monkeypatch.syspath_prepend(str(plant(tmp_path, planted)))
    assert chain_to_opening("panahcopy") == (
        "panahcopy.site.give",
        "panahcopy.seal.receipt",
        "panahcopy.seal.unseal",
    )
