"""The books page checks itself in a real Chromium."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from panah.proof.tlogproof import TlogProof
from panah.seal.receipt import commitment, group, new_code
from tests.loglab import Lab, busy_lab
from tests.web.bookspage import ROOT, served, write_books

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def bundles() -> None:
    subprocess.run([ROOT / "tools/build_web.sh"], cwd=ROOT, check=True, capture_output=True)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = busy_lab(tmp_path, 600)
    write_books(lab)
    return lab


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def address(lab: Lab) -> Iterator[str]:
    with served(lab.folder) as base:
        yield f"{base}/en/books/"


def check_all(page: Page) -> None:
    page.get_by_role("button", name="Check all entries").click()


def verdicts(page: Page) -> set[str]:
    marks = page.locator("[data-verdict]")
    return {str(mark.get_attribute("data-verdict")) for mark in marks.all()}


def test_a_log_that_holds_is_said_to_hold(page: Page, address: str, lab: Lab) -> None:
    page.goto(address)
    expect(page.get_by_text("its key signed for exactly these")).to_be_visible()
    expect(page.get_by_text(" ".join(re.findall("....", lab.fingerprint)))).to_be_visible()
    check_all(page)
    expect(page.get_by_text("Every entry keeps the rules")).to_be_visible()
    expect(page.get_by_text("equal to what this page prints")).to_be_visible()
    assert verdicts(page) <= {"holds", "note"}


def test_a_flipped_byte_in_a_bundle_is_told_with_its_file(page: Page, address: str, lab: Lab) -> None:
    bundle = lab.folder / "log/tile/entries/001"
    data = bytearray(bundle.read_bytes())
    at = data.index(b'"rc":"') + 6
    data[at] = ord("A") if data[at] != ord("A") else ord("B")  # still a leaf that keeps every rule
    bundle.write_bytes(data)
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("Something does not hold.")).to_be_visible()  # once
    expect(page.locator("[data-verdict=fails] code").first).to_have_text("tile/entries/001, leaf 256")


def test_a_stale_copy_in_the_browsers_cache_accuses_nobody(page: Page, address: str) -> None:
    spoilt: list[str] = []

    def spoil_once(route: Route) -> None:
        if spoilt:
            route.continue_()
            return
        spoilt.append(route.request.url)
        route.fulfill(body=b"old")

    page.route("**/tile/entries/001", spoil_once)
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("Every entry keeps the rules")).to_be_visible()
    assert len(spoilt) == 1
    assert "fails" not in verdicts(page)


def test_other_totals_than_printed_are_told(page: Page, address: str, lab: Lab) -> None:
    write_books(lab, counted=lab.books.counted + 1)
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("This page prints other totals")).to_be_visible()


def test_a_page_older_than_the_log_is_compared_at_its_own_size(page: Page, address: str, lab: Lab) -> None:
    lab.update("third", "Everybody is safe", day="2021-09-28")
    lab.publish()
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("equal to what this page prints")).to_be_visible()
    expect(page.get_by_text("This page was made for")).to_be_visible()


def test_another_fund_under_this_address_is_told(page: Page, address: str, lab: Lab) -> None:
    write_books(lab, fingerprint="00" * 32)
    page.goto(address)
    expect(page.get_by_text("The log belongs to another fund")).to_be_visible()


def test_ones_own_gift_is_found_by_its_code_which_stays_here(page: Page, tmp_path: Path) -> None:
    code = new_code()
    lab = busy_lab(tmp_path, 300)
    index = lab.gift(2500, counted=0, day="2021-09-28", rc=base64.b64encode(commitment(code)).decode())
    lab.publish()
    write_books(lab)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + str(request.post_data)))
    with served(tmp_path) as base:
        page.goto(f"{base}/en/books/")
        field = page.get_by_label("The 27 digits of your receipt")
        field.fill(code[:-1])
        page.get_by_role("button", name="Find my gift").click()
        expect(page.get_by_text("1 digits are missing")).to_be_visible()
        field.fill(group(code).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
        page.get_by_role("button", name="Find my gift").click()
        expect(page.get_by_text(f"Found: €25, 28 September 2021, entry {index}")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the proof").click()
    proof = TlogProof.parse(Path(download.value.path()).read_bytes())
    assert proof.verify([lab.key.verify_key]).size == lab.published
    assert proof.extra == lab.leaves[index]
    assert not [url for url in asked if code in url or code[:9] in url]


def test_nothing_is_remembered_unless_asked_and_then_a_fork_is_seen(page: Page, address: str, lab: Lab) -> None:
    page.goto(address)
    box = page.get_by_label("Remember the head of the log")
    expect(box).not_to_be_checked()
    assert page.evaluate("localStorage.length") == 0
    box.check()
    lab.update("third", "Everybody is safe", day="2021-09-28")
    lab.publish()
    page.reload()
    expect(page.get_by_text("The log only added to what this browser saw before")).to_be_visible()
    expect(page.get_by_text(f"The log has {lab.published} entries")).to_be_visible()
    expect(box).to_be_checked()
    rewritten = Lab(lab.folder).found(goal=600_000)
    for _ in range(900):
        rewritten.gift(100)
    rewritten.publish()
    page.reload()
    expect(page.get_by_text("does not continue what this browser saw before")).to_be_visible()
    expect(page.get_by_role("link", name="Download what was signed before")).to_be_visible()
    box.uncheck()
    assert page.evaluate("localStorage.length") == 0


def test_a_file_that_is_not_there_is_no_verdict_on_the_books(page: Page, address: str, lab: Lab) -> None:
    (lab.folder / "log/tile/entries/001").unlink()
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("This could not be checked now.")).to_be_visible()
    expect(page.locator("[data-verdict=unread] code")).to_contain_text("tile/entries/001")
    assert "fails" not in verdicts(page)


def test_what_the_script_adds_can_be_used_by_everybody(page: Page, address: str) -> None:
    page.goto(address)
    check_all(page)
    expect(page.get_by_text("Every entry keeps the rules")).to_be_visible()
    page.evaluate((ROOT / "web/node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate("axe.run().then((result) => result.violations.map((one) => one.id))")
    assert found == []
