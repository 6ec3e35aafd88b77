"""The files that the house rules look at: what git holds or would hold, and Python read into its syntax tree."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(root: Path, *folders: str, ends: tuple[str, ...] = ("",)) -> list[Path]:
    """Give the files under `folders` (all, when none is named), as git sees them; ignored ones do not count."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
        found = [root / name for name in listed.decode().split("\0") if name]
    else:  # a planted tree
        found = [path for name in folders or (".",) for path in [root / name, *(root / name).rglob("*")]]
    return sorted({path for path in found if path.is_file() and path.name.endswith(ends)})


def python(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Give each Python file's place and syntax tree."""
    for path in files(root, *folders, ends=(".py",)):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_bytes())


def text(path: Path) -> str:
    """Read a file as text; what is not text reads as empty."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def plant(root: Path, planted: dict[str, str]) -> Path:
    """Write a small tree with a fault in it."""
    for name, content in planted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "utf-8")
    return root
