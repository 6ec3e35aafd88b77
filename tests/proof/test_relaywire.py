"""The bytes between relay, desks and people: one spelling each, and one refusal for everything else."""

from __future__ import annotations

import contextlib
import datetime as dt
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from panah.proof import deskwire, mailboxwire, relaysign, relaywire
from panah.proof.relaywire import WireError
from panah.seal import padding

DAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
A, B, C = (bytes([n]) * 32 for n in (1, 2, 3))
ENVELOPE = b"x" * 6160
ROWS = [
    deskwire.Row(4, A, "d", DAY, DAY + dt.timedelta(90), ENVELOPE),
    deskwire.Row(9, B, "v", DAY, DAY + dt.timedelta(99), b"y" * 18448),
]
BOX = mailboxwire.Box(DAY, None, (b"z" * mailboxwire.SLOT,) * 3)
STANDING = relaywire.Standing("lantern.invalid/winter", DAY, DAY, 3, False, DAY + dt.timedelta(1), 16, A)
PAIRS = [
    (relaywire.write_deposit(relaywire.Deposit(A, B, C, b"12345678", ENVELOPE)), relaywire.read_deposit),
    (relaywire.write_standing(STANDING), relaywire.read_standing),
    (relaywire.answer("full 2026-03-03"), relaywire.read_answer),
    (mailboxwire.write_read(A, 3), mailboxwire.read_read),
    (mailboxwire.write_box(BOX), mailboxwire.read_box),
    (mailboxwire.write_piece(A, 62), mailboxwire.read_piece),
    (mailboxwire.write_delete(A), mailboxwire.read_delete),
    (deskwire.write_pull(2**40), deskwire.read_pull),
    (deskwire.write_stream(ROWS), lambda data: list(deskwire.read_stream(data))),
    (deskwire.write_push([deskwire.Push(A, B, ENVELOPE)]), deskwire.read_push),
    (deskwire.write_numbers(deskwire.ACK, [1, 2**50]), lambda data: deskwire.read_numbers(deskwire.ACK, data)),
    (deskwire.write_vouch(DAY, [A, B]), deskwire.read_vouch),
    (deskwire.write_challenge("lantern.invalid/winter", DAY, 3, b"\n" * 32), deskwire.read_challenge),
    (deskwire.write_solved(DAY, A), deskwire.read_solved),
]


@pytest.mark.parametrize(("data", "read"), PAIRS)
def test_what_was_cut_or_grew_is_refused_or_read_as_less(data, read):
    whole = read(data)
    for other in (data[:-1], b"", b"panah", data[: len(data) // 2]):
        with contextlib.suppress(WireError):
            assert read(other) != whole


@given(st.binary(max_size=200), st.integers(0, len(PAIRS) - 1), st.integers(0, 40))
def test_hostile_bytes_raise_one_error_and_no_other(junk, which, kept):
    data, read = PAIRS[which]
    with contextlib.suppress(WireError):
        read(data[:kept] + junk)


def test_everything_is_read_as_it_was_written():
    assert relaywire.read_deposit(PAIRS[0][0]) == relaywire.Deposit(A, B, C, b"12345678", ENVELOPE)
    assert relaywire.read_standing(PAIRS[1][0]) == STANDING
    assert relaywire.read_answer(relaywire.answer("taken")) == "taken"
    assert (mailboxwire.read_read(PAIRS[3][0]), mailboxwire.read_box(PAIRS[4][0])) == ((A, 3), BOX)
    assert (mailboxwire.read_piece(PAIRS[5][0]), mailboxwire.read_delete(PAIRS[6][0])) == ((A, 62), (A, bytes(32)))
    assert list(deskwire.read_stream(PAIRS[8][0])) == ROWS
    assert deskwire.read_vouch(PAIRS[11][0]) == (DAY, [A, B])
    padded = PAIRS[12][0] + bytes(50)
    assert deskwire.read_challenge(padded) == ("lantern.invalid/winter", DAY, 3, b"\n" * 32)


def test_a_stream_whose_numbers_do_not_grow_is_refused():
    with pytest.raises(WireError):
        list(deskwire.read_stream(deskwire.write_stream([ROWS[1], ROWS[0]])))


def test_sizes_are_those_of_envelopes():
    sizes = {bucket: size for size, bucket in padding.WIRE.items()}
    assert sizes[16 * 1024] == mailboxwire.SLOT
    assert sizes[64 * 1024] == mailboxwire.CHUNK
    assert max(padding.WIRE) == relaywire.LARGEST
    assert {size: relaywire.cost_of(size) for size in padding.WIRE} == dict(
        zip(sorted(padding.WIRE), (1, 1, 1, 1, 4, 16), strict=True)
    )
    assert [relaywire.bits_for(10, size) for size in sorted(padding.WIRE)] == [10, 10, 10, 10, 12, 14]


def test_a_mailbox_answer_fits_a_slow_line():
    assert len(PAIRS[4][0]) < 64_000
    assert len(mailboxwire.write_box(mailboxwire.Box(None, None, BOX.slots))) == len(PAIRS[4][0])


def test_work_holds_for_its_envelope_and_salt_alone():
    work = relaywire.find_work(A, ENVELOPE, 8)
    known = sha256(ENVELOPE).digest()
    assert relaywire.work_holds(A, known, work, 8)
    others = [(A, sha256(b"another").digest(), work), (B, known, work), (A, known, b"\xff" * 8)]
    assert sum(relaywire.work_holds(*one, 8) for one in others) < 3
    assert relaywire.work_holds(B, known, bytes(8), 0)


def test_what_is_sent_and_what_is_answered_have_names_that_nobody_else_joins():
    assert len({relaywire.address_of(A), relaywire.sent_of(A), sha256(A + A).digest()}) == 3


KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"invented desk").digest())
SIGNED = {"origin": "lantern.invalid/winter", "path": "relay/pull", "body": b"body", "now": NOW}


def test_a_signature_is_good_for_its_fund_address_body_and_minutes():
    sender = relaysign.read(relaysign.sign(KEY, "lale", 7, **SIGNED))
    public = KEY.public_key().public_bytes_raw()
    assert (sender.name, sender.roster) == ("lale", 7)
    assert relaysign.holds(sender, public, **SIGNED)
    assert relaysign.holds(sender, public, **SIGNED | {"now": NOW + dt.timedelta(minutes=5)})
    for change in (
        {"origin": "other.invalid"}, {"path": "relay/ack"}, {"body": b"Body"},
        {"now": NOW + dt.timedelta(minutes=6)}, {"now": NOW - dt.timedelta(minutes=6)},
    ):  # fmt: skip
        assert not relaysign.holds(sender, public, **SIGNED | change)
    assert not relaysign.holds(sender, bytes(32), **SIGNED)


@pytest.mark.parametrize("header", [None, "", "lale", "lale 7 1 x", "Lale 7 1 " + "A" * 86 + "==", "a" * 9000])
def test_a_header_in_another_shape_is_refused(header):
    with pytest.raises(WireError):
        relaysign.read(header)
