"""Envelopes: they open to what was sealed, have one size per bucket, and nothing changed opens."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panah.errors import InputError, PanahError, ProofError, RefusedError
from panah.seal import envelope, letter, outer, padding
from panah.seal.letter import File
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, open_padded, read_identities
from tests.seallab import ORIGIN, ROSTERS, filling, identity_of, letter_of, member_of, recipient_of, signer_of

TO = read_recipients([recipient_of("aram")])
ARAM = read_identities([identity_of("aram")])
STRANGER = read_identities([identity_of("stranger")])
LALE = signer_of("lale")
MAILBOX = bytes(range(32))

texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=60).map(
    partial(unicodedata.normalize, "NFC")
)
values = st.recursive(
    texts | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc-", max_size=5), inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.text("abcxyz", min_size=1, max_size=8), values, max_size=4)
files = st.lists(
    st.builds(
        File,
        st.sampled_from(["a.jpg", "گذرنامه.pdf", "x" * 200]),
        st.sampled_from(["image/jpeg", "application/pdf"]),
        st.binary(max_size=9000),
    ),
    max_size=3,
).map(tuple)


def opened(stored, **changes):
    return open_envelope(stored, ARAM, **({"origin": ORIGIN, "keys": ROSTERS.key} | changes))


@given(bodies, files, st.sampled_from(["", "m"]), st.booleans(), st.integers(1, 16))
def test_a_letter_opens_as_it_was_written_for_each_of_its_readers(body, attached, mailbox, signed, readers):
    written = letter_of(
        "reply" if signed else "ask", body=body, files=attached, mailbox=MAILBOX if mailbox else b"",
        by="lale" if signed else "",
    )  # fmt: skip
    names = ["aram", *(f"reader{number}" for number in range(readers - 1))]
    stored = envelope.close(written, read_recipients(map(recipient_of, names)), LALE if signed else None)
    assert opened(stored) == written
    last = read_identities([identity_of("stranger"), identity_of(names[-1])])
    assert open_envelope(stored, last, origin=ORIGIN, keys=ROSTERS.key) == written
    with pytest.raises(InputError):
        open_envelope(stored, STRANGER, origin=ORIGIN, keys=ROSTERS.key)


@settings(max_examples=60)
@given(st.sampled_from(padding.BUCKETS[:4]), st.integers(-40, 40), st.integers(1, 16))
def test_on_the_wire_there_is_one_size_for_each_bucket(bucket, around, readers):
    length = bucket + around
    stored = envelope.close(
        filling("offer", length), read_recipients([recipient_of(f"reader{number}") for number in range(readers)])
    )
    assert len(stored) == padding.wire_size(padding.bucket_for(length))
    assert outer.parse(stored).recipients == readers
    assert len(stored) == padding.wire_size(bucket if around <= 0 else bucket * 4)


def test_all_lengths_have_a_bucket_that_holds_them_and_none_is_wasted():
    for length in range(padding.BUCKETS[2] + 2):
        bucket = padding.bucket_for(length)
        assert length <= bucket
        assert bucket == padding.BUCKETS[0] or bucket < 4 * length + 1


@pytest.mark.parametrize("bucket", padding.BUCKETS[4:])
def test_the_largest_buckets_hold_what_they_say(bucket):
    data = bytes(bucket - 500)
    stored = envelope.close(letter_of(files=(File("a", "image/png", data),)), TO)
    assert len(stored) == padding.wire_size(bucket)
    assert opened(stored).files[0].data == data


def test_more_than_the_largest_bucket_is_refused():
    with pytest.raises(RefusedError):
        envelope.close(letter_of(files=(File("a", "image/png", bytes(padding.BUCKETS[-1])),)), TO)


def test_two_envelopes_of_one_letter_share_nothing_but_frame_and_zeros():
    one, two = (envelope.close(letter_of(), TO) for _ in range(2))
    assert one != two
    assert len(one) == len(two)


def flipped(stored, bit):
    changed = bytearray(stored)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_each_bit_of_frame_header_and_first_block_and_of_the_zeros_counts():
    stored = envelope.close(letter_of("reply", by="lale"), TO, LALE)
    end = outer.parse(stored).end
    for bit in (*range(700 * 8), *range((end - 20) * 8, len(stored) * 8)):
        with pytest.raises(InputError):
            opened(flipped(stored, bit))


@given(st.data())
def test_a_flipped_bit_anywhere_is_refused(data):
    stored = envelope.close(letter_of("reply", by="lale"), TO, LALE)
    with pytest.raises(InputError):
        opened(flipped(stored, data.draw(st.integers(0, len(stored) * 8 - 1))))


@pytest.mark.long
def test_each_single_bit_of_an_envelope_counts():
    stored = envelope.close(letter_of("reply", by="lale"), TO, LALE)
    for bit in range(len(stored) * 8):
        with pytest.raises(InputError):
            opened(flipped(stored, bit))


@given(st.data())
def test_a_flipped_bit_inside_is_refused_also_when_somebody_seals_it_again(data):
    written = letter_of("reply", by="lale", files=(File("a", "image/png", b"pixels"),), mailbox=MAILBOX)
    plaintext = letter.write(written, LALE)
    bit = data.draw(st.integers(0, len(plaintext) * 8 - 1))
    with pytest.raises(InputError):
        opened(envelope.close_padded(flipped(plaintext, bit), TO))


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "lantern.invalid/spring"},
        {"kind": "event"},
        {"roster": 8},
        {"mailbox": bytes(32)},
        {"mailbox": b""},
        {"body": {"text": "another"}},
        {"by": "omid"},
        {"files": ()},
        {"files": (File("b", "image/png", b"pixels"),)},
        {"files": (File("a", "image/gif", b"pixels"),)},
        {"files": (File("a", "image/png", b"pixelz"),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_signature_holds_for_the_letter_as_a_whole(change):
    written = letter_of("reply", by="lale", files=(File("a", "image/png", b"pixels"),), mailbox=MAILBOX)
    signed = letter.write(written, LALE)
    other = dataclasses.replace(written, **change)
    forged = letter.write(other, dataclasses.replace(LALE, name=other.by))
    # The forger has no key: the true signature is put under the changed letter.
    true, false = (plaintext.rstrip(b"\0")[-64:] for plaintext in (signed, forged))
    spliced = forged.replace(false, true)
    assert len(true) == len(false) == 64
    assert spliced != forged
    everybody = lambda *_: LALE.key.public_key()  # noqa: E731
    assert letter.read(forged, everybody) == other, "the control: what is signed anew does open"
    with pytest.raises(InputError):
        letter.read(spliced, everybody)


def test_a_letter_is_no_other_funds_kinds_or_mailboxs():
    stored = envelope.close(letter_of("reply", by="lale", mailbox=MAILBOX), TO, LALE)
    assert opened(stored, kinds={"reply"}, mailbox=MAILBOX).by == "lale"
    for wrong in ({"origin": "a.invalid"}, {"kinds": {"event"}}, {"mailbox": bytes(32)}, {"keys": None}):
        with pytest.raises(InputError):
            opened(stored, **wrong)


def test_a_signature_counts_only_under_the_roster_it_names():
    stored = envelope.close(letter_of("reply", by="lale", roster=9), TO, LALE)
    with pytest.raises(InputError):
        opened(stored)


def test_a_member_cannot_sign_for_another():
    stored = envelope.close(letter_of("reply", by="omid"), TO, dataclasses.replace(LALE, name="omid"))
    with pytest.raises(InputError):
        opened(stored)


def test_what_a_stranger_sends_may_claim_no_member():
    with pytest.raises(InputError):
        envelope.close(letter_of("ask", by="lale"), TO, LALE)
    with pytest.raises(InputError):
        envelope.close(letter_of("reply"), TO)
    claimed = letter.write(letter_of("reply", by="lale"), LALE).replace(b'"kind":"reply"', b'"kind":"offer"')
    with pytest.raises(InputError):
        opened(envelope.close_padded(claimed, TO))


@pytest.mark.parametrize(
    "change",
    [{"kind": "Ask"}, {"roster": -1}, {"origin": "A"}, {"mailbox": b"short"}, {"body": {"x": 1.5}}, {"body": {"x": "e\u0301"}}],
    ids=str,
)  # fmt: skip
def test_a_field_without_a_spelling_is_refused(change):
    with pytest.raises((InputError, ProofError)):
        envelope.close(letter_of(**change), TO)


def test_a_file_name_is_never_a_path():
    for name in ("../a", "a/b", "a\\b", "a\0", ""):
        with pytest.raises(InputError):
            envelope.close(letter_of(files=(File(name, "image/png", b""),)), TO)


def test_a_wrong_key_and_a_damaged_file_are_told_alike():
    stored = envelope.close(letter_of(), TO)
    told = set()
    for given_up in ((stored, STRANGER), (flipped(stored, 3000 * 8), ARAM)):
        with pytest.raises(InputError) as refusal:
            open_padded(*given_up)
        told.add(refusal.value.text() + refusal.value.hint_text())
        assert refusal.value.__suppress_context__
    assert len(told) == 1


def remains(error):
    """All that somebody finds who has the error: its texts, causes, and the local variables of its frames."""
    found = []
    while error is not None:
        found += [repr(error), repr(error.__dict__)]
        trace = error.__traceback__
        while trace is not None:
            if "/seal/" in trace.tb_frame.f_code.co_filename and "tests" not in trace.tb_frame.f_code.co_filename:
                found += [
                    repr(value.getvalue() if isinstance(value, io.BytesIO) and not value.closed else value)
                    for value in trace.tb_frame.f_locals.values()
                ]
            trace = trace.tb_next
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " ".join(found)


@pytest.mark.parametrize("fault", ["padding", "signature", "last block", "place"])
def test_after_a_failure_nothing_of_the_text_is_left(fault):
    text = "canary-in-the-text " * 10_000
    plaintext = letter.write(letter_of("reply", by="lale", body={"text": text}), LALE)
    if fault == "padding":
        plaintext = plaintext[:-1] + b"!"
    if fault == "signature":
        plaintext = plaintext.replace(b"canary", b"Canary", 1)
    stored = envelope.close_padded(plaintext, TO)
    if fault == "last block":
        # pyrage has written three of four blocks of 64 KiB before it comes to this one.
        stored = flipped(stored, (outer.parse(stored).end - 1) * 8)
    with pytest.raises(PanahError) as refusal:
        opened(stored, origin="other.invalid" if fault == "place" else ORIGIN)
    assert "anary" not in remains(refusal.value)


def test_the_control_an_error_from_further_inside_would_show_it():
    plaintext = letter.write(letter_of("reply", by="lale", body={"text": "canary"}), LALE)
    with pytest.raises(InputError) as refusal:
        letter.read(plaintext, None)
    assert "canary" in remains(refusal.value)


def test_keys_stay_out_of_repr():
    assert "AGE-SECRET" not in repr(ARAM)
    assert repr(LALE) == "Signer(name='lale')"
    assert member_of("lale").name in repr(LALE)
