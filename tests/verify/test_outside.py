"""Clients that others wrote accept every log that the tests build, through the same published bytes."""

import os
import shutil
import subprocess

import metamorphic_log
import pytest

from panah.proof import merkle, tiles
from tests.loglab import Lab, busy_lab


def sizes_of(lab, sizes):
    notes = {}
    for size in sizes:
        while len(lab.leaves) < size:
            lab.gift(100 + len(lab.leaves))
        notes[size] = lab.publish().decode()
    return notes


def test_metamorphic_accepts_signatures_inclusion_and_consistency(tmp_path):
    lab = Lab(tmp_path).found()
    notes = sizes_of(lab, (2, 3, 255, 256, 257, 511, 512, 700))
    previous = None
    for size, note in notes.items():
        assert metamorphic_log.checkpoint_verify(note, [lab.key.vkey]).size == size
        nodes = tiles.nodes_of(lab.read, size)
        for index in {0, 1, size // 2, size - 1}:
            leaf = merkle.leaf_hash(lab.leaves[index])
            proof = merkle.inclusion_proof(index, size, nodes)
            metamorphic_log.checkpoint_verify_inclusion(note, [lab.key.vkey], index, leaf, proof)
        if previous:
            proof = merkle.consistency_proof(previous, size, nodes)
            metamorphic_log.checkpoint_verify_consistency(notes[previous], note, [lab.key.vkey], proof)
        previous = size


def test_metamorphic_accepts_the_busy_log_and_refuses_it_changed(tmp_path):
    lab = busy_lab(tmp_path)
    note, index = lab.read("checkpoint").decode(), 400
    proof = merkle.inclusion_proof(index, lab.published, tiles.nodes_of(lab.read, lab.published))
    leaf = merkle.leaf_hash(lab.leaves[index])
    metamorphic_log.checkpoint_verify_inclusion(note, [lab.key.vkey], index, leaf, proof)
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.checkpoint_verify_inclusion(note, [lab.key.vkey], index + 1, leaf, proof)
    with pytest.raises(metamorphic_log.VerifyError):
        metamorphic_log.checkpoint_verify(
            note.replace(f"\n{lab.published}\n", f"\n{lab.published + 1}\n"), [lab.key.vkey]
        )


AICS = os.environ.get("PANAH_AICS_TLOG") or shutil.which("aics-tlog")
"""aics-tlog needs Python 3.12, Panah does not: where it is installed apart, the variable names its command."""


@pytest.mark.skipif(AICS is None, reason="aics-tlog (Python >= 3.12) is not at hand: set PANAH_AICS_TLOG")
def test_aics_tlog_accepts_checkpoint_inclusion_and_consistency(tmp_path):
    lab = busy_lab(tmp_path)
    log, kept = lab.folder / "log", tmp_path / "kept"
    kept.write_bytes(lab.read("checkpoint"))
    lab.gift(100, counted=0, day="2021-10-01")
    lab.publish()
    leaf = tmp_path / "leaf"
    leaf.write_bytes(lab.leaves[400])

    def aics(command, *options):
        words = [AICS, command, "--tiles", str(log), "--log-key", lab.key.vkey, "--origin", lab.origin, *options]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    for command in (
        ("verify-checkpoint",),
        ("verify-inclusion", "--leaf", str(leaf), "--index", "400"),
        ("verify-consistency", "--old-checkpoint", str(kept)),
    ):
        ran = aics(*command)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert aics("verify-inclusion", "--leaf", str(leaf), "--index", "401").returncode != 0
