"""Django's PostgreSQL backend, but a lasting connection is looked at before it is asked.

With CONN_HEALTH_CHECKS Django sends `SELECT 1` before the first query of each request: a whole way to the server, as
dear as the query itself. A server that ended a session has closed its socket, and the kernel knows that at once: an
idle connection on which nothing came in is as good as a `SELECT 1` could tell. Anything that came in is looked into.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection."""

    def is_usable(self) -> bool:
        """Tell whether the session still stands."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if not poll.poll(0):
            return True
        # The server said something unasked: its goodbye, or a harmless notice.
        usable: bool = super().is_usable()
        return usable
