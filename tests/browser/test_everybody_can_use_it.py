"""axe-core finds nothing against WCAG 2.2 AA on any kind of page: both languages, light and dark, wide and narrow.

axe is put into the page past its policy; nothing else of these visits is.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.axe import complaints_of_axe
from tests.browser.pages import AppealPage, BooksPage, GivePage, HowPage, PaymentPage, ReceiptPage, ShownPage
from tests.browser.stage import Manner, Stage, Visitor

MANNERS = [
    Manner("en", 1280), Manner("en", 360, scheme="dark"), Manner("fa", 1280, scheme="dark"), Manner("fa", 360),
]  # fmt: skip


def a_form(visitor: Visitor) -> ShownPage:
    form = GivePage(visitor)
    form.open()
    return form


def a_form_with_slips(visitor: Visitor) -> ShownPage:
    form = GivePage(visitor)
    form.open()
    form.amount().fill("12x")
    form.giver_chooses("bank")
    form.giver_goes_on()
    return form


def a_transfer(visitor: Visitor) -> ShownPage:
    form = GivePage(visitor)
    form.open()
    return form.giver_gives_by_bank(20)


def a_payment(visitor: Visitor) -> ShownPage:
    form = GivePage(visitor)
    form.open()
    return form.giver_gives_play_money(20)


def a_receipt(visitor: Visitor) -> ShownPage:
    payment = a_payment(visitor)
    assert isinstance(payment, PaymentPage)
    return payment.giver_pays()


def a_wrong_code(visitor: Visitor) -> ShownPage:
    receipt = ReceiptPage(visitor)
    receipt.giver_comes_back_with("1" * 27)
    receipt.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    return receipt


def checked_books(visitor: Visitor) -> ShownPage:
    books = BooksPage(visitor)
    books.open()
    books.reader_checks_all()
    books.says("Every entry keeps the rules, and all together lead to the signed head of the log.")
    return books


def opened(kind: type[ShownPage], path: str | None = None) -> Callable[[Visitor], ShownPage]:
    def open_it(visitor: Visitor) -> ShownPage:
        shown = kind(visitor)
        visitor.goes_to(kind.path if path is None else path)
        return shown

    return open_it


PAGES: dict[str, Callable[[Visitor], ShownPage]] = {
    "appeal": opened(AppealPage),
    "story": opened(ShownPage, "story/"),
    "updates": opened(ShownPage, "updates/"),
    "update": opened(ShownPage, "updates/letters/"),
    "books": checked_books,
    "how": opened(HowPage),
    "missing": opened(ShownPage, "nothing-here/"),
    "ask": opened(ReceiptPage),
    "form": a_form,
    "slips": a_form_with_slips,
    "transfer": a_transfer,
    "pay": a_payment,
    "receipt": a_receipt,
    "wrong-code": a_wrong_code,
}


@pytest.fixture(scope="module", autouse=True)
def texts(stage: Stage) -> None:
    """A story and an update, so that every kind of page is there."""
    for name in ("story", "letters"):
        texts = {
            "en": {"title": f"The {name} of a lamp", "body": "It was *lit*.\n\n## Later\n\n> Then\n\n- it stayed lit"},
            "fa": {"title": "چراغ", "body": "روشن شد.\n\n## پس از آن\n\n- روشن ماند"},
        }
        stage.publish(name, texts)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing(come: Callable[..., Visitor], manner: Manner, kind: str) -> None:
    visitor = come(manner, bypass_csp=True)
    shown = PAGES[kind](visitor)
    visitor.looks(f"page-{kind}")
    assert complaints_of_axe(shown.page) == []


def test_what_is_missing_is_told_in_the_language_of_the_address(come: Callable[..., Visitor]) -> None:
    shown = opened(ShownPage, "nothing-here/")(come(Manner("fa", 360)))
    shown.looks_right()
    shown.follow(shown.page.locator("main a"))
    assert shown.visitor.place == "/fa/"


def test_axe_would_find_something(come: Callable[..., Visitor]) -> None:
    """The check can fail: a picture without words, and letters too pale to read."""
    visitor = come(Manner(), bypass_csp=True)
    shown = opened(HowPage)(visitor)
    shown.page.locator("main").evaluate(
        "main => { main.append(document.createElement('img')); main.style.color = '#eee3d5' }"
    )
    found = " ".join(complaints_of_axe(shown.page))
    assert "image-alt" in found
    assert "color-contrast" in found
