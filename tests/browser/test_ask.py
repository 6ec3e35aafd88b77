# ruff: noqa: F811 - the fund of a module stands in for that of the folder
"""People ask for help and offer it: sealed in their browser, opened at a member's desk, by nobody between."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from panah.core.asks import fits
from panah.proof import relaywire
from panah.seal import mailbox
from tests.browser.peoplelab import Room, stage  # noqa: F401 - the fund of this module
from tests.browser.peoplepages import AskPage, OfferPage
from tests.browser.stage import Manner, Visitor

STORY = "They were at our door twice. ما چهار نفریم and need to leave this house."
MANNERS = [Manner(), Manner("fa", 360), Manner("prs", 360, scheme="dark"), Manner("ps", 360), Manner("fr")]


def sent_bytes(visitor: Visitor) -> int:
    return sum(len(one.post_data_buffer or b"") for one in visitor.requests if one.method == "POST")


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_what_is_asked_is_opened_by_the_desk(come: Callable[..., Visitor], stage: Room, manner: Manner) -> None:
    visitor = come(manner, bypass_csp=True)
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    page.everybody_can_use_it()
    page.person_picks("needs", "shelter", "medicine")
    page.person_adds("daughter", "9")
    page.page.locator("#country").fill("Iran")
    page.page.locator("#deadline").select_option("14")
    page.page.locator("#safe").fill("after dark")
    page.page.locator("#notify").fill("mina@post.invalid")
    page.person_writes(STORY)
    code = page.person_goes_on()
    page.looks_right("ask-code")
    page.everybody_can_use_it()
    page.person_writes_code_down(code)
    page.person_sends()
    page.was_sent()
    page.looks_right("ask-sent")
    assert page.part("done").locator("output").inner_text().replace(" ", "") == code
    row, letter = stage.newest()
    box = mailbox.derive(code, bytes.fromhex(stage.fingerprint()))
    assert (letter.kind, letter.roster, letter.mailbox) == ("ask", 0, box.address)
    assert fits("ask", letter.body)
    assert letter.body == {
        "lang": manner.lang, "who": "self", "text": STORY, "needs": ["shelter", "medicine"], "country": "Iran",
        "household": [{"who": "daughter", "age": 9}], "safe": "after dark", "notify": "mina@post.invalid",
        "deadline": (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=14)).isoformat(),
        "mailbox": {"recipient": box.recipient, "deletion": letter.body["mailbox"]["deletion"]},
    }  # fmt: skip
    assert row.lookup == relaywire.sent_of(box.lookup)
    assert sent_bytes(visitor) <= 40_000
    # Whoever listens at the site hears none of it: not a word, not the code.
    heard = b"".join(one.post_data_buffer or b"" for one in visitor.requests)
    for word in ("door twice", "daughter", "post.invalid", code):
        assert word.encode() not in heard
    assert not any(code in one.url for one in visitor.requests)


def test_somebody_else_is_asked_for_by_name_of_who_asks(come: Callable[..., Visitor], stage: Room) -> None:
    page = AskPage(come(Manner()))
    page.open()
    page.is_ready()
    page.person_picks("who", "other")
    page.says("We tell and pay nothing on your word alone: first we talk with the person.")
    page.person_picks("knows", "0")
    page.person_writes(STORY)
    page.button("Go on").click()
    expect(page.page.locator("#contact")).to_have_attribute("aria-invalid", "true")
    page.page.locator("#contact").fill("her brother, by letter")
    page.person_asks(STORY)
    _, letter = stage.newest()
    assert fits("ask", letter.body)
    assert (letter.body["who"], letter.body["knows"]) == ("other", 0)
    assert letter.body["contact"] == "her brother, by letter"


def test_who_changes_back_to_oneself_sends_nothing_of_the_other(come: Callable[..., Visitor], stage: Room) -> None:
    page = AskPage(come(Manner()))
    page.open()
    page.is_ready()
    page.person_picks("who", "other")
    page.person_picks("knows", "1")
    page.page.locator("#contact").fill("her brother")
    page.person_picks("who", "self")
    page.person_asks(STORY)
    _, letter = stage.newest()
    assert letter.body.keys() == {"lang", "mailbox", "text", "who"}


def photo(path: Path) -> Path:
    """A photo of 3000 x 2000 that tells where it was taken."""
    image = Image.effect_noise((3000, 2000), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SPYCAM"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(path, "JPEG", quality=95, exif=exif)
    return path


def test_photos_are_drawn_anew_before_they_are_sealed(
    come: Callable[..., Visitor], stage: Room, tmp_path: Path
) -> None:
    taken = photo(tmp_path / "mina-passport.jpg")
    note = tmp_path / "report of mina.pdf"
    note.write_bytes(b"%PDF-1.4 invented")
    page = AskPage(come(Manner("fa", 360)))
    page.open()
    page.is_ready()
    page.person_attaches(taken, note)
    page.looks_right("ask-files")
    page.person_asks(STORY)
    _, letter = stage.newest()
    picture, paper = letter.files
    assert (picture.name, picture.type) == ("photo-1.jpg", "image/jpeg")
    assert (paper.name, paper.type, paper.data) == ("file-2.pdf", "application/pdf", b"%PDF-1.4 invented")
    drawn = Image.open(io.BytesIO(picture.data))
    assert drawn.size == (1400, 933)
    assert not drawn.getexif()
    assert b"SPYCAM" in taken.read_bytes()
    assert b"SPYCAM" not in picture.data
    assert len(picture.data) < taken.stat().st_size / 4


def test_a_kind_that_nobody_could_look_at_is_not_taken(come: Callable[..., Visitor], tmp_path: Path) -> None:
    page = AskPage(come(Manner()))
    page.open()
    page.is_ready()
    program = tmp_path / "help.exe"
    program.write_bytes(b"MZ")
    page.page.locator("#files").set_input_files(program)
    page.says("This kind of file can't be sent. Photos, voice and PDF can.")


@pytest.mark.parametrize("manner", [Manner(), Manner("fa", 360)], ids=str)
def test_what_is_offered_is_opened_by_the_desk(come: Callable[..., Visitor], stage: Room, manner: Manner) -> None:
    page = OfferPage(come(manner, bypass_csp=True))
    page.open()
    page.is_ready()
    page.everybody_can_use_it()
    page.page.locator("#kind").select_option("invitation-letter")
    page.page.locator("#capacity").fill(page.visitor.digits("2"))
    page.person_picks("languages", "fa", "fr")
    page.page.locator("#until").select_option("90")
    page.person_asks("Our theatre can invite two actors.")
    _, letter = stage.newest()
    assert letter.kind == "offer"
    assert fits("offer", letter.body)
    told = {key: letter.body[key] for key in ("kind", "capacity", "languages", "text")}
    assert told == {
        "kind": "invitation-letter", "capacity": 2, "languages": ["fa", "fr"],
        "text": "Our theatre can invite two actors.",
    }  # fmt: skip


def test_a_line_that_drops_loses_nothing_and_sends_nothing_twice(come: Callable[..., Visitor], stage: Room) -> None:
    visitor = come(Manner())
    before = stage.count()
    tries: list[bytes] = []

    def drop(route: Route) -> None:
        tries.append(route.request.post_data_buffer or b"")
        if len(tries) == 1:
            route.abort()  # the message never arrives
        elif len(tries) == 2:
            route.fetch()
            route.abort()  # it arrives, and the answer is lost
        else:
            route.continue_()

    visitor.page.route("**/relay/deposit", drop)
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    page.person_asks(STORY)
    assert len(tries) == 3
    assert len({one[relaywire.DEPOSIT_HEAD :] for one in tries}) == 1
    assert stage.count() == before + 1


def test_without_a_line_the_sealed_message_waits_and_can_be_saved(
    come: Callable[..., Visitor], stage: Room, tmp_path: Path
) -> None:
    visitor = come(Manner())
    before = stage.count()
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    page.person_writes(STORY)
    page.person_writes_code_down(page.person_goes_on())
    visitor.page.clock.install()
    visitor.page.route("**/relay/**", lambda route: route.abort())
    page.person_sends()
    for _ in range(9):
        visitor.page.clock.fast_forward(61_000)
        visitor.page.wait_for_timeout(50)
    page.shows("carry")
    page.says("There is no connection. Nothing is lost: try again.")
    page.page.locator("#file-name").fill("shopping list")
    with page.page.expect_download() as coming:
        page.page.locator("#save").click()
    assert coming.value.suggested_filename == "shopping-list.panah"
    coming.value.save_as(tmp_path / "kept")
    assert stage.count() == before
    visitor.page.unroute("**/relay/**")
    page.page.locator("#again").click()
    page.was_sent()
    assert stage.count() == before + 1
    stored = relaywire.read_deposit((tmp_path / "kept").read_bytes())
    assert stored.envelope == stage.newest()[0].envelope


def test_nothing_goes_before_the_code_is_written_down(come: Callable[..., Visitor], stage: Room) -> None:
    visitor = come(Manner())
    before = stage.count()
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    page.button("Go on").click()
    page.says("Write a few words first.")
    page.person_writes(STORY)
    code = page.person_goes_on()
    page.person_sends()
    page.says("Write the code down first, then tick this.")
    page.page.locator("#code-check").fill(code[:-1] + str((int(code[-1]) + 1) % 10))
    page.says("There is a slip in it: one digit wrong, one too many, or two swapped.")
    assert sent_bytes(visitor) == 0
    assert stage.count() == before
