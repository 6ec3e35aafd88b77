"""A bare Django view and a group commit: the least that can take a gift and tell its giver that it is kept.

No middleware, no checks, one row a gift. One thread takes all waiting rows into one transaction (SQLite, WAL,
synchronous=FULL) and wakes each caller after the commit. Served as `benches.floors.group_commit:application`;
`BENCH_PLACE` names its folder.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from queue import Empty, SimpleQueue

import django
import orjson
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(DEBUG=False, SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
django.setup(set_prefix=False)

_waiting: SimpleQueue[tuple[tuple[str, str, int], threading.Lock]] = SimpleQueue()


def _open() -> sqlite3.Connection:
    database = sqlite3.connect(Path(os.environ["BENCH_PLACE"]) / "floor.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS gift (event TEXT, gift TEXT, minor INTEGER)")
    return database


def _write() -> None:
    database = _open()
    while True:
        batch = [_waiting.get()]
        try:
            while len(batch) < 512:
                batch.append(_waiting.get_nowait())
        except Empty:
            pass
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO gift VALUES (?, ?, ?)", [row for row, _ in batch])
        database.execute("COMMIT")
        for _, done in batch:
            done.release()


threading.Thread(target=_write, daemon=True).start()


def gift(request: HttpRequest) -> HttpResponse:
    """Take an event."""
    event = orjson.loads(request.body)
    done = threading.Lock()
    done.acquire()
    _waiting.put(((event["id"], event["gift"], event["amount"]), done))
    done.acquire()
    return HttpResponse(b"booked")


urlpatterns = [path("rails/fake/event", gift)]
application = WSGIHandler()
