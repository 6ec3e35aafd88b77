"""The one door to Stripe: its own client, without what it would tell about this machine.

Promises: a call ends in an answer, a refusal or "not known", never in an exception: messages of Stripe's errors
can hold what a giver typed, so they go no further than this file. No retries here, as whoever calls again knows
how old the key is. The client's telemetry (timings, the machine's kind, an id kept on disk) is off. It is loaded
when the first call is made: a fund without cards pays none of its 30 MB.
"""

from __future__ import annotations

import encodings.idna  # noqa: F401 - first imported by several threads at once, it can lock them for ever (Python 3.11)
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from stripe import StripeClient

VERSION: Final = "2026-10-28.endive"
"""The version of the interface that this rail was written for; accounts can't change it under us."""
CONNECT, ANSWER = 5.0, 25.0
"""Seconds to wait. Longer than Stripe's slowest usual answer: an unknown outcome costs more than a wait."""

# These say nothing of what became of an earlier, unanswered call with the same key.
_OPEN_CODES: Final = frozenset({"lock_timeout", "idempotency_key_in_use", "rate_limit", "resource_missing"})
log = logging.getLogger("panah.rails")

_loading = threading.Lock()
"""One thread loads Stripe's client; the others wait for it, and not for each other's half-loaded modules."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `value` is the object (or, refused, the one that the error shows); `code` Stripe's word."""

    outcome: Literal["done", "refused", "unknown"]
    value: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    status: int = 0


class Client:
    """Calls to one account."""

    def __init__(self, key: str, api: str = "") -> None:
        self._key, self._api = key, api
        self._made: StripeClient | None = None

    def __repr__(self) -> str:
        return "Client(…)"  # a key must not get into a traceback

    def call(self, work: Callable[[StripeClient], Any]) -> Answer:
        """Make one call."""
        if not self._key:
            return Answer("unknown", code="no_key")
        with _loading:
            client = self._made = self._made or _connect(self._key, self._api)
        import stripe  # noqa: PLC0415 - see the module's promise

        try:
            value = work(client)
            return Answer("done", value.to_dict() if isinstance(value, stripe.StripeObject) else {})
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            code, status = error.code or "", error.http_status or 0
            outcome: Literal["refused", "unknown"] = "unknown" if code in _OPEN_CODES or status == 404 else "refused"
            return Answer(outcome, _shown(error), code, status)
        except stripe.StripeError as error:
            # 401, 403, 409, 429, 5xx, a timeout, a key used for other words: nothing is known by this answer.
            log.warning("stripe: %s", type(error).__name__)
            return Answer("unknown", code=error.code or "", status=error.http_status or 0)

    def probe(self, method: Literal["get", "post"], path: str, **params: Any) -> int:
        """Give the HTTP status of a call whose answer nobody reads; 0 when there was none."""
        answer = self.call(lambda client: client.raw_request(method, path, **params))
        return 200 if answer.outcome == "done" else answer.status


def _shown(error: Any) -> dict[str, Any]:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    inner = body.get("error")
    intent = inner.get("payment_intent") if isinstance(inner, dict) else None
    return intent if isinstance(intent, dict) else {}


def _connect(key: str, api: str) -> StripeClient:
    import stripe  # noqa: PLC0415

    stripe.enable_telemetry = False
    for name in ("stripe", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below it they print what is sent

    class Quiet(stripe.RequestsClient):
        """Sends what the call needs, and no description of the machine or of who started it."""

        def request(
            self, method: str, url: str, headers: Any = None, post_data: Any = None, *, _usage: Any = None
        ) -> Any:
            kept = {name: value for name, value in headers.items() if name != "X-Stripe-Client-User-Agent"}
            kept["User-Agent"] = f"Stripe/v1 PythonBindings/{stripe.VERSION}"
            return super().request(method, url, kept, post_data)

    return stripe.StripeClient(
        key,
        stripe_version=VERSION,
        base_addresses={"api": api} if api else None,
        max_network_retries=0,
        http_client=Quiet(timeout=(CONNECT, ANSWER)),
    )
