"""What strangers can send, changed at random: every parser reads it or refuses it with a PanahError, nothing else.

Signed things are changed before they are signed too, because a provider's bug is signed as well as its truth.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from panah.core import statement
from panah.core.charter import Charter
from panah.core.money import Money
from panah.errors import PanahError
from panah.proof import leaf
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.giftnote import GiftNote
from panah.proof.note import SigningKey, VerifyKey, open_note
from panah.proof.tiles import parse_bundle, parse_path, parse_tile
from panah.proof.tlogproof import TlogProof
from panah.rails.bank import formats
from panah.rails.base import RailEvent
from panah.rails.card import webhook as card
from panah.rails.fake import webhook as fake
from panah.seal.receipt import check_code
from tests.fundlab import SEEDS, demo_charter, signed
from tests.fuzz.mutation import mutated
from tests.stripe_local.server import LocalStripe
from tests.stripe_local.world import World

EXAMPLES = settings().max_examples
NOW = 1_800_000_000
SECRET = b"whsec" + b"_" + b"0" * 32
KEY = SigningKey("fund.invalid/fuzz", bytes(range(32)))
KNOWN = [VerifyKey.parse(KEY.vkey)]


def read_or_refuse(parse, *arguments) -> None:
    """The law of this file."""
    try:
        parse(*arguments)
    except PanahError as refusal:
        str(refusal)
        refusal.hint_text()


def stripe_events() -> list[bytes]:
    """What a local Stripe tells in the life of a payment."""
    world = World(lambda: NOW)
    stripe = LocalStripe(world)
    gift = "0" * 31 + "a"
    session = world.open_session({
        "expires_at": str(NOW + 1900), "line_items": {"0": {"price_data": {"unit_amount": "5000", "currency": "eur"}}},
        "payment_method_types": {"0": "card"}, "payment_intent_data": {"capture_method": "manual", "metadata": {"gift": gift}},
        "client_reference_id": gift, "metadata": {"gift": gift}, "success_url": "x", "cancel_url": "y", "locale": "en",
    })  # fmt: skip
    world.pay(session["id"])
    payment = session["payment_intent"]
    world.capture(payment, 4000)
    world.fail_refund(world.refund(payment, 500)["id"])
    world.close_dispute(world.dispute(payment), "won")
    return [json.dumps(event).encode() for event in stripe.take_events()]


def fake_events() -> list[bytes]:
    event = RailEvent("paid-1", "gift-1", "authorised", Money(500, "EUR"), dt.date(2026, 3, 2))
    return [fake.sign_event(event, SECRET)[1]]


def leaves() -> list[bytes]:
    folder = Path(__file__).parents[1] / "vectors" / "leaf"
    cases = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    charter = demo_charter(dt.date(2026, 3, 2)).complete(vkey=KEY.vkey)
    return [leaf.encode(charter), *(one["data"].encode() for one in cases if one["expect"] == "ok" and "data" in one)]


@given(mutated(stripe_events()))
def test_signed_card_events(body: bytes) -> None:
    read_or_refuse(card.read_event, {card.HEADER: card.sign(body, SECRET, NOW)}, body, SECRET, NOW)


@given(mutated([card.sign(b"{}", SECRET, NOW).encode()]))
def test_headers_of_card_events(header: bytes) -> None:
    read_or_refuse(card.read_event, {card.HEADER: header.decode("latin-1")}, b"{}", SECRET, NOW)


@given(mutated(fake_events()))
def test_signed_events_of_the_demo(body: bytes) -> None:
    read_or_refuse(fake.read_event, {fake.HEADER: fake.sign(body, SECRET)}, body, SECRET)
    read_or_refuse(fake.read_event, {fake.HEADER: body.decode("latin-1")}, body, SECRET)


@given(mutated(leaves()))
def test_leaves(data: bytes) -> None:
    read_or_refuse(leaf.parse, data)


CHECKPOINT = Checkpoint(KEY.name, 300, bytes(32)).sign(KEY)
NOTES = [
    GiftNote(KEY.name, bytes(32), 500, "EUR").sign(KEY),
    GiftNote(KEY.name, bytes(32), 500, "EUR", dt.date(2026, 3, 4)).sign(KEY),
]
PROOF = TlogProof(7, (bytes(32), bytes(32)), CHECKPOINT, b"leaf").encode()


@given(mutated([CHECKPOINT, *NOTES]))
def test_checkpoints_and_notes(data: bytes) -> None:
    for parse in (open_checkpoint, open_note, GiftNote.open):
        read_or_refuse(parse, data, KNOWN)


@given(mutated([note.partition(b"\n\n")[0] + b"\n" for note in (CHECKPOINT, *NOTES)]))
def test_texts_that_the_right_key_signed(text: bytes) -> None:
    """A key that signs nonsense is caught by the reader of what it says."""
    words = text.decode("latin-1")
    read_or_refuse(Checkpoint.parse, words)
    read_or_refuse(GiftNote.parse, words)


@given(mutated([PROOF]))
def test_proof_files(data: bytes) -> None:
    read_or_refuse(TlogProof.parse, data)


@given(mutated([KEY.vkey.encode()]))
def test_keys_in_text(data: bytes) -> None:
    read_or_refuse(VerifyKey.parse, data.decode("latin-1"))


@given(mutated([b"\0\5hello\0\3abc"]), st.integers(1, 256))
def test_tiles_and_bundles(data: bytes, width: int) -> None:
    read_or_refuse(parse_bundle, data, width)
    read_or_refuse(parse_tile, data, width)


@given(mutated([b"tile/0/x001/x234/067", b"tile/entries/000.p/1"]))
def test_paths_of_tiles(data: bytes) -> None:
    read_or_refuse(parse_path, data.decode("latin-1"))


@given(mutated([b"123456789012345678901234567", "۱۲۳ ۴۵۶-789 012 345 678 901 234 567".encode()]))
def test_receipt_codes(data: bytes) -> None:
    read_or_refuse(check_code, data.decode("utf-8", errors="replace"))


STATEMENT = signed({"t": "panah/1/life", "o": "fund.invalid/fuzz", "day": "2026-03-02", "to": "winding"}).to_text()


@given(mutated([STATEMENT.encode(), demo_charter(dt.date(2026, 3, 2)).to_text().encode()]))
def test_signed_statement_files(data: bytes) -> None:
    read_or_refuse(lambda text: leaf.check(statement.read(text).complete()), data.decode("utf-8", errors="replace"))


CHARTER = (Path(__file__).parents[2] / "src/panah/site/demo/charter.toml").read_bytes()


@settings(max_examples=max(20, EXAMPLES // 4))
@given(mutated([CHARTER]))
def test_charters(data: bytes) -> None:
    read_or_refuse(Charter.from_toml, data.decode("utf-8", errors="replace"))


@given(mutated([b"Date;Amount;Text\n2026-03-02;5,00;gift\n", b":20:STMT\n:25:DE44\n", b"<Document/>"]))
@example(b"<:Document/>")
def test_bank_files_of_any_kind(data: bytes) -> None:
    read_or_refuse(formats.read, data)


@pytest.mark.parametrize("name", list(SEEDS))
def test_the_law_sees_other_errors(name: str) -> None:
    """The control."""
    with pytest.raises(KeyError):
        read_or_refuse({}.__getitem__, name)
