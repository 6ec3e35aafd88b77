"""Files beside the log whose hashes stand in it, or that are derived from it.

A missing update is *withdrawn*, not failed: one member may take a text down at once, and a salted hash tells
nothing about it. A changed one fails.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, ProofError
from panah.proof import canonical
from panah.proof.note import decode_base64
from panah.verify.export import FILES, export_all, read_entries

if TYPE_CHECKING:
    from panah.core.ledger import Books
    from panah.verify.findings import Findings
    from panah.verify.sources import Source

MAX_TEXT: Final = 4 * 1024 * 1024
MAX_IMAGE: Final = 16 * 1024 * 1024


def check_texts(source: Source, books: Books, findings: Findings, *, exports: bool = True) -> None:
    """Hold updates, page bundles and exports against the log."""
    for name, (leaf, _, told) in books.updates.items():
        _check_update(source, findings, f"updates/{name}.json", leaf, told)
    if books.code is not None:
        leaf, files = books.code
        for path, told in files:
            _check_code(source, findings, path, leaf, told)
    if exports and not findings.has_failed:
        _check_exports(source, findings)


def _check_update(source: Source, findings: Findings, path: str, leaf: int, told: str) -> None:
    try:
        data = source.read(path, MAX_TEXT)
    except FileNotFoundError:
        findings.note(N_("This update was withdrawn: its text is no longer published."), leaf=leaf, file=path)
        return
    if sha256(data).digest() != decode_base64(told):
        findings.fail(N_("This update is not the text that the team signed."), leaf=leaf, file=path)
        return
    for image in _images(data):
        for ending in ("jpg", "png"):
            _check_image(source, findings, leaf, image, f"images/{image}.{ending}")


def _images(data: bytes) -> list[str]:
    try:
        value: Any = canonical.decode(data, MAX_TEXT)
        return [str(image["sha256"]) for image in value["images"]]
    except (ProofError, KeyError, TypeError):
        return []  # signed by the team all the same; whoever shows it may refuse it


def _check_image(source: Source, findings: Findings, leaf: int, image: str, path: str) -> None:
    try:
        data = source.read(path, MAX_IMAGE)
    except FileNotFoundError:
        return
    if sha256(data).hexdigest() != image:
        findings.fail(N_("This picture is not the one that the team signed."), leaf=leaf, file=path)


def _check_code(source: Source, findings: Findings, path: str, leaf: int, told: str) -> None:
    try:
        holds = sha256(source.read(path)).digest() == decode_base64(told)
    except FileNotFoundError:
        findings.note(N_("This page bundle is named in the log and not published here."), leaf=leaf, file=path)
        return
    except ProofError:
        holds = False
    if not holds:
        findings.fail(N_("This page bundle is not the one that the team signed."), leaf=leaf, file=path)


def _check_exports(source: Source, findings: Findings) -> None:
    told = {}
    for form, path in FILES.items():
        try:
            digest = sha256()
            for block in source.read_blocks(path):
                digest.update(block)
            told[form] = digest.digest()
        except FileNotFoundError:
            continue
    if not told:
        return
    own = {form: sha256() for form in told}
    for form, piece in export_all(read_entries(source), told):
        own[form].update(piece.encode())
    for form, digest in own.items():
        if digest.digest() != told[form]:
            findings.fail(N_("This export does not say what the log says."), file=FILES[form])
