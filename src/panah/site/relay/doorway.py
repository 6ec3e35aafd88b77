"""The way in for the door without script: the relay's own addresses over a Unix socket, `HOME/door.sock`.

Whoever may open the socket is the door: its mode is 0660, so the door may run as another user of the same group. It
needs no work (its people have no script) and counts in a quota of its own. Nothing else of the site answers there, and
nothing is logged. Of several site processes the first one listens; when it ends, the socket is gone.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any, Final

from django.db import connections

from panah.site.relay.views import WAY, place_of, take

NAME: Final = "door.sock"
LONGEST: Final = 100
"""Bytes of the socket's path (unix(7) allows 107)."""
log = logging.getLogger("panah.site")


class _Visit(BaseHTTPRequestHandler):
    """One request, HTTP/1.0; the answer names neither date nor program."""

    timeout = 60

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        slug, path = place_of(self.path) or ("", "")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command, "CONTENT_LENGTH": self.headers.get("content-length"),
            "CONTENT_TYPE": self.headers.get("content-type"), "wsgi.input": self.rfile, WAY: "door",
        }  # fmt: skip
        try:
            status, body = take(slug, path, environ)
        finally:
            connections.close_all()  # this thread's own; it ends with its visitor
        self.send_response_only(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


class Doorway(ThreadingMixIn, UnixStreamServer):
    """Listens in a thread of its own until `stop`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, path: Path, lock: int) -> None:
        super().__init__(str(path), _Visit, bind_and_activate=False)
        self._path, self._lock = path, lock
        path.unlink(missing_ok=True)  # of a process that was killed: ours is the lock
        self.server_bind()
        path.chmod(0o660)  # before anybody can be let in
        self.server_activate()
        self._thread = threading.Thread(target=self.serve_forever, name="doorway", daemon=True)
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the door hears of it as a broken line."""

    def stop(self) -> None:
        """End."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._path.unlink(missing_ok=True)
        os.close(self._lock)


def listen(home: Path) -> Doorway | None:
    """Listen under a home; None when another process does, or the path is too long for a socket."""
    path = home / NAME
    if len(os.fsencode(path)) > LONGEST:
        log.error("door.sock: the path of the home is too long for a socket")
        return None
    lock = os.open(home / ".door", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return Doorway(path, lock)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError as error:
        os.close(lock)
        log.error("door.sock: %s", type(error).__name__)
        return None
