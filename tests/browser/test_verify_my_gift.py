"""A giver checks the books: the page with script, the command line without; and what is wrong is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.pages import BooksPage, GivePage, HowPage, ReceiptPage
from tests.browser.stage import EVERY_MANNER, PHONE, PHONE_PLAIN, WIDE, WIDE_PLAIN, Visitor
from tests.story.test_open_fund import panah

IN_SCRIPT = pytest.mark.parametrize("manner", [WIDE, PHONE], ids=str)


def give(visitor: Visitor, euros: int) -> str:
    """Give with play money and wait until it is in the log; gives the code."""
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.giver_gives_play_money(euros).giver_pays().says("Booked. Thank you.")
    receipt = ReceiptPage(visitor)

    def is_logged() -> bool:
        receipt.giver_comes_back_with(code)
        return receipt.is_in_the_log()

    visitor.stage.becomes_true(is_logged)
    return code


@IN_SCRIPT
def test_the_page_checks_itself_and_finds_ones_own_gift(visitor: Visitor, tmp_path: Path) -> None:
    code = give(visitor, 40)
    before = len(visitor.requests)
    books = BooksPage(visitor)
    books.open()
    books.check().scroll_into_view_if_needed()
    expect(books.check().locator("[data-verdict=holds]").first).to_be_visible()
    books.reader_checks_all()
    books.says("Every entry keeps the rules, and all together lead to the signed head of the log.")
    assert books.verdicts() <= {"holds", "note"}
    books.giver_looks_for(code)
    proof = books.check().get_by_text(visitor.words("Download the proof (.tlog-proof)"))
    expect(proof).to_be_visible()
    expect(books.check()).to_contain_text(visitor.digits("40"))
    visitor.looks("books-found")
    with books.page.expect_download() as coming:
        proof.click()
    kept = tmp_path / coming.value.suggested_filename
    coming.value.save_as(kept)
    assert kept.suffix == ".tlog-proof"
    assert "holds" in panah("verify", visitor.stage.fund.public, "--proof", kept)
    assert not any(code in request.url + (request.post_data or "") for request in visitor.requests[before:])


@pytest.mark.parametrize("manner", EVERY_MANNER, ids=str)
def test_the_table_by_day_shows_its_amounts_without_being_pushed(visitor: Visitor) -> None:
    books = BooksPage(visitor)

    def has_a_table() -> bool:
        books.open()
        return books.page.locator(".scroll").count() > 0

    visitor.stage.becomes_true(has_a_table)
    assert books.page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")


@IN_SCRIPT
def test_a_slip_in_the_code_is_told_and_nothing_is_loaded_for_it(visitor: Visitor) -> None:
    books = BooksPage(visitor)
    books.open()
    expect(books.check().locator("[data-verdict=holds]").first).to_be_visible()
    before = len(visitor.requests)
    books.giver_looks_for("123 456 789 123 456 789 123 456 780")
    expect(books.check().locator(".check-slip")).to_have_text(
        visitor.words("This code has a slip in it: one digit wrong, one too many, or two swapped.")
    )
    assert len(visitor.requests) == before


@IN_SCRIPT
def test_a_flipped_bit_is_named_with_its_file_and_entry(visitor: Visitor) -> None:
    give(visitor, 30)

    def flip(route: Route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        at = body.rindex(b'"rc":"') + 6
        body[at] = ord("A") if body[at] != ord("A") else ord("B")  # still an entry that keeps every rule
        route.fulfill(response=answer, body=bytes(body))

    visitor.page.route("**/log/tile/entries/**", flip)
    books = BooksPage(visitor)
    books.open()
    books.reader_checks_all()
    expect(books.check().get_by_text(visitor.words("Something does not hold."))).to_be_visible()  # once, above the list
    expect(books.check().locator("[data-verdict=fails] code").first).to_contain_text("tile/entries/000")
    visitor.looks("books-fails")


@pytest.mark.parametrize("manner", [WIDE_PLAIN, PHONE_PLAIN], ids=str)
def test_without_script_the_page_explains_the_command_line_and_its_commands_work(
    visitor: Visitor, tmp_path: Path
) -> None:
    code = give(visitor, 60)
    books = BooksPage(visitor)
    books.open()
    expect(books.check()).to_be_hidden()
    books.follow(books.page.locator("main").get_by_role("link", name=visitor.words("How to check this")))
    how = HowPage(visitor)
    how.looks_right()
    [whole, own] = [command.split() for command in how.commands()]
    assert "holds" in panah(*filled(whole, visitor))
    assert "holds" in panah(*filled(own, visitor), text=code)
    damaged = tmp_path / "damaged"
    shutil.copytree(visitor.stage.fund.public, damaged)
    bundle = max((damaged / "log/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))
    data = bytearray(bundle.read_bytes())
    data[-2] ^= 1
    bundle.write_bytes(data)
    assert "tile/entries/000" in panah("verify", damaged, code=1)


def filled(command: list[str], visitor: Visitor) -> list[str]:
    """The command as printed, without `panah`; a site that was not told its own address prints URL."""
    assert command[:3] == ["panah", "verify", "URL"]
    return ["verify", visitor.stage.address, *command[3:]]
