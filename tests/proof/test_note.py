"""Signed notes, checkpoints and .tlog-proof files: one spelling, and outside verifiers agree."""

import metamorphic_log
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import ProofError
from panah.proof import merkle, note, tlogproof
from panah.proof.checkpoint import Checkpoint, open_checkpoint

KEY = note.SigningKey("fund.example/2021", bytes(range(32)))
OTHER = note.SigningKey("witness.example", bytes(32))
HEAD = Checkpoint("fund.example/2021", 3, merkle.root_of(map(merkle.leaf_hash, [b"a", b"b", b"c"])))
SIGNED = HEAD.sign(KEY)


def test_the_published_vector_of_the_format_opens():
    # The example key and note of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
    key = note.VerifyKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    data = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    ).encode()
    assert note.open_note(data, [key]).verified == (key,)
    assert key.vkey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_checkpoint_opens_here_and_elsewhere():
    assert open_checkpoint(SIGNED, [KEY.verify_key]) == HEAD
    head = metamorphic_log.checkpoint_verify(SIGNED.decode(), [KEY.vkey])
    assert (head.origin, head.size, bytes(head.root)) == (HEAD.origin, HEAD.size, HEAD.root)


def with_cosignature():
    line = OTHER.sign(HEAD.to_text()).partition(b"\n\n")[2]
    return SIGNED + line


def test_a_cosigned_checkpoint_opens_for_log_and_witness():
    assert open_checkpoint(with_cosignature(), [KEY.verify_key]) == HEAD
    assert note.open_note(with_cosignature(), [OTHER.verify_key]).text == HEAD.to_text()
    assert len(note.open_note(with_cosignature(), [OTHER.verify_key, KEY.verify_key]).verified) == 2


def test_a_witness_alone_does_not_make_a_checkpoint():
    with pytest.raises(ProofError, match="another log"):
        open_checkpoint(OTHER.sign(HEAD.to_text()), [OTHER.verify_key])
    with pytest.raises(ValueError, match="origin"):
        HEAD.sign(OTHER)


@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_no_bit_of_a_checkpoint_can_be_changed(bit):
    changed = bytearray(SIGNED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError):
        open_checkpoint(bytes(changed), [KEY.verify_key])


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d + b"\n",
        lambda d: d + d[d.rindex("— ".encode()) :],  # the same line twice
        lambda d: d.rstrip(b"\n"),
        lambda d: d.replace(b"\n", b"\r\n"),
        lambda d: d.replace("— ".encode(), b"- "),
        lambda d: b"\n" + d,
        lambda d: d.replace(b"\n3\n", b"\n03\n"),
        lambda d: d.partition(b"\n\n")[0] + b"\n",
        lambda d: d.partition(b"\n\n")[0] + b"\n\n",
        lambda d: b"",
        lambda d: d + b"x" * note.MAX_BYTES,
        lambda d: b"\xff" + d,
    ],
)
def test_second_spellings_of_a_note_are_refused(change):
    with pytest.raises(ProofError):
        open_checkpoint(change(SIGNED), [KEY.verify_key])


@pytest.mark.parametrize(
    "text",
    ["fund.example/2021\n3\nAAAA\n", "fund.example/2021\n03\n" + "A" * 43 + "=\n", "fund.example/2021\n3\n" + "A" * 42 + "B=\n",
     "\n3\n" + "A" * 43 + "=\n", "fund.example/2021\n3\n" + "A" * 43 + "=\nextension\n", "fund.example/2021\n-3\n" + "A" * 43 + "=\n"],
)  # fmt: skip
def test_signed_texts_that_are_no_checkpoint_are_refused(text):
    with pytest.raises(ProofError, match=r"not a checkpoint|not base64"):
        open_checkpoint(KEY.sign(text), [KEY.verify_key])


@pytest.mark.parametrize(
    "vkey",
    ["", KEY.vkey + "\n", KEY.vkey.upper(), KEY.vkey.replace("+", "-"), KEY.vkey[:-1], "x" + KEY.vkey,
     OTHER.vkey.replace("witness.example", "witness.examplf"), "fund example+" + KEY.vkey.partition("+")[2]],
)  # fmt: skip
def test_second_spellings_of_a_key_are_refused(vkey):
    with pytest.raises(ProofError):
        note.VerifyKey.parse(vkey)


def test_keys_read_back_and_bad_texts_are_not_signed():
    assert note.VerifyKey.parse(KEY.vkey) == KEY.verify_key
    for text in ("no newline", "tab\there\n"):
        with pytest.raises(ProofError):
            KEY.sign(text)
    assert note.read_unverified(SIGNED) == HEAD.to_text()


def proof_of(index):
    leaves = [b"a", b"b", b"c"]
    nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves])
    return tlogproof.TlogProof(index, tuple(merkle.inclusion_proof(index, 3, nodes)), SIGNED, leaves[index])


def test_a_proof_file_holds_and_reads_back():
    for index in range(3):
        data = proof_of(index).encode()
        again = tlogproof.TlogProof.parse(data)
        assert again == proof_of(index)
        assert again.encode() == data
        assert again.verify([KEY.verify_key]) == HEAD
        assert data.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    with pytest.raises(ProofError):
        proof_of(1).verify([KEY.verify_key], b"another leaf")
    with pytest.raises(ProofError):
        proof_of(1).verify([OTHER.verify_key])


@given(st.integers(0, len(proof_of(1).encode()) * 8 - 1))
def test_no_bit_of_a_proof_file_can_be_changed(bit):
    changed = bytearray(proof_of(1).encode())
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError):
        tlogproof.TlogProof.parse(bytes(changed)).verify([KEY.verify_key])


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.replace(b"index 1", b"index 01"),
        lambda d: d.replace(b"index 1", b"index  1"),
        lambda d: d.replace(b"@v1", b"@v2"),
        lambda d: d.replace(b"extra ", b"extra  "),
        lambda d: d.replace(b"\n\n", b"\n"),
        lambda d: b"x" * (tlogproof.MAX_BYTES + 1),
    ],
)
def test_second_spellings_of_a_proof_file_are_refused(change):
    with pytest.raises(ProofError):
        tlogproof.TlogProof.parse(change(proof_of(1).encode())).verify([KEY.verify_key])
