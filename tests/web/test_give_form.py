"""The give form in a real Chromium: the code is made, kept and checked on the giver's side."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from panah.seal.receipt import check_code, commitment
from tests.web.bookspage import ROOT, served, write_page

pytestmark = pytest.mark.browser

FORM = """
<form data-panah-give action="/receipt/" method="get">
  <input type="hidden" name="rc" value="{rc}" autocomplete="off">
  <div data-panah-code></div>
  <p data-panah-server-code>made by the site <input type="hidden" name="code" value="111"></p>
  <button type="submit">Give</button>
</form>
<form data-panah-typed><label>Code <input data-panah-typing></label></form>
"""
WORDS = {"code-title": "کد رسید شما", "code-keep": "<b>bold</b>"}


@pytest.fixture(scope="module", autouse=True)
def bundles() -> None:
    subprocess.run([ROOT / "tools/build_web.sh"], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    write_page(tmp_path, "give/index.html", "give", FORM.format(rc=""))
    write_page(tmp_path, "other/index.html", "give", '<div data-panah-kept data-rc="AAAA"></div>')
    with served(tmp_path) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def shown_code(page: Page) -> str:
    text = page.locator("output.code-shown").inner_text()
    assert re.fullmatch(r"(\d{3} ){8}\d{3}", text)
    return check_code(text)


def rc_of(code: str) -> str:
    return base64.b64encode(commitment(code)).decode()


def test_the_form_sends_the_commitment_and_no_code(page: Page, base: str, tmp_path: Path) -> None:
    page.goto(f"{base}/give/")
    code = shown_code(page)
    expect(page.get_by_text("made by the site")).to_have_count(0)
    assert page.locator("input[name=rc]").input_value() == rc_of(code)
    write_page(tmp_path, "receipt/index.html", "give", f'<div data-panah-kept data-rc="{rc_of(code)}">stays</div>')
    with page.expect_request(lambda request: "/receipt/" in request.url) as sent:
        page.get_by_role("button", name="Give").click()
    assert "rc=" in sent.value.url
    assert "code=" not in sent.value.url
    assert shown_code(page) == code
    expect(page.get_by_text("stays")).to_be_visible()


def test_a_form_shown_again_keeps_the_code_that_was_written_down(page: Page, base: str, tmp_path: Path) -> None:
    page.goto(f"{base}/give/")
    code = shown_code(page)
    write_page(tmp_path, "receipt/index.html", "give", FORM.format(rc=rc_of(code)))
    page.get_by_role("button", name="Give").click()
    assert shown_code(page) == code
    page.goto(f"{base}/give/")
    assert shown_code(page) != code, "a new form is a new gift"


def test_a_receipt_of_another_gift_shows_no_code(page: Page, base: str) -> None:
    page.goto(f"{base}/give/")
    page.evaluate("document.querySelector('form[data-panah-give]').dispatchEvent(new Event('submit'))")
    assert page.evaluate("sessionStorage.length") == 1
    page.goto(f"{base}/other/")
    expect(page.locator("output.code-shown")).to_have_count(0)


def test_a_script_that_comes_late_leaves_the_code_that_was_shown(page: Page, base: str) -> None:
    page.add_init_script("performance.now = () => 8001")
    page.goto(f"{base}/give/")
    expect(page.get_by_text("made by the site")).to_be_visible()
    expect(page.locator("output.code-shown")).to_have_count(0)
    assert page.locator("input[name=rc]").input_value() == ""


def test_typing_the_code_tells_slips(page: Page, base: str) -> None:
    page.goto(f"{base}/give/")
    code = shown_code(page)
    field = page.get_by_label("Type it once")
    told = page.locator(".code-card .code-told")
    field.fill(code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    expect(told).to_have_text("Right: this is your code.")
    field.fill("111111111111111111111111111")
    expect(told).to_contain_text("not the one above")
    field.fill(code[:-1] + str((int(code[-1]) + 1) % 10))
    expect(told).to_contain_text("a slip in it")
    page.locator("#panah-code-check").press("Enter")
    assert page.url == f"{base}/give/", "Enter ends the typing, it does not send the form"
    loose = page.locator("input[data-panah-typing]")
    loose.fill(code[:20])
    loose.blur()
    expect(page.get_by_text("7 digits are missing")).to_be_visible()


def test_words_of_the_page_are_shown_as_text(page: Page, tmp_path: Path) -> None:
    write_page(tmp_path, "give/index.html", "give", FORM.format(rc=""), WORDS, lang="fa")
    with served(tmp_path) as address:
        page.goto(f"{address}/give/")
        expect(page.get_by_role("heading", name="کد رسید شما")).to_be_visible()
        expect(page.get_by_role("button", name="Copy")).to_be_visible()
        expect(page.get_by_text("<b>bold</b>")).to_be_visible()


def test_without_script_the_sites_own_code_stays(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/give/")
    expect(page.get_by_text("made by the site")).to_be_visible()
    assert page.locator("input[name=rc]").get_attribute("value") == ""
    context.close()
