"""The tree against the definition in RFC 6962 written out slowly, and against an outside verifier."""

import hashlib

import metamorphic_log
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import ProofError
from panah.proof import merkle

# Leaves and heads of the reference implementation's test (certificate-transparency), also in RFC 9162 ports.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
HEADS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def slow_root(leaves):
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def slow_path(m, leaves):
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*slow_path(m, leaves[:k]), slow_root(leaves[k:])]
    return [*slow_path(m - k, leaves[k:]), slow_root(leaves[:k])]


def slow_subproof(m, leaves, whole=True):
    """SUBPROOF of RFC 6962 §2.1.2."""
    if m == len(leaves):
        return [] if whole else [slow_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*slow_subproof(m, leaves[:k], whole), slow_root(leaves[k:])]
    return [*slow_subproof(m - k, leaves[k:], False), slow_root(leaves[:k])]


def named(count):
    return [str(i).encode() for i in range(count)]


def test_heads_of_the_reference_vectors():
    for size, head in enumerate(HEADS, start=1):
        assert merkle.root_of(map(merkle.leaf_hash, LEAVES[:size])).hex() == head
    assert merkle.root_of([]) == merkle.EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_frontier_equals_the_definition(leaves):
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
    assert frontier.root() == slow_root(leaves)
    assert frontier.size == len(leaves)


def test_a_subtree_joins_only_on_its_boundary():
    hashes = [merkle.leaf_hash(leaf) for leaf in named(12)]
    frontier = merkle.Frontier()
    frontier.append_subtree(merkle.root_of(hashes[:8]), 3)
    frontier.append_subtree(merkle.root_of(hashes[8:12]), 2)
    assert frontier.root() == merkle.root_of(hashes)
    with pytest.raises(ValueError, match="boundary"):
        frontier.append_subtree(hashes[0], 3)


@given(st.integers(1, 90).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_inclusion_proofs_equal_the_definition_and_hold(case):
    size, index = case
    leaves = named(size)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    proof = merkle.inclusion_proof(index, size, merkle.nodes_of(hashes))
    assert proof == slow_path(index, leaves)
    root = slow_root(leaves)
    merkle.verify_inclusion(hashes[index], index, size, proof, root)
    metamorphic_log.verify_inclusion(index, size, hashes[index], proof, root)
    wrong = [proof[:-1], [*proof, root], [merkle.EMPTY_ROOT, *proof]]
    for broken in wrong if proof else wrong[1:]:
        with pytest.raises(ProofError):
            merkle.verify_inclusion(hashes[index], index, size, broken, root)
    for other in {0, index - 1, index + 1, size - 1, size, -1} - {index}:
        with pytest.raises(ProofError):
            merkle.verify_inclusion(hashes[index], other, size, proof, root)


@given(st.integers(0, 90).flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new))))
def test_consistency_proofs_equal_the_definition_and_hold(case):
    old, new = case
    leaves = named(new)
    proof = merkle.consistency_proof(old, new, merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in leaves]))
    if old > 0:
        assert proof == slow_subproof(old, leaves)
        metamorphic_log.verify_consistency(old, new, proof, slow_root(leaves[:old]), slow_root(leaves))
    merkle.verify_consistency(old, new, slow_root(leaves[:old]), slow_root(leaves), proof)
    for broken in (
        [*proof, merkle.EMPTY_ROOT],
        [merkle.EMPTY_ROOT, *proof],
        *([proof[:-1]] if proof else []),
    ):
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, new, slow_root(leaves[:old]), slow_root(leaves), broken)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_fork_has_no_consistency_proof(old, more, data):
    kept = named(old)
    forked = list(kept)
    place = data.draw(st.integers(0, old - 1))
    forked[place] = b"other"
    forked += named(more)
    nodes = merkle.nodes_of([merkle.leaf_hash(leaf) for leaf in forked])
    proof = merkle.consistency_proof(old, len(forked), nodes)
    with pytest.raises(ProofError, match="does not continue"):
        merkle.verify_consistency(old, len(forked), slow_root(kept), slow_root(forked), proof)


def test_sizes_that_cannot_be_are_refused():
    nodes = merkle.nodes_of([])
    for call in (
        lambda: merkle.inclusion_proof(0, 0, nodes),
        lambda: merkle.inclusion_proof(3, 3, nodes),
        lambda: merkle.consistency_proof(4, 3, nodes),
        lambda: merkle.verify_consistency(4, 3, b"", b"", []),
        lambda: merkle.verify_consistency(-1, 3, b"", b"", []),
        lambda: merkle.verify_consistency(0, 3, b"x" * 32, b"", []),
        lambda: merkle.verify_consistency(3, 4, b"x" * 32, b"y" * 32, []),
    ):
        with pytest.raises(ProofError):
            call()
