"""Files beside the log whose hashes stand in it, or that are derived from it.

A missing update or picture is *withdrawn*, not failed: one member may take it down at once, and a salted hash tells
nothing about it. A changed one fails. A live site may publish something newer while it is being checked: then
nothing is claimed about that file.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, ProofError
from panah.proof import canonical
from panah.proof.note import MAX_BYTES, decode_base64
from panah.verify.export import FILES, export_all, read_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panah.core.ledger import Books
    from panah.verify.findings import Findings
    from panah.verify.sources import Source

MAX_TEXT: Final = 4 * 1024 * 1024
MAX_IMAGE: Final = 16 * 1024 * 1024


class TextCheck:
    """Holds updates, pictures, page bundles and exports against a log; `signed` is the checkpoint it had."""

    def __init__(self, source: Source, findings: Findings, signed: bytes) -> None:
        self._source = source
        self._findings = findings
        self._signed = signed

    def run(self, books: Books, *, exports: bool = True) -> None:
        """Check everything that these books name."""
        whole = 0
        for name, (leaf, _, told) in books.updates.items():
            whole += self._update(f"updates/{name}.json", leaf, told)
        if whole:
            self._findings.hold(N_("Updates that are word for word what the team signed: %(count)s."), count=whole)
        if books.code is not None:
            leaf, files = books.code
            for path, told in files:
                self._code(path, leaf, told)
        if exports and not self._findings.has_failed:
            self._exports()

    def _differs(self, sentence: str, path: str, leaf: int | None = None) -> None:
        try:
            is_same = self._source.read("log/checkpoint", MAX_BYTES) == self._signed
        except FileNotFoundError:
            is_same = True
        if is_same:
            self._findings.fail(sentence, leaf=leaf, file=path)
        else:
            self._findings.note(
                N_("The log grew during this check; this file may belong to the longer log."), leaf=leaf, file=path
            )

    def _update(self, path: str, leaf: int, told: str) -> bool:
        try:
            data = self._source.read(path, MAX_TEXT)
        except FileNotFoundError:
            self._findings.note(N_("This update was withdrawn: its text is no longer published."), leaf=leaf, file=path)
            return False
        if sha256(data).digest() != decode_base64(told):
            self._differs(N_("This update is not the text that the team signed."), path, leaf)
            return False
        for image in _images(data):
            if True not in {self._image(image, f"images/{image}.{ending}", leaf) for ending in ("jpg", "png")}:
                self._findings.note(
                    N_("A picture of this update was withdrawn: it is no longer published."),
                    leaf=leaf, file=f"images/{image}",
                )  # fmt: skip
        return True

    def _image(self, image: str, path: str, leaf: int) -> bool:
        """Check one picture if it is there, and tell whether it is."""
        try:
            data = self._source.read(path, MAX_IMAGE)
        except FileNotFoundError:
            return False
        if sha256(data).hexdigest() != image:
            self._findings.fail(N_("This picture is not the one that the team signed."), leaf=leaf, file=path)
        return True

    def _code(self, path: str, leaf: int, told: str) -> None:
        try:
            holds = sha256(self._source.read(path)).digest() == decode_base64(told)
        except FileNotFoundError:
            self._findings.note(
                N_("This page bundle is named in the log and not published here."), leaf=leaf, file=path
            )
            return
        except ProofError:
            holds = False
        if not holds:
            self._differs(N_("This page bundle is not the one that the team signed."), path, leaf)

    def _exports(self) -> None:
        followers = {}
        for form, path in FILES.items():
            try:
                followers[form] = _Follower(self._source.read_blocks(path))
            except FileNotFoundError:
                continue
        if not followers:
            return
        for form, piece in export_all(read_entries(self._source), followers):
            followers[form].follow(piece.encode())
        for form, follower in followers.items():
            if not follower.is_same or follower.has_more():
                self._differs(N_("This export does not say what the log says."), FILES[form])
            elif follower.is_over:
                self._findings.note(
                    N_("This export is older than the log: it ends before the last gifts."), file=FILES[form]
                )


class _Follower:
    """Reads a published file beside the pieces that it should hold; all in small memory."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = next(blocks, b"")
        self._at = 0
        self.is_same = True
        self.is_over = False  # the file ended cleanly, before the pieces did

    def _fill(self, length: int) -> None:
        """Have `length` bytes ahead, or all that are left."""
        parts = [self._block[self._at :]]
        have = len(parts[0])
        while have < length and (block := next(self._blocks, b"")):
            parts.append(block)
            have += len(block)
        self._block, self._at = b"".join(parts), 0

    def follow(self, piece: bytes) -> None:
        """Take the next piece."""
        if self.is_over or not self.is_same or not piece:
            return
        if len(self._block) - self._at < len(piece):
            self._fill(len(piece))
        if self._block.startswith(piece, self._at):
            self._at += len(piece)
        elif self._block[self._at : self._at + 5] in {b"", b"\n]}\n"}:  # a shorter log's file begins like ours
            self.is_over = True
            self._block, self._at = b"", 0
        else:
            self.is_same = False

    def has_more(self) -> bool:
        """Tell whether anything is left in the file."""
        self._fill(1)
        return bool(self._block)


def _images(data: bytes) -> list[str]:
    try:
        value: Any = canonical.decode(data, MAX_TEXT)
        return [str(image["sha256"]) for image in value["images"]]
    except (ProofError, KeyError, TypeError):
        return []  # signed by the team all the same; whoever shows it may refuse it
