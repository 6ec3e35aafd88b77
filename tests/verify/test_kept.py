"""What givers and readers keep: a log that was rolled back, forked or emptied of one gift is refused."""

import base64
import datetime as dt
import shutil

import pytest

from panah.errors import InputError, ProofError
from panah.proof.giftnote import GiftNote
from panah.proof.note import SigningKey
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.loglab import LOG_SEED, ORIGIN, Lab, busy_lab, rc_of

TODAY = dt.date(2021, 11, 1)
KEY = SigningKey(ORIGIN, LOG_SEED)


def check(lab, today=TODAY, **given):
    kept = Kept(commitments=given.get("commitments", []))
    for data in given.get("proofs", []):
        kept.add("kept", data)
    for data in given.get("since", []):
        kept.add_since("old", data)
    return Audit(open_source(str(lab.folder)), kept).run(today=today)


def texts(report, verdict):
    return [one.text() for one in report.findings if one.verdict == verdict]


@pytest.fixture
def busy(tmp_path):
    return busy_lab(tmp_path)


def rc(number):
    return base64.b64decode(rc_of(number))


def test_a_proof_finds_its_gift_today_and_after_the_log_grew(busy):
    proof = busy.proof(17)
    assert any("Your gift of 10.01 EUR" in text for text in texts(check(busy, proofs=[proof]), "holds"))
    busy.gift(4_000, counted=0, day="2021-10-01")
    busy.publish()
    report = check(busy, proofs=[proof])
    assert report.holds
    assert [one.leaf for one in report.findings if "Your gift" in one.text()] == [17]


def test_a_proof_without_the_leaf_is_completed_from_the_log(busy):
    lines = busy.proof(17).split(b"\n")
    bare = b"\n".join([lines[0], *lines[2:]])
    assert any("Your gift of 10.01 EUR" in text for text in texts(check(busy, proofs=[bare]), "holds"))


def test_proofs_from_every_checkpoint_hold(tmp_path):
    lab = Lab(tmp_path).found()
    proofs = []
    for size in (3, 255, 256, 257, 300, 512, 515):
        while len(lab.leaves) < size:
            lab.gift(100)
        lab.publish()
        proofs.append(lab.proof(size - 1))
    report = check(lab, proofs=proofs)
    assert report.holds, texts(report, "fails")
    assert len([text for text in texts(report, "holds") if "Your gift" in text]) == 7


def fork(busy, tmp_path_factory):
    """Another history of equal length under the same key."""
    other = busy_lab(tmp_path_factory.mktemp("fork"))
    other.leaves[20] = other.leaves[21]
    other.published = 0
    other.publish()
    return other


def test_a_forked_log_is_refused_by_proof_and_checkpoint(busy, tmp_path_factory):
    forked = fork(busy, tmp_path_factory)
    proof, old = busy.proof(17), busy.read("checkpoint")
    for report in (check(forked, proofs=[proof]), check(forked, since=[old])):
        assert not report.holds
        assert any("forked" in text for text in texts(report, "fails"))


def test_a_rolled_back_log_is_refused(busy, tmp_path_factory):
    shorter = busy_lab(tmp_path_factory.mktemp("short"))
    shorter.leaves = shorter.leaves[:300]
    shorter.published = 0
    shutil.rmtree(shorter.folder / "log")
    shorter.publish()
    for report in (check(shorter, proofs=[busy.proof(17)]), check(shorter, since=[busy.read("checkpoint")])):
        assert any("rolled back" in text for text in texts(report, "fails"))


def test_an_older_checkpoint_is_continued(tmp_path):
    lab = Lab(tmp_path).found()
    old = lab.publish()
    lab.gift(100)
    lab.publish()
    assert any("continues" in text for text in texts(check(lab, since=[old]), "holds"))


def test_an_older_checkpoint_of_a_stranger_is_no_proof(busy):
    stranger = Lab(busy.folder.parent / "stranger", "other.invalid/2021").found().publish()
    assert not check(busy, since=[stranger]).holds


def booked(number, amount, log_by, key=KEY):
    return GiftNote(ORIGIN, rc(number), amount, "EUR", log_by).sign(key)


def test_a_booked_note_finds_its_leaf(busy):
    assert check(busy, proofs=[booked(17, 1001, dt.date(2021, 9, 9))]).holds


@pytest.mark.parametrize(
    ("number", "amount", "today", "holds"),
    [(9999, 1001, "2021-09-10", False), (9999, 1001, "2021-09-09", True), (17, 1002, "2021-09-10", False)],
)
def test_after_log_by_a_missing_gift_fails(busy, number, amount, today, holds):
    report = check(busy, dt.date.fromisoformat(today), proofs=[booked(number, amount, dt.date(2021, 9, 9))])
    assert report.holds is holds


def test_a_pledge_proves_nothing_and_fails_nothing(busy):
    report = check(busy, proofs=[GiftNote(ORIGIN, rc(9999), 500, "EUR").sign(KEY)])
    assert report.holds
    assert any("pledge" in text for text in texts(report, "note"))


def test_a_note_by_another_key_fails(busy):
    note = booked(17, 1001, dt.date(2021, 9, 9), SigningKey(ORIGIN, bytes(32)))
    assert not check(busy, proofs=[note]).holds


def test_a_code_finds_all_its_gifts_or_fails(busy):
    assert any("Your gift" in text for text in texts(check(busy, commitments=[rc(17)]), "holds"))
    assert any("No gift" in text for text in texts(check(busy, commitments=[rc(9999)]), "fails"))


@pytest.mark.parametrize("data", [b"", b"hello", b"c2sp.org/tlog-proof@v1\n", KEY.sign("something else\n")])
def test_what_is_neither_proof_nor_note_cannot_be_read(data):
    with pytest.raises(InputError):
        Kept().add("kept", data)
    with pytest.raises(InputError):
        Kept().add_since("old", data)


def test_notes_have_one_spelling():
    note = GiftNote(ORIGIN, rc(1), 500, "EUR", dt.date(2021, 9, 9))
    assert GiftNote.open(note.sign(KEY), [KEY.verify_key]) == note
    good = note.to_text()
    changes = [("500", "0500"), ("EUR", "eur"), ("2021-09-09", "2021-09-31"), ("booked", "pledge"), ("log-by ", "log-by"),
               (rc_of(1), rc_of(1)[:-2] + "==")]  # fmt: skip
    for old, new in changes:
        with pytest.raises(ProofError):
            GiftNote.parse(good.replace(old, new))
    other = SigningKey("other.invalid", LOG_SEED)
    with pytest.raises(ProofError, match="another fund"):
        GiftNote.open(note.sign(other), [other.verify_key])
