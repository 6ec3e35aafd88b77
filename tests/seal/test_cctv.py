"""The C2SP test vectors for age (npm `cctv-age`) against pyrage as we use it; web/test/cctv.test.ts has typage's.

What pyrage answers otherwise than the vectors say is listed with its reason, and only that.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import zlib
from collections.abc import Iterator

import pyrage
import pytest

from panah.errors import InputError
from panah.seal import memberkey, outer
from panah.seal.padding import WIRE
from tests.seallab import ROOT

DUMP = """
import * as vectors from "cctv-age";
const all = Object.entries(vectors.default ?? vectors);
console.log(JSON.stringify(Object.fromEntries(all.map(([name, data]) => [name, Buffer.from(data).toString("base64")]))));
"""
HYBRIDS = {"armor_hybrid", "hybrid", "hybrid_and_x25519", "hybrid_grease", "hybrid_multiple_recipients"}
"""Good files that stay shut: pyrage 1.4.0 knows no hybrid identity, and Panah refuses such recipients (C12)."""
UNLIKE = {
    "armor_scrypt": "a member's key file is binary: memberkey.work_factor looks into no armour",
    "armor_whitespace_outside": "pyrage takes no white space around an armour; Panah takes no armour at all",
    "stanza_missing_body": "pyrage reads a stanza without its closing short line, as old rage wrote it; outer.py does not",
    "stanza_missing_final_line": "the same",
}


def vectors() -> dict[str, bytes]:
    node = [str(ROOT / ".venv/bin/node"), "--input-type=module", "-e", DUMP]
    done = subprocess.run(node, cwd=ROOT / "web", capture_output=True, text=True, check=True)
    return {name: base64.b64decode(data) for name, data in json.loads(done.stdout).items()}


def read(vector: bytes) -> tuple[dict[str, list[str]], bytes]:
    """Its fields, by name, and the file."""
    head, _, body = vector.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        name, _, value = line.partition(": ")
        fields.setdefault(name, []).append(value)
    return fields, zlib.decompress(body) if fields.get("compressed") == ["zlib"] else body


def answered(fields: dict[str, list[str]], file: bytes) -> bytes | None:
    """What pyrage opens, None when it refuses."""
    try:
        if "passphrase" in fields:
            # pyrage would do the work of 2^23, 8 GiB and minutes of it: so we look first, as memberkey.unlock does.
            if not 1 <= memberkey.work_factor(file) <= memberkey.CEILING:
                return None
            return bytes(pyrage.passphrase.decrypt(file, fields["passphrase"][0]))
        keys = [pyrage.x25519.Identity.from_str(text) for text in fields.get("identity", []) if "-PQ-" not in text]
        opened = io.BytesIO()
        pyrage.decrypt_io(io.BytesIO(file), opened, keys)  # the form that unseal.py uses
        return opened.getvalue()
    except (pyrage.DecryptError, OSError):
        return None


@pytest.fixture(scope="module")
def all_vectors() -> dict[str, bytes]:
    return vectors()


def disagreements(all_vectors: dict[str, bytes]) -> Iterator[str]:
    for name, vector in sorted(all_vectors.items()):
        fields, file = read(vector)
        got = answered(fields, file)
        if fields["expect"] == ["success"]:
            wanted = fields["payload"][0]
            if got is None or hashlib.sha256(got).hexdigest() != wanted:
                yield name
        elif got is not None:
            yield name


def test_pyrage_answers_as_the_vectors_say_but_for_what_is_listed(all_vectors):
    assert len(all_vectors) > 130
    assert set(disagreements(all_vectors)) == HYBRIDS | set(UNLIKE)


def test_no_vector_that_must_fail_opens_in_an_envelope_and_none_of_another_kind_is_let_in(all_vectors):
    smallest = min(WIRE)
    for name, vector in all_vectors.items():
        fields, file = read(vector)
        header = file.split(b"\n---")[0]
        for stored in (file, (outer.MAGIC + b"%08d\n" % len(file) + file).ljust(smallest, b"\0")[:smallest]):
            with pytest.raises(InputError):
                outer.parse(stored)
        # The same header before a payload of the right length: only plain X25519 headers pass.
        spelled = header + b"\n--- " + b"A" * 43 + b"\n"
        padded = spelled + bytes(4096 + 32)
        stored = (outer.MAGIC + b"%08d\n" % len(padded) + padded).ljust(smallest, b"\0")
        try:
            outer.parse(stored)
        except InputError:
            continue
        assert name not in UNLIKE
        assert header.startswith(b"age-encryption.org/v1\n-> X25519 "), name
        assert fields["expect"] != ["armor failure"], name
