"""The verifier runs where Django was never installed: from the sources, and from the wheel that is given away."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.loglab import Lab

# In an interpreter of its own: whatever the verifier pulls in, these must not come.
SERVER = ("django", "psycopg", "granian", "jdatetime", "PIL", "panah.site", "panah.storage", "panah.settings")
# Nor what reads banks' files and opens keys, though other commands beside `panah verify` do.
OTHERS = ("panah.rails", "panah.seal", "lxml", "pyrage", "mt940")
BLOCKING = """
import importlib.abc, sys
class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == blocked or name.startswith(blocked + ".") for blocked in {!r}):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Wall())
"""
EVERY_MODULE = """
import importlib, pkgutil, panah.verify
for module in pkgutil.walk_packages(panah.verify.__path__, "panah.verify."):
    importlib.import_module(module.name)
print("loaded", len([name for name in sys.modules if name.startswith("panah.verify")]))
"""
VERIFY = """
from panah.cli.main import main
raise SystemExit(main(["verify", "{}"]))
"""
ASK_HELP = """
from panah.cli.main import main
raise SystemExit(main(["verify", "--help"]))
"""


def run(program: str, *options: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"} | ({"PYTHONPATH": str(path)} if path else {})
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    hatchling = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(hatchling, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("panah-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install panah` would lay down: the wheel and what it asks for, no extra."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for name in base_requirements(metadata.requires("panah") or []):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder


def base_requirements(asked: list[str]) -> set[str]:
    """The closure of the requirements that hang on no extra."""
    found: set[str] = set()
    waiting = [line for line in asked if "extra ==" not in line]
    while waiting:
        name = re.match(r"[A-Za-z0-9._-]+", waiting.pop())
        if name and name[0] not in found:
            found.add(name[0])
            try:
                waiting += [line for line in metadata.requires(name[0]) or [] if "extra ==" not in line]
            except metadata.PackageNotFoundError:  # asked for on another platform or Python only
                found.discard(name[0])
    return found


@pytest.mark.parametrize(
    ("program", "blocked"), [(EVERY_MODULE, SERVER + OTHERS), (ASK_HELP, SERVER)], ids=["every module", "the command"]
)
def test_it_runs_where_django_is_not(program, blocked):
    ran = run(BLOCKING.format(blocked) + program)
    assert ran.returncode == 0, ran.stderr
    assert "loaded" in ran.stdout or "usage: panah verify" in ran.stdout


def test_the_wall_of_this_test_holds():
    ran = run(BLOCKING.format(SERVER) + "import panah.storage.funds")
    assert ran.returncode != 0
    assert "ModuleNotFoundError" in ran.stderr


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a fund with a few gifts publishes."""
    lab = Lab(tmp_path_factory.mktemp("published")).found()
    for amount in (1000, 2500, 4000):
        lab.gift(amount)
    lab.publish()
    return lab.folder


def test_the_wheel_alone_verifies_a_fund(installed, published):
    ran = run(VERIFY.format(published), "-S", path=installed)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    bundle = published / "log/tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes().replace(b'"amount":2500', b'"amount":2501'))
    ran = run(VERIFY.format(published), "-S", path=installed)
    assert ran.returncode == 1, ran.stderr + ran.stdout


def test_the_wheel_alone_has_no_django(installed):
    assert run("import panah.verify", "-S", path=installed).returncode == 0
    assert run("import django", "-S", path=installed).returncode != 0
    assert str(installed) in run("import panah; print(panah.__file__)", "-S", path=installed).stdout


def test_the_wheel_carries_its_pages_and_catalogues(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "panah/py.typed" in names
    sources = [path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/panah/locale").rglob("*.po")]
    assert {name.replace(".po", ".mo") for name in sources} <= set(names)
    assert any(name.startswith("panah/site/assets/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "web/")) or name.endswith(".key")]
