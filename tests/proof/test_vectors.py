"""The shared vectors say the same in Python as in the browser (web/test/vectors.test.ts)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from panah.core.ledger import Books
from panah.core.recovery import by_outside
from panah.errors import PanahError
from panah.proof import leaf, merkle, tiles
from panah.proof.checkpoint import open_checkpoint
from panah.proof.note import VerifyKey, open_note
from panah.proof.signature import holder_keys, roster_keys, verified_signers
from panah.proof.tlogproof import TlogProof

VECTORS = Path(__file__).parents[1] / "vectors"
FILES = sorted(VECTORS.glob("*/*.json"))


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def keys(case: dict[str, Any]) -> list[VerifyKey]:
    return [VerifyKey.parse(vkey) for vkey in case["vkeys"]]


def read_note(case: dict[str, Any]) -> None:
    note = open_note(case["note"].encode(), keys(case))
    assert note.text == case["text"]
    assert {key.vkey for key in note.verified} == set(case["vkeys"])


def read_vkey(case: dict[str, Any]) -> None:
    assert VerifyKey.parse(case["vkey"]).public == raw(case["public"])


def read_checkpoint(case: dict[str, Any]) -> None:
    found = open_checkpoint(case["note"].encode(), keys(case))
    assert (found.origin, found.size, found.root) == (case["origin"], case["size"], raw(case["root"]))


def check_inclusion(case: dict[str, Any]) -> None:
    proof = [raw(step) for step in case["proof"]]
    merkle.verify_inclusion(raw(case["leaf_hash"]), case["index"], case["size"], proof, raw(case["root"]))


def check_consistency(case: dict[str, Any]) -> None:
    proof = [raw(step) for step in case["proof"]]
    merkle.verify_consistency(case["old"], case["size"], raw(case["old_root"]), raw(case["root"]), proof)


def name_tile(case: dict[str, Any]) -> None:
    level, index, width = case["level"], case["index"], case["width"]
    path = tiles.entries_path(index, width) if level is None else tiles.tile_path(level, index, width)
    assert path == case["path"]


def read_bundle(case: dict[str, Any]) -> None:
    assert tiles.parse_bundle(raw(case["data"]), case["width"]) == [raw(entry) for entry in case["entries"]]


def read_leaf(case: dict[str, Any]) -> None:
    data = raw(case["data_b64"]) if "data_b64" in case else case["data"].encode()
    assert leaf.encode(leaf.parse(data)) == data


def check_signature(case: dict[str, Any]) -> None:
    members = {name: raw(key) for name, key in case["members"].items()}
    assert verified_signers(case["body"], members) == set(case["signers"])


def read_proof(case: dict[str, Any]) -> None:
    proof = TlogProof.parse(case["file"].encode())
    proof.verify(keys(case))
    assert (proof.index, proof.extra) == (case["index"], case["leaf"].encode())


def replay(case: dict[str, Any]) -> None:
    books = Books()
    for index, text in enumerate(case["leaves"]):
        try:
            take(books, index, text)
        except PanahError:
            assert index == case.get("leaf"), f"leaf {index} is refused, not the broken one"
            raise
        expected = case.get("totals", {}).get(str(index + 1), {})
        assert {key: getattr(books, key) for key in expected} == expected


def take(books: Books, index: int, text: str) -> None:
    body = leaf.parse(text.encode())
    roster = body["charter"]["roster"] if index == 0 and "charter" in body else books.roster
    members = holder_keys(body) if by_outside(body) else roster_keys(roster) if roster else {}
    books.apply(index, body, verified_signers(body, members))


READERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "note": read_note, "vkey": read_vkey, "checkpoint": read_checkpoint, "inclusion": check_inclusion,
    "consistency": check_consistency, "tilepath": name_tile, "bundle": read_bundle, "leaf": read_leaf,
    "signature": check_signature, "tlogproof": read_proof, "log": replay,
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_vector_gets_the_verdict_that_it_names(path: Path) -> None:
    case = json.loads(path.read_text())
    read = READERS[path.parent.name]
    if case["expect"] == "ok":
        read(case)
    else:
        with pytest.raises(PanahError):
            read(case)


def test_every_kind_of_vector_has_both_verdicts() -> None:
    verdicts: dict[str, set[str]] = {}
    for path in FILES:
        verdicts.setdefault(path.parent.name, set()).add(json.loads(path.read_text())["expect"])
    assert set(verdicts) == set(READERS)
    assert [kind for kind, found in verdicts.items() if len(found) < 2] == ["tilepath"]
