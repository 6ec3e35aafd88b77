"""The page store: published files answered from memory by a plain WSGI callable, in front of Django.

Promises: the hot path is one look into a dict; a change of a folder's `generation` is seen within FRESH
seconds by every process; nothing outside the folder, no dot file and no sidecar under its own name is
ever served; memory for pages stays below ROOM. It refuses every method but GET and HEAD.

Addresses that need an answer of their own (LIVE) always go to Django, also when a file of that name
exists: on a mirror that file tells where the fund's own site is. Mirrors take it as `…/give/index.html`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from panah.site.stored import CODINGS, Stored, plain_answer, read

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

LIVE: Final = frozenset({"give", "receipt", "pay", "rails", "health", "status"})
ROOTS: Final = frozenset({"relay", "mailbox"})
"""Live at a fund's root alone: below a language they are pages."""
OWN: Final = frozenset({"ask", "offer", "mailbox"})
"""Below a language: pages that lie beside the folder that mirrors copy."""
FRESH: Final = 0.2
"""Seconds of monotonic time between two looks at a folder's `generation`."""
ROOM: Final = 64 * 1024 * 1024
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,120}")
_DEEPEST: Final = 12  # with the length of names: shorter than any file system's limit
_NEVER_KEPT: Final = frozenset({"log/checkpoint", "generation"})
_PLAIN, _BROTLI_ALONE = CODINGS.index(""), len(CODINGS)


