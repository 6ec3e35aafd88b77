"""C14, a phone checked after use: what a real browser's profile holds after asking, reading and leaving."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from panah.seal.receipt import group
from tests.browser.peoplelab import Room, served_room
from tests.browser.peoplepages import AskPage, MailboxPage
from tests.browser.stage import WIDE, Visitor
from tests.browser_fixture import ways

TYPED = "Zarmina hides behind the bakery"
REPLY = "The courier waits at the violet gate"
PERSON = "grandmother-qv"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with served_room(tmp_path_factory.mktemp("home")) as made:
        yield made


class Owner(Visitor):
    """Somebody with a browser of their own, whose profile stays on the disk."""

    def __init__(self, kind: BrowserType, room: Room, profile: Path) -> None:
        self.stage, self.manner = room, WIDE
        self.complaints, self.requests = [], []
        self.context = kind.launch_persistent_context(profile, **ways(), viewport={"width": 1280, "height": 800})
        self.page = self.context.new_page()
        self.watch(self.page)


def spellings(text: str) -> list[bytes]:
    """How a browser may write a text: as it is, in UTF-16, backwards in an index, as digits without blanks."""
    return [text.encode(), text.encode("utf-16-le"), text[::-1].encode()]


def contents(profile: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file of a profile, and what is packed inside it."""
    for path in profile.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path, data
            for start in (found.start() for found in re.finditer(rb"\x1f\x8b\x08", data)):
                try:
                    yield path, gzip.decompress(data[start:])
                except (OSError, EOFError, zlib.error):
                    continue


def found_in(profile: Path, *texts: str) -> list[str]:
    wanted = {text: spellings(text) for text in texts}
    return sorted(
        f"{text} in {path.relative_to(profile)}"
        for path, data in contents(profile)
        for text, ways in wanted.items()
        if any(way in data for way in ways)
    )


def settle(page: Page) -> None:
    """Give the browser the time in which it writes its session and its lists to the disk."""
    page.wait_for_timeout(3000)


def test_a_profile_holds_nothing_that_was_typed_or_read(browser: Browser, room: Room, tmp_path: Path) -> None:
    owner = Owner(browser.browser_type, room, tmp_path)
    ask = AskPage(owner)
    ask.open()
    ask.is_ready()
    ask.person_adds(PERSON, "71")
    code = ask.person_asks(TYPED)
    room.answer(room.newest()[1], lang="en", text=REPLY, slot="0" * 16)
    mailbox = MailboxPage(owner)
    mailbox.open()
    mailbox.reader_opens(code)
    assert mailbox.letters() == [REPLY]
    ask.open()  # an unfinished one, left as it is
    ask.is_ready()
    ask.person_writes(TYPED)
    settle(owner.page)
    state = owner.context.storage_state(indexed_db=True)
    owner.context.close()
    assert state == {"cookies": [], "origins": []}
    assert found_in(tmp_path, TYPED, REPLY, PERSON, code, group(code)) == []


def test_the_search_of_this_test_finds_what_a_page_keeps(browser: Browser, room: Room, tmp_path: Path) -> None:
    """The control: a field that is not ours, in the same browser, is found in the same profile."""
    owner = Owner(browser.browser_type, room, tmp_path)
    owner.goes_to("ask/")
    owner.page.evaluate("text => localStorage.setItem('draft', text)", TYPED)
    settle(owner.page)
    owner.context.close()
    assert found_in(tmp_path, TYPED) != []


def test_history_and_tabs_show_neutral_names(browser: Browser, room: Room, tmp_path: Path) -> None:
    owner = Owner(browser.browser_type, room, tmp_path)
    for page in (AskPage(owner), MailboxPage(owner)):
        page.open()
        assert owner.page.title() == "Form"
        icon = owner.page.locator("link[rel=icon]").get_attribute("href") or ""
        assert "963140" not in icon  # not the arch of the fund's other pages
    settle(owner.page)
    owner.context.close()
    assert found_in(tmp_path, "Refuge Fund of the Lantern") == []


def test_leaving_takes_what_was_typed_out_of_the_page(browser: Browser, room: Room, tmp_path: Path) -> None:
    owner = Owner(browser.browser_type, room, tmp_path)
    owner.context.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="<title>Elsewhere</title>"))
    owner.page.goto(f"{room.address}/en/books/")
    ask = AskPage(owner)
    ask.open()
    ask.is_ready()
    ask.person_writes(TYPED)
    owner.page.get_by_role("link", name="Leave this page").click()
    expect(owner.page).to_have_title("Elsewhere")
    owner.page.go_back()
    # The way back leads past the form: its place in the history is taken.
    expect(owner.page).to_have_url(re.compile(r"/en/books/$"))
    ask.open()
    ask.is_ready()
    ask.person_writes(TYPED)
    owner.page.goto(f"{room.address}/en/books/")
    owner.page.go_back()
    ask.shows("write")
    expect(owner.page.locator("#text")).to_have_value("")
    owner.context.close()
