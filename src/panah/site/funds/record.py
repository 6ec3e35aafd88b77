"""The record of statements that were carried out: it stops a second carrying out."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from panah.proof import canonical, leaf
from panah.proof.note import decode_base64
from panah.proof.signature import signing_bytes

if TYPE_CHECKING:
    import datetime as dt

    from panah.storage.batch import Batch


def identity_of(body: dict[str, Any]) -> str:
    """Name a statement: SHA-256 over what is signed, whoever signed it."""
    return sha256(signing_bytes(body)).hexdigest()


def remember(batch: Batch, body: dict[str, Any], name: dict[str, Any], signers: frozenset[str], today: dt.date) -> None:
    """Write down that a statement was carried out; `body` is what is kept of it, `name` what names it (job)."""
    identity = identity_of(name)
    if not batch.query("SELECT 1 FROM storage_statement WHERE id = %s", [identity]):
        batch.execute(
            "INSERT INTO storage_statement (id, kind, body, signers, day) VALUES (%s, %s, %s, %s, %s)",
            [
                identity, leaf.kind(body), canonical.encode(body).decode(),
                canonical.encode(sorted(signers)).decode(), today,
            ],
        )  # fmt: skip


def remember_listed(batch: Batch, body: dict[str, Any], today: dt.date) -> None:
    """Write down that the statement was carried out by which members entered a gift that came back from the log.

    The gift's leaf has its hash, and nothing else of it (job).
    """
    identity = decode_base64(body["list"]).hex()
    if not batch.query("SELECT 1 FROM storage_statement WHERE id = %s", [identity]):
        batch.execute(
            "INSERT INTO storage_statement (id, kind, body, signers, day) VALUES (%s, %s, %s, %s, %s)",
            [identity, "exchange" if "receipt:" in body.get("source", "") else "cash-gift", "{}", "[]", today],
        )