class PageStore:
    """Answers for the files of `mounts` ((prefix, folder), such as `("", …)` and `("/f/kabul", …)`)."""

    def __init__(
        self,
        mounts: Sequence[tuple[str, Path]],
        app: Application,
        *,
        live: Iterable[str] = LIVE,
        own: Mapping[Path, Path] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Longest prefix first, so that /f/kabul is not looked for inside the fund at `/`.
        self._mounts = sorted(mounts, key=lambda mount: len(mount[0]), reverse=True)
        self._app, self._live, self._clock = app, frozenset(live), clock
        self._own = dict(own or {})
        self._marks = self._look()
        self._next_look = clock() + FRESH
        self._pages: dict[str, Stored] = {}
        self._held = 0
        self._codings: dict[str, int] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._clock() >= self._next_look:
            self._freshen()
        page = self._pages.get(environ["PATH_INFO"])
        if page is None:
            return self._answer_new(environ, start_response)
        return self._answer(page, environ, start_response)

    def _answer(
        self, page: Stored, environ: Environ, start_response: StartResponse, status: str = "200 OK"
    ) -> Iterable[bytes]:
        accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
        coding = self._codings.get(accepts)
        variant = page.variants[self._learn_coding(accepts) if coding is None else coding]
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (variant.etag in known or known == "*") and status == "200 OK":
            start_response("304 Not Modified", variant.unchanged)
            return []
        method = environ["REQUEST_METHOD"]
        if method == "GET":
            if page.is_large:
                file = variant.path.open("rb")
                start_response(status, variant.headers)
                return variant.pieces(file)
            start_response(status, variant.headers)
            return variant.body
        if method == "HEAD":
            start_response(status, variant.headers)
            return []
        return _say(start_response, "405 Method Not Allowed", ("allow", "GET, HEAD"))

    def _answer_new(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what is not in memory: a live address, a file not read yet, a redirect, or nothing."""
        path = environ["PATH_INFO"]
        prefix, folder = next((m for m in self._mounts if path == m[0] or path.startswith(m[0] + "/")), ("", None))
        parts = path[len(prefix) :].split("/")[1:]
        if self._is_live(parts):
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return _say(start_response, "405 Method Not Allowed", ("allow", "GET, HEAD"))
        if folder is None or not _is_servable(parts):
            return self._answer_missing(folder, parts, environ, start_response)
        if len(parts) > 1 and parts[1] in OWN and _TAG.fullmatch(parts[0]) and parts[-1] != "index.html":
            folder = self._own.get(folder, folder)
        name = "/".join(parts)
        if name == "" or name.endswith("/"):
            name += "index.html"
        if not parts or (folder / name).is_dir():  # /en and /f/kabul: links on the page need the slash
            query = environ.get("QUERY_STRING", "")
            target = f"{path}/" + (f"?{query}" if query else "")
            return _say(start_response, "301 Moved Permanently", ("location", target))
        page = self._load(folder, name, path)
        if page is None:
            return self._answer_missing(folder, parts, environ, start_response)
        return self._answer(page, environ, start_response)

    def _is_live(self, parts: list[str]) -> bool:
        if parts[-1:] == ["index.html"]:
            return False  # the page of a mirror, by its whole name: mirrors take it from here
        first, second = (*parts, "", "")[:2]
        return first in self._live or first in ROOTS or (second in self._live and _TAG.fullmatch(first) is not None)

    def _answer_missing(
        self, folder: Path | None, parts: list[str], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Say so in the language that the address begins with, else in the fund's first."""
        tags = [f"{tag}/" for tag in parts[:1] if _TAG.fullmatch(tag)]
        for name in (f"{tag}404.html" for tag in [*tags, ""]):
            page = self._load(folder, name, f"missing {folder} {name}") if folder else None
            if page is not None:
                return self._answer(page, environ, start_response, "404 Not Found")
        return _say(start_response, "404 Not Found")

    def _load(self, folder: Path, name: str, key: str) -> Stored | None:
        """Read a file; keep it until the next generation unless it is large or changes by itself."""
        pages = self._pages  # taken before reading: what a newer generation replaced must not get in again
        if (kept := pages.get(key)) is not None:
            return kept
        path = folder / name
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                return None  # a link that leads out
            page = read(path, name)
        except (OSError, ValueError):
            return None
        if not page.is_large and name not in _NEVER_KEPT:
            if self._held + page.size > ROOM:
                self._pages, self._held = {}, 0
                pages = self._pages
            pages[key] = page
            self._held += page.size
        return page

    def _learn_coding(self, accepts: str) -> int:
        """Choose an encoding for an Accept-Encoding text (RFC 9110 §12.5.3) and remember it."""
        refused = re.compile(r"^(br|gzip)\s*;\s*q=0(\.0*)?$")
        wanted = {part.strip().lower() for part in accepts.split(",")}
        named = {part.partition(";")[0].strip() for part in wanted if not refused.fullmatch(part)}
        coding = next((index for index, name in enumerate(CODINGS) if name and name in named), _PLAIN)
        if "br" in named and "gzip" not in named:
            coding = _BROTLI_ALONE
        if len(self._codings) < 256:  # a stranger chooses these texts: remember some, not all
            self._codings[accepts] = coding
        return coding

    def _look(self) -> list[tuple[int, int]]:
        marks = []
        for _, folder in self._mounts:
            try:
                info = (folder / "generation").stat()
                marks.append((info.st_ino, info.st_mtime_ns))
            except OSError:
                marks.append((0, 0))
        return marks

    def _freshen(self) -> None:
        self._next_look = self._clock() + FRESH
        marks = self._look()
        if marks != self._marks:
            # A new dict: a thread that still reads an old file puts it into the old one.
            self._marks, self._pages, self._held = marks, {}, 0


def _is_servable(parts: list[str]) -> bool:
    """Tell whether these are names that publishing writes: no dot files, no `..`, no sidecars, no empty names."""
    names = parts[:-1] if parts and parts[-1] == "" else parts
    return (
        len(parts) <= _DEEPEST
        and all(_PLAIN_NAME.fullmatch(name) for name in names)
        and not (names and names[-1].endswith((".br", ".gz")))
    )


def _say(start_response: StartResponse, status: str, *extra: tuple[str, str]) -> list[bytes]:
    headers, body = plain_answer(status[4:] + "\n", *extra)
    start_response(status, headers)
    return body
