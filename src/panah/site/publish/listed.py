"""Writes `files.json`: the list by which mirrors know what to take and what was taken away.

A file is read for its hash when it changed since this process hashed it last; else listing costs a look at its name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from panah.site.publish import files
from panah.site.publish.before import Before, mark_of
from panah.verify.listing import LIST, Listed, encode, may_list


def write(folder: Path, before: Before) -> bool:
    """Bring the list up to what stands in `folder`; tell whether it changed."""
    found: dict[str, Listed] = {}
    for root, folders, names in os.walk(folder):
        if root == str(folder):
            folders[:] = [name for name in folders if name != "log"]
        for name in names:
            path = Path(root, name)
            place = path.relative_to(folder).as_posix()
            one = _listed(path, before) if may_list(place) and not path.is_symlink() else None
            if one:
                found[place] = one
    data = encode(found)
    target = folder / LIST
    if target.is_file() and target.read_bytes() == data:
        return False
    files.replace(target, data)  # no compressed copies: hashes hardly shrink
    return True


def _listed(path: Path, before: Before) -> Listed | None:
    mark = mark_of(path)
    known = before.hashes.get(path)
    if known and known[0] == mark:
        return known[1]
    try:
        with path.open("rb") as file:
            one = Listed(hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)
    except FileNotFoundError:
        return None  # somebody removed it meanwhile
    if mark is not None:
        before.hashes[path] = (mark, one)
    return one
