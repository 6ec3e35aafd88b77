"""Debian's `age` opens what lies in our envelopes, and we open what it seals."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panah.seal import envelope, letter, outer
from panah.seal.letter import File
from panah.seal.memberkey import new_member
from panah.seal.padding import BUCKETS
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, read_identities
from tests.seallab import ORIGIN, ROOT, ROSTERS, identity_of, letter_of, recipient_of, signer_of

AGE = shutil.which("age") or "/usr/bin/age"
READERS = ("aram", "bahar", "cyra")


def age(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run([AGE, *words], input=data, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def key_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("age") / "key.txt"
    path.write_text(identity_of("bahar") + "\n")
    return path


def shown_by_hand(stored: bytes, key_file: Path) -> bytes:
    """The commands of docs/spec/envelope.md, for who has lost Panah."""
    paper = (ROOT / "docs/spec/envelope.md").read_text()
    [commands] = re.findall(r"^    n=.*\n    tail .*$", paper, re.MULTILINE)
    blob = key_file.with_name("blob.panah")
    blob.write_bytes(stored)
    script = commands.replace("FILE", str(blob)).replace("KEY.txt", str(key_file))
    return subprocess.run(["bash", "-euc", script], capture_output=True, check=True).stdout


@settings(max_examples=12)
@given(st.sampled_from(BUCKETS[:4]), st.integers(1, 3), st.booleans())
def test_age_opens_what_we_sealed(key_file, bucket, readers, signed):
    written = letter_of(
        "reply" if signed else "ask", by="lale" if signed else "", files=(File("a", "image/png", bytes(bucket - 500)),)
    )
    signer = signer_of("lale") if signed else None
    stored = envelope.close(written, read_recipients(map(recipient_of, ("bahar", *READERS[::2])[:readers])), signer)
    seen = outer.parse(stored)
    plaintext = age("--decrypt", "--identity", str(key_file), data=stored[seen.start : seen.end])
    assert plaintext == letter.write(written, signer)
    assert shown_by_hand(stored, key_file) == plaintext


@settings(max_examples=12)
@given(st.sampled_from(BUCKETS[:4]), st.integers(1, 3))
def test_we_open_what_age_sealed(bucket, readers):
    written = letter_of("reply", by="lale", files=(File("a", "image/png", bytes(bucket - 500)),))
    plaintext = letter.write(written, signer_of("lale"))
    words = [word for name in READERS[:readers] for word in ("--recipient", recipient_of(name))]
    stored = outer.frame(age("--encrypt", *words, data=plaintext), len(plaintext))
    assert outer.parse(stored).recipients == readers
    identities = read_identities([identity_of(READERS[readers - 1])])
    assert open_envelope(stored, identities, origin=ORIGIN, keys=ROSTERS.key) == written


def test_age_refuses_our_frame_as_it_lies_and_what_was_changed_inside(key_file):
    stored = envelope.close(letter_of(), read_recipients([recipient_of("bahar")]))
    seen = outer.parse(stored)
    spoiled = bytearray(stored[seen.start : seen.end])
    spoiled[-1] ^= 1
    for data in (stored, bytes(spoiled)):
        with pytest.raises(subprocess.CalledProcessError):
            age("--decrypt", "--identity", str(key_file), data=data)


def test_age_opens_a_members_key_with_the_identity_it_holds(tmp_path):
    key = new_member("nasrin")
    path = tmp_path / "key.txt"
    path.write_text(key.identity + "\n")
    sealed = pyrage.encrypt(b"hello", [pyrage.x25519.Recipient.from_str(key.public["seal"])])
    assert age("--decrypt", "--identity", str(path), data=sealed) == b"hello"
