"""Makes the shared vectors beside it: one file per case, the expected verdict inside.

Python (tests/proof/test_vectors.py) and TypeScript (web/test/vectors.test.ts) read the same files. The
verdicts are written here by hand, never computed. The files are kept: run this only to add a case
(`python -m tests.vectors.make_vectors`), and read the difference.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from panah.proof import canonical, merkle, tiles
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import SigningKey
from panah.proof.signature import public_of, sign_body
from panah.proof.tlogproof import TlogProof
from tests.loglab import LOG_SEED, ORIGIN, SEEDS, rc_of
from tests.vectors.make_leaves import leaf_cases
from tests.vectors.make_logs import log_cases

HERE = Path(__file__).parent
KEY = SigningKey(ORIGIN, LOG_SEED)
WITNESS = SigningKey("witness.invalid", hashlib.sha256(b"vector witness").digest())
Case = tuple[str, str, dict[str, Any]]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def note_cases() -> Iterator[Case]:
    """Signed notes, C2SP signed-note."""
    text = "refuge.invalid\nقدم اول\n"
    good = KEY.sign(text).decode()
    line = good.split("\n\n")[1]
    other = WITNESS.sign(text).decode().split("\n\n")[1]
    keys = {"vkeys": [KEY.vkey]}
    yield "ok", "plain", keys | {"note": good, "text": text}
    yield "ok", "stranger-beside", keys | {"note": good + other, "text": text}
    yield "ok", "two-known", {"vkeys": [KEY.vkey, WITNESS.vkey], "note": good + other, "text": text}
    yield "ok", "blank-line-inside", keys | {"note": KEY.sign("a\n\nb\n").decode(), "text": "a\n\nb\n"}
    yield "refused", "text-changed", keys | {"note": good.replace("refuge", "refugf", 1)}
    yield "refused", "signed-twice", keys | {"note": good + line}
    yield "refused", "no-signature", keys | {"note": text + "\n"}
    yield "refused", "no-blank-line", keys | {"note": text + line}
    yield "refused", "only-strangers", {"vkeys": [WITNESS.vkey], "note": good}
    yield "refused", "hyphen-for-dash", keys | {"note": good.replace("— ", "- ")}
    yield "refused", "no-newline-at-end", keys | {"note": good[:-1]}
    yield "refused", "newline-too-many", keys | {"note": good + "\n"}
    yield "refused", "tab-in-text", keys | {"note": KEY.sign("a\n").decode().replace("a\n", "a\t\n", 1)}
    yield "refused", "carriage-returns", keys | {"note": good.replace("\n", "\r\n")}
    yield "refused", "base64-without-padding", keys | {"note": good.replace("=\n", "\n")}
    yield "refused", "known-key-wrong-beside-right", keys | {"note": good + _spoil(line)}
    yield "refused", "too-many-signatures", keys | {"note": good + other * 32}
    yield "refused", "longer-than-64-KiB", keys | {"note": KEY.sign("a" * 65_536 + "\n").decode()}


def _spoil(line: str) -> str:
    head, data = line[:-1].rsplit(" ", 1)
    raw = bytearray(base64.b64decode(data))
    raw[-1] ^= 1
    return f"{head} {b64(bytes(raw))}\n"


def vkey_cases() -> Iterator[Case]:
    """Verifier keys, C2SP signed-note."""
    name, hint, key = KEY.vkey.split("+", 2)
    yield "ok", "plain", {"vkey": KEY.vkey, "public": b64(KEY.verify_key.public)}
    yield "refused", "hint-of-another-name", {"vkey": f"x{name}+{hint}+{key}"}
    yield "refused", "hint-in-capitals", {"vkey": f"{name}+{hint.upper()}+{key}"}
    yield "refused", "type-not-ed25519", {"vkey": f"{name}+{hint}+{b64(bytes([2]) + KEY.verify_key.public)}"}
    yield "refused", "key-too-short", {"vkey": f"{name}+{hint}+{b64(bytes([1]) + KEY.verify_key.public[:-1])}"}
    yield "refused", "space-at-end", {"vkey": KEY.vkey + " "}
    yield "refused", "newline-at-end", {"vkey": KEY.vkey + "\n"}


def checkpoint_cases() -> Iterator[Case]:
    """Checkpoints, C2SP tlog-checkpoint without extension lines."""
    root = hashlib.sha256(b"root").digest()
    keys = {"vkeys": [KEY.vkey]}

    def signed(text: str) -> dict[str, Any]:
        return keys | {"note": KEY.sign(text).decode()}

    good = Checkpoint(ORIGIN, 12345, root)
    head = f"{ORIGIN}\n12345\n{b64(root)}\n"
    yield "ok", "plain", signed(good.to_text()) | {"origin": ORIGIN, "size": 12345, "root": b64(root)}
    yield "ok", "empty-log", signed(f"{ORIGIN}\n0\n{b64(root)}\n") | {"origin": ORIGIN, "size": 0, "root": b64(root)}
    yield "refused", "leading-zero", signed(head.replace("12345", "012345"))
    yield "refused", "plus-sign", signed(head.replace("12345", "+12345"))
    yield "refused", "negative", signed(head.replace("12345", "-1"))
    yield "refused", "persian-digits", signed(head.replace("12345", "۱۲۳"))
    yield "refused", "extension-line", signed(head + "more\n")
    yield "refused", "short-root", signed(f"{ORIGIN}\n5\n{b64(root[:31])}\n")
    yield "refused", "root-in-hex", signed(f"{ORIGIN}\n5\n{root.hex()}\n")
    yield "refused", "other-origin", signed(head.replace(ORIGIN, "other.invalid"))
    stray = b64(root)[:-2] + chr(ord(b64(root)[-2]) + 1) + "="
    yield "refused", "stray-bits-in-base64", signed(f"{ORIGIN}\n5\n{stray}\n")


def merkle_cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Inclusion and consistency proofs, RFC 6962 §2.1."""
    hashes = [merkle.leaf_hash(b"%d" % number) for number in range(300)]
    for index, size in ((0, 1), (0, 2), (6, 7), (2, 7), (255, 256), (256, 257), (299, 300), (100, 300)):
        path = merkle.inclusion_proof(index, size, merkle.nodes_of(hashes[:size]))
        fields = {
            "leaf_hash": b64(hashes[index]),
            "index": index,
            "size": size,
            "root": b64(merkle.root_of(hashes[:size])),
        }
        good = fields | {"proof": [b64(step) for step in path]}
        yield "inclusion", "ok", f"{index}-of-{size}", good
        if index == 100:
            yield "inclusion", "refused", "wrong-index", good | {"index": 101}
            yield "inclusion", "refused", "index-behind-end", good | {"index": 300}
            yield "inclusion", "refused", "step-missing", good | {"proof": good["proof"][:-1]}
            yield "inclusion", "refused", "step-too-many", good | {"proof": [*good["proof"], good["root"]]}
            yield "inclusion", "refused", "other-leaf", good | {"leaf_hash": b64(hashes[99])}
    for old, size in ((0, 7), (1, 7), (4, 7), (6, 7), (7, 7), (256, 300), (255, 300), (128, 256)):
        path = merkle.consistency_proof(old, size, merkle.nodes_of(hashes[:size]))
        heads = {"old_root": b64(merkle.root_of(hashes[:old])), "root": b64(merkle.root_of(hashes[:size]))}
        good = {"old": old, "size": size, "proof": [b64(step) for step in path]} | heads
        yield "consistency", "ok", f"{old}-to-{size}", good
        if old in {6, 128}:
            yield "consistency", "refused", f"{old}-other-past", good | {"old_root": b64(hashes[0])}
            yield "consistency", "refused", f"{old}-other-present", good | {"root": b64(hashes[0])}
            yield "consistency", "refused", f"{old}-step-missing", good | {"proof": good["proof"][1:]}
            yield "consistency", "refused", f"{old}-step-too-many", good | {"proof": [*good["proof"], heads["root"]]}
    yield (
        "consistency",
        "refused",
        "empty-past-with-a-root",
        {"old": 0, "size": 7, "proof": [], "old_root": b64(hashes[0]), "root": b64(hashes[1])},
    )
    yield (
        "consistency",
        "refused",
        "shrunk",
        {"old": 7, "size": 6, "proof": [], "old_root": b64(hashes[0]), "root": b64(hashes[0])},
    )


