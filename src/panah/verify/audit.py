"""The whole check of one fund, bundle by bundle.

Promises: everything is recomputed from the published files alone; nothing that the site says about itself is
taken over. Each failure names leaf or file, and the rule. Memory stays small whatever the length of the log.
Raises `InputError` when the log can't be read at all.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.core.money import Money
from panah.errors import N_, InputError, ProofError
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.note import MAX_BYTES, VerifyKey, encode_base64, read_unverified
from panah.proof.tiles import MAX_BUNDLE, WIDTH, entries_path, parse_bundle, tile_path
from panah.verify import words
from panah.verify.announced import tell_announced
from panah.verify.findings import Findings, Report
from panah.verify.kept import Kept, KeptCheck, gifts_with
from panah.verify.leaves import LeafReader
from panah.verify.outside import tell_outside
from panah.verify.rates import check_rates
from panah.verify.sources import cut_bundle, cut_tile
from panah.verify.texts import TextCheck
from panah.verify.tree import LOG, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from panah.core.ledger import Books
    from panah.core.rates import RateTable
    from panah.verify.sources import Source

CHECKPOINT: Final = "log/checkpoint"


class Audit:
    """One run over one log."""

    def __init__(
        self, source: Source, kept: Kept, *, fast: bool = True, exports: bool = True, rates: RateTable | None = None
    ) -> None:
        self.source = source
        self.kept = kept
        self.exports = exports
        self.rates = rates
        self.findings = Findings()
        self.reader = LeafReader(self.findings, fast)
        self.own: dict[bytes, list[tuple[int, dict[str, Any]]]] = {}
        self.fingerprint = ""
        self.signed = b""  # the checkpoint that was checked, as it was read

    def run(self, *, fund: str = "", today: dt.date, progress: Callable[[int, int], None] = lambda *_: None) -> Report:
        """Check everything; `fund` pins the fingerprint, `progress` is called with leaves done and all."""
        try:
            signed = self.source.read(CHECKPOINT, MAX_BYTES)
        except FileNotFoundError:
            raise InputError(
                N_("There is no log at %(place)s."),
                hint=N_("Give the address of the fund's page, or the folder that holds log/."),
                place=self.source.name,
            ) from None
        self.signed = signed
        try:
            checkpoint = Checkpoint.parse(read_unverified(signed))
        except ProofError as error:
            self.findings.fail_by(error, file=CHECKPOINT)
            return self._report(None)
        tree = Tree(checkpoint.size, self.kept.sizes())
        if self._walk(tree, progress):
            self._conclude(signed, checkpoint, tree, today)
        self._check_fund(fund)
        return self._report(checkpoint)

    # -- the walk -------------------------------------------------------------------------------------------
    def _walk(self, tree: Tree, progress: Callable[[int, int], None]) -> bool:
        """Read every bundle with its tile; tells whether the walk came to the end."""
        needles = self.kept.needles()
        files = self.source.read_many(_pairs(tree.size), MAX_BUNDLE)
        for number, first in enumerate(range(0, tree.size, WIDTH)):
            width = min(WIDTH, tree.size - first)
            bundle, tile = next(files), next(files)
            if width < WIDTH:  # the log may have grown past this partial file meanwhile
                bundle = cut_bundle(self.source, number, width) if bundle is None else bundle
                tile = cut_tile(self.source, 0, number, width) if tile is None else tile
            if tile is None:
                self._miss(tile_path(0, number, width))
            if bundle is None:
                self._miss(entries_path(number, width))
                return False
            try:
                tree.take(self.reader.take_bundle(bundle, width), tile)
                if number == 0:
                    self.fingerprint = sha256(parse_bundle(bundle, width)[0]).hexdigest()
                for rc, index, leaf in gifts_with(needles, first, bundle, width) if needles else ():
                    self.own.setdefault(rc, []).append((index, leaf))
            except ProofError as error:
                self.findings.fail_by(error, file=LOG + entries_path(number, width))
                if tile is None:
                    return False
                self.reader.stop_at(first)
                tree.take_unreadable(tile)
            progress(first + width, tree.size)
        return tree.size > 0 or self._refuse_empty()

    def _miss(self, path: str) -> None:
        self.findings.fail(N_("This file of the log is missing."), file=LOG + path)

    def _refuse_empty(self) -> bool:
        self.findings.fail(N_("The first leaf of a log is its charter."), file=CHECKPOINT)
        return False

    def _conclude(self, signed: bytes, checkpoint: Checkpoint, tree: Tree, today: dt.date) -> None:
        books = self.reader.books
        is_signed = self._check_signature(signed, checkpoint, books)
        if tree.finish(checkpoint.root, self.source, self.findings) and is_signed:
            self.findings.hold(N_("The log is whole: %(size)s leaves under a signed root."), size=tree.size)
        if books.vkeys:
            KeptCheck(books, tree, self.findings, self.source, today).run(self.kept, self.own)
        if self.reader.failed_at is None:
            self.findings.hold(
                N_("Every leaf keeps the rules: %(gifts)s gifts, %(counted)s counted of a goal of %(goal)s."),
                gifts=books.gifts, counted=_plain(books, books.counted), goal=_plain(books, books.goal),
            )  # fmt: skip
            tell_announced(books, self.findings)
            tell_outside(books, self.findings, today)
            if self.rates is not None:
                check_rates(books, self.rates, self.findings)
            TextCheck(self.source, self.findings, signed).run(books, exports=self.exports)

    def _check_signature(self, signed: bytes, checkpoint: Checkpoint, books: Books) -> bool:
        """The key of leaf 0, or the last `key` leaf, has signed; an older key no longer counts."""
        vkey = books.vkey_at(checkpoint.size)
        try:
            open_checkpoint(signed, [VerifyKey.parse(vkey)] if vkey else [])
        except ProofError as error:
            self.findings.fail_by(error, file=CHECKPOINT)
            return False
        return True

    def _check_fund(self, fund: str) -> None:
        asked = "".join(fund.split()).lower()
        if asked and asked != self.fingerprint:
            self.findings.fail(
                N_("This is another fund: its fingerprint is %(fingerprint)s."), leaf=0, fingerprint=self.fingerprint
            )
        elif asked:
            self.findings.hold(N_("This is the fund with the fingerprint that you gave."), leaf=0)

    # -- the verdict ----------------------------------------------------------------------------------------
    def _report(self, checkpoint: Checkpoint | None) -> Report:
        books = self.reader.books
        facts: dict[str, Any] = {"fingerprint": self.fingerprint}
        if checkpoint is not None:
            facts |= {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": encode_base64(checkpoint.root),
            }
        if books.charter:
            facts |= totals(books) | {"demo": bool(books.charter["demo"]), "vkey": books.vkeys[-1][1]}
        return Report(self.source.name, tuple(self.findings.all), facts, words.unknown(books))


def totals(books: Books) -> dict[str, Any]:
    """Give the published totals, in minor units of the fund's currency."""
    return {
        "state": str(books.state),
        "currency": books.currency,
        "goal": books.goal,
        "gifts": books.gifts,
        "gross": books.gross,
        "counted": books.counted,
        "held": books.held,
        "returned": books.returned,
        "passed_on": books.passed_on,
        "reserved": books.reserved,
        "fees": books.fees,
        "other_money": dict(list(books.gross_by_currency.items())[1:]),
        "frozen": [[rail, currency, minor] for (rail, currency), minor in sorted(books.frozen.items())],
        "lost": [[currency, minor] for currency, minor in sorted(books.lost.items())],
    }


def _plain(books: Books, minor: int) -> str:
    return str(Money(minor, books.currency))


def _pairs(size: int) -> Iterator[str]:
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        yield LOG + entries_path(first // WIDTH, width)
        yield LOG + tile_path(0, first // WIDTH, width)
