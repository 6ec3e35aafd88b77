"""The pages as a person uses them: methods are what people do and see, never how the page is built."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from panah.seal.receipt import check_code
from tests.browser.axe import complaints_of_axe
from tests.browser.stage import Visitor


class ShownPage:
    """A page in front of a visitor."""

    path = ""
    name = ""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def open(self) -> None:
        self.visitor.goes_to(self.path)
        self.looks_right()

    def looks_right(self, name: str = "") -> None:
        """The language, its direction, one heading, nothing past the edge. `name` names the picture."""
        lang = self.visitor.manner.lang
        root = self.page.locator("html")
        expect(root).to_have_attribute("lang", lang)
        expect(root).to_have_attribute("dir", "rtl" if lang == "fa" else "ltr")
        expect(self.page.locator("h1")).to_have_count(1)
        self.visitor.looks(name or self.name)

    def everybody_can_use_it(self) -> None:
        """axe finds nothing; for visitors with script, who came with `bypass_csp=True`."""
        if self.visitor.manner.script:
            assert complaints_of_axe(self.page) == []

    def follow(self, way: Locator) -> None:
        """Click what leads on, and wait for the page it leads to: between two pages there is nothing to look at."""
        with self.page.expect_navigation():
            way.click()

    def says(self, sentence: str, **data: object) -> None:
        """One of our English sentences is on the page, in the visitor's language."""
        expect(self.page.locator("main")).to_contain_text(self.visitor.words(sentence, **data))

    def says_not(self, sentence: str, **data: object) -> None:
        expect(self.page.locator("main")).not_to_contain_text(self.visitor.words(sentence, **data))

    def button(self, sentence: str) -> Locator:
        return self.page.get_by_role("button", name=self.visitor.words(sentence), exact=True)

    def code(self) -> str:
        """The receipt code that this page shows; a code has no slip and is read left to right."""
        shown = self.page.locator("output.code-shown")
        expect(shown).to_have_attribute("dir", "ltr")
        return check_code(shown.inner_text())


class AppealPage(ShownPage):
    path, name = "", "appeal"

    def section(self, heading: str) -> Locator:
        return self.page.get_by_role("region", name=self.visitor.words(heading), exact=True)

    def shows_progress(self, least: int, goal: int) -> None:
        """`least` is what the page at least says to be given; both in cents."""
        meter = self.page.get_by_role("progressbar")
        expect(meter).to_be_visible()
        assert int(meter.get_attribute("value") or "") == least * 100 // goal
        if least:
            expect(self.page.locator(".sum")).to_contain_text(self.visitor.money(least))
        expect(self.page.locator(".sum")).to_contain_text(self.visitor.money(goal))

    def takes_gifts(self) -> bool:
        return self.page.locator("form[action*='give']").count() > 0

    def giver_chooses(self, euros: int) -> GivePage:
        chips = self.page.locator("form.chips")
        self.follow(chips.get_by_role("button", name=self.visitor.money(euros * 100), exact=True))
        return GivePage(self.visitor)

    def giver_types(self, amount: str) -> GivePage:
        self.page.locator("form.free input").fill(amount)
        self.follow(self.button("Give"))
        return GivePage(self.visitor)

    def reader_switches_to(self, language: str) -> None:
        self.follow(self.page.get_by_role("link", name=language, exact=True))


class GivePage(ShownPage):
    path, name = "give/", "give"

    def amount(self) -> Locator:
        return self.page.locator("input[name=amount]")

    def way(self, rail: str) -> Locator:
        return self.page.locator(f"input[name=rail][value={rail}]")

    def giver_types(self, amount: str) -> None:
        self.amount().fill(self.visitor.digits(amount))

    def giver_chooses(self, rail: str) -> None:
        self.way(rail).check()

    def giver_takes_what_is_left(self) -> None:
        self.page.locator("input[name=rest]").check()

    def giver_types_code_back(self, code: str) -> str:
        """Type the code into the field that checks it (script only); give what it says."""
        self.page.locator("#panah-code-check").fill(code)
        return self.page.locator(".code-card .code-told").inner_text()

    def giver_tries_to_go_on(self) -> None:
        """Press the button of a form that the browser itself won't send."""
        self.button("Go on to pay").click()

    def giver_goes_on(self) -> None:
        self.follow(self.button("Go on to pay"))

    def giver_gives_by_bank(self, euros: int) -> PaymentPage:
        self.giver_types(str(euros))
        self.giver_chooses("bank")
        self.giver_goes_on()
        return PaymentPage(self.visitor)

    def giver_gives_by_card(self, euros: int) -> CardPage:
        self.giver_types(str(euros))
        self.giver_chooses("card")
        self.giver_goes_on()
        return CardPage(self.visitor)

    def giver_gives_play_money(self, euros: int) -> PaymentPage:
        self.giver_types(str(euros))
        self.giver_chooses("fake")
        self.giver_goes_on()
        return PaymentPage(self.visitor)


