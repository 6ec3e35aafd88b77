"""House rules over what comes in and what must never get in: pins, lock files, addresses, secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import files, text

# Written in pieces, so that this file keeps its own rule.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "yarn" + "pkg.com",
    "deb.deb" + "ian.org",
]
REGISTRIES += ["snapshot.deb" + "ian.org", "proxy.go" + "lang.org", "crates" + ".io"]
MACHINE_PATHS = [
    "/wo" + "rk/",
    "/ro" + "ot/.",
    "/opt/py" + "pi",
    "/opt/wh" + "eels",
    "/home/[a-z]+" + "/(?!panah)",
]
SECRETS = {
    "an age key": "AGE-SECRET-KEY-" + "1[0-9A-Z]{20,}",
    "a private key": "-----BEGIN [A-Z ]*PRIV" + "ATE KEY-----",
    "a payment provider's key": r"\b[sr]k_(live|test)" + r"_[0-9A-Za-z]{10,}",
    "a webhook secret": r"\bwhsec" + r"_[0-9A-Za-z]{10,}",
    "a cloud key": r"\bAK" + r"IA[0-9A-Z]{16}\b",
    "a code host's token": r"\b(gh[pousr]|github_pat)" + r"_[0-9A-Za-z_]{20,}",
}


def _search(root: Path, patterns: dict[str, str]) -> Iterator[str]:
    compiled = [(what, re.compile(pattern)) for what, pattern in patterns.items()]
    for path in files(root):
        for number, line in enumerate(text(path).splitlines(), 1):
            for what, pattern in compiled:
                if pattern.search(line):
                    yield f"{path.relative_to(root)}:{number}: {what}"


def addresses(root: Path) -> Iterator[str]:
    """A registry's address or a place on somebody's machine would tie the house to it."""
    hosts = {f"the registry host {host}": re.escape(host) for host in REGISTRIES}
    yield from _search(root, hosts | {f"a path of one machine ({path})": path for path in MACHINE_PATHS})


def secrets(root: Path) -> Iterator[str]:
    """A key in a repository is everybody's key, also one made for a test: tests make theirs when they run."""
    yield from _search(root, SECRETS)


def pins(root: Path) -> Iterator[str]:
    """Each requirement is one version with the hashes of its files, and says nothing of where it comes from."""
    for path in files(root, "requirements", ends=(".txt",)):
        name = path.relative_to(root)
        for block in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text(path))):
            first = block.split("\n", 1)[0].strip()
            if not first:
                continue
            if first.startswith("-") or "://" in block:
                yield f"{name}: {first} names an index or an address"
            elif not re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==[^ ]+", first) or "--hash=sha256:" not in block:
                yield f"{name}: {first} is not pinned by version and hash"


def lock_files(root: Path) -> Iterator[str]:
    """npm's lock file keeps hashes and leaves out where a package was fetched."""
    for path in files(root, ends=("package-lock.json",)):
        name = path.relative_to(root)
        for package, entry in json.loads(path.read_text()).get("packages", {}).items():
            if "resolved" in entry:
                yield f"{name}: {package} says where it came from"
            if package.startswith("node_modules/") and "integrity" not in entry and not entry.get("link"):
                yield f"{name}: {package} has no hash"


def built_files(root: Path) -> Iterator[str]:
    """What is built is never kept beside its source."""
    for path in files(root, ends=(".mo", ".min.js", ".whl", ".sqlite3", ".pyc")):
        yield f"{path.relative_to(root)}: is built, not written"


RULES = [addresses, secrets, pins, lock_files, built_files]
