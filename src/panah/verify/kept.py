"""What a giver or reader kept, held against today's log: proofs, booked notes, codes, older checkpoints.

Promises: a log that was rolled back, forked or emptied of one gift is refused by whatever was kept before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from panah.core.money import Money
from panah.errors import N_, InputError, ProofError
from panah.proof import leaf as leaves
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.giftnote import GiftNote, is_gift_note
from panah.proof.note import VerifyKey, decode_base64, encode_base64, read_unverified
from panah.proof.tiles import WIDTH, entries_path, parse_bundle
from panah.proof.tlogproof import HEADER, TlogProof

if TYPE_CHECKING:
    from panah.core.ledger import Books
    from panah.verify.findings import Findings
    from panah.verify.sources import Source
    from panah.verify.tree import Tree


@dataclass(slots=True)
class Kept:
    """Everything that was handed in beside the address; `name` is how the person calls it."""

    proofs: list[tuple[str, TlogProof]] = field(default_factory=list)
    notes: list[tuple[str, bytes]] = field(default_factory=list)
    since: list[tuple[str, bytes]] = field(default_factory=list)
    commitments: list[bytes] = field(default_factory=list)  # rc of codes that were typed

    def add(self, name: str, data: bytes) -> None:
        """Take a `.tlog-proof` or a signed note. Raises `InputError` if it is neither."""
        try:
            if data.startswith(HEADER.encode()):
                self.proofs.append((name, TlogProof.parse(data)))
                return
        except ProofError as error:
            raise InputError(N_("%(name)s is damaged: %(why)s"), name=name, why=error.text()) from error
        if not is_gift_note(data):
            raise InputError(
                N_("%(name)s is neither a .tlog-proof nor a signed note about a gift."),
                hint=N_("Give the file that the receipt page offered."),
                name=name,
            )
        self.notes.append((name, data))

    def add_since(self, name: str, data: bytes) -> None:
        """Take an older checkpoint. Raises `InputError`."""
        try:
            Checkpoint.parse(read_unverified(data))
        except ProofError as error:
            raise InputError(N_("%(name)s is not a checkpoint."), name=name) from error
        self.since.append((name, data))

    def sizes(self) -> set[int]:
        """Give the log sizes whose roots will be compared."""
        older = [proof.checkpoint for _, proof in self.proofs] + [data for _, data in self.since]
        sizes = set()
        for data in older:
            try:
                sizes.add(Checkpoint.parse(read_unverified(data)).size)
            except ProofError:  # named as a failure when it is checked
                continue
        return sizes

    def needles(self) -> set[bytes]:
        """Give the receipt commitments to look for, in base64."""
        rcs = set(self.commitments)
        rcs |= {GiftNote.parse(read_unverified(data)).rc for _, data in self.notes if is_gift_note(data)}
        return {encode_base64(rc).encode() for rc in rcs}


class KeptCheck:
    """Checks kept things after the log has been walked; `found` maps rc to its gift leaves."""

    def __init__(self, books: Books, tree: Tree, findings: Findings, source: Source, today: dt.date) -> None:
        self._books = books
        self._tree = tree
        self._findings = findings
        self._source = source
        self._today = today
        self._keys = [VerifyKey.parse(vkey) for _, vkey in books.vkeys]

    def run(self, kept: Kept, found: dict[bytes, list[tuple[int, dict[str, Any]]]]) -> None:
        """Check everything."""
        for name, data in kept.since:
            if self._continues(name, data):
                self._findings.hold(N_("The log continues the older checkpoint; nothing was taken away."), file=name)
        for name, proof in kept.proofs:
            self._check_proof(name, proof)
        for name, data in kept.notes:
            self._check_note(name, data, found)
        for rc in kept.commitments:
            self._check_code(found.get(rc, []))

    def _continues(self, name: str, data: bytes) -> bool:
        """Tell whether a checkpoint of this log is an earlier state of it; notes the failure if not."""
        try:
            size = Checkpoint.parse(read_unverified(data)).size
            vkey = self._books.vkey_at(size)
            checkpoint = open_checkpoint(data, [VerifyKey.parse(vkey)] if vkey else [])
        except ProofError as error:
            self._findings.fail_by(error, file=name)
            return False
        if size > self._tree.size:
            self._findings.fail(
                N_("The log was rolled back: it had %(before)s leaves and now has %(now)s."),
                file=name, before=size, now=self._tree.size,
            )  # fmt: skip
        elif self._tree.root_at(size) != checkpoint.root:
            self._findings.fail(
                N_("The log was forked: its first %(size)s leaves are not those of this checkpoint."),
                file=name, size=size,
            )  # fmt: skip
        else:
            return True
        return False

    def _check_proof(self, name: str, proof: TlogProof) -> None:
        if not self._continues(name, proof.checkpoint):
            return
        try:
            data = proof.extra or self._entry(proof.index)
            proof.verify(self._keys, data)
            leaf = leaves.parse(data)
        except ProofError as error:
            self._findings.fail_by(error, leaf=proof.index, file=name)
            return
        self._show(proof.index, leaf, name)

    def _entry(self, index: int) -> bytes:
        number = index // WIDTH
        width = min(WIDTH, self._tree.size - number * WIDTH)
        if width < 1:
            raise ProofError(N_("Leaf %(index)s is not in a log of %(size)s."), index=index, size=self._tree.size)
        return parse_bundle(self._source.read("log/" + entries_path(number, width)), width)[index % WIDTH]

    def _check_note(self, name: str, data: bytes, found: dict[bytes, list[tuple[int, dict[str, Any]]]]) -> None:
        try:
            note = GiftNote.open(data, self._keys)
        except ProofError as error:
            self._findings.fail_by(error, file=name)
            return
        for index, leaf in found.get(note.rc, []):
            if (leaf["amount"], leaf["cur"]) == (note.amount, note.currency):
                self._show(index, leaf, name)
                return
        if note.log_by is None:
            self._findings.note(N_("This note is a pledge: no gift with its code is in the log yet."), file=name)
        elif self._today > note.log_by:
            self._findings.fail(
                N_("The fund signed that this gift would be in the log by %(day)s, and it is not."),
                file=name, day=note.log_by.isoformat(),
            )  # fmt: skip
        else:
            self._findings.note(
                N_("This gift is booked and not in the log yet; it must be there by %(day)s."),
                file=name, day=note.log_by.isoformat(),
            )  # fmt: skip

    def _check_code(self, gifts: list[tuple[int, dict[str, Any]]]) -> None:
        for index, leaf in gifts:
            self._show(index, leaf, "")
        if not gifts:
            self._findings.fail(
                N_("No gift with this code is in the log. A gift is there two days after it was booked.")
            )

    def _show(self, index: int, leaf: dict[str, Any], name: str) -> None:
        if leaves.kind(leaf) != "gift":
            self._findings.hold(N_("This leaf is in the log."), leaf=index, file=name)
            return
        self._findings.hold(
            N_("Your gift of %(amount)s, booked on %(day)s, is in the log."),
            leaf=index, file=name, amount=_money(leaf), day=leaf["day"],
        )  # fmt: skip


def _money(leaf: dict[str, Any]) -> str:
    return str(Money(leaf["amount"], leaf["cur"]))


def gifts_with(needles: set[bytes], first: int, bundle: bytes, width: int) -> list[tuple[bytes, int, dict[str, Any]]]:
    """Find gift leaves with one of these commitments in a bundle: (rc, leaf, gift)."""
    if not any(needle in bundle for needle in needles):
        return []
    gifts = []
    for at, entry in enumerate(parse_bundle(bundle, width)):
        if any(needle in entry for needle in needles):
            leaf = leaves.parse(entry)
            if leaves.kind(leaf) == "gift" and leaf["rc"].encode() in needles:
                gifts.append((decode_base64(leaf["rc"]), first + at, leaf))
    return gifts
