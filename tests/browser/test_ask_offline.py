# ruff: noqa: F811 - the fund of a module stands in for that of the folder
"""The form as one file: it seals without any connection, and what it seals is handed in by anybody."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from panah.proof import relaywire
from panah.seal import mailbox, outer
from tests.browser.peoplelab import Room, stage  # noqa: F401 - the fund of this module
from tests.browser.peoplepages import AskPage
from tests.browser.stage import WIDE, Manner, Visitor


class Traveller(Visitor):
    """Somebody who has the file, and no line at all."""

    def __init__(self, browser: Browser, stage: Room, manner: Manner, file: Path, **options: object) -> None:
        super().__init__(browser, stage, manner, **options)
        self.context.set_offline(True)
        self.file = file

    def goes_to(self, path: str) -> None:
        self.page.goto(self.file.as_uri())

    def _asked(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(f"asked for {url}")


@pytest.fixture
def carry(browser: Browser, stage: Room, tmp_path: Path) -> Iterator[Callable[..., AskPage]]:
    travellers: list[Traveller] = []

    def take(place: str = "ask", manner: Manner = WIDE, later: int = 0, change: tuple[str, str] = ("", "")) -> AskPage:
        fetched = browser.new_context().request.get(f"{stage.address}/{manner.lang}/{place}/offline.html").text()
        assert change[0] in fetched
        file = tmp_path / "form.html"
        file.write_text(fetched.replace(*change) if change[0] else fetched)
        travellers.append(Traveller(browser, stage, manner, file))
        if later:
            travellers[-1].page.clock.set_fixed_time(dt.datetime.now(dt.UTC) + dt.timedelta(days=later))
        page = AskPage(travellers[-1])
        page.open()
        return page

    yield take
    for one in travellers:
        one.context.close()
    assert [complaint for one in travellers for complaint in one.complaints] == []


def seals(page: AskPage, text: str, folder: Path, name: str = "recipe") -> tuple[str, Path]:
    """Write, keep the code, save the sealed file."""
    page.is_ready()
    page.person_writes(text)
    code = page.person_goes_on()
    page.person_writes_code_down(code)
    page.person_sends()
    page.shows("carry")
    page.page.locator("#file-name").fill(name)
    with page.page.expect_download() as coming:
        page.page.locator("#save").click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return code, path


@pytest.mark.parametrize("manner", [WIDE, Manner("prs", 360)], ids=str)
def test_what_the_file_seals_is_handed_in_by_somebody_else(
    carry: Callable[..., AskPage], come: Callable[..., Visitor], stage: Room, tmp_path: Path, manner: Manner
) -> None:
    page = carry("ask", manner)
    code, sealed = seals(page, "Two of us are hidden.", tmp_path)
    page.looks_right("ask-file-sealed")
    assert sealed.name == "recipe.panah"
    stored = relaywire.read_deposit(sealed.read_bytes())
    assert outer.parse(stored.envelope).recipients == 4
    box = mailbox.derive(code, bytes.fromhex(stage.fingerprint()))
    assert stored.sent == relaywire.sent_of(box.lookup)
    before = stage.count()
    helper = AskPage(come(Manner("fr", 360)))
    helper.open()
    helper.is_ready()
    helper.page.locator("#sealed-file").set_input_files(sealed)
    helper.says("Sent. It lies sealed on our server until the team collects it.")
    assert stage.count() == before + 1
    row, letter = stage.newest()
    assert (letter.body["text"], letter.mailbox) == ("Two of us are hidden.", box.address)
    assert row.envelope == stored.envelope


def test_an_offer_is_sealed_by_the_file_too(carry: Callable[..., AskPage], tmp_path: Path) -> None:
    _, sealed = seals(carry("offer", Manner("fr")), "Une lettre d’invitation.", tmp_path)
    relaywire.read_deposit(sealed.read_bytes())


def test_an_old_file_warns_and_a_very_old_one_refuses(carry: Callable[..., AskPage]) -> None:
    young = carry(later=30)
    young.is_ready()
    expect(young.part("old")).to_be_hidden()
    old = carry(later=31)
    old.shows("old")
    expect(old.part("write")).to_be_visible()
    carry(later=90).shows("old")
    ended = carry(later=91)
    ended.shows("ended")
    expect(ended.part("write")).to_be_hidden()


def test_a_file_with_changed_keys_refuses(carry: Callable[..., AskPage], stage: Room) -> None:
    first, second = (stage.team.members[name].public["seal"] for name in ("anar", "benafsha"))
    changed = carry(change=(first, second))
    changed.shows("bad")


def test_a_changed_program_in_the_file_does_not_run(carry: Callable[..., AskPage]) -> None:
    changed = carry(change=("/*! Panah", "/*!! Panah"))
    changed.shows("plain")
    assert any("Content Security Policy" in one for one in changed.visitor.complaints)
    changed.visitor.complaints.clear()


def test_something_else_is_not_handed_in(come: Callable[..., Visitor], stage: Room, tmp_path: Path) -> None:
    (tmp_path / "x.panah").write_bytes(b"no sealed message")
    page = AskPage(come(WIDE))
    page.open()
    page.is_ready()
    page.page.locator("#sealed-file").set_input_files(tmp_path / "x.panah")
    page.says("This is no sealed message.")


def test_the_file_has_no_way_out_and_its_program_is_the_published_bundle(stage: Room) -> None:
    text = (stage.fund.own / "en/ask/offline.html").read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy
    assert "form-action 'none'" in policy
    (program,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (bundle,) = (stage.fund.public / "assets").glob("ask-*.js")
    assert program == bundle.read_text()
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
