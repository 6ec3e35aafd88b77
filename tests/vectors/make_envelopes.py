"""Write tests/vectors/envelope.json and mailbox.json: `python -m tests.vectors.make_envelopes`.

Sealing is random, so each run gives other bytes for the same letters. Both sides make some and both open all.
`refused` says how to spoil one of them. Outer zeros are left out of the file; readers fill them up.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from panah.seal import envelope, mailbox, outer
from panah.seal.letter import File, Letter
from panah.seal.padding import wire_size
from panah.seal.recipients import read_recipients
from tests.seallab import ORIGIN, filling, in_browser, letter_of, member_of, recipient_of, secret_of, signer_of, written

HERE = Path(__file__).parent
PAPER = File("گذرنامه.txt", "text/plain", b"invented, twice" * 9)
MAILBOX = bytes(range(32))


def letters() -> dict[str, Letter]:
    """By name: unsigned kinds, which both sides can write, and signed ones."""
    return {
        "ask": letter_of("ask"),
        "ask-with-paper": letter_of("ask", mailbox=MAILBOX, files=(PAPER, File("empty", "image/png", b""))),
        "offer-that-fills-its-bucket": filling("offer", 4096),
        "offer-one-more": filling("offer", 4097),
        "reply": letter_of("reply", mailbox=MAILBOX, by="lale", body={"text": "درود"}),
        "reply-with-paper": letter_of("reply", mailbox=MAILBOX, by="lale", files=(PAPER,)),
    }


def entries() -> list[dict[str, Any]]:
    """Give what Python made, then what the browser's code made."""
    names = ("aram", "bahar", "cyra")
    keys = [recipient_of(name) for name in names]
    made = []
    for name, letter in letters().items():
        stored = envelope.close(letter, read_recipients(keys), signer_of("lale") if letter.by else None)
        made.append(("python", name, stored, letter))
    unsigned = {name: letter for name, letter in letters().items() if not letter.by}
    tasks = [{"do": "close", "letter": written(letter), "recipients": keys} for letter in unsigned.values()]
    for (name, letter), stored in zip(unsigned.items(), in_browser(tasks), strict=True):
        made.append(("browser", name, base64.b64decode(stored), letter))
    return [
        {
            "name": f"{side}-{name}", "wire": len(stored), "secret_hex": secret_of(names[number % 3]).hex(),
            "stored_b64": base64.b64encode(stored[: outer.parse(stored).end]).decode(), "letter": written(letter),
        }
        for number, (side, name, stored, letter) in enumerate(made)
    ]  # fmt: skip


def spoiled() -> list[dict[str, Any]]:
    """Give edits that must be refused: `at` an offset (from the end when negative), `xor` a byte, `cut`, `add`."""
    return [
        {"name": "another frame", "at": 6, "xor": 2},
        {"name": "a length with a letter", "at": 15, "xor": 64},
        {"name": "one byte more of age file", "at": 22, "xor": 1},
        {"name": "another age version", "at": 44, "xor": 1},
        {"name": "a stanza of another kind", "at": 52, "xor": 1},
        {"name": "another share", "at": 60, "xor": 1},
        {"name": "a bit of the payload", "at": 2000, "xor": 128},
        {"name": "a bit of the last zeros", "at": -1, "xor": 1},
        {"name": "a byte cut off", "cut": 1},
        {"name": "a byte more", "add": 1},
        {"name": "a bucket of zeros more", "add": wire_size(16384) - wire_size(4096)},
    ]


def mailboxes() -> list[dict[str, str]]:
    made = []
    for code, leaf0 in (
        ("314159265358979323846264331", "00" * 32),
        ("314159265358979323846264331", secret_of("leaf 0").hex()),
        ("000000000000000000000000000", secret_of("leaf 0").hex()),
    ):
        found = mailbox.derive(code, bytes.fromhex(leaf0))
        made.append(
            {
                "code": code, "leaf0_hex": leaf0, "recipient": found.recipient, "lookup_hex": found.lookup.hex(),
                "deletion_hex": found.deletion.hex(), "address_hex": found.address.hex(),
            }
        )  # fmt: skip
    return made


def main() -> None:
    envelopes = {
        "origin": ORIGIN, "sign_b64": base64.b64encode(member_of("lale").sign).decode(),
        "envelopes": entries(), "refused": spoiled(),
    }  # fmt: skip
    for name, value in (("envelope", envelopes), ("mailbox", mailboxes())):
        (HERE / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
