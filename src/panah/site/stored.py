"""One published file as ready answers: status line, headers and body for each encoding.

Promises: every answer of a file, also 304 and HEAD, has the file's policy and caching rules; the ETag is
made of the bytes sent, so a compressed copy and the plain one never pass for each other (RFC 9110 §8.8.3).
Files above LARGE are not kept in memory: they are read in pieces for each request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

Headers = list[tuple[str, str]]
LARGE: Final = 1024 * 1024
_PIECE: Final = 64 * 1024

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".atom": "application/atom+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".journal": "text/plain; charset=utf-8",
    ".hledger": "text/plain; charset=utf-8",
    ".beancount": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
_ALWAYS: Final = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
)
_WITH_SCRIPT: Final = (
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
"""What only a script could misuse: said where the page's policy lets one run."""
CLOSED_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_POLICY: Final = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]{1,600})">')
_FOR_EVER: Final = re.compile(r"log/tile/.+|assets/[a-z-]+-[0-9a-f]{8,}\.(?:js|css|wasm)")
CODINGS: Final = ("br", "gzip", "")
"""Encodings in the order in which we like to send them."""
_ENDINGS: Final = {"br": ".br", "gzip": ".gz", "": ""}


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a file. `body` is one piece in a list, as a WSGI server wants it; empty for a large file."""

    headers: Headers
    unchanged: Headers
    etag: str
    body: list[bytes]
    path: Path

    def pieces(self, file: IO[bytes]) -> Iterator[bytes]:
        """Read a large file piece by piece and close it."""
        with file:
            while piece := file.read(_PIECE):
                yield piece


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the encodings it has.

    `variants` follows CODINGS, each falling back to the next; the fourth is for who takes Brotli and no gzip.
    """

    variants: tuple[Variant, Variant, Variant, Variant]
    size: int
    is_large: bool


def read(path: Path, name: str, status_policy: str = "") -> Stored:
    """Read a file and its sidecars. `name` is its path inside the fund's folder. Raises `OSError`."""
    plain = path.read_bytes() if path.stat().st_size <= LARGE else None
    head = plain if plain is not None else b""
    kind = _TYPES.get(path.suffix, "application/octet-stream")
    if name.endswith("log/checkpoint") or name == "generation":
        kind = "text/plain; charset=utf-8"
    policy = status_policy or CLOSED_POLICY
    found = _POLICY.search(head[:2000]) if path.suffix == ".html" else None
    if found:
        policy = found[1].decode().replace("&#x27;", "'") + "; frame-ancestors 'none'"
    kept = "public, max-age=31536000, immutable" if _FOR_EVER.fullmatch(name) else "no-cache"
    shared = [("content-type", kind), ("content-security-policy", policy), ("cache-control", kept), *_ALWAYS]
    if "script-src" in policy and "script-src 'none'" not in policy:
        shared += _WITH_SCRIPT
    made: dict[str, Variant] = {}
    coded = path.with_name(path.name + ".br").exists() or path.with_name(path.name + ".gz").exists()
    if coded:
        shared.append(("vary", "accept-encoding"))
    for coding in CODINGS:
        made_here = _variant(path, coding, shared, large=plain is None)
        if made_here:
            made[coding] = made_here
    plainest = made[""]
    packed = made.get("gzip", plainest)
    variants = (made.get("br", packed), packed, plainest, made.get("br", plainest))
    return Stored(variants, sum(sum(map(len, v.body)) for v in made.values()), plain is None)


def _variant(path: Path, coding: str, shared: Headers, *, large: bool) -> Variant | None:
    source = path.with_name(path.name + _ENDINGS[coding])
    try:
        if large:
            info = source.stat()
            data, length = b"", info.st_size
            mark = f"{info.st_mtime_ns:x}-{info.st_ino:x}-{info.st_size:x}"
        else:
            data = source.read_bytes()
            length, mark = len(data), hashlib.sha256(data).hexdigest()[:32]
    except FileNotFoundError:
        if not coding:
            raise
        return None
    etag = f'"{mark}"'
    unchanged = [*shared, ("etag", etag)]
    headers = [*unchanged, ("content-length", str(length))]
    if coding:
        headers.append(("content-encoding", coding))
    return Variant(headers, unchanged, etag, [data] if data else [], source)


def plain_answer(text: str, *extra: tuple[str, str]) -> tuple[Headers, list[bytes]]:
    """Give headers and body of a short answer that is no file."""
    body = text.encode()
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-security-policy", CLOSED_POLICY),
        ("cache-control", "no-cache"),
        *_ALWAYS,
        ("content-length", str(len(body))),
        *extra,
    ]
    return headers, [body]
