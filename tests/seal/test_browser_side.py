"""Python and the browser's code seal for each other: what one writes the other opens, and both refuse alike."""

from __future__ import annotations

import base64
import json

import pytest

from panah.errors import InputError
from panah.seal import bech32, envelope, outer
from panah.seal.letter import File
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, read_identities
from tests.seallab import (
    ORIGIN,
    ROOT,
    ROSTERS,
    filling,
    identity_of,
    in_browser,
    letter_of,
    member_of,
    read_written,
    recipient_of,
    secret_of,
    signer_of,
    written,
)

VECTORS = json.loads((ROOT / "tests/vectors/envelope.json").read_text())
ARAM = read_identities([identity_of("aram")])
PAPER = File("گذرنامه.pdf", "application/pdf", bytes(range(256)) * 300)
LETTERS = [
    letter_of("ask"),
    letter_of("offer", body={"شهر".encode().hex(): ["لیون", -(2**53) + 1, {}], "b": {"a": ["\u2028\u200c", '"\\\n']}}),
    letter_of("message", mailbox=bytes(32), files=(PAPER, File("😀" * 200, "image/png", b""))),
    *(filling("ask", length) for length in (4096, 4097, 16384, 16385, 65536, 65537)),
]


def filled(entry):
    return base64.b64decode(entry["stored_b64"]).ljust(entry["wire"], b"\0")


def test_what_the_browser_seals_python_opens():
    names = [["aram"], ["bahar", "aram"], [*(f"r{number}" for number in range(15)), "aram"]]
    tasks = [
        {"do": "close", "letter": written(letter), "recipients": [recipient_of(name) for name in names[number % 3]]}
        for number, letter in enumerate(LETTERS)
    ]
    for number, (letter, answer) in enumerate(zip(LETTERS, in_browser(tasks), strict=True)):
        stored = base64.b64decode(answer)
        assert open_envelope(stored, ARAM, origin=ORIGIN) == letter
        assert outer.parse(stored).recipients == len(names[number % 3])


def test_what_python_seals_the_browser_opens_also_signed():
    signed = [letter_of("reply", by="lale", mailbox=bytes(32), files=(PAPER,)), letter_of("collected", by="lale")]
    letters = [*LETTERS, *signed]
    sealed = [
        envelope.close(letter, read_recipients([recipient_of("aram")]), signer_of("lale") if letter.by else None)
        for letter in letters
    ]
    answers = in_browser([opening(stored) for stored in sealed])
    assert [read_written(answer) for answer in answers] == letters


def opening(stored, secret="aram"):
    return {
        "do": "open", "stored": base64.b64encode(stored).decode(), "secret": secret_of(secret).hex(),
        "origin": ORIGIN, "sign": base64.b64encode(member_of("lale").sign).decode(),
    }  # fmt: skip


def test_the_browser_refuses_what_python_refuses():
    to = read_recipients([recipient_of("aram")])
    forged = envelope.close(letter_of("reply", by="omid"), to, signer_of("omid"))
    other = envelope.close(letter_of(origin="other.invalid"), to)
    good = envelope.close(letter_of("reply", by="lale"), to, signer_of("lale"))
    old = envelope.close(letter_of("reply", by="lale", roster=3), to, signer_of("lale"))
    spoiled = [forged, other, good[:-1], good[:-1] + b"\1", good[:3000] + bytes(1) + good[3001:], old]
    told = in_browser([*map(opening, spoiled), opening(good, "stranger"), opening(good)])
    assert [answer.get("why") for answer in told] == [
        "signature", "place", "outside", "outside", "key", "signature", "key", None,
    ]  # fmt: skip


@pytest.mark.parametrize("entry", VECTORS["envelopes"], ids=lambda entry: entry["name"])
def test_shared_vectors_open(entry):
    stored = filled(entry)
    identities = read_identities([bech32.identity(bytes.fromhex(entry["secret_hex"]))])
    letter = open_envelope(stored, identities, origin=VECTORS["origin"], keys=ROSTERS.key)
    assert letter == read_written(entry["letter"])


@pytest.mark.parametrize("edit", VECTORS["refused"], ids=lambda edit: edit["name"])
def test_shared_mistakes_are_refused(edit):
    entry = VECTORS["envelopes"][0]
    stored = bytearray(filled(entry))
    if "at" in edit:
        stored[edit["at"]] ^= edit["xor"]
    changed = bytes(stored[: len(stored) - edit.get("cut", 0)]) + bytes(edit.get("add", 0))
    with pytest.raises(InputError):
        open_envelope(changed, ARAM, origin=VECTORS["origin"], keys=ROSTERS.key)
