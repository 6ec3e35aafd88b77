"""The file of an update: what members sign the hash of, and its pictures.

Canonical JSON `{"id", "day", "salt", "texts": {language: {"title", "body"}}, "images": [{"sha256", "alt"}]}`
(docs/spec/statements.md). The salt keeps a short text that was withdrawn from being guessed from its leaf.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from panah.errors import N_, InputError, ProofError, RefusedError
from panah.proof import canonical
from panah.proof.note import encode_base64
from panah.proof.schema import LANGUAGE, Shape, by_language, day, listing, matching, octets, record, text
from panah.site.funds.images import require_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST: Final = 256 * 1024
MOST_IMAGES: Final = 12

_TEXT: Final = record({"title": text(200), "body": text(60_000)})


def _texts(value: Any, path: str) -> None:
    if type(value) is not dict or not value:
        raise ProofError(N_("%(path)s: %(rule)s."), path=path, rule="a text by language")
    for tag, entry in value.items():
        if not LANGUAGE.fullmatch(tag):
            raise ProofError(N_("%(path)s: %(rule)s."), path=path, rule="a language tag such as fa or fa-AF")
        _TEXT(entry, f"{path}.{tag}")


_SHAPE: Final[Shape] = record(
    {
        "id": matching(r"[a-z0-9][a-z0-9-]{0,63}", "an identifier in small letters"),
        "day": day,
        "salt": octets(16),
        "texts": _texts,
        "images": listing(
            record({"sha256": matching(r"[0-9a-f]{64}", "a SHA-256 in hex"), "alt": by_language(400)}),
            MOST_IMAGES,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Attached:
    """What came with a signed update: its file, and its pictures in any order."""

    file: bytes = b""
    images: tuple[bytes, ...] = ()


def read_file(data: bytes) -> dict[str, Any]:
    """Read an update's file. Raises `ProofError` unless it is the one spelling of a known shape."""
    value: dict[str, Any] = canonical.decode(data, limit=LARGEST)
    _SHAPE(value, "update")
    return value


def check_attached(body: Mapping[str, Any], attached: Attached) -> dict[str, bytes]:
    """Check that exactly what the members signed came along; give the pictures by SHA-256 (hex)."""
    if not attached.file:
        raise InputError(
            N_("The text of this update is missing."),
            hint=N_("Name its file too: panah site publish update.signed.json --text update.json."),
        )
    if encode_base64(sha256(attached.file).digest()) != body["text"]:
        raise RefusedError(
            N_("This is not the text that the members signed."),
            hint=N_("Use the file that panah member write update made, without a change."),
        )
    value = read_file(attached.file)
    if (value["id"], value["day"]) != (body["id"], body["day"]):
        raise RefusedError(N_("The text and its statement have different names or days."))
    return _match_images(value["images"], attached.images)


def _match_images(listed: list[dict[str, Any]], given: Iterable[bytes]) -> dict[str, bytes]:
    found = {sha256(data).hexdigest(): data for data in given}
    wanted = [entry["sha256"] for entry in listed]
    for name in wanted:
        if name not in found:
            raise InputError(
                N_("A picture of this update is missing: %(name)s."),
                hint=N_("Name every picture that the update lists: --image FILE."),
                name=name[:16],
            )  # fmt: skip
    for name, data in found.items():
        if name not in wanted:
            raise InputError(N_("A picture came along that the update does not list: %(name)s."), name=name[:16])
        require_clean(data)
    return {name: found[name] for name in wanted}
