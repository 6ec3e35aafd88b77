"""The pages for people as they use them: asking, offering, reading."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from panah.core.asks import NEEDS
from panah.site.intake.words import NEEDS as NEED_WORDS
from panah.site.publish.tongues import direction
from tests.browser.pages import ShownPage

assert set(NEEDS) == set(NEED_WORDS)


class PeoplePage(ShownPage):
    """What ask, offer and mailbox have in common."""

    def looks_right(self, name: str = "") -> None:
        root = self.page.locator("html")
        expect(root).to_have_attribute("lang", self.visitor.manner.lang)
        expect(root).to_have_attribute("dir", direction(self.visitor.manner.lang))
        expect(self.page.locator("h1")).to_have_count(1)
        self.visitor.looks(name or self.name)

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-panah-part="{name}"]')

    def shows(self, name: str) -> None:
        expect(self.part(name)).to_be_visible(timeout=60_000)


class AskPage(PeoplePage):
    path, name = "ask/", "ask"

    def is_ready(self) -> None:
        """The form is there, and the keys were checked."""
        self.shows("write")
        sentence = "The team's keys are checked: %(count)s members can open what you send, nobody else."
        checked = self.visitor.words(sentence).split("%")[0]
        expect(self.page.locator("#keys-told")).to_contain_text(checked, timeout=60_000)

    def person_writes(self, text: str) -> None:
        self.page.locator("#text").fill(text)

    def person_picks(self, field: str, *values: str) -> None:
        for value in values:
            self.page.locator(f'[name="{field}"][value="{value}"]').check()

    def person_adds(self, who: str, age: str) -> None:
        self.button("Add a person").click()
        fields = self.page.locator(".person").last.locator("input")
        fields.nth(0).fill(who)
        fields.nth(1).fill(self.visitor.digits(age))

    def person_attaches(self, *files: Path) -> None:
        self.page.locator("#files").set_input_files(list(files))
        expect(self.page.locator(".files li")).to_have_count(len(files))

    def person_goes_on(self) -> str:
        """Go to the code; give it."""
        self.button("Go on").click()
        self.shows("keep")
        return self.code()

    def person_writes_code_down(self, code: str) -> None:
        self.page.locator("#code-check").fill(self.visitor.digits(code))
        expect(self.page.locator("#code-told")).to_have_text(self.visitor.words("Right: this is your code."))
        self.page.locator("#kept").check()

    def person_sends(self) -> None:
        self.page.locator("#send").click()

    def was_sent(self) -> None:
        self.shows("done")

    def person_asks(self, text: str) -> str:
        """From the first word to "sent"; gives the code."""
        self.person_writes(text)
        code = self.person_goes_on()
        self.person_writes_code_down(code)
        self.person_sends()
        self.was_sent()
        return code


class OfferPage(AskPage):
    path, name = "offer/", "offer"


class MailboxPage(PeoplePage):
    path, name = "mailbox/", "mailbox"

    def reader_opens(self, code: str) -> None:
        self.shows("code")
        self.page.locator("#code-check").fill(self.visitor.digits(code))
        self.button("Open").click()
        self.shows("open")

    def letters(self) -> list[str]:
        return self.page.locator("#letters .words").all_inner_texts()

    def state(self) -> str:
        return self.page.locator("#state").inner_text()

    def reader_looks_again(self) -> None:
        self.button("Look again").click()
        expect(self.page.locator("#again")).not_to_have_attribute("aria-busy", "true")

    def reader_writes(self, text: str) -> None:
        self.page.locator("#text").fill(text)
        self.button("Seal and send").click()
        expect(self.page.locator("#write-told")).to_contain_text(
            self.visitor.words("Sent. It lies sealed on our server until the team collects it."), timeout=60_000
        )