def tile_cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Paths and bundles, C2SP tlog-tiles."""
    for level, index, width, path in (
        (0, 0, 256, "tile/0/000"), (1, 5, 7, "tile/1/005.p/7"), (0, 1234067, 256, "tile/0/x001/x234/067"),
        (2, 1000, 255, "tile/2/x001/000.p/255"), (None, 0, 1, "tile/entries/000.p/1"), (None, 999_999, 256, "tile/entries/x999/999"),
    ):  # fmt: skip
        yield (
            "tilepath",
            "ok",
            path.replace("/", "-").replace(".", "-"),
            {"level": level, "index": index, "width": width, "path": path},
        )
    entries = [b"", b"a", b"\xff" * 300]
    data = tiles.encode_bundle(entries)
    three = {"entries": [b64(entry) for entry in entries], "width": 3}
    yield "bundle", "ok", "three", three | {"data": b64(data)}
    yield "bundle", "refused", "one-less", three | {"data": b64(data), "width": 2}
    yield "bundle", "refused", "one-more", three | {"data": b64(data), "width": 4}
    yield "bundle", "refused", "cut", three | {"data": b64(data[:-1])}
    yield "bundle", "refused", "byte-behind", three | {"data": b64(data + b"\0")}
    yield "bundle", "refused", "empty", three | {"data": ""}


def signature_cases() -> Iterator[Case]:
    """Members' signatures over a body."""
    body = {"t": "panah/1/fee", "o": ORIGIN, "cur": "EUR", "rail": "bank", "amount": 350, "day": "2021-09-21"}
    members = {name: b64(public_of(seed)) for name, seed in SEEDS.items()}
    pairs = {name: [name, sign_body(body, seed)] for name, seed in SEEDS.items()}
    two = [pairs["aram"], pairs["laleh"]]
    yield "ok", "two", {"body": body | {"sig": two}, "members": members, "signers": ["aram", "laleh"]}
    yield "refused", "unsorted", {"body": body | {"sig": two[::-1]}, "members": members}
    yield "refused", "twice", {"body": body | {"sig": [two[0], two[0]]}, "members": members}
    yield "refused", "stranger", {"body": body | {"sig": [*two, ["zohra", two[0][1]]]}, "members": members}
    yield "refused", "amount-changed", {"body": body | {"sig": two, "amount": 351}, "members": members}
    yield (
        "refused",
        "one-wrong-beside-right",
        {"body": body | {"sig": [two[0], ["laleh", two[0][1]]]}, "members": members},
    )
    opening = {"t": "panah/1/life", "o": ORIGIN, "day": "2021-09-02", "to": "open", "vkey": KEY.vkey}
    signed = opening | {"sig": [["aram", sign_body(opening, SEEDS["aram"])]]}
    yield "ok", "vkey-inside-life", {"body": signed, "members": members, "signers": ["aram"]}
    changed = signed | {"vkey": WITNESS.vkey}
    yield "refused", "vkey-of-life-changed", {"body": changed, "members": members}


