"""A minimal books page over a lab's log, served on this machine for a real browser."""

from __future__ import annotations

import contextlib
import functools
import html
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.loglab import Lab

ROOT = Path(__file__).parents[2]
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder; gives its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_page(
    folder: Path, path: str, script: str, body: str, words: dict[str, str] | None = None, lang: str = "en"
) -> None:
    """A page under the site's strict policy with one built bundle, by its manifest."""
    assets = ROOT / "src/panah/site/assets"
    entry = json.loads((assets / "manifest.json").read_text())[script]
    (folder / "assets").mkdir(exist_ok=True)
    (folder / "assets" / entry["file"]).write_bytes((assets / entry["file"]).read_bytes())
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    template = f'<template id="panah-words">{html.escape(json.dumps(words), quote=False)}</template>' if words else ""
    place.write_text(
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>page</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="icon" href="data:,">'
        f'<script defer src="/assets/{entry["file"]}" integrity="{entry["integrity"]}"></script>'
        f"<main><h1>Page</h1>{body}</main>{template}</html>"
    )


def write_books(lab: Lab, **changes: object) -> None:
    """The books page of a lab's log as it is now."""
    books = lab.books
    data: dict[str, object] = {
        "log": "../../log/", "origin": lab.origin, "size": books.size, "gross": books.gross,
        "counted": books.counted, "held": books.held, "currency": books.currency,
        "fingerprint": lab.fingerprint, "vkey": lab.key.vkey,
    } | changes  # fmt: skip
    attributes = " ".join(f'data-{name}="{value}"' for name, value in data.items())
    write_page(lab.folder, "en/books/index.html", "check", f'<section id="panah-check" hidden {attributes}></section>')
