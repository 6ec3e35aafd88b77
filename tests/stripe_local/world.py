"""Stripe's side of the story, in memory: sessions, intents with manual capture, refunds, disputes, events.

Follows Stripe's rules as far as the card rail depends on them; raises `FaultError` where Stripe answers with an error.
What givers and the account's owner do at Stripe are methods here; `server.py` answers the calls of a site.
"""

from __future__ import annotations

import copy
import itertools
import secrets
from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
WEEK = 7 * 86400


class FaultError(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, kind: str = "invalid_request_error", **more: Any) -> None:
        super().__init__(code)
        self.status = status
        # Real messages quote what was sent; a test sees by this word whether one leaks into a log or a page.
        self.body = {"error": {"type": kind, "code": code, "message": "quoted-by-stripe Anna Beispiel"} | more}


class World:
    """One account. `clock` gives its time in seconds."""

    def __init__(self, clock: Callable[[], float], address: str = "http://stripe.invalid") -> None:
        self.clock, self.address = clock, address
        self.sessions: dict[str, Object] = {}
        self.intents: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.disputes: dict[str, Object] = {}
        self.events: list[Object] = []
        self.captures: list[tuple[str, int]] = []
        self._numbers = itertools.count(1)

    def now(self) -> int:
        return int(self.clock())

    def _name(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers):04}{secrets.token_hex(8)}"

    def tell(self, kind: str, value: Object) -> None:
        shown = copy.deepcopy({name: one for name, one in value.items() if not name.startswith("_")})
        event = {"id": self._name("evt"), "object": "event", "type": kind, "created": self.now()}
        self.events.append(event | {"data": {"object": shown}})

    # -- calls of the site

    def open_session(self, params: Object) -> Object:
        ends = int(params["expires_at"])
        if not self.now() + 1800 <= ends <= self.now() + 86400:
            raise FaultError(400, "invalid_expires_at", param="expires_at")
        item = params["line_items"]["0"]
        assert params["payment_method_types"] == {"0": "card"}
        assert params["payment_intent_data"]["capture_method"] == "manual"
        amount = int(item["price_data"]["unit_amount"])
        if amount < 50:
            raise FaultError(400, "amount_too_small")
        name = self._name("cs")
        session = self.sessions[name] = {
            "id": name, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "amount_total": amount, "currency": item["price_data"]["currency"], "expires_at": ends,
            "client_reference_id": params["client_reference_id"], "metadata": params["metadata"],
            "payment_intent": None, "success_url": params["success_url"], "cancel_url": params["cancel_url"],
            "url": f"{self.address}/pay/{name}", "locale": params["locale"],
            "customer_details": None, "created": self.now(),
        }  # fmt: skip
        session["_intent_metadata"] = params["payment_intent_data"]["metadata"]
        return session

    def expire_session(self, name: str) -> Object:
        session = self._find(self.sessions, name)
        if session["status"] != "open":
            raise FaultError(400, "")
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)
        return session

    def capture(self, name: str, amount: int | None) -> Object:
        intent = self._find(self.intents, name)
        if intent["status"] != "requires_capture":
            raise FaultError(400, "payment_intent_unexpected_state", payment_intent=copy.deepcopy(intent))
        amount = intent["amount_capturable"] if amount is None else amount
        if amount > intent["amount_capturable"]:
            raise FaultError(400, "amount_too_large")
        if amount < 50:
            raise FaultError(400, "amount_too_small")
        rest = intent["amount_capturable"] - amount
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        self.captures.append((name, amount))
        if rest:
            self._release(intent, rest)
        self.tell("charge.captured", {"object": "charge", "payment_intent": name})
        self.tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, name: str) -> Object:
        intent = self._find(self.intents, name)
        if intent["status"] in {"succeeded", "canceled"}:
            raise FaultError(400, "payment_intent_unexpected_state", payment_intent=copy.deepcopy(intent))
        freed = intent["amount_capturable"]
        intent |= {"status": "canceled", "amount_capturable": 0}
        if freed:
            self._release(intent, freed)
        self.tell("payment_intent.canceled", intent)
        return intent

    def _release(self, intent: Object, amount: int) -> None:
        """What was authorised and not taken is shown as a refund that moved nothing."""
        shown = {"object": "refund", "id": self._name("re"), "amount": amount, "currency": intent["currency"]}
        shown |= {"payment_intent": intent["id"], "status": "succeeded", "metadata": {}, "balance_transaction": None}
        self.tell("charge.refunded", {"object": "charge", "payment_intent": intent["id"], "amount_refunded": amount})
        self.tell("refund.created", shown)

    def refund(self, payment: str, amount: int | None = None, metadata: Object | None = None) -> Object:
        intent = self._find(self.intents, payment)
        gone = sum(
            r["amount"] for r in self.refunds.values() if r["payment_intent"] == payment and r["status"] != "failed"
        )
        left = intent["amount_received"] - gone
        amount = left if amount is None else amount
        if not 0 < amount <= left:
            raise FaultError(400, "charge_already_refunded")
        name = self._name("re")
        value = self.refunds[name] = {
            "id": name, "object": "refund", "amount": amount, "currency": intent["currency"],
            "payment_intent": payment, "status": "succeeded", "metadata": metadata or {}, "created": self.now(),
            "balance_transaction": self._name("txn"),
        }  # fmt: skip
        self.tell("charge.refunded", {"object": "charge", "payment_intent": payment, "amount_refunded": gone + amount})
        self.tell("refund.created", value)
        self.tell("refund.updated", value)
        return value

    def listed(self, kind: str, params: Object) -> Object:
        """A page of a list, newest first: `created[gte]`, `payment_intent`, `limit` up to 100, `starting_after`."""
        self.pass_time()
        least, limit = int(params.get("created", {}).get("gte", 0)), int(params.get("limit", 10))
        assert 1 <= limit <= 100
        payment, after = params.get("payment_intent"), params.get("starting_after")
        found = [one for one in reversed(getattr(self, kind).values()) if one["created"] >= least]
        found = [one for one in found if payment in {None, one.get("payment_intent")}]
        names = [one["id"] for one in found]
        found = found[names.index(after) + 1 :] if after else found
        page = [{name: one for name, one in value.items() if not name.startswith("_")} for value in found[:limit]]
        return {"object": "list", "data": page, "has_more": len(found) > limit, "url": f"/v1/{kind}"}

    def _find(self, table: dict[str, Object], name: str) -> Object:
        if name not in table:
            raise FaultError(404, "resource_missing", param="id")
        return table[name]

    def find(self, kind: str, name: str) -> Object:
        return self._find(getattr(self, kind), name)

    # -- what givers do

    def pay(self, name: str) -> bool:
        """Type a good card: authorised, not taken. False when the session has ended."""
        self.pass_time()
        session = self.sessions[name]
        if session["status"] != "open":
            return False
        payment = session["payment_intent"] or self._name("pi")
        intent = self.intents[payment] = {
            "id": payment, "object": "payment_intent", "status": "requires_capture",
            "amount": session["amount_total"], "amount_capturable": session["amount_total"], "amount_received": 0,
            "currency": session["currency"], "capture_method": "manual", "metadata": session["_intent_metadata"],
            "created": self.now(), "receipt_email": "anna@beispiel.example",
        }  # fmt: skip
        details = {"name": "Anna Beispiel", "email": "anna@beispiel.example"}
        session |= {"status": "complete", "payment_intent": payment, "url": None, "customer_details": details}
        self.tell("payment_intent.amount_capturable_updated", intent)
        self.tell("checkout.session.completed", session)
        return True

    def decline(self, name: str) -> None:
        """Type a bad card: the session stays open for another one."""
        session = self.sessions[name]
        payment = session["payment_intent"] = session["payment_intent"] or self._name("pi")
        intent = {
            "id": payment, "object": "payment_intent", "status": "requires_payment_method",
            "amount": session["amount_total"], "amount_capturable": 0, "amount_received": 0,
            "currency": session["currency"], "metadata": session["_intent_metadata"], "created": self.now(),
        }  # fmt: skip
        self.intents[payment] = intent
        self.tell("payment_intent.payment_failed", intent)

    # -- what time, banks and the account's owner do

    def pass_time(self) -> None:
        """End what is due: sessions past their time, authorisations of a week ago."""
        for name, session in list(self.sessions.items()):
            if session["status"] == "open" and session["expires_at"] <= self.now():
                self.expire_session(name)
        for name, intent in list(self.intents.items()):
            if intent["status"] == "requires_capture" and intent["created"] + WEEK <= self.now():
                self.cancel(name)

    def fail_refund(self, name: str) -> None:
        self.refunds[name]["status"] = "failed"
        self.tell("refund.failed", self.refunds[name])
        self.tell("refund.updated", self.refunds[name])

    def dispute(self, payment: str, amount: int | None = None, status: str = "needs_response") -> str:
        name = self._name("dp")
        intent = self.intents[payment]
        value = self.disputes[name] = {
            "id": name, "object": "dispute", "amount": amount or intent["amount_received"],
            "currency": intent["currency"], "payment_intent": payment, "status": status,
            "evidence": {"customer_name": "Anna Beispiel"},
        }  # fmt: skip
        self.tell("charge.dispute.created", value)
        if not status.startswith("warning"):
            self.tell("charge.dispute.funds_withdrawn", value)
        return name

    def close_dispute(self, name: str, status: str) -> None:
        self.disputes[name]["status"] = status
        if status == "won":
            self.tell("charge.dispute.funds_reinstated", self.disputes[name])
        self.tell("charge.dispute.closed", self.disputes[name])
