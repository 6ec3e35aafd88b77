"""What the gift pages read: how much is left, and the standing of one's own gift."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connections

from panah.core.fund import State
from panah.proof import leaf
from panah.proof.canonical import decode
from panah.proof.giftnote import GiftNote
from panah.proof.merkle import inclusion_proof
from panah.proof.note import SigningKey
from panah.proof.tiles import nodes_of
from panah.proof.tlogproof import TlogProof
from panah.storage.batch import GIFT_COLUMNS, read_gift
from panah.storage.funds import FundHome
from panah.storage.logkey import read_log_key
from panah.storage.rows import FundRules, GiftRow
from panah.storage.writer import read_rules


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form needs to know of the moment; minor units."""

    state: State
    rest: int
    minimum: int
    gifts_paused: bool
    rules: int
    bank_upto: dt.date | None


def form_facts(fund: FundHome) -> FormFacts:
    """Read the counter."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT state, goal - counted - claimed, minimum, gifts_paused, rules, bank_upto"
            " FROM storage_counter WHERE id = 1"
        )
        state, rest, minimum, paused, rules, upto = cursor.fetchone()
    return FormFacts(State(state), rest, minimum, bool(paused), rules, upto)


def fund_rules(fund: FundHome) -> FundRules:
    """Read the rules in force."""
    with connections[fund.alias].cursor() as cursor:
        return read_rules(cursor)


def gift_by_id(fund: FundHome, identity: str) -> GiftRow | None:
    """Give a gift by the id that its form minted."""
    found = _gifts(fund, "id = %s", identity)
    return found[0] if found else None


def gifts_by_commitment(fund: FundHome, commitment: bytes) -> list[GiftRow]:
    """Give the gift of a receipt code, and further transfers under its reference."""
    return _gifts(fund, "rc = %s", commitment)


def _gifts(fund: FundHome, where: str, value: Any) -> list[GiftRow]:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE {where} ORDER BY twin, id", [value])
        return [read_gift(row) for row in cursor.fetchall()]


def leaf_of(fund: FundHome, gift: str) -> int | None:
    """Give the index of a gift's leaf once a signed checkpoint covers it."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT e.leaf FROM storage_entry e, storage_loghead h"
            " WHERE e.gift_ref = %s AND e.kind = 'gift' AND e.leaf < h.size",
            [gift],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def gift_proof(fund: FundHome, index: int) -> bytes:
    """Write the C2SP tlog-proof of leaf `index` against the newest checkpoint."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT h.size, h.note, e.body FROM storage_loghead h, storage_entry e WHERE e.leaf = %s", [index]
        )
        size, note, body = cursor.fetchone()
    proof = inclusion_proof(index, size, nodes_of(lambda path: (fund.log / path).read_bytes(), size))
    return TlogProof(index, tuple(proof), bytes(note), bytes(body)).encode()


def log_key(fund: FundHome, rules: FundRules) -> SigningKey:
    """Give the key that signs receipt notes: the log's own."""
    return read_log_key(fund, rules.origin, rules.vkey)


def pledge_note(key: SigningKey, row: GiftRow) -> bytes:
    """Sign that this amount was promised under this commitment."""
    return GiftNote(key.name, row.rc, row.amount, row.currency).sign(key)


def booked_note(key: SigningKey, row: GiftRow, amount: int, log_by: dt.date) -> bytes:
    """Sign that the money is booked and in the log by a day; after it a missing leaf proves a broken word."""
    return GiftNote(key.name, row.rc, amount, row.currency, log_by).sign(key)


def booked_body(fund: FundHome, gift: str) -> dict[str, Any] | None:
    """Give the gift's own journal entry as it was booked (later voids are entries of their own)."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT body FROM storage_entry WHERE gift_ref = %s AND kind = 'gift'", [gift])
        row = cursor.fetchone()
    return leaf.check(decode(bytes(row[0]))) if row else None
