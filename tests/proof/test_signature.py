"""Members' signatures: bound to type, fund and body; one line for each member."""

import pytest

from panah.errors import ProofError
from panah.proof import signature

SEEDS = {name: bytes([i]) * 32 for i, name in enumerate(("aram", "laleh", "omid"), start=1)}
MEMBERS = {name: signature.public_of(seed) for name, seed in SEEDS.items()}
BODY = {"t": "panah/1/close", "o": "fund.example/2021", "day": "2022-01-18"}


def signed(body, *names):
    return body | {"sig": [[name, signature.sign_body(body, SEEDS[name])] for name in names]}


def test_signers_are_named():
    assert signature.verified_signers(signed(BODY, "aram", "omid"), MEMBERS) == {"aram", "omid"}
    assert signature.verify_body(BODY, signature.sign_body(BODY, SEEDS["omid"]), MEMBERS["omid"])
    assert not signature.verify_body(BODY, signature.sign_body(BODY, SEEDS["omid"]), MEMBERS["aram"])
    assert signature.verified_signers(BODY, MEMBERS) == frozenset()


@pytest.mark.parametrize(
    "change", [{"day": "2022-01-19"}, {"o": "other.example/2021"}, {"t": "panah/1/key"}, {"more": 1}]
)
def test_a_signature_cannot_be_carried_to_another_body(change):
    with pytest.raises(ProofError, match="does not hold"):
        signature.verified_signers(signed(BODY, "aram", "omid") | change, MEMBERS)


def test_lines_are_sorted_known_and_once():
    for names in (("omid", "aram"), ("aram", "aram")):
        with pytest.raises(ProofError, match="sorted"):
            signature.verified_signers(signed(BODY, *names), MEMBERS)
    with pytest.raises(ProofError, match="not in the roster"):
        signature.verified_signers(signed(BODY, "aram", "omid"), {"aram": MEMBERS["aram"]})


@pytest.mark.parametrize("spoil", [lambda s: s[:-4] + "AAA=", lambda s: s + "\n", lambda s: "", lambda s: s[:-2]])
def test_a_spoiled_signature_is_refused(spoil):
    body = signed(BODY, "aram", "omid")
    body["sig"][0][1] = spoil(body["sig"][0][1])
    with pytest.raises(ProofError, match="aram"):
        signature.verified_signers(body, MEMBERS)


def test_the_log_key_is_outside_the_founders_signature_and_inside_all_others():
    charter = {"t": "panah/1/charter", "o": "fund.example/2021", "vkey": "one"}
    assert signature.signing_bytes(charter) == signature.signing_bytes(charter | {"vkey": "two"})
    life = {"t": "panah/1/life", "o": "fund.example/2021", "vkey": "one"}
    assert signature.signing_bytes(life) != signature.signing_bytes(life | {"vkey": "two"})


def test_roster_keys_are_read():
    roster = {"members": [{"name": "aram", "sign": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "seal": "age1x"}]}
    assert signature.roster_keys(roster) == {"aram": b"\1" * 32}
