"""How a desk talks to the site: two calls, so that tests, Tor and a stick can stand in for the line.

Nothing here is trusted: what comes is checked by whoever asked. No redirects are followed, no cookies kept, no proxy
is taken from the surroundings, and nothing of a request is in its address.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final, Protocol

from panah.errors import N_, InputError
from panah.verify.sources import Source, open_source

SECONDS: Final = 60
MOST: Final = 16 * 1024 * 1024


class Transport(Protocol):
    """A line to one fund's folder."""

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Send bytes, get bytes; words come as they are. Raises `InputError` without a line."""

    def get(self, path: str) -> bytes:
        """Read something public. Raises `InputError`."""

    def source(self) -> Source:
        """Give the fund's published files."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class HttpTransport:
    """The site over HTTP; `address` is the fund's folder, with or without a final slash."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("https://", "http://")):
            raise InputError(N_("Give an address that begins with https:// or http://."))
        self._address = address.rstrip("/") + "/"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Send bytes, get bytes."""
        kind = {"Content-Type": "application/octet-stream"}
        return self._ask(urllib.request.Request(self._address + path, body, {**kind, **headers}, method="POST"))  # noqa: S310

    def get(self, path: str) -> bytes:
        """Read something public."""
        return self._ask(urllib.request.Request(self._address + path))  # noqa: S310 - the scheme was looked at

    def source(self) -> Source:
        """Give the fund's published files."""
        return open_source(self._address)

    def _ask(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                data: bytes = answer.read(MOST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise InputError(
                N_("The site can't be reached now."), hint=N_("Everything is kept here and goes out later."),
            ) from error  # fmt: skip
        if len(data) > MOST:
            raise InputError(N_("The site answered something else than a relay does."))
        return data
