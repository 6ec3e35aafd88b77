"""House rules over the papers: what exists is told, and what is told exists."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import files, text

SETTING = re.compile(r"\bPANAH_[A-Z][A-Z_]*[A-Z]\b")
COMMAND = re.compile(r"(?:`|\.venv/bin/)panah ([a-z-]+(?: [a-z-]+)*)")
# Folders whose content follows from the one above: one folder per feature, language or case.
FOLLOWS = {"templates", "locale", "vectors", "static"}
# Papers about the future or the past may name what is not there.
FREE = ("docs/decisions/", "CHANGELOG.md", "docs/threats.md")


def untold_folders(root: Path) -> Iterator[str]:
    """A newcomer finds each folder in the map."""
    told = text(root / "docs/map.md")
    folders = {path.parent.relative_to(root) for path in files(root)} - {Path()}
    for folder in sorted(folders):
        mirrors = folder.parts[0] == "tests" and (root / "src/panah" / Path(*folder.parts[1:])).exists()
        if mirrors or FOLLOWS & set(folder.parts[:-1]):
            continue
        if f"`{folder.as_posix()}/`" not in told:
            yield f"{folder}: is not in docs/map.md"


def ghost_folders(root: Path) -> Iterator[str]:
    """The map shows no room that is not there."""
    for name in re.findall(
        r"`((?:src|web|tests|tools|docs|deploy|benches|requirements|\.ci)/[^` ]*)`",
        text(root / "docs/map.md"),
    ):
        if not (root / name).exists():
            yield f"docs/map.md: {name} is not there"


def untold_settings(root: Path) -> Iterator[str]:
    """Each setting is explained in docs/how/settings.md, and each explained one is read somewhere."""
    told = set(SETTING.findall(text(root / "docs/how/settings.md")))
    sources = [*files(root, "src", ends=(".py",)), *files(root, "tools"), *files(root, "Makefile")]
    used = {name for path in sources for name in SETTING.findall(text(path))}
    yield from (f"{name}: is not in docs/how/settings.md" for name in sorted(used - told))
    yield from (f"docs/how/settings.md: nothing reads {name}" for name in sorted(told - used))


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Give each command a parser knows: `member new`, `verify`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                below = list(commands(child))
                yield from (f"{name} {rest}" for rest in below)
                if not below:
                    yield name


def untold_commands(root: Path, known: set[str]) -> Iterator[str]:
    """Each command stands in docs/how/commands.md; the kinds of one command may share its line."""
    lines = text(root / "docs/how/commands.md").splitlines()
    for name in sorted(known):
        family, _, last = name.rpartition(" ")
        together = re.compile(rf"panah {family}\b.*\b{last}\b") if family else re.compile(rf"panah {last}\b")
        if not any(together.search(line) for line in lines):
            yield f"panah {name}: is not in docs/how/commands.md"


def ghost_commands(root: Path, known: set[str]) -> Iterator[str]:
    """No paper names a command that is not there."""
    families = [name.split() for name in known]
    for path in files(root, "README.md", "docs", "CONTRIBUTING.md", "SECURITY.md", ends=(".md",)):
        name = path.relative_to(root).as_posix()
        if name.startswith(FREE):
            continue
        for told in COMMAND.findall(text(path)):
            words = told.split()
            # "panah member" names a family of commands; "panah verify x" a command and what it takes.
            if not any(words[: len(one)] == one or one[: len(words)] == words for one in families):
                yield f"{name}: there is no panah {told}"


def decisions(root: Path) -> Iterator[str]:
    """A decision record has its five headings, in order."""
    headings = ["## Summary", "## Context", "## Decision", "## Consequences", "## Alternatives"]
    for path in files(root, "docs/decisions", ends=(".md",)):
        if path.name[0].isdigit() and re.findall(r"(?m)^## .*$", text(path)) != headings:
            yield f"{path.relative_to(root)}: wants the headings {', '.join(headings)}"


def unexplained_requirements(root: Path) -> Iterator[str]:
    """What gets installed beside Panah was chosen: a record names it."""
    project = tomllib.loads(text(root / "pyproject.toml")).get("project", {})
    asked = [
        *project.get("dependencies", []),
        *(one for group in project.get("optional-dependencies", {}).values() for one in group),
    ]
    records = "\n".join(text(path) for path in files(root, "docs/decisions", ends=(".md",))).lower()
    for line in asked:
        name = re.split(r"[\[<>=;, ]", line, maxsplit=1)[0].lower()
        if name != "panah" and not re.search(rf"\b{re.escape(name)} \d", records):
            yield f"pyproject.toml: no decision record names {name} and its version"


def dead_links(root: Path) -> Iterator[str]:
    """A link inside the house leads somewhere."""
    for path in files(root, ends=(".md",)):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(path)):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                yield f"{path.relative_to(root)}: leads to {target}, which is not there"


def claims(root: Path) -> Iterator[str]:
    """A promise in docs/threats.md names a test that exists; without one it says that it is no promise yet."""
    sections = re.split(r"(?m)^### ", text(root / "docs/threats.md"))[1:]
    for section in sections:
        title = section.split("\n", 1)[0]
        tests = re.findall(r"`(tests/[^`]*)`", section)
        missing = [test for test in tests if not (root / test).exists()]
        if missing:
            yield f"docs/threats.md: {title}: {', '.join(missing)} is not there"
        if not tests and "Not promised yet" not in section:
            yield f"docs/threats.md: {title}: promises without a test"


RULES = [untold_folders, ghost_folders, untold_settings, decisions, unexplained_requirements, dead_links, claims]
