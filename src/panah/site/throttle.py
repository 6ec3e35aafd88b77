"""Slows whoever fills in forms by the hundred or tries out cards, without keeping an address anywhere.

Promises: nothing is written down or logged; in memory stand only hashes under a random key that never
leaves this process and is forgotten, with everything counted under it, every few minutes; memory is bounded.
It is generous: an address may be the door of a camp, a café or a whole country's network. So people at human
pace are never stopped, also fifty behind one address; only failed card payments count strictly.

Each process counts for itself: with several, a flood gets through as many times more.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

KEY_LIFE: Final = 300.0
"""Seconds after which the key, and all that was counted under it, is forgotten."""

MOST: Final = 20_000
"""Hashes kept at a time; the one that was quiet for longest goes first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then one in `every` seconds."""

    name: str
    every: float
    burst: int


PROMISES: Final = Pace("promises", 1.0, 60)
FAILURES: Final = Pace("failures", 60.0, 10)
SHARED_FAILURES: Final = Pace("shared failures", 1.0, 100)
"""For those whom we can't tell apart: onion visitors, or a proxy that names nobody."""
FUND_FAILURES: Final = Pace("failures of the fund", 0.5, 200)
ONE: Final = Pace("one", 120.0, 1)
"""While a whole fund is used to try out cards from many addresses: one card gift per address and two minutes."""


class Throttle:
    """Counts for all funds of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._key, self._since = secrets.token_bytes(32), self._clock()
        self._used: OrderedDict[bytes, float] = OrderedDict()  # hash → when its bucket is full again
        self._gifts: OrderedDict[bytes, bytes] = OrderedDict()  # hash of a gift → hash of who began it

    def ask(self, fund: str, address: str, gift: str, *, by_card: bool) -> int:
        """Count a gift that somebody wants to begin; give the seconds to wait, 0 to go on.

        `address` is empty when people can't be told apart.
        """
        with self._lock:
            now = self._turn()
            who = self._hash(fund, address)
            wait = 0.0
            if by_card:
                wait = self._left(FAILURES if address else SHARED_FAILURES, who, now)
                if not wait and address and self._left(FUND_FAILURES, self._hash(fund), now):
                    wait = self._take(ONE, who, now)
            if not wait and address:
                wait = self._take(PROMISES, who, now)
            if not wait and by_card:
                self._keep(self._gifts, self._hash(fund, gift), who)
            return math.ceil(wait)

    def fail(self, fund: str, gift: str) -> None:
        """Count a card payment that failed, against whoever began it here."""
        with self._lock:
            now = self._turn()
            self._take(FUND_FAILURES, self._hash(fund), now)
            who = self._gifts.pop(self._hash(fund, gift), None)
            if who is not None:
                is_shared = who == self._hash(fund, "")
                self._take(SHARED_FAILURES if is_shared else FAILURES, who, now)

    def _turn(self) -> float:
        now = self._clock()
        if now - self._since >= KEY_LIFE:
            self._forget()
        return now

    def _hash(self, *words: str) -> bytes:
        return blake2b("\0".join(words).encode(), key=self._key, digest_size=12).digest()

    def _left(self, pace: Pace, who: bytes, now: float) -> float:
        """Give the seconds until one more fits."""
        full = self._used.get(who + pace.name.encode(), now)
        return max(0.0, full - now - pace.every * (pace.burst - 1))

    def _take(self, pace: Pace, who: bytes, now: float) -> float:
        """Take one if it fits; else give the seconds until it does."""
        wait = self._left(pace, who, now)
        if not wait:
            key = who + pace.name.encode()
            self._keep(self._used, key, max(now, self._used.get(key, now)) + pace.every)
        return wait

    @staticmethod
    def _keep(table: OrderedDict[bytes, Any], key: bytes, value: Any) -> None:
        table[key] = value
        table.move_to_end(key)
        if len(table) > MOST:
            table.popitem(last=False)


_OURS: Final = tuple(
    map(
        ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
    )
)
"""Where a proxy of the host's own stands (RFC 1918, RFC 4193)."""

throttle: Final = Throttle()
"""This process's own."""


def address_of(meta: Mapping[str, Any]) -> str:
    """Give the network address that a request came from, for `ask` alone; empty when it tells nobody apart.

    A forwarded address is believed only from a proxy in our own network, and only what that one added itself:
    the last. Of IPv6 the half that a household gets.
    """
    near = _read(str(meta.get("REMOTE_ADDR") or ""))
    if near is None or any(near in network for network in _OURS):
        told = str(meta.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2]
        near = _read(told)
    if near is None or near.is_loopback:
        return ""
    if isinstance(near, IPv6Address):
        return near.packed[:8].hex()
    return near.packed.hex()


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found
