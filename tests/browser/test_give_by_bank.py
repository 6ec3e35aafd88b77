"""Giving by bank, from the appeal to a proof from the log that the verifier accepts."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import segno
from playwright.sync_api import expect

from panah.rails.bank.reference import is_reference
from panah.seal.receipt import commitment
from tests.browser.pages import AppealPage, GivePage, ReceiptPage
from tests.browser.stage import EVERY_MANNER, FOUR_MANNERS, PHONE, WIDE, WIDE_PLAIN, Stage, Visitor
from tests.story.test_open_fund import panah

NOT_READ = "Promised; your transfer has not been read in the bank's statement yet."


@pytest.mark.parametrize("manner", EVERY_MANNER, ids=str)
def test_a_transfer_is_promised_booked_logged_and_proved(visitor: Visitor, stage: Stage, tmp_path: Path) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    form = appeal.giver_chooses(50)
    form.looks_right()
    expect(form.amount()).to_have_value("50.00")
    code = form.code()
    payment = form.giver_gives_by_bank(50)
    payment.looks_right()
    assert payment.line("Amount") == "50.00 EUR"
    assert payment.line("IBAN") == "DE44 9999 0000 0020 2118 07"
    reference = payment.reference()
    assert is_reference(reference)
    payment.shows_a_code_to_scan()
    assert payment.code() == code, "the code is still in sight, in the same tab"

    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    receipt.looks_right()
    receipt.says(NOT_READ)
    receipt.says("Reference of the transfer:")
    assert not receipt.is_in_the_log()

    stage.bank_list_comes((reference, 5000))
    receipt.giver_comes_back_with(code)
    receipt.says("Booked. Thank you.")
    receipt.says_not(NOT_READ)
    expect(receipt.page.locator("main h2").first).to_have_text(visitor.money(5000))

    def is_logged() -> bool:
        receipt.giver_comes_back_with(code)
        return receipt.is_in_the_log()

    stage.becomes_true(is_logged)
    receipt.looks_right()
    for button in ("Signed note: promised", "Signed note: booked", "Proof from the log (.tlog-proof)"):
        kept = receipt.giver_downloads(button, tmp_path)
        assert "holds" in panah("verify", stage.fund.public, "--proof", kept)
    assert kept.suffix == ".tlog-proof"


@pytest.mark.parametrize("manner", [WIDE, PHONE], ids=str)
def test_with_script_the_code_is_made_here_and_only_its_commitment_is_sent(visitor: Visitor) -> None:
    appeal = AppealPage(visitor)
    appeal.open()
    give = appeal.giver_types("20")
    give.says(
        "Your browser made this code; our server never learns it. With it you find your gift in the public books."
    )
    code = give.code()  # before the script came, another one stood here
    with visitor.sent_form() as bodies:
        give.giver_gives_by_bank(20).looks_right()
    [body] = bodies
    fields = {name: values for name, [values] in parse_qs(body, keep_blank_values=True).items()}
    assert "code" not in fields
    assert code not in "".join(filter(str.isdecimal, body))
    assert base64.b64decode(fields["rc"]) == commitment(code)


def test_without_script_the_site_makes_the_code_and_says_so(come) -> None:
    visitor = come(WIDE_PLAIN)
    form = GivePage(visitor)
    form.open()
    form.says("Our server made this code and shows it to you alone; it keeps only a fingerprint of it.")
    code = form.code()
    with visitor.sent_form() as bodies:
        payment = form.giver_gives_by_bank(20)
        payment.looks_right()
    fields = parse_qs(bodies[0], keep_blank_values=True)
    assert (fields["code"], fields["rc"]) == ([code], [""])
    assert payment.code() == code


def test_where_the_script_is_held_back_the_sites_code_is_shown_after_a_while(come) -> None:
    visitor = come(WIDE)
    visitor.page.route("**/assets/**", lambda route: route.abort())
    form = GivePage(visitor)
    form.open()
    card = visitor.page.locator("[data-panah-server-code]")
    expect(card).to_be_hidden()
    card.evaluate("card => card.getAnimations().forEach(wait => wait.finish())")
    expect(card).to_be_visible()
    code = form.code()
    assert form.giver_gives_by_bank(20).code() == code


@pytest.mark.parametrize("manner", [WIDE, PHONE], ids=str)
def test_typing_the_code_back_finds_a_wrong_digit(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    slip = visitor.words("There is a slip in it: one digit wrong, one too many, or two swapped.")
    assert form.giver_types_code_back(visitor.digits(wrong)) == slip
    assert form.giver_types_code_back(visitor.digits(code)) == visitor.words("Right: this is your code.")


@pytest.mark.parametrize("manner", FOUR_MANNERS, ids=str)
def test_a_wrong_digit_on_the_receipt_page_is_told_at_the_field_and_not_shown_again(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    form.giver_gives_by_bank(20)
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code[:5] + str((int(code[5]) + 1) % 10) + code[6:])
    receipt.looks_right()
    field = receipt.page.locator("input#code")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("")
    expect(receipt.page.locator(f"#{field.get_attribute('aria-describedby')}")).to_be_visible()
    receipt.giver_types_own_code(code)
    receipt.says(NOT_READ)


@pytest.mark.parametrize("manner", [WIDE, WIDE_PLAIN], ids=str)
def test_a_code_that_nobody_gave_with_is_answered_kindly(visitor: Visitor) -> None:
    form = GivePage(visitor)
    form.open()
    code = form.code()
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with(code)
    receipt.says("No gift belongs to this code here.")
    receipt.says("If you only looked at the form and did not go on, nothing was written down.")
    receipt.says("I lost my code")


def test_the_code_to_scan_says_what_the_lines_say(come) -> None:
    """EPC069-12 written by hand here, drawn, and compared with the drawing on the page."""
    visitor = come(WIDE)
    form = GivePage(visitor)
    form.open()
    payment = form.giver_gives_by_bank(20)
    lines = ["BCD", "002", "1", "SCT", "", "Lantern Writers Union e.V.", "DE44999900000020211807"]
    text = "\n".join([*lines, "EUR20.00", "", payment.reference()])
    drawn = segno.make(text, error="M", boost_error=False, micro=False).svg_inline(border=4)
    shown = payment.page.locator(".qr path").get_attribute("d") or ""
    assert f'd="{shown}"' in drawn
