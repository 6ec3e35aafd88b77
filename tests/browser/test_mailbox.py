# ruff: noqa: F811 - the fund of a module stands in for that of the folder
"""People read what the team answered, write back and delete: with their code, in their browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from panah.proof import mailboxwire
from panah.seal import mailbox
from panah.seal.letter import File, Letter
from panah.seal.receipt import new_code
from tests.browser.peoplelab import Room, stage  # noqa: F401 - the fund of this module
from tests.browser.peoplepages import AskPage, MailboxPage
from tests.browser.stage import WIDE, Manner, Visitor

ANSWER = "We read your words. Stay where you are until Thursday."


def asks(come: Callable[..., Visitor], stage: Room, manner: Manner = WIDE) -> tuple[str, Letter]:
    """Somebody asks; give code and letter."""
    visitor = come(manner)
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    code = page.person_asks("We are four and need to leave this house.")
    visitor.page.close()
    return code, stage.newest()[1]


def opens(come: Callable[..., Visitor], code: str, manner: Manner = WIDE, **options: object) -> MailboxPage:
    page = MailboxPage(come(manner, **options))
    page.open()
    page.reader_opens(code)
    return page


@pytest.mark.parametrize("manner", [Manner(), Manner("fa", 360), Manner("ps", 360, scheme="dark")], ids=str)
def test_an_answer_is_read_with_the_code(come: Callable[..., Visitor], stage: Room, manner: Manner) -> None:
    code, asked = asks(come, stage, manner)
    page = opens(come, code, manner, bypass_csp=True)
    page.says("There is no answer yet.")
    assert page.letters() == []
    waiting = page.visitor.words("Not yet collected. It is deleted on %(day)s if nobody collects it.").split("%")[0]
    assert page.state().startswith(waiting)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    stage.answer(asked, "collected", day=today)
    stage.answer(asked, lang="en", text=ANSWER, slot="0" * 16)
    page.reader_looks_again()
    assert page.letters() == [ANSWER]
    assert page.visitor.words("Collected by the team on %(day)s.").split("%")[0] in page.state()
    page.looks_right("mailbox-open")
    page.everybody_can_use_it()


def test_reading_is_one_short_answer_of_one_length_and_writes_nothing(
    come: Callable[..., Visitor], stage: Room
) -> None:
    code, asked = asks(come, stage)
    stage.answer(asked, lang="en", text=ANSWER, slot="0" * 16)
    before = stage.stored()
    lengths = set()
    for one in (code, new_code()):
        page = MailboxPage(come(Manner()))
        page.open()
        with page.page.expect_response("**/mailbox/read") as answered:
            page.reader_opens(one)
        lengths.add(len(answered.value.body()))
        assert page.letters() == ([ANSWER] if one == code else [])
    assert lengths == {len(mailboxwire.MAILBOX) + 48 + 3 * mailboxwire.SLOT}
    assert max(lengths) <= 64_000
    assert stage.stored() == before


def test_what_somebody_else_wrote_into_the_mailbox_is_not_shown(come: Callable[..., Visitor], stage: Room) -> None:
    code, asked = asks(come, stage)
    stage.answer(asked, by="anar", key_of="benafsha", lang="en", text="Bring money to the bridge.", slot="0" * 16)
    page = opens(come, code)
    assert page.letters() == []
    stage.answer(asked, lang="en", text=ANSWER, slot="0" * 16)
    page.reader_looks_again()
    assert page.letters() == [ANSWER]


def test_an_attachment_comes_on_a_tap_with_its_size_told_first(
    come: Callable[..., Visitor], stage: Room, tmp_path: Path
) -> None:
    code, asked = asks(come, stage)
    Image.effect_noise((700, 500), 30).save(tmp_path / "map.png")
    picture, paper = (tmp_path / "map.png").read_bytes(), b"%PDF-1.4 an invented letter"
    files = (File("office.png", "image/png", picture), File("letter.pdf", "application/pdf", paper))
    stage.answer(asked, lang="en", text=ANSWER, slot="0" * 16, files=files)
    page = opens(come, code)
    assert not [one for one in page.visitor.requests if one.url.endswith("chunk")]
    loads = page.page.locator("#letters button", has_text="kB")
    expect(loads).to_have_count(2)
    loads.nth(0).click()
    drawn = page.page.locator("#letters img")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [700, 500]
    loads.nth(0).click()
    link = page.page.locator("#letters a[download]")
    with page.page.expect_download() as coming:
        link.click()
    coming.value.save_as(tmp_path / "got.pdf")
    assert (tmp_path / "got.pdf").read_bytes() == paper


def test_a_word_back_reaches_the_desk_and_names_its_mailbox(come: Callable[..., Visitor], stage: Room) -> None:
    code, asked = asks(come, stage)
    page = opens(come, code, Manner("fa", 360))
    page.reader_writes("سه نفر شدیم.")
    _, letter = stage.newest()
    assert (letter.kind, letter.mailbox) == ("message", asked.mailbox)
    assert letter.body == {"lang": "fa", "text": "سه نفر شدیم."}


def test_one_message_or_everything_is_deleted_and_the_team_is_asked_to(
    come: Callable[..., Visitor], stage: Room
) -> None:
    code, asked = asks(come, stage)
    stage.answer(asked, lang="en", text="first", slot="0" * 16)
    stage.answer(asked, lang="en", text="second", slot="1" * 16)
    page = opens(come, code)
    assert page.letters() == ["second", "first"]
    page.button("Delete this message").first.click()
    expect(page.page.locator("#letters .words")).to_have_count(1)
    page.reader_looks_again()
    assert page.letters() == ["first"]
    page.page.get_by_text("Delete everything", exact=True).first.click()
    page.button("Delete everything").click()
    page.says("Tick the box first.")
    assert page.letters() == ["first"]
    page.page.locator("#sure").check()
    page.button("Delete everything").click()
    page.says("Deleted here. The team is told to delete what it has.")
    rows = [stage.read(row) for row in stage.desk("anar").pull_all()]
    mine = [letter.kind for letter in rows if letter.mailbox == asked.mailbox]
    assert mine == ["delete"]
    again = opens(come, code)
    assert again.letters() == []


def test_the_code_never_leaves_the_browser(come: Callable[..., Visitor], stage: Room) -> None:
    code, _ = asks(come, stage)
    page = opens(come, code)
    box = mailbox.derive(code, bytes.fromhex(stage.fingerprint()))
    heard = b"".join((one.post_data_buffer or b"") + one.url.encode() for one in page.visitor.requests)
    assert box.lookup in heard
    for secret in (code.encode(), box.deletion, box.identity.encode(), sha256(code.encode()).digest()):
        assert secret not in heard


def test_a_code_with_a_slip_is_told_and_nothing_is_asked(come: Callable[..., Visitor], stage: Room) -> None:
    page = MailboxPage(come(Manner("fa", 360)))
    page.open()
    page.shows("code")
    page.page.locator("#code-check").fill("1" * 26)
    page.button("Open").click()
    page.says("%(missing)s digits are missing.", missing="۱")
    assert not [one for one in page.visitor.requests if one.method == "POST"]
