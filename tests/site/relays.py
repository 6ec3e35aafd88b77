"""A fund whose intake is open, with desks and a clock that tests turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connections

from panah.site import home
from panah.site.gifts.queries import fund_rules
from panah.site.relay import views
from panah.storage.funds import FundHome
from panah.storage.models import Answer
from tests.fund_world import NOW, Team
from tests.relaylab import Desk, Line, Person, Send, straight

WORK = 6


@dataclass
class World:
    """A team with its fund, and a way to its relay."""

    team: Team
    line: Line
    now: dt.datetime = NOW
    desks: dict[str, Desk] = field(default_factory=dict)

    @property
    def fund(self) -> FundHome:
        return self.team.fund

    @property
    def members(self) -> list:
        return list(self.team.members.values())

    def pass_days(self, count: int) -> None:
        self.now += dt.timedelta(days=count)

    def person(self) -> Person:
        return Person(self.line)

    def ask(self, person: Person | None = None, **changes) -> tuple[Person, bytes, str]:
        """Somebody asks; give person, envelope and the relay's word."""
        person = person or self.person()
        envelope = person.seal(*self.members, **changes)
        return person, envelope, person.deposit(envelope)

    def answer(self, *names: str) -> None:
        assert [self.desks[name].answer() for name in names or self.desks] == ["done"] * len(names or self.desks)

    def rows(self, columns: str = "seq", table: str = "storage_envelope") -> list[tuple]:
        with connections[self.fund.alias].cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1")
            return cursor.fetchall()

    def shift_answers(self, days: int) -> None:
        """Let all answers be so many days older."""
        for row in Answer.objects.using(self.fund.alias).all():
            row.day -= dt.timedelta(days=days)
            row.save(using=self.fund.alias)

    def over(self, send: Send) -> Line:
        return Line(self.line.origin, send, self.line.now)


def world_of(team: Team, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(team, Line(fund_rules(team.fund).origin, straight(), lambda: made.now))
    made.desks = {name: Desk(made.line, key) for name, key in team.members.items()}
    home.use(home.Site(team.fund.home, team.fund.slug))
    monkeypatch.setattr(views, "_now", lambda: made.now)
    monkeypatch.setattr(settings, "PANAH_INTAKE_WORK", str(WORK))
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def closed_world(team: Team, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An open fund on either database; no member has answered a challenge yet."""
    team.found(database="" if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    team.open()
    yield world_of(team, monkeypatch)
    home._current.clear()


@pytest.fixture
def world(closed_world: World) -> World:
    """Intake is open."""
    closed_world.answer("anar", "benafsha")
    return closed_world
