"""Keys, letters and both sides of sealing for tests. Keys are made from words when the tests run."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panah.seal import bech32
from panah.seal import letter as letters
from panah.seal.letter import File, Letter, Signer
from panah.seal.roster import Member, Roster, Rosters

ROOT = Path(__file__).parents[1]
ORIGIN = "lantern.invalid/winter"
VERSION = 7


def secret_of(word: str) -> bytes:
    return hashlib.sha256(b"panah test key: " + word.encode()).digest()


def identity_of(word: str) -> str:
    return bech32.identity(secret_of(word))


def recipient_of(word: str) -> str:
    return str(pyrage.x25519.Identity.from_str(identity_of(word)).to_public())


def signer_of(word: str) -> Signer:
    return Signer(word, Ed25519PrivateKey.from_private_bytes(secret_of(word + " signs")))


def member_of(word: str) -> Member:
    return Member(word, signer_of(word).key.public_key().public_bytes_raw(), recipient_of(word))


def roster_of(*names: str, version: int = VERSION, triage: tuple[str, ...] = ()) -> Roster:
    return Roster(ORIGIN, version, tuple(map(member_of, names)), dt.date(2021, 12, 31), triage)


ROSTER = roster_of("lale", "omid", "tara")
ROSTERS = Rosters([ROSTER])
RECOVERY = recipient_of("recovery")


def letter_of(kind: str = "ask", **changes: Any) -> Letter:
    """An invented letter; `files`, `body` and the rest can be said."""
    values: dict[str, Any] = {"origin": ORIGIN, "kind": kind, "roster": VERSION, "body": {"text": "سلام", "people": 3}}
    return Letter(**(values | changes))


def filling(kind: str, length: int) -> Letter:
    """A letter whose content has exactly `length` bytes, before padding."""
    bare = len(letters.write(letter_of(kind, body={"text": ""}), None).rstrip(b"\0")) + 64  # no signature is zeros
    return letter_of(kind, body={"text": "x" * (length - bare)})


def written(letter: Letter) -> dict[str, Any]:
    """A letter as the tasks of web/test/sealing.ts spell it."""
    return {
        "origin": letter.origin, "kind": letter.kind, "roster": letter.roster, "body": dict(letter.body),
        "mailbox": base64.b64encode(letter.mailbox).decode(), "by": letter.by,
        "files": [
            {"name": file.name, "type": file.type, "data": base64.b64encode(file.data).decode()} for file in letter.files
        ],
    }  # fmt: skip


def read_written(fields: dict[str, Any]) -> Letter:
    """The letter that `written` spelled."""
    files = tuple(File(one["name"], one["type"], base64.b64decode(one["data"])) for one in fields["files"])
    return Letter(
        fields["origin"], fields["kind"], fields["roster"], fields["body"],
        base64.b64decode(fields["mailbox"]), files, fields["by"],
    )  # fmt: skip


def in_browser(tasks: list[dict[str, Any]]) -> list[Any]:
    """Let the browser's code do tasks, in node. It is there after `make build`."""
    command = [str(ROOT / ".venv/bin/node"), "test/sealing.ts"]
    done = subprocess.run(
        command, cwd=ROOT / "web", input=json.dumps(tasks), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return list(json.loads(done.stdout))
