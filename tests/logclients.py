"""Clients that others wrote, over a published log: every test that builds one ends by asking them.

`metamorphic-log` is a package of the test requirements. `aics-tlog` needs Python 3.12, Panah does not: where it is
installed apart, PANAH_AICS_TLOG names its command.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import metamorphic_log

from panah.proof import canonical
from panah.proof.merkle import consistency_proof, inclusion_proof
from panah.proof.tiles import entries_path, nodes_of, parse_bundle

AICS = os.environ.get("PANAH_AICS_TLOG") or shutil.which("aics-tlog")


def leaves_of(log: Path, size: int) -> list[bytes]:
    """Read every entry of a log of `size` leaves."""
    leaves: list[bytes] = []
    for begin in range(0, size, 256):
        width = min(256, size - begin)
        leaves += parse_bundle((log / entries_path(begin // 256, width)).read_bytes(), width)
    return leaves


def key_in_force(leaves: list[bytes]) -> str:
    """Give the key that the charter names, or the last `key` leaf: as a stranger learns it."""
    keyed = [data for data in leaves if b'"t":"panah/1/charter"' in data or b'"t":"panah/1/key"' in data]
    return str(canonical.decode(keyed[-1])["vkey"])


def outsiders_accept(log: Path, *seen: tuple[int, bytes], vkey: str = "") -> int:
    """Have them check signature, inclusion and consistency with (size, root) seen before; give the size.

    Raises what they raise, or AssertionError.
    """
    note = (log / "checkpoint").read_bytes()
    size, told = int(note.split(b"\n")[1]), note.split(b"\n")[2]
    leaves = leaves_of(log, size)
    key = vkey or key_in_force(leaves)
    head = metamorphic_log.checkpoint_verify(note.decode(), [key])
    assert head.size == size
    nodes = nodes_of(lambda path: (log / path).read_bytes(), size)
    for index in sorted({0, size // 2, size - 1}):
        proof = inclusion_proof(index, size, nodes)
        metamorphic_log.checkpoint_verify_inclusion(note.decode(), [key], index, nodes(0, index), proof)
    for old, root in seen:
        if old:
            metamorphic_log.verify_consistency(
                old, size, consistency_proof(old, size, nodes), root, base64.b64decode(told)
            )
    if AICS:
        ask_aics(log, key, note.decode().partition("\n")[0], leaves)
    return size


def ask_aics(log: Path, key: str, origin: str, leaves: list[bytes]) -> None:
    """Run aics-tlog over the checkpoint and the last leaf."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(leaves[-1])
        for command in (
            ("verify-checkpoint",),
            ("verify-inclusion", "--leaf", file.name, "--index", str(len(leaves) - 1)),
        ):
            words = [str(AICS), *command[:1], "--tiles", str(log), "--log-key", key, "--origin", origin, *command[1:]]
            ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
            assert ran.returncode == 0, ran.stdout + ran.stderr
