"""What must hold after every step, whatever happened: the promises M1 to M4 in one place.

Each law raises AssertionError with its sentence. The log is read from the published files, as a stranger does.
"""

from __future__ import annotations

import copy
from typing import Any

from panah.core.ledger import Books
from panah.proof import leaf
from panah.proof.canonical import decode
from panah.proof.checkpoint import open_checkpoint
from panah.proof.merkle import Frontier, leaf_hash
from panah.proof.note import VerifyKey
from panah.proof.tiles import entries_path, parse_bundle
from tests.booklab import hold_books, read_log, replay
from tests.simulation.members import Team

Held = dict[str, tuple[str, int, int]]
"""Gift → (value day, booked, counted) of gifts past the goal."""


class Laws:
    """Holds one world to what was promised. Remembers what was seen."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.key = VerifyKey.parse(team.rows("SELECT vkey FROM storage_fund")[0][0])
        self.books, self.tree, self.leaves = Books(), Frontier(), []
        self.held: Held = {}
        self.note = b""
        self.restored = 0
        self.met = self.no_fake = False

    def hold(self) -> None:
        """After each step."""
        if self.team.restored != self.restored:
            self.restored, self.held = self.team.restored, {}
            self.forget_unlogged()
        self.money()
        self.waiting()
        self.grows()

    # -- the tables

    def money(self) -> None:
        """Never over the goal; the counter is its gifts; every currency's postings sum to zero."""
        rows = self.team.rows
        state, goal, counted, claimed, held = rows("SELECT state, goal, counted, claimed, held FROM storage_counter")[0]
        assert counted + claimed <= goal, "the fund is oversold"
        sums = rows(
            "SELECT COALESCE(SUM(counted), 0), COALESCE(SUM(claimed), 0), COALESCE(SUM(booked - counted), 0) FROM storage_gift"
        )[0]
        assert sums == (counted, claimed, held), f"counter {(counted, claimed, held)} is not its gifts {sums}"
        assert not rows("SELECT currency FROM storage_posting GROUP BY currency HAVING SUM(minor) <> 0"), "postings"
        self.met |= state == "met"
        assert not (self.met and state == "open") or self.restored, "a met fund opened again"
        assert state != "open" or counted < goal, "the goal is counted in full and the fund is open"
        assert not rows(
            "SELECT gift_ref FROM storage_entry WHERE kind = 'gift' GROUP BY gift_ref HAVING COUNT(*) > 1"
        ), "a gift stands in the journal twice"
        assert state not in {"open", "met"} or not (held and counted + claimed < goal), (
            "held gifts wait beside free room"
        )
        booked = dict(
            rows(
                "SELECT g.id, g.status FROM storage_gift g JOIN storage_entry e ON e.gift_ref = g.id AND e.kind = 'gift'"
            )
        )
        for gift in self.team.told:
            assert booked.get(gift) in {"booked", "ended"}, f"acknowledged gift {gift} is gone"

    def forget_unlogged(self) -> None:
        """What no mirror held is gone with the disk until providers tell it again; `end` holds that they did."""
        there = {row[0] for row in self.team.rows("SELECT gift_ref FROM storage_entry WHERE kind = 'gift'")}
        self.team.told = {gift: booked for gift, booked in self.team.told.items() if gift in there}
        # A fake gift that is told again may find no room now.
        gone = [gift for gift in self.team.paid if gift not in there]
        self.no_fake |= any(gift in gone for gift, _ in self.team.fake_back)
        for gift in gone:
            del self.team.paid[gift]

    def waiting(self) -> None:
        """Held gifts are counted oldest value day first."""
        now: Held = {
            row[0]: (str(row[1]), row[2], row[3])
            for row in self.team.rows("SELECT id, value_day, booked, counted FROM storage_gift WHERE booked > 0")
        }
        gained = [name for name, (_, _, counted) in self.held.items() if name in now and now[name][2] > counted]
        for name in gained:
            for other, (day, _, _) in self.held.items():
                if other in now and (day, other) < (self.held[name][0], name):
                    assert now[other][1] == now[other][2], f"{name} was counted before {other}, which came earlier"
        self.held = {name: row for name, row in now.items() if row[1] > row[2]}

    # -- the log

    def grows(self) -> None:
        """What is published audits, continues what was published, and with what waits makes the database's books."""
        note = (self.team.fund.log / "checkpoint").read_bytes()
        if note != self.note:
            head = open_checkpoint(note, [self.key])
            assert head.size >= self.tree.size, "a published log was taken back"
            for data in self._new_leaves(head.size):
                self.books.apply(len(self.leaves), leaf.parse(data), None)
                self.tree.append(leaf_hash(data))
                self.leaves.append(data)
            assert self.tree.root() == head.root, "the published log is another history"
            self.note = note
        hold_books_with_waiting(self.team, self.books)

    def _new_leaves(self, size: int) -> list[bytes]:
        found: list[bytes] = []
        for begin in range(0, size, 256):
            width = min(256, size - begin)
            data = (self.team.fund.log / entries_path(begin // 256, width)).read_bytes()
            found += parse_bundle(data, width)
        assert found[: len(self.leaves)] == self.leaves, "published leaves were changed"
        return found[len(self.leaves) :]

    # -- the end

    def end(self) -> None:
        """When everything has come to its end: nothing hangs, and the books are what the world really saw."""
        self.hold()
        team = self.team
        _, leaves = read_log(team.fund)
        hold_books(team.fund, replay(leaves))
        assert team.rows("SELECT claimed FROM storage_counter") == [(0,)], "room is claimed for ever"
        waiting = team.rows("SELECT key FROM storage_railcall WHERE state = 'waiting'")
        assert not waiting, f"a call waits for ever: {waiting}"
        intents = team.stripe.world.intents.values()
        assert not [one["id"] for one in intents if one["status"] == "requires_capture"], "a card is blocked for ever"
        if team.rows("SELECT state FROM storage_counter") != [("closed",)]:
            self.totals()

    def totals(self) -> None:
        """What the rails really took and gave back is what the books have on them."""
        team, world = self.team, self.team.stripe.world
        known = {row[0] for row in team.rows("SELECT id FROM storage_gift")}
        intents = {name: one for name, one in world.intents.items() if one["amount_received"]}
        assert {one["metadata"]["gift"] for one in intents.values()} <= known, "a captured gift is in no books"
        ours = {row[0] for row in team.rows("SELECT key FROM storage_refund")}  # counted below as `agreed`
        gone = [one for one in world.refunds.values() if one["status"] != "failed"]
        gone = [one for one in gone if one["metadata"].get("call") not in ours]
        gone += [one for one in world.disputes.values() if one["status"] != "won"]
        card = sum(one["amount_received"] for one in intents.values())
        card -= sum(one["amount"] for one in gone if one["payment_intent"] in intents)
        bank = sum(line["amount"] * (1 if line["kind"] == "credit" else -1) for line in team.lines)
        # The fake rail has no provider: what it took is what was written down, once for each gift.
        rows = team.rows("SELECT e.body FROM storage_entry e JOIN storage_gift g ON g.id = e.gift_ref"
                         " WHERE e.kind = 'gift' AND g.rail = 'fake' AND NOT g.twin")  # fmt: skip
        fake = sum(decode(bytes(body))["amount"] for (body,) in rows)
        fake -= sum(part for gift, part in team.fake_back if gift in known)
        for rail, truth in (("card", card), ("bank", bank), ("fake", fake)):
            lost = any(on == "fake" and gift not in known for gift, on in team.promised.items())
            if rail == "fake" and (lost or self.no_fake):
                continue  # the backup forgot its id, and the demo has no provider that could be asked
            agreed = team.rows("SELECT COALESCE(SUM(amount), 0) FROM storage_refund WHERE rail = %s", rail)[0][0]
            fees = -_sum(team, "expenses:fees") if rail == "bank" else 0
            books = _sum(team, f"assets:{rail}") + _sum(team, f"assets:frozen-{rail}")
            assert books == truth - agreed + fees, f"{rail}: books {books}, world {truth} - {agreed} + {fees}"


def _sum(team: Team, account: str) -> int:
    return int(team.rows("SELECT COALESCE(SUM(minor), 0) FROM storage_posting WHERE account = %s", account)[0][0])


def hold_books_with_waiting(team: Team, books: Books) -> None:
    """Books from the published files, and what waits for its place, are the database's books (M4)."""
    waiting = team.rows(
        "SELECT body, gift_ref, kind FROM storage_entry WHERE leaf IS NULL OR leaf >= %s ORDER BY leaf IS NULL, leaf, id",
        books.size,
    )
    whole = copy.deepcopy(books) if waiting else books
    places: dict[str, int] = {}
    for body, gift, kind in waiting:
        value: dict[str, Any] = decode(bytes(body))
        if kind == "gift":
            places[gift] = whole.size
        elif value.get("gift") == 0 and kind in {"gift-void", "count"}:
            found = places.get(gift)
            if found is None:
                found = team.rows("SELECT leaf FROM storage_entry WHERE gift_ref = %s AND kind = 'gift'", gift)[0][0]
            value["gift"] = found
        whole.apply(whole.size, value, None)
    state, counted, held = team.rows("SELECT state, counted, held FROM storage_counter")[0]
    assert (whole.state, whole.counted, whole.held) == (state, counted, held), "the books are not the counter"
    totals = {
        (account, currency): minor
        for account, currency, minor in team.rows(
            "SELECT account, currency, SUM(minor) FROM storage_posting GROUP BY account, currency"
        )
        if minor
    }
    assert totals == {key: value for key, value in whole.balances.items() if value}, "the books are not the postings"
