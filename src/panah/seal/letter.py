"""What lies inside an envelope: a letter, its files, and the signature of the member who wrote it.

    panah/1/letter⏎            15 bytes
    length of the head         4 bytes, big-endian
    head                       canonical JSON (proof/canonical.py), see `Letter`
    files                      one after the other, their lengths stand in the head
    signature                  64 bytes, Ed25519 over all before it; zeros when nobody signed
    zeros                      to the bucket (padding.py)

Age proves nothing about the sender, so what a desk writes is signed inside, over the bytes as they lie there; their
first line is the tag that keeps such a signature from being one under anything else. Fund, kind, mailbox, roster
version and writer are in the head, so a letter that is sealed again to somebody else, or carried to another mailbox,
is still addressed to the first. What a stranger sends (`UNSIGNED`) has no signature and may claim none; every other
kind must have one. (RFC 8032 §5.1.)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from panah.errors import N_, InputError, ProofError
from panah.proof import canonical
from panah.proof.schema import ORIGIN
from panah.seal.padding import BUCKETS, check_filled, fill

MAGIC: Final = b"panah/1/letter\n"
TYPE: Final = "panah/1/letter"
UNSIGNED: Final = frozenset({"ask", "offer", "message", "delete"})
"""Kinds that people without a key send. Nothing else is believed without a member's signature."""
MOST_FILES: Final = 20

_UNSIGNED: Final = bytes(64)
_HEAD_AT: Final = len(MAGIC) + 4
_KIND: Final = re.compile(r"[a-z][a-z-]{1,31}", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)
_FILE_NAME: Final = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_FILE_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}", re.ASCII)
_KEYS: Final = frozenset({"t", "o", "kind", "roster", "body"})
_OPTIONAL: Final = frozenset({"mailbox", "by", "files"})

Keys = Callable[[str, int], Ed25519PublicKey | None]
"""(member's name, roster version) → the key that signs, None when that roster has no such member."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it was handed in. `name` is what the sender called it: never a path, never trusted."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody says to somebody.

    `roster` is the leaf index of the roster that it was sealed under; `mailbox` the SHA-256 of the lookup id of the
    mailbox it is for, from or about (empty: none); `by` the member whose signature held (empty: unsigned kinds).
    `body` holds what proof/canonical.py can spell, texts in NFC.
    """

    origin: str
    kind: str
    roster: int
    body: Mapping[str, Any]
    mailbox: bytes = b""
    files: tuple[File, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """A member who signs: pseudonym and loaded key. The key stays out of `repr`."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)


def write(letter: Letter, signer: Signer | None) -> bytes:
    """Give the padded plaintext. Raises `InputError` when kind and signer do not fit or a field has no spelling."""
    if (signer is None) != (letter.kind in UNSIGNED) or letter.by != (signer.name if signer else ""):
        raise InputError(N_("This kind of message is signed by exactly the member who writes it."))
    fields = _head(letter)
    _check_head(fields)
    head = canonical.encode(fields)
    parts = (MAGIC, len(head).to_bytes(4, "big"), head, *(file.data for file in letter.files))
    if signer is None:
        return fill((*parts, _UNSIGNED))
    content = b"".join(parts)
    return fill((content, signer.key.sign(content)))


def read(plaintext: bytes, keys: Keys | None) -> Letter:
    """Read a padded plaintext and check the signature. Raises `InputError` for whatever is not wholly right.

    Without `keys` no signed kind is read: a letter is never handed out on the word of whoever sealed it.
    """
    head_end = _HEAD_AT + int.from_bytes(plaintext[_HEAD_AT - 4 : _HEAD_AT], "big")
    if not plaintext.startswith(MAGIC) or head_end > min(len(plaintext), BUCKETS[-1]):
        raise _damaged()
    try:
        head = canonical.decode(plaintext[_HEAD_AT:head_end], BUCKETS[-1])
    except ProofError as error:
        raise _damaged() from error
    _check_head(head)
    files = []
    end = head_end
    for entry in head.get("files", ()):
        files.append(File(entry["name"], entry["type"], plaintext[end : end + entry["size"]]))
        end += entry["size"]
    check_filled(plaintext, end + len(_UNSIGNED))
    letter = Letter(
        head["o"], head["kind"], head["roster"], head["body"],
        base64.b64decode(head.get("mailbox", "")), tuple(files), head.get("by", ""),
    )  # fmt: skip
    _check_signature(letter, plaintext, end, keys)
    return letter


def _check_signature(letter: Letter, plaintext: bytes, end: int, keys: Keys | None) -> None:
    signature = plaintext[end : end + len(_UNSIGNED)]
    if letter.kind in UNSIGNED:
        if letter.by or signature != _UNSIGNED:
            raise _damaged()
        return
    key = keys(letter.by, letter.roster) if keys is not None else None
    if key is None:
        raise InputError(N_("Nobody of this team's roster signed this message."))
    try:
        key.verify(signature, memoryview(plaintext)[:end])
    except InvalidSignature as error:
        raise InputError(N_("Nobody of this team's roster signed this message.")) from error


def _head(letter: Letter) -> dict[str, Any]:
    head: dict[str, Any] = {
        "t": TYPE, "o": letter.origin, "kind": letter.kind, "roster": letter.roster, "body": dict(letter.body),
    }  # fmt: skip
    if letter.mailbox:
        head["mailbox"] = base64.b64encode(letter.mailbox).decode()
    if letter.by:
        head["by"] = letter.by
    if letter.files:
        head["files"] = [{"name": file.name, "type": file.type, "size": len(file.data)} for file in letter.files]
    return head


def _check_head(head: Any) -> None:
    """Closed shape by hand: the generic tables of proof/schema.py cost more than opening the envelope does."""
    if type(head) is not dict or not head.keys() >= _KEYS or not head.keys() <= _KEYS | _OPTIONAL:
        raise _damaged()
    origin, kind, roster, mailbox, by = (head.get(key) for key in ("o", "kind", "roster", "mailbox", "by"))
    right = (
        head["t"] == TYPE
        and type(origin) is str and len(origin) <= 200 and ORIGIN.fullmatch(origin)
        and type(kind) is str and _KIND.fullmatch(kind)
        and type(roster) is int and roster >= 0
        and type(head["body"]) is dict
        and ("by" not in head or (type(by) is str and _NAME.fullmatch(by)))
        and ("mailbox" not in head or _is_hash(mailbox))
    )  # fmt: skip
    listed = head.get("files", [])
    if not right or ("files" in head and not listed) or type(listed) is not list or len(listed) > MOST_FILES:
        raise _damaged()
    if not all(_is_file(entry) for entry in listed):
        raise _damaged()


def _is_hash(value: Any) -> bool:
    if type(value) is not str or len(value) != 44:
        return False
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    return len(raw) == 32 and base64.b64encode(raw).decode() == value


def _is_file(entry: Any) -> bool:
    return bool(
        type(entry) is dict
        and entry.keys() == {"name", "type", "size"}
        and type(entry["name"]) is str and _FILE_NAME.fullmatch(entry["name"])
        and type(entry["type"]) is str and _FILE_TYPE.fullmatch(entry["type"])
        and type(entry["size"]) is int and 0 <= entry["size"] <= BUCKETS[-1]
    )  # fmt: skip


def _damaged() -> InputError:
    return InputError(N_("This message was not written as Panah writes messages."))
