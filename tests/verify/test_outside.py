"""Clients that others wrote accept every log that the tests build, through the same published bytes."""

import base64
import json
import subprocess
from pathlib import Path

import metamorphic_log
import pytest

from panah.proof import merkle, tiles
from tests.logclients import AICS, outsiders_accept
from tests.loglab import Lab, busy_lab

VECTORS = sorted((Path(__file__).parents[1] / "vectors/log").glob("*.json"))


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


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_they_accept_the_log_of_every_shared_case(tmp_path, path):
    """What breaks a rule of the books is still a log: the tree does not know what its leaves mean."""
    lab = Lab(tmp_path)
    for leaf in json.loads(path.read_text())["leaves"]:
        lab.raw(leaf.encode())
        lab.publish()
    assert outsiders_accept(lab.folder / "log", vkey=lab.key.vkey) == len(lab.leaves)


def test_they_refuse_a_log_whose_last_leaf_is_another(tmp_path):
    lab = busy_lab(tmp_path)
    older = lab.published, base64.b64decode(lab.read("checkpoint").split(b"\n")[2])
    lab.gift(100, counted=0, day="2021-10-01")
    lab.publish()
    outsiders_accept(lab.folder / "log", older)
    with pytest.raises(metamorphic_log.VerifyError):
        outsiders_accept(lab.folder / "log", (older[0], bytes(32)))
    tile = next((lab.folder / "log/tile/0").glob(f"*.p/{lab.published % 256}"))
    tile.write_bytes(tile.read_bytes()[:-1] + b"\0")
    with pytest.raises(metamorphic_log.VerifyError):
        outsiders_accept(lab.folder / "log")


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
