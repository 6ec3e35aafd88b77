"""Django's way in, without what a site on SQLite has no use for.

Promises the same answers as Django's own entry. Before and after each request Django looks whether every database
connection is still good, which a server in the network can make necessary and a file can't; and it hands its answer
over as an iterator, which the server then reads piece by piece. Together that was a third of what the form cost
(docs/benchmarks.md). With PostgreSQL the look stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse


class FileEntry(WSGIHandler):
    """A WSGI application for answers that are whole: no streams, no cookies, no uploads to close."""

    def __call__(  # type: ignore[override]  # Django's own says it gives its response object
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        answer = cast("HttpResponse", self.get_response(self.request_class(environ)))
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]


def entry(database: str) -> Callable[..., Iterable[bytes]]:
    """Give the way in for funds in `database` (empty: SQLite files)."""
    return WSGIHandler() if database else FileEntry()
