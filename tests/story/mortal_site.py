"""A real site process that dies without warning and comes back on the same home, and people who then try again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import httpx

from tests.sitelab import free_port, running_site

Person = TypeVar("Person")
Answer = TypeVar("Answer")
HANDS = 5
"""So many people act at a time: more than one processor can serve, so that a death always cuts somebody off."""


class MortalSite:
    """`panah site serve` at one address. `look` is called while nobody runs: after each death, before the next life."""

    def __init__(self, look: Callable[[], None], chance: random.Random) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.up = threading.Event()
        self.deaths = 0
        self.transport = Patient(self)
        self._look, self._chance = look, chance
        self._lock = threading.Lock()
        self._life = contextlib.ExitStack()

    def start(self, home: Path, database: str) -> None:
        self.home, self.database = home, database
        self._site = self._life.enter_context(running_site(home, database, port=self.port))
        self.up.set()

    def stop(self) -> None:
        """End it in order."""
        self.up.clear()
        self._life.close()

    def die(self) -> None:
        """kill -9, worker and server: nothing is flushed, nothing is said."""
        self.up.clear()
        self.deaths += 1
        for process in (*self._site.workers(), self._site.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._life.close()
        self._look()

    def kill(self) -> None:
        """Die, and live again."""
        with self._lock:
            self.die()
            self.start(self.home, self.database)

    def crowd(self, people: Iterable[Person], act: Callable[[Person], Answer], deaths: int = 0) -> list[Answer]:
        """Let all act, `HANDS` at a time, and the site die at so many drawn moments meanwhile; give their answers."""
        everyone = list(people)
        moments = set(self._chance.sample(range(len(everyone)), deaths))

        def turn(number: int) -> Answer:
            if number in moments:
                self.kill()
            return act(everyone[number])

        with ThreadPoolExecutor(HANDS) as hands:
            return list(hands.map(turn, range(len(everyone))))


class Patient(httpx.BaseTransport):
    """What people do when a page does not come: wait until the site is there, and send the same once more."""

    def __init__(self, site: MortalSite) -> None:
        self._site, self._lines = site, httpx.HTTPTransport()
        self.cut_off = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(100):
            assert self._site.up.wait(120), "the site does not come back"
            try:
                answer = self._lines.handle_request(request)
                with contextlib.closing(answer):
                    body = b"".join(answer.iter_raw())
            except httpx.TransportError:
                self.cut_off += 1
            else:
                return httpx.Response(answer.status_code, headers=answer.headers, content=body)
        raise AssertionError("the site is up and does not answer")

    def close(self) -> None:
        """Nothing: everybody shares these lines."""

    def hang_up(self) -> None:
        self._lines.close()
