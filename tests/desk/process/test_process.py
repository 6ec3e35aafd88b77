"""The desk's processes, as a person and as a stranger on the same machine meet them."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import resource
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servedesklab import CANARY, PASSPHRASE, Browser, make_desk, served

LOCKED = "Your desk is locked"


def becomes_true(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.05)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # ended; a root without an init may never bury it


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made, _ = make_desk(tmp_path_factory.mktemp("desks"))
    return made


def unlocked(link: str) -> Browser:
    browser = Browser(link)
    assert browser.start() == 303
    assert browser.unlock()[0] == 303
    return browser


def test_lock_ends_the_process_that_held_the_keys_and_the_next_one_shows_the_unlock_page(home):
    with served(home.folder) as desk:
        browser = Browser(desk.link)
        assert browser.start() == 303
        assert LOCKED in browser.ask("/")[1]
        assert browser.unlock()[0] == 303
        assert CANARY in browser.ask("/inbox")[1]
        [before] = desk.workers()
        assert browser.ask("/lock", {})[0] == 303
        status, page = browser.ask("/")
        assert (status, LOCKED in page, CANARY in page) == (200, True, False)
        becomes_true(lambda: not is_alive(before))
        assert CANARY not in browser.ask("/inbox")[1]
        assert browser.unlock()[0] == 303
        assert CANARY in browser.ask("/inbox")[1]


def test_quit_and_ctrl_c_end_everything(home):
    for way in ("quit", "ctrl-c"):
        with served(home.folder) as desk:
            browser = unlocked(desk.link)
            [worker] = desk.workers()
            if way == "quit":
                assert browser.ask("/quit", {})[0] == 200
            else:
                desk.process.send_signal(signal.SIGINT)
            assert desk.process.wait(timeout=30) == 0
            becomes_true(lambda pid=worker: not is_alive(pid))


def test_a_worker_ends_when_its_supervisor_is_killed(home):
    with served(home.folder) as desk:
        unlocked(desk.link)
        [worker] = desk.workers()
        desk.process.kill()
        becomes_true(lambda: not is_alive(worker))


def test_the_start_link_opens_one_browser_once_and_nobody_else_comes_in(home):
    with served(home.folder) as desk:
        stranger, browser = Browser(desk.link), unlocked(desk.link)
        assert browser.cookie
        assert stranger.start() == 403
        assert stranger.ask("/")[0] == 403
        assert stranger.unlock()[0] == 403
        guesser = Browser(desk.link)
        guesser.token = "guessed"
        assert guesser.start() == 403
        assert not guesser.cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "desk.example:80"}, {"Host": "localhost"}, {"Origin": "http://other.example"}, {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Cookie": "panah-desk=1"},
    ],
    ids=str,
)  # fmt: skip
def test_what_another_page_or_another_name_asks_is_refused_alike(home, headers):
    with served(home.folder) as desk:
        browser = unlocked(desk.link)
        for path, form in (("/", None), ("/inbox", None), ("/lock", {})):
            status, page = browser.ask(path, form, **headers)
            assert status == 403
            assert CANARY not in page
        assert CANARY in browser.ask("/inbox")[1]  # and the desk is open still


def test_a_form_without_origin_is_refused(home):
    with served(home.folder) as desk:
        browser = unlocked(desk.link)
        assert browser.ask("/lock", {}, Origin="")[0] == 403


def test_a_wrong_passphrase_is_answered_in_one_way_and_its_process_ends(home):
    with served(home.folder) as desk:
        browser = Browser(desk.link)
        browser.start()
        pages = []
        for wrong in ("short", "another lantern of seven words", "x" * 900):
            [before] = desk.workers()
            status, page = browser.unlock(wrong)
            assert status == 403
            pages.append(page)
            becomes_true(lambda pid=before: not is_alive(pid))
            becomes_true(desk.workers)
        assert len(set(pages)) == 1
        assert browser.unlock()[0] == 303


def test_pages_are_kept_by_nobody_and_run_no_script_of_others(home):
    with served(home.folder) as desk:
        browser = unlocked(desk.link)
        browser.ask("/inbox")
        assert browser.headers["Cache-Control"] == "no-store"
        policy = browser.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert browser.headers["X-Frame-Options"] == "DENY"


def test_the_process_that_holds_keys_dumps_no_core_and_can_not_be_read(home):
    with served(home.folder) as desk:
        unlocked(desk.link)
        [worker] = desk.workers()
        assert resource.prlimit(worker, resource.RLIMIT_CORE) == (0, 0)
        # Not dumpable: its files in /proc belong to root whoever runs it (prctl(2)); as root only the mark can be seen.
        assert Path(f"/proc/{worker}/mem").stat().st_uid == 0


def test_killed_at_any_moment_the_folder_holds_no_plaintext(home):
    chance = random.Random(11)
    marks = [
        CANARY.encode(),
        CANARY.encode("utf-16-le"),
        PASSPHRASE.encode(),
        "جایی نداریم".encode(),
        b"AGE-SECRET-KEY-",
    ]
    for turn in range(4):
        with served(home.folder) as desk:
            browser = unlocked(desk.link)
            [worker] = desk.workers()
            killer = threading.Timer(chance.random() / 2, os.kill, (worker, signal.SIGKILL))
            killer.start()
            with contextlib.suppress(OSError, http.client.HTTPException):  # killed while it answered
                while is_alive(worker):
                    browser.ask("/cases/new", {"text": f"{CANARY} {turn}", "label": CANARY})
                    browser.ask("/search", {"words": "canary"})
            killer.join()
            becomes_true(lambda pid=worker: not is_alive(pid))
            assert unlocked_again(browser)
        for path in home.folder.rglob("*"):
            if path.is_file():
                found = path.read_bytes()
                assert [mark for mark in marks if mark in found] == [], path.name


def unlocked_again(browser: Browser) -> bool:
    """What was written whole opens again after the kill."""
    becomes_true(lambda: answers(browser))
    return browser.unlock()[0] == 303


def answers(browser: Browser) -> bool:
    try:
        return browser.ask("/")[0] == 200
    except OSError:
        return False


def test_two_desks_in_one_folder_are_refused(home):
    with served(home.folder), pytest.raises(AssertionError, match="runs already"), served(home.folder):
        pass
