"""Merkle tree of RFC 6962 §2.1 over SHA-256: roots, inclusion and consistency proofs.

Promises: the same tree head as every other RFC 6962 implementation, and proofs that are checked against the
exact number of hashes that the sizes call for. Refuses (`ProofError`) every proof that is longer, shorter or
does not lead to the root. How the hashes lie in files is `tiles.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

from panah.errors import N_, ProofError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256().digest()
"""Head of the tree without leaves (RFC 6962 §2.1)."""

NodeAt = Callable[[int, int], bytes]
"""`node_at(level, index)`: head of the complete subtree over leaves [index * 2^level, (index + 1) * 2^level)
(the end is left out)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash one leaf; the 0x00 before it keeps leaves and nodes apart (RFC 6962 §2.1)."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtree heads."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """The heads of the complete subtrees that make up a growing tree: all that appending needs."""

    __slots__ = ("_heads", "size")

    def __init__(self) -> None:
        self._heads: list[bytes] = []  # largest subtree first, one for each bit set in `size`
        self.size = 0

    def append(self, leaf: bytes) -> None:
        """Add one leaf *hash*."""
        self._join(leaf, 0)

    def append_subtree(self, head: bytes, level: int) -> None:
        """Add a complete subtree of 2^level leaves; the tree must end on its boundary."""
        if self.size & ((1 << level) - 1):
            raise ValueError("The tree does not end on the boundary of this subtree.")
        self._join(head, level)

    def _join(self, head: bytes, level: int) -> None:
        filled = self.size >> level
        while filled & 1:  # each bit set below the new one is a subtree of equal size to the left
            head = sha256(b"\1" + self._heads.pop() + head).digest()
            filled >>= 1
        self._heads.append(head)
        self.size += 1 << level

    def root(self) -> bytes:
        """Give the head of the whole tree."""
        return fold(self._heads)


def fold(heads: Sequence[bytes]) -> bytes:
    """Join subtree heads, largest first, into one head (RFC 6962 §2.1)."""
    if not heads:
        return EMPTY_ROOT
    head = heads[-1]
    for left in reversed(heads[:-1]):
        head = sha256(b"\1" + left + head).digest()
    return head


def pair_up(row: Sequence[bytes]) -> list[bytes]:
    """Hash an even number of heads two by two: the row above."""
    return [sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Give the head of the tree over these leaf hashes."""
    frontier = Frontier()
    for one in hashes:
        frontier.append(one)
    return frontier.root()


def nodes_of(hashes: Sequence[bytes]) -> NodeAt:
    """Read subtree heads from leaf hashes in memory (for short logs and tests)."""

    def node_at(level: int, index: int) -> bytes:
        return root_of(hashes[index << level : (index + 1) << level])

    return node_at


def range_heads(begin: int, end: int, node_at: NodeAt) -> list[bytes]:
    """Give the complete subtrees of [begin, end), largest first; `begin` lies on a boundary of the range."""
    heads = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        heads.append(node_at(level, begin >> level))
        begin += 1 << level
    return heads


def _head(begin: int, end: int, node_at: NodeAt) -> bytes:
    return fold(range_heads(begin, end, node_at))


def _split(width: int) -> int:
    """Largest power of two smaller than `width` (RFC 6962 §2.1)."""
    return 1 << ((width - 1).bit_length() - 1)


def root_at(size: int, node_at: NodeAt) -> bytes:
    """Give the head of the first `size` leaves."""
    return _head(0, size, node_at)


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """Make PATH(index, D[size]) of RFC 6962 §2.1.1, leaf's sibling first."""
    if not 0 <= index < size:
        raise ProofError(N_("Leaf %(index)s is not in a log of %(size)s."), index=index, size=size)
    path = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_head(middle, end, node_at))
            end = middle
        else:
            path.append(_head(begin, middle, node_at))
            begin = middle
    return path[::-1]


def _sides(place: int, last: int, count: int) -> list[bool] | None:
    """Tell for each of `count` hashes whether it joins from the left; None unless `count` is exact.

    `place` climbs from the proven node to the root, `last` from the rightmost node of the same row: where the
    two meet, right siblings are missing and rows are skipped (RFC 9162 §2.1.3.2).
    """
    sides = []
    for _ in range(count):
        if last == 0:
            return None
        from_left = bool(place & 1) or place == last
        while from_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        sides.append(from_left)
        place, last = place >> 1, last >> 1
    return None if last else sides


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check an inclusion proof (RFC 9162 §2.1.3.2). Raises `ProofError` unless it leads from leaf to root."""
    if not 0 <= index < size:
        raise ProofError(N_("Leaf %(index)s is not in a log of %(size)s."), index=index, size=size)
    sides = _sides(index, size - 1, len(proof))
    head = leaf
    for step, from_left in zip(proof, sides or (), strict=False):
        head = node_hash(step, head) if from_left else node_hash(head, step)
    if sides is None or head != root:
        raise ProofError(N_("The inclusion proof does not lead to the root of the checkpoint."))


def consistency_proof(old: int, new: int, node_at: NodeAt) -> list[bytes]:
    """Make PROOF(old, D[new]) of RFC 6962 §2.1.2; empty when nothing was added, or to nothing."""
    if not 0 <= old <= new:
        raise ProofError(N_("A log of %(old)s leaves can't become one of %(new)s."), old=old, new=new)
    if old in {0, new}:
        return []
    path = []
    begin, end = 0, new
    whole = True  # the old tree is still the complete left edge of [begin, end)
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_head(middle, end, node_at))
            end = middle
        else:
            path.append(_head(begin, middle, node_at))
            begin, whole = middle, False
    if not whole:
        path.append(_head(begin, end, node_at))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new` leaves only added to the tree of `old` (RFC 9162 §2.1.4.2)."""
    if old in {0, new}:
        holds = not proof and (old_root == new_root if old else old_root == EMPTY_ROOT)
    else:
        holds = 0 < old < new and _grows(old, new, old_root, new_root, proof)
    if not holds:
        raise ProofError(N_("The log of %(new)s leaves does not continue the log of %(old)s."), old=old, new=new)


def _grows(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    steps = list(proof)
    if old & (old - 1) == 0:  # a complete tree is its own first step and is not repeated in the proof
        steps.insert(0, old_root)
    if not steps:
        return False
    skipped = ((old - 1) ^ old).bit_length() - 1  # rows in which the old tree's last node is a right child
    sides = _sides((old - 1) >> skipped, (new - 1) >> skipped, len(steps) - 1)
    if sides is None:
        return False
    before = after = steps[0]
    for step, from_left in zip(steps[1:], sides, strict=True):
        after = node_hash(step, after) if from_left else node_hash(after, step)
        if from_left:
            before = node_hash(step, before)
    return before == old_root and after == new_root
