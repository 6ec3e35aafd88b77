"""The process that holds a desk's secrets: started locked, ended by lock, idle time, quit, or the supervisor's end.

Run as `python -I -m panah.desk.process.worker` by the supervisor alone. Connections are HTTP/1.0 and closed after each
answer, so none hangs on a worker that is about to end; when it ends it stops taking connections, finishes
what it is answering, and what comes meanwhile waits in the socket's queue for the next worker.
"""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import sys
import threading
from typing import IO, Any, Final, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from panah.desk.process.hardening import harden

harden()  # before anything else is loaded or read

import django  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from panah.desk.process.orders import LOCKED, READY, read_orders  # noqa: E402
from panah.desk.process.present import PRESENT, Present  # noqa: E402

MOST_AT_ONCE: Final = 16
PATIENCE: Final = 20
"""Seconds that a connection may say nothing."""


class _Answering(ServerHandler):
    server_software = "panah"


class _Request(WSGIRequestHandler):
    """One request and one answer."""

    timeout = PATIENCE

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.raw_requestline = self.rfile.readline(65537)
            if len(self.raw_requestline) > 65536 or not self.parse_request():
                return
            answer = _Answering(
                self.rfile, cast("IO[bytes]", self.wfile), self.get_stderr(), self.get_environ(), multithread=True
            )
            answer.request_handler = self  # type: ignore[attr-defined]
            answer.run(self.server.get_app())  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the parent's
        """Say nothing: addresses name cases."""


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """A WSGI server on a socket that is there already."""

    daemon_threads = False  # they are waited for

    def __init__(self, door: socket.socket, here: Present) -> None:
        super().__init__(door.getsockname(), _Request, bind_and_activate=False)
        self.socket.close()
        self.socket = door
        self.server_name, self.server_port = door.getsockname()[:2]
        self.setup_environ()
        self._here = here
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    def get_request(self) -> Any:
        if self._here.ending is not None:
            raise OSError  # left in the queue, for the next worker
        return super().get_request()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._room.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a traceback can hold what people wrote."""


def _tell(word: str) -> None:
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), f"{word}\n".encode())


def _end_with_supervisor() -> None:
    """Its end of our standard input closes when it ends, however it ends."""
    with contextlib.suppress(OSError):
        while sys.stdin.buffer.read(1):
            pass
    os._exit(LOCKED)


def main() -> int:
    """Serve until it is time to end; gives the exit code."""
    orders = read_orders(sys.stdin.buffer.readline())
    door = socket.socket(fileno=orders.socket)
    door.set_inheritable(False)
    here = Present(orders, door.getsockname()[1], _tell)
    PRESENT.append(here)
    django.setup(set_prefix=False)
    server = _Server(door, here)
    server.set_app(get_wsgi_application())
    threading.Thread(target=_end_with_supervisor, name="supervisor", daemon=True).start()
    threading.Thread(target=server.serve_forever, args=(0.1,), name="server", daemon=True).start()
    _tell(READY)
    code = here.wait_end()
    server.shutdown()
    threading.Thread(target=_give_up, args=(code,), name="patience", daemon=True).start()
    server.server_close()  # waits for the answers that are under way
    with contextlib.suppress(Exception):  # a full disk must not keep a desk open
        here.put_away()
    return code


def _give_up(code: int) -> None:
    threading.Event().wait(PATIENCE)
    os._exit(code)


if __name__ == "__main__":
    os._exit(main())  # what other threads still do can't keep the keys in memory
