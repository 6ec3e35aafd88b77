"""The browser side: its types hold, its own tests pass, its bundles are small and built alike every time."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
NODE = ROOT / ".venv/bin/node"
LIMITS = {"ask": 40 * 1024, "check": 40 * 1024, "give": 8 * 1024, "mailbox": 42 * 1024}


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """What `make build` installs; a no-op where that was done."""
    subprocess.run([ROOT / "tools/build_web.sh"], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assets")
    run(str(NODE), "build.ts", str(folder))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_types_hold() -> None:
    run(str(WEB / "node_modules/.bin/tsc"), "--noEmit")


def test_the_browser_sides_own_tests_pass() -> None:
    files = sorted(str(path.relative_to(WEB)) for path in (WEB / "test").glob("*.test.ts"))
    out = run(str(NODE), "--test", "--test-reporter=tap", *files)
    counts = {name: int(number) for name, number in re.findall(r"^# (\w+) (\d+)$", out, re.MULTILINE)}
    assert counts["pass"] > 200
    assert counts["fail"] == counts["skipped"] == counts["todo"] == 0


def test_two_builds_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    run(str(NODE), "build.ts", str(tmp_path))
    assert contents(tmp_path) == contents(built)


def test_a_build_takes_away_the_bundles_before_it_and_nothing_else(tmp_path: Path) -> None:
    for name in ("check-0000000000000000.js", "give-0123456789abcdef.js", "ask-0123456789abcdef.js", "logo.svg"):
        (tmp_path / name).write_text("old")
    run(str(NODE), "build.ts", str(tmp_path))
    names = set(contents(tmp_path))
    assert "logo.svg" in names
    assert len(names) == len(LIMITS) + 2


def test_the_manifest_names_each_bundle_with_its_hash(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert set(manifest) == set(LIMITS)
    for name, entry in manifest.items():
        data = (built / entry["file"]).read_bytes()
        assert entry["file"] == f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.js"
        assert entry["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_bundle_stays_small(built: Path, name: str) -> None:
    (path,) = built.glob(f"{name}-*.js")
    assert len(gzip.compress(path.read_bytes(), 9)) <= LIMITS[name]


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_bundle_runs_under_the_strict_policy_of_the_site(built: Path, name: str) -> None:
    (path,) = built.glob(f"{name}-*.js")
    script = path.read_text("ascii")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write", "new Function"):
        assert word not in script
    assert not re.findall(r"https?://", script), "a bundle names no other place"


def test_the_licences_of_what_is_bundled_stay_with_it(built: Path) -> None:
    for path in built.glob("*.js"):
        script = path.read_text()
        assert "Panah - AGPL-3.0-or-later" in script
        assert "noble-hashes - MIT License" in script


def test_the_words_in_the_papers_are_those_of_the_scripts() -> None:
    paper = (ROOT / "docs/how/browser-check.md").read_text()
    for source in (WEB / "src/check/words.ts", WEB / "src/give/words.ts"):
        keys = re.findall(r'^  "?([a-z-]+)"?:', source.read_text(), re.MULTILINE)
        assert len(keys) > 8
        assert [key for key in keys if f"`{key}`" not in paper] == []
