"""Recovery: k of n bring it back, fewer never do, and a share that is wrong is named before anything is joined."""

from __future__ import annotations

import itertools

import pyrage
import pytest
import shamir_mnemonic
from hypothesis import given, settings
from hypothesis import strategies as st

from panah.errors import InputError, PanahError, ProofError, RefusedError
from panah.seal import recovery


@pytest.fixture(scope="module")
def made():
    return recovery.make(2, 3)


@pytest.mark.parametrize(("k", "n"), [(2, 2), (2, 3), (3, 5)])
def test_each_set_of_k_recovers_and_no_smaller_one_does(k, n):
    plan, shares = recovery.make(k, n)
    found = {recovery.combine(plan, chosen) for chosen in itertools.combinations(shares, k)}
    assert len(found) == 1
    for fewer in itertools.combinations(shares, k - 1):
        with pytest.raises(RefusedError):
            recovery.combine(plan, fewer)
        with pytest.raises(RefusedError):
            recovery.combine(plan, [*fewer, *fewer])


def test_what_is_recovered_opens_what_was_sealed_to_the_plan(made):
    plan, shares = made
    sealed = pyrage.encrypt(b"ring", [pyrage.x25519.Recipient.from_str(plan["seal"])])
    found = recovery.combine(plan, shares[:2])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(found.identity)]) == b"ring"
    assert "SECRET" not in repr(found)
    assert "seed" not in repr(found)


def test_more_shares_than_needed_and_careless_typing_do_no_harm(made):
    plan, shares = made
    careless = [share.upper().replace(" ", "  \n") for share in shares]
    assert recovery.combine(plan, careless) == recovery.combine(plan, shares[1:])


def test_each_holder_can_check_the_own_share_alone(made):
    plan, shares = made
    assert [recovery.check_share(plan, share) for share in shares] == [0, 1, 2]


@settings(max_examples=60)
@given(st.data())
def test_a_wrong_swapped_or_missing_word_is_found(made, data):
    plan, shares = made
    words = data.draw(st.sampled_from(shares)).split()
    place = data.draw(st.integers(0, recovery.WORDS - 1))
    match data.draw(st.sampled_from(["another", "swap", "missing", "none"])):
        case "another":
            words[place] = data.draw(st.sampled_from(shamir_mnemonic.wordlist.WORDLIST))
        case "swap":
            words[place - 1], words[place] = words[place], words[place - 1]
        case "missing":
            del words[place]
        case "none":
            words[place] = "lantern-canary"
    if " ".join(words) in shares:
        return
    with pytest.raises(InputError) as refusal:
        recovery.check_share(plan, " ".join(words))
    assert "lantern" not in refusal.value.text()
    assert refusal.value.__cause__ is None


def test_a_share_of_another_recovery_is_named_before_it_spoils_this_one(made):
    plan, shares = made
    _, others = recovery.make(2, 3)
    with pytest.raises(InputError, match="another recovery"):
        recovery.combine(plan, [shares[0], others[1]])


def test_a_plan_with_another_key_or_hash_is_refused(made):
    plan, shares = made
    other, _ = recovery.make(2, 3)
    for key in ("seal", "sign", "shares"):
        with pytest.raises(InputError):
            recovery.combine(plan | {key: other[key]}, shares)
    for spoiled in (plan | {"k": 1}, plan | {"k": 4}, {**plan, "more": 1}, plan | {"drill": 2}):
        with pytest.raises(PanahError):
            recovery.combine(spoiled, shares)
    with pytest.raises((InputError, ProofError)):
        recovery.check_plan(plan | {"shares": plan["shares"][:1] * 3})


def test_a_drill_recovers_a_dummy_and_its_plan_says_so():
    plan, shares = recovery.make(2, 3, drill=True)
    found = recovery.combine(plan, shares[1:])
    assert plan["drill"] == 1
    with pytest.raises(InputError):
        recovery.combine(plan | {"drill": 0}, shares)
    assert found == recovery.combine(plan, shares[:2])


def test_two_recoveries_have_nothing_in_common(made):
    plan, shares = made
    other, more = recovery.make(2, 3)
    assert not set(plan["shares"]) & set(other["shares"])
    assert not set(shares) & set(more)
    assert plan["seal"] != other["seal"]


@pytest.mark.parametrize(("k", "n"), [(1, 3), (0, 2), (4, 3), (2, 17), (1, 1)])
def test_one_share_alone_is_never_enough_and_numbers_fit(k, n):
    with pytest.raises(RefusedError):
        recovery.make(k, n)


def test_the_library_reads_its_standards_own_shares():
    # SLIP-0039, test vector 4 ("basic sharing 2-of-3, 128 bits"), the passphrase of all vectors.
    begin = "shadow pistol academic "
    one = "always adequate wildlife fancy gross oasis cylinder mustang wrist rescue view short owner flip making coding armed"
    two = "acid actress prayer class unknown daughter sweater depict flip twice unkind craft early superior advocate guest smoking"
    shares = [begin + one, begin + two]
    assert shamir_mnemonic.combine_mnemonics(shares, b"TREZOR").hex() == "b43ceb7e57a0ea8766221624d01b0864"
