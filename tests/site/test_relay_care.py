"""What the host is told of intake, and settings that make no sense."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from panah.cli.site_intake import look_at_intake, tell_intake
from panah.site import checks
from panah.site.gifts.queries import fund_rules
from panah.site.relay.queries import intake_of
from tests.site.relays import World

pytestmark = pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)


@pytest.fixture
def at_its_time(closed_world: World) -> World:
    """The clock of tests shows today, as the command line sees it."""
    closed_world.now = dt.datetime.now(dt.UTC)
    return closed_world


def told(world: World) -> list[str]:
    return [what[:10] for what, _ in look_at_intake(world.fund, fund_rules(world.fund))]


def test_status_tells_whether_intake_is_open_and_never_how_many_wrote(at_its_time: World, monkeypatch) -> None:
    world = at_its_time
    assert (tell_intake(world.fund), told(world)) == ("closed; at the relay: none", [])
    world.answer("anar", "benafsha")
    until = world.now.date() + dt.timedelta(days=7)
    assert tell_intake(world.fund) == f"open until {until}; at the relay: none"
    for _ in range(3):
        world.ask()
    assert tell_intake(world.fund) == f"open until {until}; at the relay: under 100"
    monkeypatch.setattr(settings, "PANAH_INTAKE_SCRIPT", "4")
    assert tell_intake(world.fund) == f"open until {until} (today's quota is used up); at the relay: under 100"


def test_doctor_warns_before_intake_closes_and_after(at_its_time: World) -> None:
    world = at_its_time
    world.answer("anar", "benafsha")
    assert told(world) == []
    for days, code in ((6, "panah.W014"), (8, "panah.W013")):
        rows = intake_of(world.fund, world.now.date()).answers
        assert rows
        world.shift_answers(days)
        assert told(world) == [code]
        world.shift_answers(-days)


@pytest.mark.parametrize(("name", "value"), [
    ("PANAH_INTAKE_SCRIPT", "-1"), ("PANAH_INTAKE_DOOR", "many"), ("PANAH_INTAKE_WORK", "25"),
    ("PANAH_INTAKE_WORK", "١٦"), ("PANAH_INTAKE_SCRIPT", ""),
])  # fmt: skip
def test_settings_of_intake_that_make_no_sense_are_named(closed_world: World, monkeypatch, name, value) -> None:
    assert checks._check_intake() == []
    monkeypatch.setattr(settings, name, value)
    [message] = checks._check_intake()
    assert (message.id, name in message.msg) == ("panah.E007", True)