class PaymentPage(ShownPage):
    """How to send the transfer; or, in the demo, what stands in for a provider."""

    path, name = "give/", "payment"

    def line(self, heading: str) -> str:
        """One line of the transfer, as it is to be copied into the bank's form."""
        row = self.page.locator("table.lines tr").filter(has_text=self.visitor.words(heading))
        return row.locator("td").inner_text()

    def reference(self) -> str:
        return self.line("Reference").replace(" ", "")

    def shows_a_code_to_scan(self) -> None:
        """Big enough for a phone's camera, dark on light in every colour scheme, inside the window."""
        drawn = self.page.locator(".qr svg")
        drawn.scroll_into_view_if_needed()
        box = drawn.bounding_box()
        assert box is not None
        assert box["width"] > 150
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= self.visitor.manner.width
        expect(self.page.locator(".qr")).to_have_css("background-color", "rgb(255, 255, 255)")

    def giver_pays(self) -> ReceiptPage:
        self.follow(self.button("Pay with play money"))
        return ReceiptPage(self.visitor)

    def giver_lets_it_fail(self) -> ReceiptPage:
        self.follow(self.button("Let the payment fail"))
        return ReceiptPage(self.visitor)


class ReceiptPage(ShownPage):
    path, name = "receipt/", "receipt"

    def giver_types_own_code(self, code: str) -> None:
        self.page.locator("input#code").fill(self.visitor.digits(code))
        self.follow(self.button("Show my gift"))

    def giver_comes_back_with(self, code: str) -> None:
        self.open()
        self.giver_types_own_code(code)

    def giver_asks_for_it_back(self, why: str) -> None:
        self.page.get_by_text(self.visitor.words("Ask for this gift back"), exact=True).click()
        self.page.get_by_label(self.visitor.words("Why? You need not say.")).select_option(self.visitor.words(why))
        self.visitor.looks(f"{self.name}-asking")
        self.follow(self.button("Ask for it back"))

    def is_in_the_log(self) -> bool:
        return self.button("Proof from the log (.tlog-proof)").count() > 0

    def giver_downloads(self, button: str, folder: Path) -> Path:
        with self.page.expect_download() as coming:
            self.button(button).click()
        path = folder / coming.value.suggested_filename
        coming.value.save_as(path)
        return path


class BooksPage(ShownPage):
    path, name = "books/", "books"

    def check(self) -> Locator:
        return self.page.locator("#panah-check")

    def verdicts(self) -> set[str]:
        return {str(mark.get_attribute("data-verdict")) for mark in self.page.locator("[data-verdict]").all()}

    def reader_checks_all(self) -> None:
        self.check().locator("button.check-all").click()

    def giver_looks_for(self, code: str) -> None:
        self.check().locator("form.check-gift input").fill(self.visitor.digits(code))
        self.check().locator("form.check-gift button").click()

    def total(self, heading: str) -> str:
        row = self.page.locator(".totals > div").filter(has_text=self.visitor.words(heading))
        return row.first.locator("dd").inner_text()


class HowPage(ShownPage):
    path, name = "how/", "how"

    def commands(self) -> list[str]:
        """What the page tells a person to type at home."""
        return [text.strip() for text in self.page.locator("p.code").all_inner_texts()]


class CardPage:
    """The provider's own page, which is none of ours: an amount, a button, a way back."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        stripe = visitor.stage.stripe
        assert stripe is not None
        assert self.page.url.startswith(f"{stripe.address}/pay/")

    def amount(self) -> str:
        return self.page.locator("h1").inner_text()

    def giver_pays(self) -> ReturnPage:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Pay").click()
        return ReturnPage(self.visitor)

    def giver_turns_back(self) -> ReturnPage:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Back").click()
        return ReturnPage(self.visitor)


class ReturnPage(ReceiptPage):
    """Where the provider sends a giver back to. Becomes one's gift's page once it is known how it ended."""

    name = "return"

    def giver_looks_again(self) -> None:
        self.follow(self.button("Look again"))

    def giver_goes_back_to_the_card_page(self) -> CardPage:
        self.follow(self.button("Go on to the card page"))
        return CardPage(self.visitor)
