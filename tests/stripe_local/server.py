"""A local Stripe over HTTP, for the real client: idempotency keys, restricted keys, and faults on demand.

Keys as Stripe keeps them: the same words get the same answer, other words under a used key are refused, and after 24
hours a key is forgotten. A fault is told ahead: `after` does the work and never answers, `before` never answers and does
nothing, a number is the status of the answer.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from panah.rails.card.webhook import HEADER, sign
from tests.stripe_local.world import FaultError, Object, World

PERMISSIONS = {"checkout", "payment_intents", "refunds"}
_RULES: list[tuple[str, str, str, Callable[[World, list[str], Object], Object]]] = [
    # method, path, permission, what it does
    ("POST", r"/v1/checkout/sessions", "checkout", lambda w, _names, p: w.open_session(p)),
    ("GET", r"/v1/checkout/sessions", "checkout", lambda w, _, p: w.listed("sessions", p)),
    ("GET", r"/v1/payment_intents", "payment_intents", lambda w, _, p: w.listed("intents", p)),
    ("GET", r"/v1/checkout/sessions/(\w+)", "checkout", lambda w, n, _: w.find("sessions", n[0])),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", "checkout", lambda w, n, _: w.expire_session(n[0])),
    ("GET", r"/v1/payment_intents/(\w+)", "payment_intents", lambda w, n, _: w.find("intents", n[0])),
    ("POST", r"/v1/payment_intents/(\w+)/capture", "payment_intents",
     lambda w, n, p: w.capture(n[0], int(p["amount_to_capture"]) if "amount_to_capture" in p else None)),
    ("POST", r"/v1/payment_intents/(\w+)/cancel", "payment_intents", lambda w, n, _: w.cancel(n[0])),
    ("POST", r"/v1/refunds", "refunds",
     lambda w, _, p: w.refund(p["payment_intent"], int(p["amount"]) if "amount" in p else None, p.get("metadata"))),
    ("GET", r"/v1/refunds", "refunds", lambda w, _, p: w.listed("refunds", p)),
    ("GET", r"/v1/(customers|charges|payment_methods|payouts|balance|balance_transactions|events|disputes)",
     "", lambda w, n, _: {"object": "list", "data": [], "has_more": False, "url": f"/v1/{n[0]}"}),
]  # fmt: skip


def nested(text: str) -> Object:
    """Read `a[b][0]=c` as Stripe does, lists as dicts by number."""
    found: Object = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = found
        for step in [first, *rest][:-1]:
            place = place.setdefault(step, {})
        place[[first, *rest][-1]] = value
    return found


@dataclass
class Call:
    """One request that reached us."""

    method: str
    path: str
    key: str
    params: Object
    headers: dict[str, str]


@dataclass
class LocalStripe:
    """The account, its keys and its troubles."""

    world: World
    address: str = ""
    key: str = field(default_factory=lambda: "rk_" + "test_" + secrets.token_hex(12))
    secret: bytes = field(default_factory=lambda: b"whsec" + b"_" + secrets.token_hex(16).encode())
    powers: set[str] = field(default_factory=PERMISSIONS.copy)
    calls: list[Call] = field(default_factory=list)
    troubles: list[tuple[str, str | int]] = field(default_factory=list)
    during: list[Callable[[Call], None]] = field(default_factory=list)
    _kept: dict[str, tuple[int, str, Object, int, Object]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def trouble(self, path: str, how: str | int) -> None:
        """Make the next call to a path that has these words go wrong."""
        self.troubles.append((path, how))

    def asked(self, words: str) -> list[Call]:
        return [call for call in self.calls if words in call.path and call.method == "POST"]

    def signed(self, event: Object, at: int | None = None) -> tuple[dict[str, str], bytes]:
        """Give one event as it is sent now: signed anew each time."""
        body = json.dumps(event, indent=2).encode()
        return {HEADER: sign(body, self.secret, self.world.now() if at is None else at)}, body

    def take_events(self) -> list[Object]:
        """Give the events that wait, in the order in which they happened."""
        with self._lock:
            found, self.world.events = self.world.events, []
        return found

    def pay(self, session: str) -> bool:
        """Do what a giver does at the page of a session: type a good card. False when it has ended."""
        with self._lock:
            return self.world.pay(session)

    # -- one call

    def answer(self, call: Call) -> tuple[int, Object] | None:
        """Give (status, body); None drops the line."""
        with self._lock:
            self.calls.append(call)
            how = next((entry for entry in self.troubles if entry[0] in call.path), None)
            if how is not None:
                self.troubles.remove(how)
        for hook in self.during:
            hook(call)
        if how is not None and how[1] == "before":
            return None
        if how is not None and isinstance(how[1], int):
            return how[1], {"error": {"type": "api_error", "message": "local trouble"}}
        with self._lock:
            found = self._answer(call)
        return None if how is not None and how[1] == "after" else found

    def _answer(self, call: Call) -> tuple[int, Object]:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        known = self._kept.get(call.key)
        if call.method == "POST" and known and known[0] + 86400 > self.world.now():
            if (known[1], known[2]) != (call.path, call.params):
                return 400, {"error": {"type": "idempotency_error", "message": "Keys for idempotent requests …"}}
            return known[3], known[4]
        status, body = self._carry_out(call)
        if call.method == "POST" and status != 403:
            self._kept[call.key] = (self.world.now(), call.path, call.params, status, json.loads(json.dumps(body)))
        return status, body

    def _carry_out(self, call: Call) -> tuple[int, Object]:
        for method, pattern, power, work in _RULES:
            found = re.fullmatch(pattern, call.path)
            if not found or method != call.method:
                continue
            if (power or found[1]) not in self.powers:
                return 403, {"error": {"type": "invalid_request_error", "message": "The provided key …"}}
            try:
                return 200, work(self.world, list(found.groups()), call.params)
            except FaultError as fault:
                return fault.status, fault.body
        return 404, {"error": {"type": "invalid_request_error", "message": f"Unrecognized request URL {call.path}"}}


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stripe: LocalStripe

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        path = urlsplit(self.path)
        if path.path.startswith("/pay/"):
            self._serve_giver(path.path.removeprefix("/pay/"))
            return
        params = nested(body or path.query)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, path.path, headers.get("idempotency-key", ""), params, headers)
        answer = self.stripe.answer(call)
        if answer is None:
            self.close_connection = True
            return
        status, value = answer
        shown = {name: one for name, one in value.items() if not name.startswith("_")}
        self._send(status, json.dumps(shown).encode(), "application/json")

    def _serve_giver(self, name: str) -> None:
        """Stand in for Stripe's own page: one button and a way back, and only the way back once the session has ended."""
        world = self.stripe.world
        session = world.sessions.get(name)
        if session is None:
            self._send(404, b"no such session", "text/plain")
        elif self.command == "POST":
            back = session["success_url"] if self.stripe.pay(name) else session["cancel_url"]
            self._send(303, b"", "text/plain", {"Location": back})
        else:
            total = f"{session['amount_total']} {session['currency']}"
            form = (
                "<form method=post><button>Pay</button></form>" if session["status"] == "open" else "<p>Too late.</p>"
            )
            back = f'<a href="{escape(session["cancel_url"])}">Back</a>'
            page = f"<!doctype html><title>Pay</title><h1>{escape(total)}</h1>{form}{back}"
            self._send(200, page.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server calls


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that went away is none of our faults."""


@contextmanager
def local_stripe(clock: Callable[[], float] = time.time) -> Iterator[LocalStripe]:
    """Run one on a free port of this machine."""
    made = LocalStripe(World(clock))
    door = type("Door", (_Door,), {"stripe": made})
    server = _Server(("127.0.0.1", 0), door)
    made.address = made.world.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
