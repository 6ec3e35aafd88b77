"""Hostile envelopes: refused, and before anything large or slow is done for them."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import zlib

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import InputError, RefusedError
from panah.seal import bech32, envelope, outer
from panah.seal.padding import BUCKETS, MARGIN, WIRE, wire_size
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, open_padded, read_identities
from tests.seallab import ORIGIN, ROOT, identity_of, letter_of, recipient_of

ARAM = read_identities([identity_of("aram")])
TO = read_recipients([recipient_of("aram")])
WIRES = sorted(WIRE)
VERSION = b"age-encryption.org/v1\n"
STANZA = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
MAC = b"--- " + b"A" * 43 + b"\n"


def framed(age: bytes, wire: int = WIRES[0]) -> bytes:
    """Any bytes as the age file of an envelope of the right size."""
    return (outer.MAGIC + b"%08d\n" % len(age) + age).ljust(wire, b"\0")


def with_header(header: bytes, bucket: int = BUCKETS[0]) -> bytes:
    """A header with a payload of the length that fits."""
    wire = wire_size(bucket)
    return framed(header + os.urandom(wire - MARGIN + 16), wire)


def test_the_control_a_header_as_it_should_be_reaches_the_library():
    seen = outer.parse(with_header(VERSION + STANZA + MAC))
    assert (seen.bucket, seen.recipients) == (4096, 1)
    with pytest.raises(InputError, match="None of these keys"):
        open_padded(with_header(VERSION + STANZA + MAC), ARAM)


HEADERS = {
    "no stanza": VERSION + MAC,
    "17 recipients": VERSION + STANZA * 17 + MAC,
    "scrypt of 2^30": VERSION + b"-> scrypt " + b"A" * 22 + b" 30\n" + b"A" * 43 + b"\n" + MAC,
    "scrypt beside a key": VERSION + STANZA + b"-> scrypt " + b"A" * 22 + b" 22\n" + b"A" * 43 + b"\n" + MAC,
    "hybrid": VERSION + b"-> mlkem768x25519 " + b"A" * 1494 + b"\n" + b"A" * 43 + b"\n" + MAC,
    "hybrid beside a key": VERSION + STANZA + b"-> mlkem768x25519 " + b"A" * 900 + b"\n" + b"A" * 43 + b"\n" + MAC,
    "ssh": VERSION + b"-> ssh-ed25519 AAAAAA " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n" + MAC,
    "a plugin's": VERSION + STANZA + b"-> yubikey AAAA\n" + b"A" * 43 + b"\n" + MAC,
    "two of random words": VERSION + STANZA + b"-> x-grease\n\n" * 2 + MAC,
    "random words first": VERSION + b"-> x-grease\n\n" + STANZA + MAC,
    "a carriage return": VERSION.replace(b"\n", b"\r\n") + STANZA + MAC,
    "a blank more": VERSION + STANZA.replace(b"X25519 ", b"X25519  ") + MAC,
    "version 2": VERSION.replace(b"v1", b"v2") + STANZA + MAC,
    "a header of 5 KB": VERSION + STANZA + b"-> x-grease\n" + (b"A" * 64 + b"\n") * 80 + b"\n" + MAC,
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_no_panah_writes_never_reaches_the_library(name, monkeypatch):
    monkeypatch.setattr(pyrage, "decrypt_io", lambda *_: pytest.fail("the library was asked"))
    with pytest.raises(InputError):
        open_padded(with_header(HEADERS[name]), ARAM)


@pytest.mark.parametrize("change", [-1, 1, 16, 65536, -MARGIN])
def test_an_age_file_of_another_length_than_the_bucket_says_is_refused(change):
    age = pyrage.encrypt(bytes(BUCKETS[1] + change), list(TO.keys))
    with pytest.raises(InputError):
        outer.parse(framed(age, WIRES[1]))


@given(st.integers(0, WIRES[0] - 1), st.binary(min_size=1, max_size=70000))
def test_a_truncated_or_lengthened_envelope_is_refused(cut, more):
    stored = envelope.close(letter_of(), TO)
    for spoiled in (stored[:cut], stored + more, stored[:cut] + stored[cut + 1 :], stored + bytes(WIRES[1] - WIRES[0])):
        with pytest.raises(InputError):
            open_envelope(spoiled, ARAM, origin=ORIGIN)


@given(st.binary(max_size=400))
def test_random_bytes_in_a_good_frame_are_refused(data):
    for wire in (WIRES[0], max(len(data), 1)):
        with pytest.raises(InputError):
            open_envelope(framed(data, wire)[:wire], ARAM, origin=ORIGIN)


@given(st.binary(max_size=200))
def test_a_sealed_plaintext_that_is_no_letter_is_refused(data):
    for plaintext in (data.ljust(4096, b"\0"), (b"panah/1/letter\n" + data).ljust(4096, b"\0")):
        with pytest.raises(InputError):
            open_envelope(envelope.close_padded(plaintext, TO), ARAM, origin=ORIGIN)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [recipient_of("aram")] * 2,
        [recipient_of(f"r{number}") for number in range(17)],
        [recipient_of("aram"), "age1pq1" + "q" * 1950],
        ["age1tag1" + "q" * 60],
        ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ"],
        [recipient_of("aram").upper()],
        [recipient_of("aram")[:-1] + "q"],
        [recipient_of("aram") + "\n"],
    ],
    ids=["none", "doubled", "seventeen", "hybrid", "hardware", "ssh", "upper case", "mistyped", "line break"],
)
def test_a_roster_that_is_not_all_of_one_kind_is_refused(texts):
    with pytest.raises(RefusedError):
        read_recipients(texts)


P = 2**255 - 19
SMALL = [
    0, 1, P - 1, P, P + 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
]  # fmt: skip


@pytest.mark.parametrize("point", [*SMALL, *(point + 2**255 for point in SMALL)], ids=lambda point: hex(point)[:8])
def test_a_mailbox_with_a_key_of_small_order_is_refused_and_brings_nobody_down(point):
    text = bech32.encode("age", point.to_bytes(32, "little"))
    assert bech32.read(text, "age", 32) == point.to_bytes(32, "little")
    with pytest.raises(RefusedError):
        read_recipients([recipient_of("aram"), text])


def test_keys_of_another_kind_open_nothing():
    for texts in ([], [identity_of("aram")] * 257, ["AGE-SECRET-KEY-PQ-1" + "Q" * 58], ["AGE-PLUGIN-X-1QQ"], ["x"]):
        with pytest.raises(InputError) as refusal:
            read_identities(texts)
        assert "QQQ" not in refusal.value.text()


CHILD = """
import base64, resource, sys, zlib
from panah.errors import InputError
from panah.seal.unseal import open_envelope, read_identities
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
identities = read_identities([sys.argv[1]])
blobs = [zlib.decompress(base64.b64decode(line)) for line in sys.stdin]
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 48 * 2**20,) * 2)
for blob in blobs:
    try:
        open_envelope(blob, identities, origin="lantern.invalid/winter")
    except InputError:
        continue
    sys.exit("opened")
print(len(blobs))
"""


def test_hostile_envelopes_are_refused_in_48_mib_and_a_few_seconds_of_work():
    largest = envelope.close(letter_of(body={"text": "x" * (BUCKETS[-1] - 500)}), TO)
    spoiled = bytearray(largest)
    spoiled[-3000] ^= 1  # seen only after all the rest was decrypted
    blobs = [bytes(spoiled), *(with_header(header, BUCKETS[-1]) for header in HEADERS.values())]
    blobs += [with_header(VERSION + STANZA * 16 + MAC, BUCKETS[-1]), bytes(40 * 2**20), b"\n" * WIRES[-1]]
    lines = "\n".join(base64.b64encode(zlib.compress(blob, 1)).decode() for blob in blobs)
    command = [sys.executable, "-c", CHILD, identity_of("aram")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.strip() == str(len(blobs)), done.stderr[-2000:]
