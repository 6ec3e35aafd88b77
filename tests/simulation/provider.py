"""Stripe without a network: the card rail's calls go straight to the local Stripe's rules, with a crash around each."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from panah.rails.card.client import _OPEN_CODES, Answer
from panah.rails.card.rail import CardRail
from tests.stripe_local.server import Call, LocalStripe
from tests.stripe_local.world import World


class _AnsweredError(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.outcome)
        self.answer = answer


def _as_sent(value: Any) -> Any:
    """Give parameters as a form would carry them."""
    if isinstance(value, dict):
        return {str(name): _as_sent(one) for name, one in value.items()}
    if isinstance(value, list):
        return {str(index): _as_sent(one) for index, one in enumerate(value)}
    return str(value).lower() if isinstance(value, bool) else str(value)


class DirectClient:
    """What `rails/card/client.py` promises, by calls instead of HTTP."""

    def __init__(self, stripe: LocalStripe, tick: Callable[[], None]) -> None:
        self._stripe, self._tick = stripe, tick
        post, get = self._post, self._get
        sessions = SimpleNamespace(
            create=lambda params, options: post("/v1/checkout/sessions", params, options),
            expire=lambda name, params, options: post(f"/v1/checkout/sessions/{name}/expire", params, options),
            retrieve=lambda name: get(f"/v1/checkout/sessions/{name}"),
            list=lambda params: get("/v1/checkout/sessions", params),
        )
        intents = SimpleNamespace(
            capture=lambda name, params, options: post(f"/v1/payment_intents/{name}/capture", params, options),
            cancel=lambda name, params, options: post(f"/v1/payment_intents/{name}/cancel", params, options),
            retrieve=lambda name: get(f"/v1/payment_intents/{name}"),
            list=lambda params: get("/v1/payment_intents", params),
        )
        refunds = SimpleNamespace(
            create=lambda params, options: post("/v1/refunds", params, options),
            list=lambda params: get("/v1/refunds", params),
        )
        checkout = SimpleNamespace(sessions=sessions)
        self._facade = SimpleNamespace(v1=SimpleNamespace(checkout=checkout, payment_intents=intents, refunds=refunds))

    def call(self, work: Callable[[Any], Any]) -> Answer:
        self._tick()
        try:
            answer = Answer("done", work(self._facade))
        except _AnsweredError as error:
            answer = error.answer
        self._tick()
        return answer

    def _post(self, path: str, params: Any, options: Any) -> Any:
        return self._ask(Call("POST", path, options["idempotency_key"], _as_sent(params), {}))

    def _get(self, path: str, params: Any = None) -> Any:
        return self._ask(Call("GET", path, "", _as_sent(params or {}), {}))

    def _ask(self, call: Call) -> Any:
        call.headers["authorization"] = f"Bearer {self._stripe.key}"
        answer = self._stripe.answer(call)
        if answer is None:
            raise _AnsweredError(Answer("unknown"))
        status, body = answer
        if status == 200:
            return {name: one for name, one in body.items() if not name.startswith("_")}
        error = body["error"]
        code, shown = error.get("code") or "", error.get("payment_intent") or {}
        if status not in {400, 402, 404} or error["type"] == "idempotency_error":
            raise _AnsweredError(Answer("unknown", code=code, status=status))
        outcome = "unknown" if code in _OPEN_CODES or status == 404 else "refused"
        raise _AnsweredError(Answer(outcome, shown, code, status))


def card_rail(clock: Callable[[], float], tick: Callable[[], None]) -> tuple[CardRail, LocalStripe]:
    """Give the rail and the Stripe it talks to."""
    stripe = LocalStripe(World(clock))
    rail = CardRail("", "", clock)
    rail.client = DirectClient(stripe, tick)  # type: ignore[assignment]
    return rail, stripe
