"""A mailbox's code: what Python derives from it, and that it has nothing in common with a gift's."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys

import pyrage
import pytest

from panah.errors import InputError
from panah.seal import bech32, mailbox, receipt
from tests.seallab import ROOT, in_browser, secret_of

VECTORS = json.loads((ROOT / "tests/vectors/mailbox.json").read_text())
CODE = VECTORS[0]["code"]
LEAF0 = bytes.fromhex(VECTORS[1]["leaf0_hex"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["code"][:3] + vector["leaf0_hex"][:3])
def test_shared_vectors_hold(vector):
    found = mailbox.derive(vector["code"], bytes.fromhex(vector["leaf0_hex"]))
    assert found.recipient == vector["recipient"]
    assert [found.lookup.hex(), found.deletion.hex()] == [vector["lookup_hex"], vector["deletion_hex"]]
    assert found.address.hex() == vector["address_hex"] == hashlib.sha256(found.lookup).hexdigest()
    assert found.deletion_hash == hashlib.sha256(found.deletion).digest()


def test_the_derivation_is_scrypt_and_hkdf_written_out_by_hand():
    stretched = hashlib.scrypt(CODE.encode(), salt=LEAF0, n=32768, r=8, p=1, maxmem=2**27, dklen=32)
    extracted = hmac.digest(bytes(32), stretched, "sha256")
    for info, value in (("lookup", "lookup"), ("delete", "deletion")):
        expanded = hmac.digest(extracted, f"panah/1/mailbox/{info}".encode() + b"\x01", "sha256")
        assert expanded == getattr(mailbox.derive(CODE, LEAF0), value)


def test_the_browser_derives_the_same():
    [told] = in_browser([{"do": "derive", "code": CODE, "leaf0": LEAF0.hex()}])
    found = mailbox.derive(CODE, LEAF0)
    assert told == [
        found.recipient, found.identity, found.lookup.hex(), found.deletion.hex(), found.address.hex(),
    ]  # fmt: skip


def test_replies_sealed_to_the_recipient_open_with_the_code_alone():
    found = mailbox.derive(receipt.check_code("۳۱۴ ۱۵۹ ۲۶۵ ۳۵۸ ۹۷۹ ۳۲۳ ۸۴۶ ۲۶۴ ۳۳۱"), LEAF0)
    sealed = pyrage.encrypt(b"come on Monday", [pyrage.x25519.Recipient.from_str(found.recipient)])
    again = mailbox.derive(CODE, LEAF0)
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(again.identity)]) == b"come on Monday"


def test_the_same_digits_are_another_thing_as_a_gift_and_at_another_fund():
    here, there = mailbox.derive(CODE, LEAF0), mailbox.derive(CODE, hashlib.sha256(LEAF0).digest())
    secrets = [receipt.gift_secret(CODE), receipt.commitment(CODE)]
    for found in (here, there):
        secrets += [found.lookup, found.deletion, found.address, found.deletion_hash, found.identity, found.recipient]
    assert len(set(secrets)) == len(secrets)


def test_a_mistyped_code_is_told_before_any_work():
    with pytest.raises(InputError):
        mailbox.derive(CODE[:-1] + "2", LEAF0)
    with pytest.raises(ValueError, match="SHA-256"):
        mailbox.derive(CODE, b"short")


def test_secrets_stay_out_of_repr():
    shown = repr(mailbox.derive(CODE, LEAF0))
    assert "SECRET" not in shown
    assert "lookup" not in shown


def test_a_derivation_fits_under_its_memory_cap():
    child = (
        "import resource, sys\nfrom panah.seal import mailbox\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + mailbox.MEMORY,) * 2)\n"
        f"mailbox.derive({CODE!r}, bytes(32))\nprint('done')\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 16 * 2**20, used + mailbox.MEMORY))\n"
        f"mailbox.derive({CODE!r}, bytes(32))\nprint('and in half of what scrypt needs')\n"
    )
    done = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr[-500:]


@pytest.mark.parametrize("word", ["aram", "bahar", "cyra", ""])
def test_identities_are_spelled_as_age_spells_them(word):
    spelled = bech32.identity(secret_of(word))
    assert str(pyrage.x25519.Identity.from_str(spelled)) == spelled


def test_bech32_spells_the_words_of_its_own_standard():
    # BIP 173, test vectors: no data, and all 32 letters (20 bytes).
    assert bech32.encode("a", b"") == "a12uel5l"
    letters = bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")
    assert bech32.encode("abcdef", letters) == "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
