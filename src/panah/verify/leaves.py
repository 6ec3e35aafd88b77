"""Reading leaves strictly and fast: hash, shape, signatures, books.

Promises: the fast way (one regular expression over a usual gift) accepts only what the slow way accepts, and
leads to the same books (tests/verify/test_leaves.py). After the first leaf that fails, hashes go on being
checked and the books do not: what follows a broken rule means nothing.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.core.ledger import Books
from panah.core.recovery import by_outside
from panah.errors import N_, PanahError, ProofError, RefusedError
from panah.proof import leaf as leaves
from panah.proof.note import VerifyKey
from panah.proof.signature import holder_keys, roster_keys, verified_signers

if TYPE_CHECKING:
    from collections.abc import Callable

    from panah.verify.findings import Findings

_B64_32: Final = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
# Every day but 29 February, which needs a calendar and goes the slow way.
_DAY: Final = (
    "(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)


def gift_pattern(origin: str, currency: str) -> re.Pattern[str]:
    """Build the pattern of a usual gift: canonical spelling, the fund's own currency, at most 15 digits."""
    return re.compile(
        r'\{"amount":([1-9][0-9]{0,14}),"counted":(0|[1-9][0-9]{0,14}),"cur":"' + re.escape(currency)
        + '","day":"(' + _DAY + ')",(?:"list":"' + _B64_32 + '",)?"o":"' + re.escape(origin)
        + '","rail":"([a-z]{2,12})","rc":"' + _B64_32 + r'","t":"panah/1/gift"\}'
    )  # fmt: skip


class LeafReader:
    """Takes entries in order and keeps the books."""

    def __init__(self, findings: Findings, fast: bool = True) -> None:
        self.books = Books()
        self.findings = findings
        self.failed_at: int | None = None
        self._fast = fast
        self._match: Callable[[str, int, int], re.Match[str] | None] = lambda *_: None

    def take_bundle(self, data: bytes, width: int) -> list[bytes]:
        """Read a bundle and give its leaf hashes. Raises `ProofError` unless it holds exactly `width` entries."""
        text = data.decode("latin-1")
        hashes: list[bytes] = []
        add = hashes.append
        length, at, index = len(data), 0, self.books.size if self.failed_at is None else -1
        for _ in range(width):
            begin = at + 2
            if begin > length:
                at = -1
                break
            at = begin + (data[begin - 2] << 8 | data[begin - 1])
            entry = data[begin:at]
            add(sha256(b"\0" + entry).digest())
            if index < 0:
                continue
            found = self._match(text, begin, at)
            index = self._take_slowly(index, entry) if found is None or at > length else self._take_gift(index, found)
        if at != length:
            raise ProofError(N_("The entry bundle does not hold exactly %(width)s entries."), width=width)
        return hashes

    def _take_gift(self, index: int, found: re.Match[str]) -> int:
        amount, counted, day, rail = found.groups()
        try:
            self.books.add_gift(day, rail, int(amount), int(counted))
        except RefusedError as error:
            return self._stop(index, error)
        return index + 1

    def _take_slowly(self, index: int, entry: bytes) -> int:
        try:
            leaf = leaves.parse(entry)
            self._apply(index, leaf)
        except PanahError as error:
            return self._stop(index, error)
        if index == 0 and self._fast:
            self._match = gift_pattern(self.books.origin, self.books.currency).fullmatch
        return index + 1

    def _apply(self, index: int, leaf: dict[str, Any]) -> None:
        roster = leaf["charter"]["roster"] if "charter" in leaf else self.books.roster
        keys = holder_keys(leaf) if by_outside(leaf) else roster_keys(roster) if roster else {}
        signers = verified_signers(leaf, keys) if "sig" in leaf and roster else frozenset()
        if "vkey" in leaf:
            VerifyKey.parse(leaf["vkey"])  # a key that nobody can read would sign nothing
        self.books.apply(index, leaf, signers)

    def stop_at(self, index: int) -> None:
        """Keep no more books from here on (the entries can't be read); the failure is already noted."""
        if self.failed_at is None:
            self.failed_at = index

    def _stop(self, index: int, error: PanahError) -> int:
        self.failed_at = index
        self.findings.fail_by(error, leaf=index)
        return -1
