"""`files.json`: which files a fund publishes beside its log, each with hash and length (docs/spec/files.md).

Promise: a list that was read names only plain paths inside the fund's folder, no path twice in two roles, and its
lengths add up to less than a mirror can be made to take. The list is not signed: it says what the site publishes,
the log says what is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, ProofError
from panah.proof import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST: Final = "files.json"
GENERATION: Final = "generation"
TYPE: Final = "panah/1/files"
MAX_LIST: Final = 16 * 1024 * 1024
MAX_FILES: Final = 50_000
MAX_TOTAL: Final = 8 * 1024**3
"""Bytes of all listed files together: exports of many millions of gifts."""
SIDECARS: Final = (".br", ".gz")
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,120}")
_DEEPEST: Final = 12
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: SHA-256 in hex, length in bytes."""

    sha256: str
    size: int


def may_list(path: str) -> bool:
    """Tell whether a path is a published file's, neither of the log nor made from another file here."""
    parts = path.split("/")
    return (
        len(parts) <= _DEEPEST
        and all(_NAME.fullmatch(part) for part in parts)
        and parts[0] != "log"
        and path not in {LIST, GENERATION}
        and not path.endswith(SIDECARS)
    )


def encode(files: Mapping[str, Listed]) -> bytes:
    """Spell a list."""
    return canonical.encode({"t": TYPE, "files": {path: [one.sha256, one.size] for path, one in files.items()}})


def parse(data: bytes) -> dict[str, Listed]:
    """Read a list. Raises `ProofError`."""
    value: Any = canonical.decode(data, MAX_LIST)
    if not isinstance(value, dict) or value.keys() != {"t", "files"} or value["t"] != TYPE:
        raise _refuse("")
    told = value["files"]
    if not isinstance(told, dict) or len(told) > MAX_FILES:
        raise _refuse("")
    files = {path: _listed(path, one) for path, one in told.items()}
    folders = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
    for path in files:
        if path in folders:
            raise _refuse(path)
    if sum(one.size for one in files.values()) > MAX_TOTAL:
        raise _refuse("")
    return files


def _listed(path: str, one: Any) -> Listed:
    match one:
        case [str(sha256), int(size)] if may_list(path) and _HASH.fullmatch(sha256) and 0 <= size <= MAX_TOTAL:
            return Listed(sha256, size)
    raise _refuse(path)


def _refuse(path: str) -> ProofError:
    if path:
        return ProofError(N_("The list of published files names what a mirror does not take: %(path)s."), path=path)
    return ProofError(N_("The list of published files is not in its form."))
