"""A real fund in a folder of its own, as the machine of `test_life_machine.py` acts on it."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest
from django.db import connections
from hypothesis.stateful import RuleBasedStateMachine

from panah.core.money import Money
from panah.errors import RefusedError
from panah.rails.base import RailEvent
from panah.rails.registry import PULL
from panah.site.funds.actions import found
from panah.site.gifts.actions import receive_event
from panah.storage.models import Entry
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fund_world import NAMES, Team
from tests.life.model import Model

GOAL, MINIMUM = 100_000, 500


def fresh(size: int = 16) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


class World(RuleBasedStateMachine):
    """The fund, its model, and what both are told."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="panah-life-"))
        self.team = Team(self.home)
        body = self.team.charter().body()
        body["charter"] |= {"goal": GOAL, "minimum": MINIMUM}
        self.found(body)
        self.model = Model(GOAL)
        self.stopped: set[str] = set()
        self.said: set[tuple] = set()

    def found(self, body: dict) -> None:
        found(self.team.fund, self.team.sign(body, *NAMES), self.team.now)
        self.team.open()

    def teardown(self) -> None:
        stop_writers()
        alias = self.team.fund.alias
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]
        shutil.rmtree(self.home)

    # -- small words

    @property
    def fund(self):
        return self.team.fund

    @property
    def today(self) -> dt.date:
        return self.team.now.date()

    def say(self, kind: str, *names: str, **fields):
        return self.team.say(kind, *names, **fields)

    def days_pass(self, days: int) -> None:
        if self.today < dt.date(2026, 9, 1):  # the roster ends in winter
            self.team.now += dt.timedelta(days=days)

    def say_once(self, kind: str, **fields) -> bool:
        """Two equal statements of one day are one: the second is refused, and told apart from the first."""
        key = (kind, self.today, *fields.items())
        if key in self.said:
            with pytest.raises(RefusedError, match="carried out already"):
                self.say(kind, **fields)
            return False
        self.said.add(key)
        self.say(kind, **fields)
        return True

    def refused(self, kind: str, **fields) -> None:
        with pytest.raises(RefusedError):
            self.say(kind, **fields)

    def tell(self, gift: str, kind: str, amount: int) -> None:
        event = RailEvent(secrets.token_hex(8), gift, kind, Money(amount, "EUR"), self.today)
        for _ in range(2):  # every fact is told twice
            receive_event(self.fund, PULL["fake"], event, self.team.now)

    def leaf_of(self, gift: str) -> int:
        sequence(self.fund)
        return Entry.objects.using(self.fund.alias).get(gift_ref=gift, kind="gift").leaf

    def part(self, identity: str, share: int) -> int:
        return -(-self.model.gifts[identity].left // share)
