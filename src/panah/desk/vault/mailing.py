"""Letters from the team to a mailbox: an answer, its files, and "collected by the team".

Promises: every answer has the size of a slot; what is larger is cut by who writes, never by us. An answer names no
member: who signed it is inside, for the reader's program to check, and pages do not show it. Nothing is made for a
mailbox that a member has frozen.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, Final

from panah.core.casework import Mailbox
from panah.desk.vault.desk import Desk
from panah.errors import N_, RefusedError
from panah.proof.deskwire import Push
from panah.proof.mailboxwire import SLOT
from panah.seal.envelope import close
from panah.seal.letter import File, Letter
from panah.seal.padding import KIB
from panah.seal.recipients import Recipients, read_recipients

REPLY: Final = "reply"
COLLECTED: Final = "collected"
FILE: Final = "file"
_PAD: Final = "0" * (4 * KIB)
"""Lifts a short answer out of the 4 KiB bucket: all answers have one size."""


def new_slot() -> str:
    """Draw the id of an answer."""
    return secrets.token_hex(8)


def reply(desk: Desk, mailbox: Mailbox, slot: str, text: str, lang: str, files: Iterable[File] = ()) -> list[Push]:
    """Seal an answer. Raises `RefusedError` for a frozen mailbox or a text that no slot holds."""
    _check(mailbox)
    recipients = read_recipients([mailbox.recipient])
    address = base64.b64decode(mailbox.address)
    pushes, listed = [], []
    for file in files:
        identity = secrets.token_bytes(32)
        letter = Letter(desk.fund.origin, FILE, desk.roster.version, {"slot": slot}, address, (file,), desk.name)
        sealed = close(letter, recipients, desk.signer)
        listed.append(
            {
                "id": base64.b64encode(identity).decode(), "name": file.name, "type": file.type,
                "size": len(sealed),
            }
        )  # fmt: skip
        pushes.append(_push(mailbox, hashlib.sha256(identity).digest(), sealed))
    body: dict[str, Any] = {"text": text, "lang": lang, "slot": slot}
    if listed:
        body["files"] = listed
    # Files first: an answer never names what is not there yet.
    return [*pushes, _push(mailbox, address, _in_slot(desk, REPLY, body, address, recipients))]


def collected(desk: Desk, mailbox: Mailbox, today: dt.date) -> list[Push]:
    """Tell the mailbox that the team has what was sent. Nothing for a frozen one."""
    if mailbox.is_frozen:
        return []
    address = base64.b64decode(mailbox.address)
    recipients = read_recipients([mailbox.recipient])
    body = {"day": today.isoformat()}
    return [_push(mailbox, address, _in_slot(desk, COLLECTED, body, address, recipients))]


def _in_slot(desk: Desk, kind: str, body: dict[str, Any], address: bytes, recipients: Recipients) -> bytes:
    sealed = b""
    for filled in (body, body | {"pad": _PAD}):
        letter = Letter(desk.fund.origin, kind, desk.roster.version, filled, address, by=desk.name)
        sealed = close(letter, recipients, desk.signer)
        if len(sealed) == SLOT:
            return sealed
        if len(sealed) > SLOT:
            break
    raise RefusedError(N_("This answer is too long for one message: send it in two."))


def _push(mailbox: Mailbox, lookup: bytes, sealed: bytes) -> Push:
    return Push(lookup, base64.b64decode(mailbox.deletion), sealed)


def _check(mailbox: Mailbox) -> None:
    if mailbox.is_frozen:
        raise RefusedError(
            N_("This mailbox is frozen as perhaps in other hands: nothing new goes out."),
            hint=N_("Two members thaw it, after the control question or by another way."),
        )
