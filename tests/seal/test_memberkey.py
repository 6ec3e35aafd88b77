"""A member's key file opens with its passphrase, with the standard format, and with nothing else."""

from __future__ import annotations

import base64
import json
import unicodedata

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from panah.errors import InputError, RefusedError
from panah.proof import signature
from panah.proof.leaf import ROSTER
from panah.seal.memberkey import CEILING, FLOOR, MemberKey, new_member, new_passphrase, unlock, work_factor

PASSPHRASE = "pâle lanterne sur la neige"


@pytest.fixture(scope="session")
def key():
    return new_member("lale")


@pytest.fixture(scope="session")
def locked(key):
    # scrypt is slow on purpose: one file serves all tests here.
    return key.lock(PASSPHRASE)


def test_a_key_file_opens_to_the_same_key_also_when_accents_are_typed_apart(key, locked):
    assert unlock(locked, unicodedata.normalize("NFD", PASSPHRASE) + "\n") == key


def test_a_wrong_passphrase_is_told_without_repeating_it(locked):
    with pytest.raises(InputError) as refusal:
        unlock(locked, "another lantern in the snow")
    assert "lantern" not in refusal.value.text() + refusal.value.hint_text()


def test_a_damaged_file_is_refused(locked):
    with pytest.raises(InputError):
        unlock(locked[:-3] + b"xyz", PASSPHRASE)


@pytest.mark.parametrize("data", [b"", b"age-encryption.org/v1\n", b"hello", b"age-encryption.org/v1\n" * 9000])
def test_what_is_no_key_file_is_refused(data):
    with pytest.raises(InputError):
        unlock(data, PASSPHRASE)


def test_the_file_is_plain_age_and_shows_nothing_of_the_key(key, locked):
    assert locked.startswith(b"age-encryption.org/v1\n-> scrypt ")
    inner = json.loads(pyrage.passphrase.decrypt(locked, PASSPHRASE))
    assert base64.b64decode(inner["sign"]) == key.seed
    assert b"lale" not in locked


def test_an_age_file_that_holds_no_member_is_refused(monkeypatch, locked):
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda *_: b'{"format": "panah/1/member", "name": "lale"}')
    with pytest.raises(InputError):
        unlock(locked, PASSPHRASE)


def test_the_public_half_is_a_roster_entry_and_verifies_signatures(key):
    others = [new_member(name).public for name in ("omid", "tara")]
    ROSTER({"members": [key.public, *others], "until": "2022-01-01"}, "roster")
    body = {"t": "panah/1/close", "o": "lantern.invalid", "day": "2021-10-01"}
    signed = signature.sign_body(body, key.seed)
    assert signature.verify_body(body, signed, base64.b64decode(key.public["sign"]))


def test_the_seal_identity_opens_what_is_sealed_to_its_recipient(key):
    recipient = pyrage.x25519.Recipient.from_str(key.public["seal"])
    opened = pyrage.decrypt(pyrage.encrypt(b"hello", [recipient]), [pyrage.x25519.Identity.from_str(key.identity)])
    assert opened == b"hello"


def test_secrets_stay_out_of_repr(key):
    assert repr(key) == "MemberKey('lale')"


@pytest.mark.parametrize("name", ["", "L", "Lale", "لاله", "lale r", "a", "x" * 33])
def test_a_name_that_is_no_pseudonym_is_refused(name):
    with pytest.raises(InputError):
        new_member(name)


def test_a_short_passphrase_is_refused():
    with pytest.raises(InputError, match="too short"):
        MemberKey("lale", bytes(32), "").lock("lantern")


def test_made_passphrases_are_long_enough_and_differ():
    made = {new_passphrase() for _ in range(20)}
    assert len(made) == 20
    assert all(len(passphrase) == 29 for passphrase in made)


def with_work(locked, factor):
    """The same file, claiming another scrypt work factor."""
    return locked.replace(b" %d\n" % work_factor(locked), b" %d\n" % factor, 1)


def test_a_file_that_asks_for_more_memory_than_a_laptop_has_is_refused_before_any_work(locked, monkeypatch):
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda *_: pytest.fail("the library was asked"))
    for factor in (CEILING + 1, 30, 63, 99):
        with pytest.raises(InputError, match="not a member's key file"):
            unlock(with_work(locked, factor), PASSPHRASE)


def test_the_work_that_a_new_file_asks_for_is_neither_cheap_nor_ruinous(locked):
    assert FLOOR <= work_factor(locked) <= CEILING


@pytest.mark.parametrize("factor", [1, FLOOR - 1, CEILING + 1])
def test_a_key_is_not_handed_out_under_a_lock_of_another_cost(key, locked, monkeypatch, factor):
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda *_: with_work(locked, factor))
    with pytest.raises(RefusedError, match="too busy"):
        key.lock(PASSPHRASE)


def test_a_busy_machine_does_not_call_a_right_passphrase_wrong(key, locked, monkeypatch):
    truly, asked = pyrage.passphrase.decrypt, []

    def busy(data, passphrase):
        asked.append(passphrase)
        if len(asked) <= 3:  # as a machine that stood still for a moment says of any file
            raise excessive
        return truly(data, passphrase)

    with pytest.raises(pyrage.DecryptError) as caught:
        truly(with_work(locked, 40), PASSPHRASE)
    excessive = caught.value
    monkeypatch.setattr(pyrage.passphrase, "decrypt", busy)
    assert unlock(locked, PASSPHRASE).public == key.public
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda *_: truly(with_work(locked, 40), PASSPHRASE))
    with pytest.raises(RefusedError, match="too busy just now"):
        unlock(locked, PASSPHRASE)


def test_a_busy_moment_is_tried_again(key, locked, monkeypatch):
    answers = iter([with_work(locked, FLOOR - 2), with_work(locked, CEILING + 1), locked])
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda *_: next(answers))
    assert key.lock(PASSPHRASE) == locked


@pytest.mark.parametrize(
    "header",
    [
        b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n" + b"A" * 43 + b"\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n",
        b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n",
        b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 018\n" + b"A" * 43 + b"\n",
        b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 100\n" + b"A" * 43 + b"\n",
    ],
)
def test_only_one_passphrase_stanza_is_looked_at(header):
    assert work_factor(b"age-encryption.org/v1\n" + header + b"--- ") == 0


def test_a_member_signs_letters_with_the_key_of_the_roster(key):
    signed = key.signer.key.sign(b"letter")
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public["sign"])).verify(signed, b"letter")
    assert key.signer.name == "lale"
