"""House rules over source files. Each rule gives its findings as `file:line: what is wrong`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import files, python, text

FILE_LINES = 300
FUNCTION_LINES = 50
BANNED = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "handler",
    "service",
    "services",
    "processor",
}
WAITS = {"interval", "seconds", "timeout"}
FEATURE_FILES = {"urls", "views", "forms", "actions", "queries"}
# The one place that loads a command's module by name, so that `panah verify` starts without Django.
LOADS_BY_NAME = "src/panah/cli/main.py"
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def long_files(root: Path) -> Iterator[str]:
    """A file that does not fit in a head gets split. Generated migrations are read by nobody."""
    for path in files(root, "src", "tests", "web", ends=(".py", ".ts", ".mjs", ".js", ".html", ".css")):
        lines = text(path).count("\n")
        if lines > FILE_LINES and "migrations" not in path.parts:
            yield f"{path.relative_to(root)}: {lines} lines, the house allows {FILE_LINES}"


def long_functions(root: Path) -> Iterator[str]:
    """A function tells one thing."""
    for name, tree in python(root, "src", "tests", "tools", "benches"):
        for node in ast.walk(tree):
            if isinstance(node, _FUNCTION) and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {lines} lines, the house allows {FUNCTION_LINES}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def hidden_imports(root: Path) -> Iterator[str]:
    """An import inside a function hides a circle; so does loading a module by its name."""
    for name, tree in python(root, "src"):
        for function in (node for node in ast.walk(tree) if isinstance(node, _FUNCTION)):
            for node in ast.walk(function):
                if any(module.startswith(("panah", ".")) for module in _imported(node)):
                    yield f"{name}:{node.lineno}: hidden import in {function.name}"
        if name != LOADS_BY_NAME:
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _called(node) in {
                    "import_module",
                    "import_string",
                    "__import__",
                }:
                    yield f"{name}:{node.lineno}: loads a module by its name"


def _called(node: ast.Call) -> str:
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def signals(root: Path) -> Iterator[str]:
    """Call the next step by its name."""
    for name, tree in python(root, "src"):
        for node in ast.walk(tree):
            modules = _imported(node)
            if isinstance(node, ast.ImportFrom):
                modules += [f"{node.module}.{alias.name}" for alias in node.names]
            if any(re.search(r"django\.dispatch|django(\.\w+)*\.signals", module) for module in modules):
                yield f"{name}:{node.lineno}: a signal"


def floats(root: Path) -> Iterator[str]:
    """Rules and tables count in whole numbers; only a wait may be a float. Paths are joined by `/` in storage."""
    for name, tree in python(root, "src/panah/core", "src/panah/storage"):
        arguments = [node for node in ast.walk(tree) if isinstance(node, ast.arg)]
        waits = [node.annotation for node in arguments if node.arg in WAITS]
        for node in ast.walk(tree):
            if node in waits:
                continue
            number = isinstance(node, ast.Constant) and isinstance(node.value, float)
            word = isinstance(node, ast.Name) and node.id in {"float", "FloatField"}
            field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
            division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and "/core/" in name
            if number or word or field or division:
                yield f"{name}:{node.lineno}: a float"


def prints(root: Path) -> Iterator[str]:
    """Only the command line talks to a terminal."""
    for name, tree in python(root, "src"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) == "print" and not name.startswith("src/panah/cli/"):
                yield f"{name}:{node.lineno}: a print"


def banned_names(root: Path) -> Iterator[str]:
    """A dumping ground starts with its name."""
    for path in files(root, "src", "tests", "web", "benches", "tools"):
        name = path.relative_to(root).as_posix()
        words = {word for part in name.split("/") for word in re.split(r"[._-]", part)}
        if words & BANNED or (path.name.startswith("base_") and path.suffix == ".py"):
            yield f"{name}: a name that says nothing"
    for name, tree in python(root, "src", "tests", "benches"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                words = {word.lower() for word in re.findall(r"[A-Z][a-z]*", node.name)}
                if words & BANNED:
                    yield f"{name}:{node.lineno}: {node.name} says nothing"


def features(root: Path) -> Iterator[str]:
    """What answers at an address has the same five filenames everywhere; any other file is named in the map."""
    told = text(root / "docs/map.md") if (root / "docs/map.md").exists() else ""
    for app in ("src/panah/site", "src/panah/desk"):
        sources = files(root, app, ends=(".py",))
        answering = {path.parent for path in sources if path.stem in FEATURE_FILES} - {root / app}
        for path in sources:
            name = path.relative_to(root / app).as_posix()
            usual = path.stem in FEATURE_FILES | {"__init__"}
            if path.parent in answering and not usual and f"`{name}`" not in told:
                yield f"{path.relative_to(root)}: not one of the five filenames, and docs/map.md does not say what it is"


def requests_in_actions(root: Path) -> Iterator[str]:
    """A write takes plain values, so that command line and tests call the same one."""
    for name, tree in python(root, "src/panah/site", "src/panah/desk"):
        if name.rsplit("/", 1)[-1] not in {"actions.py", "queries.py"}:
            continue
        for node in ast.walk(tree):
            if any(module.startswith("django.http") for module in _imported(node)):
                yield f"{name}:{node.lineno}: HTTP in {name.rsplit('/', 1)[-1]}"
            if isinstance(node, ast.arg) and node.arg == "request" and _of_http(node.annotation):
                yield f"{name}:{node.lineno}: takes a request"


def _of_http(annotation: ast.expr | None) -> bool:
    return annotation is None or "HttpRequest" in ast.unparse(annotation)


def migrations(root: Path) -> Iterator[str]:
    """One line of migrations, each after exactly one other, none importing code that will change."""
    for folder in sorted(
        {path.parent for path in files(root, "src", ends=(".py",)) if path.parent.name == "migrations"}
    ):
        names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
        for before, name in zip([None, *names], names, strict=False):
            path = folder / f"{name}.py"
            tree = ast.parse(path.read_bytes())
            place = path.relative_to(root)
            if any(module.startswith(("panah", ".")) for node in ast.walk(tree) for module in _imported(node)):
                yield f"{place}: imports the app's code"
            after = [pair[1] for pair in _dependencies(tree) if pair[0] == folder.parent.name]
            if after != ([before] if before else []):
                yield f"{place}: follows {after}, not {before}"


def _dependencies(tree: ast.Module) -> list[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["dependencies"]:
            pairs: list[tuple[str, str]] = ast.literal_eval(node.value)
            return pairs
    return []


RULES = [
    long_files,
    long_functions,
    hidden_imports,
    signals,
    floats,
    prints,
    banned_names,
    features,
    requests_in_actions,
    migrations,
]