def proof_cases() -> Iterator[Case]:
    """Files that a giver keeps, C2SP tlog-proof."""
    gift = {
        "t": "panah/1/gift",
        "o": ORIGIN,
        "cur": "EUR",
        "amount": 2500,
        "counted": 2500,
        "day": "2021-09-03",
        "rail": "fake",
        "rc": rc_of(1),
    }
    leaf = canonical.encode(gift)
    hashes = [merkle.leaf_hash(b"%d" % number) for number in range(6)]
    hashes[3] = merkle.leaf_hash(leaf)
    path = tuple(merkle.inclusion_proof(3, 6, merkle.nodes_of(hashes)))
    head = Checkpoint(ORIGIN, 6, merkle.root_of(hashes)).sign(KEY)
    good = TlogProof(3, path, head, leaf).encode().decode()
    keys = {"vkeys": [KEY.vkey]}
    yield "ok", "plain", keys | {"file": good, "index": 3, "leaf": leaf.decode()}
    yield "refused", "other-index", keys | {"file": good.replace("index 3", "index 2")}
    yield "refused", "leading-zero", keys | {"file": good.replace("index 3", "index 03")}
    yield "refused", "other-version", keys | {"file": good.replace("@v1", "@v2")}
    yield "refused", "other-leaf", keys | {"file": TlogProof(3, path, head, leaf[:-1] + b" }").encode().decode()}
    yield "refused", "step-missing", keys | {"file": TlogProof(3, path[1:], head, leaf).encode().decode()}
    yield "refused", "other-key", {"vkeys": [WITNESS.vkey], "file": good}
    yield "refused", "carriage-returns", keys | {"file": good.replace("\n", "\r\n")}


def cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    singles = {
        "note": note_cases, "vkey": vkey_cases, "checkpoint": checkpoint_cases, "signature": signature_cases,
        "tlogproof": proof_cases, "leaf": leaf_cases, "log": log_cases,
    }  # fmt: skip
    for kind, make in singles.items():
        for expect, name, fields in make():
            yield kind, expect, name, fields
    yield from merkle_cases()
    yield from tile_cases()


def main() -> None:
    for kind, expect, name, fields in cases():
        folder = HERE / kind
        folder.mkdir(exist_ok=True)
        value = {"expect": expect} | fields
        text = json.dumps(value, indent=1, ensure_ascii=True)
        (folder / f"{name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
