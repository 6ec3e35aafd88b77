"""Pages that must not take a message say so, and send nothing (claims C10 and C2): bad keys, ended keys, nobody there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from panah.site.intake.words import OTHERS
from tests.browser.peoplelab import Room, served_room
from tests.browser.peoplepages import AskPage
from tests.browser.stage import WIDE, Visitor


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with served_room(tmp_path_factory.mktemp("home"), days_ago=3) as made:
        yield made


@pytest.fixture
def page(browser: Browser, room: Room) -> Iterator[AskPage]:
    visitor = Visitor(browser, room, WIDE)
    yield AskPage(visitor)
    assert [one.url for one in visitor.requests if one.method == "POST"] == []
    visitor.context.close()


def swapped(room: Room, change: Any) -> Any:
    """Serve the team's keys changed by somebody between."""

    def serve(route: Route) -> None:
        told = json.loads((room.fund.public / "roster.json").read_text())
        change(told["leaves"])
        route.fulfill(body=json.dumps(told, ensure_ascii=False), content_type="application/json")

    return serve


def swap_recipient(leaves: list[list[Any]]) -> None:
    leaf = json.loads(leaves[0][1])
    members = leaf["charter"]["roster"]["members"]
    members[0]["seal"], members[1]["seal"] = members[1]["seal"], members[0]["seal"]
    leaves[0][1] = json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def add_unsigned(leaves: list[list[Any]]) -> None:
    """A new roster that one member alone has signed, twice."""
    leaf = json.loads(leaves[0][1])
    roster = leaf["charter"]["roster"]
    body = {"t": "panah/1/roster", "o": leaf["o"], "day": leaf["charter"]["founded"], "roster": roster}
    leaves.append([1, json.dumps(body | {"sig": leaf["sig"][:1]}, sort_keys=True, separators=(",", ":"))])


@pytest.mark.parametrize("change", [swap_recipient, add_unsigned, list.clear], ids=["swapped", "unsigned", "none"])
def test_keys_that_do_not_follow_from_the_fund_are_refused(page: AskPage, room: Room, change: Any) -> None:
    page.page.route("**/roster.json", swapped(room, change))
    page.open()
    page.shows("bad")
    expect(page.part("write")).to_be_hidden()
    page.looks_right("ask-bad-keys")


def test_an_unchanged_copy_of_the_keys_is_taken(page: AskPage, room: Room) -> None:
    """The control: the same way in between, and nothing changed."""
    page.page.route("**/roster.json", swapped(room, lambda leaves: None))
    page.open()
    page.is_ready()


def test_a_log_that_its_key_did_not_sign_is_refused(page: AskPage, room: Room) -> None:
    note = (room.fund.log / "checkpoint").read_text()
    lines = note.split("\n")
    lines[2] = "A" * 43 + "="
    page.page.route("**/log/checkpoint", lambda route: route.fulfill(body="\n".join(lines)))
    page.open()
    page.shows("bad")


def test_a_log_without_these_keys_is_refused(page: AskPage, room: Room) -> None:
    page.page.route("**/log/tile/0/**", lambda route: route.fulfill(body=bytes(32 * 256)))
    page.open()
    page.shows("bad")


def set_clock(page: Page, days: int) -> None:
    page.clock.set_fixed_time(dt.datetime.now(dt.UTC) + dt.timedelta(days=days))


def test_ended_keys_are_refused(page: AskPage) -> None:
    set_clock(page.page, 299)
    page.open()
    page.shows("ended")
    expect(page.part("write")).to_be_hidden()


def test_keys_on_their_last_day_are_taken(page: AskPage) -> None:
    set_clock(page.page, 297)
    page.open()
    page.is_ready()


def test_a_device_whose_clock_was_turned_back_does_not_bring_ended_keys_back(page: AskPage, room: Room) -> None:
    """The site's day counts too: whoever can turn back one of both gains nothing."""
    standing = json.loads(room.line().send("relay/standing", b"", {}, "GET")[1])
    late = standing | {"day": (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=299)).isoformat()}
    page.page.route("**/relay/standing", lambda route: route.fulfill(body=json.dumps(late)))
    page.open()
    page.shows("ended")


def test_a_site_that_knows_a_newer_roster_than_it_shows_is_refused(page: AskPage, room: Room) -> None:
    standing = json.loads(room.line().send("relay/standing", b"", {}, "GET")[1]) | {"roster": 9}
    page.page.route("**/relay/standing", lambda route: route.fulfill(body=json.dumps(standing)))
    page.open()
    page.shows("stale")


def test_a_changed_script_does_not_run(page: AskPage) -> None:
    def change(route: Route) -> None:
        route.fulfill(response=(answer := route.fetch()), body=answer.body() + b"\n;fetch('/steal');")

    page.page.route("**/assets/ask-*.js", change)
    page.open()
    page.shows("plain")
    expect(page.page.locator("input")).to_have_count(1)  # the one that hands in a file, and it is idle


def test_where_nobody_answers_the_page_names_who_does(browser: Browser, tmp_path: Path) -> None:
    with served_room(tmp_path, is_open=False) as closed:
        visitor = Visitor(browser, closed, WIDE)
        page = AskPage(visitor)
        page.open()
        page.shows("closed")
        expect(page.part("write")).to_be_hidden()
        page.looks_right("ask-closed")
        for name, address, _ in OTHERS:
            link = page.part("closed").get_by_role("link", name=name)
            expect(link).to_have_attribute("href", address)
        visitor.context.close()
