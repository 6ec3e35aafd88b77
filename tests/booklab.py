"""Holding a fund's published files against its database, after whatever has happened to it.

`read_log` audits the log as an outsider does, asks a client that others wrote, and gives its leaves; `hold_books` compares the outcome with
the tables. Both raise AssertionError, or the error of whoever refused.
"""

from __future__ import annotations

from panah.core.ledger import Books
from panah.proof import leaf
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.merkle import consistency_proof, leaf_hash, root_of, verify_consistency
from panah.proof.note import VerifyKey
from panah.proof.tiles import entries_path, nodes_of, parse_bundle
from panah.storage.funds import FundHome
from panah.storage.models import Counter, Entry, Fund, Gift, Posting
from tests.logclients import outsiders_accept

Head = tuple[int, bytes]
"""Size and root of a checkpoint that was seen."""


def read_head(fund: FundHome, note: bytes) -> Head:
    """Open a checkpoint with the log's key."""
    vkey = VerifyKey.parse(Fund.objects.using(fund.alias).get().vkey)
    head: Checkpoint = open_checkpoint(note, [vkey])
    return head.size, head.root


def read_log(fund: FundHome, *seen: Head) -> tuple[Head, list[bytes]]:
    """Audit the published log against its checkpoint and those seen before; give its head and leaves."""
    size, root = read_head(fund, (fund.log / "checkpoint").read_bytes())
    read = lambda path: (fund.log / path).read_bytes()  # noqa: E731
    leaves: list[bytes] = []
    for begin in range(0, size, 256):
        width = min(256, size - begin)
        leaves += parse_bundle(read(entries_path(begin // 256, width)), width)
    assert root_of([leaf_hash(data) for data in leaves]) == root
    for old_size, old_root in seen:
        assert old_size <= size, "a published log was taken back"
        if old_size:
            proof = consistency_proof(old_size, size, nodes_of(read, size))
            verify_consistency(old_size, size, old_root, root, proof)
    assert outsiders_accept(fund.log, *seen) == size
    return (size, root), leaves


def replay(leaves: list[bytes]) -> Books:
    """Make the books from leaves alone."""
    books = Books()
    for index, data in enumerate(leaves):
        books.apply(index, leaf.parse(data), None)
    return books


def hold_books(fund: FundHome, books: Books) -> None:
    """Compare books that hold every entry with the counter, the gifts and the postings."""
    entries = list(Entry.objects.using(fund.alias).filter(kind="gift"))
    assert len({entry.gift_ref for entry in entries}) == len(entries), "a gift stands in the journal twice"
    counter = Counter.objects.using(fund.alias).get()
    assert counter.counted + counter.claimed <= counter.goal
    assert (books.counted, books.held, books.state) == (counter.counted, counter.held, counter.state)
    totals: dict[tuple[str, str], int] = {}
    for posting in Posting.objects.using(fund.alias).all():
        key = (posting.account, posting.currency)
        totals[key] = totals.get(key, 0) + posting.minor
    for currency in {key[1] for key in totals}:
        assert sum(minor for key, minor in totals.items() if key[1] == currency) == 0
    assert {key: value for key, value in totals.items() if value} == {
        key: value for key, value in books.balances.items() if value
    }


def hold_gifts(fund: FundHome, acknowledged: dict[str, int]) -> None:
    """See that every acknowledged gift is there as it was told."""
    gifts = dict(Gift.objects.using(fund.alias).values_list("id", "counted"))
    for identity, counted in acknowledged.items():
        assert gifts.get(identity) == counted, f"acknowledged gift {identity} is not as it was told"
