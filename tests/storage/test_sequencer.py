"""The way from journal to log: order, crash at each step, two sequencers, outside eyes."""

from __future__ import annotations

import metamorphic_log
import pytest

from panah.errors import FatalError
from panah.proof.canonical import decode
from panah.proof.checkpoint import open_checkpoint
from panah.proof.merkle import leaf_hash, root_of
from panah.proof.note import VerifyKey
from panah.proof.tiles import paths_of
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import promise, receive_event
from panah.site.gifts.booking import Arrival, book
from panah.storage import sequencer
from panah.storage.models import Entry, Fund, LogHead
from panah.storage.rows import GiftRow
from panah.storage.sequencer import sequence
from panah.storage.writer import writer_for
from tests.storage.lab import NOW, TODAY, event, request

RAIL = FakeRail()


def give(fund, amount=1000) -> str:
    asked = request(amount)
    promise(fund, asked, NOW)
    receive_event(fund, RAIL, event(asked.id, amount), NOW)
    return asked.id


def give_many(fund, number: int) -> None:
    """Book gifts in one transaction: these tests are about what comes after."""

    def job(batch) -> None:
        for _ in range(number):
            asked = request(500)
            row = GiftRow(asked.id, "fake", "EUR", 500, False, asked.rc, None, TODAY)
            batch.add_gift(row)
            book(batch, row, Arrival(500, 500, TODAY), TODAY)

    writer_for(fund).submit(job)


def head_of(fund):
    vkey = VerifyKey.parse(Fund.objects.using(fund.alias).get().vkey)
    return open_checkpoint((fund.log / "checkpoint").read_bytes(), [vkey])


def audit(fund) -> int:
    """The published log holds exactly the journal, in the order of its leaves."""
    head = head_of(fund)
    entries = Entry.objects.using(fund.alias).filter(leaf__lt=head.size).order_by("leaf")
    assert [entry.leaf for entry in entries] == list(range(head.size))
    assert root_of([leaf_hash(bytes(entry.body)) for entry in entries]) == head.root
    for path in paths_of(head.size):
        assert (fund.log / path).is_file()
    return head.size


def test_a_void_stands_after_its_gift_and_names_its_leaf(new_fund):
    fund = new_fund()
    give(fund)
    sequence(fund)  # leaf 0, which no leaf can point at: in a real log it is the charter
    identities = [give(fund) for _ in range(20)]
    receive_event(fund, RAIL, event(identities[7], 1000, "refunded"), NOW)
    give(fund)
    assert sequence(fund) == 23
    entries = {entry.leaf: entry for entry in Entry.objects.using(fund.alias).all()}
    assert entries[21].kind == "gift-void"
    assert entries[decode(bytes(entries[21].body))["gift"]].gift_ref == identities[7]
    assert audit(fund) == 23


def test_gifts_of_one_step_are_shuffled(new_fund, monkeypatch):
    fund = new_fund()
    monkeypatch.setattr(sequencer, "_shuffle", lambda run: run.reverse())
    given = [give(fund) for _ in range(5)]
    sequence(fund)
    order = [entry.gift_ref for entry in Entry.objects.using(fund.alias).order_by("leaf")]
    assert order == given[::-1]


class CutError(Exception):
    pass


@pytest.mark.parametrize("step", ["placed", "tiles", "signed", "published"])
def test_a_step_that_was_cut_off_is_completed_by_starting_again(new_fund, step):
    fund = new_fund(goal=10_000_000)
    give(fund)
    sequence(fund)
    give_many(fund, 300)

    def cut(name: str) -> None:
        if name == step:
            raise CutError

    with pytest.raises(CutError):
        sequence(fund, steps=cut)
    placed = {entry.id: entry.leaf for entry in Entry.objects.using(fund.alias).all()}
    assert sequence(fund) == 301
    assert {entry.id: entry.leaf for entry in Entry.objects.using(fund.alias).all()} == placed
    assert audit(fund) == 301


def test_a_head_that_somebody_else_moved_is_never_signed_over(new_fund):
    fund = new_fund()
    give(fund)

    def other_wins(name: str) -> None:
        if name == "tiles":
            LogHead.objects.using(fund.alias).update(size=99)

    with pytest.raises(FatalError, match="second history"):
        sequence(fund, steps=other_wins)
    assert not (fund.log / "checkpoint").exists()


def test_partial_tiles_go_once_the_full_one_is_there(new_fund):
    fund = new_fund(goal=10_000_000)
    for more in (3, 297):
        give_many(fund, more)
        sequence(fund)
    assert not list(fund.log.glob("tile/0/000.p")) + list(fund.log.glob("tile/entries/000.p"))
    assert audit(fund) == 300


def test_an_outside_client_accepts_the_log(new_fund):
    fund = new_fund()
    for _ in range(5):
        give(fund)
    sequence(fund)
    vkey = Fund.objects.using(fund.alias).get().vkey
    note = (fund.log / "checkpoint").read_text()
    head = metamorphic_log.checkpoint_verify(note, [vkey])
    assert head.size == 5
