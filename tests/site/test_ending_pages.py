"""Every ending of a gift is told on its giver's page, in each language, with its entry in the log."""

import base64
import html
import re
import secrets
from urllib.parse import urlencode

import pytest
from django.test import Client

from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.registry import PULL
from panah.seal.receipt import commitment, new_code
from panah.site import home
from panah.site.books.queries import FaceReader
from panah.site.gifts import pages, returning
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.site.gifts.refusing import refuse
from panah.site.publish.render import publish
from panah.storage.models import Entry, Refund
from panah.storage.sequencer import sequence
from tests.fund_world import TODAY
from tests.site.test_cli_gifts import settle

SIBLING = "Paper Boat: scholarships for artists at risk"


@pytest.fixture
def site(opened):
    home.use(home.Site(opened.fund.home, opened.fund.slug))
    pages.forget()
    yield opened
    home.use(home.Site(opened.fund.home))


class OneGift:
    """A gift whose code we know, and its page in both languages."""

    def __init__(self, team, amount=6000, rail="fake"):
        self.team, self.amount, self.code, self.id = team, amount, new_code(), secrets.token_hex(16)
        self.rc = commitment(self.code)
        promise(team.fund, GiftRequest(self.id, rail, Money(amount, "EUR"), False, self.rc, "en"), team.now)

    def event(self, kind, amount=None):
        event = RailEvent(secrets.token_hex(8), self.id, kind, Money(amount or self.amount, "EUR"), TODAY)
        receive_event(self.team.fund, PULL["fake"], event, self.team.now)
        return self

    def past_the_goal(self):
        """Let the goal be reached by another, then let this one arrive; give its leaf."""
        self.team.give(5_000_000)
        settle(self.team, self.id, self.amount)
        return self.leaf()

    def leaf(self):
        sequence(self.team.fund)
        return Entry.objects.using(self.team.fund.alias).get(gift_ref=self.id, kind="gift").leaf

    def page(self, lang, **more):
        sequence(self.team.fund)
        body = urlencode({"code": self.code} | more)
        client = Client(raise_request_exception=False)
        answer = client.post(f"/{lang}/receipt/", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200, answer.content
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())

    def told(self, english, persian):
        """Find what both pages say."""
        assert english in self.page("en")
        persian_page = self.page("fa")
        assert persian in persian_page, persian_page
        return True


def fresh():
    return base64.b64encode(secrets.token_bytes(16)).decode()


def test_promised(site):
    assert OneGift(site).told("Promised, not paid yet.", "وعده داده شده")


def test_refused(site):
    assert OneGift(site).event("failed").told("Nothing was taken.", "چیزی برداشته نشد")


def test_booked_and_counted(site):
    gift = OneGift(site).event("authorised")
    page = gift.page("en")
    assert "Booked. Thank you." in page
    assert f"Entry {gift.leaf()}." in page
    assert "Held, past the goal" not in page
    assert gift.told("Ask for this gift back", "درخواست پس گرفتن این کمک")


def test_held_says_the_charters_rule_for_it(site):
    gift = OneGift(site)
    gift.past_the_goal()
    assert gift.told("Held, past the goal €60", "نگه‌داشته")
    assert "passed on to a sibling fund" in gift.page("en")


def test_passed_on(site):
    gift = OneGift(site)
    site.say("overflow", gift=gift.past_the_goal(), amount=6000, to="pass-on", sibling=SIBLING)
    assert gift.told(f"€60 was passed on to {SIBLING}", "سپرده شد")
    assert re.search(r"Entry \d+ in the public log\.", gift.page("en"))
    assert "Nothing of this gift counts any more." in gift.page("en")


def test_into_the_reserve(team):
    team.found(team.charter([('overflow = "pass-on"', 'overflow = "reserve"')]))
    team.open()
    home.use(home.Site(team.fund.home, team.fund.slug))
    pages.forget()
    gift = OneGift(team)
    team.say("overflow", gift=gift.past_the_goal(), amount=2000, to="reserve")
    assert gift.told("€20 went into the reserve", "به اندوخته رفت")
    assert "Held, past the goal €40" in gift.page("en")


def test_counted_later(site):
    first, gift = OneGift(site, 10_000).event("authorised"), OneGift(site)
    site.give(4_990_000)
    settle(site, gift.id, 6000)
    first.event("disputed")
    assert gift.told("€60 that was held counts towards the goal since", "شمرده می‌شود")
    assert first.told("because the payment was disputed", "مورد اعتراض")


def test_voided_and_taken_back(site):
    gift = OneGift(site).event("authorised").event("refunded", 1000)
    assert gift.told("€10 was taken back by the provider", "پس گرفت")


def test_asked_agreed_and_sent_back(site):
    gift = OneGift(site).event("authorised")
    asked = gift.page("en", back=gift.id, why="mistake")
    assert "You asked for it back on" in asked
    assert "Ask for this gift back" not in asked
    assert gift.told("Two members of the team answer", "دو تن از اعضا")
    site.say("gift-return", gift=gift.leaf(), amount=6000, counted=6000)
    assert gift.told("Two members agreed on", "دو عضو")
    assert "The provider is being asked." in gift.page("en")
    returning.send_due(site.fund, {"fake": PULL["fake"]}, site.now)
    assert gift.told("€60 was sent back on", "پس فرستاده شد")
    assert "agreed on" not in gift.page("en")


@pytest.mark.parametrize("state", ["agreed", "refused"])
def test_a_return_by_hand_says_who_sends_it(site, state):
    gift = OneGift(site).event("authorised")
    site.say("gift-return", gift=gift.leaf(), amount=1000, counted=1000)
    rail, english = (
        ("bank", "A member sends it to where it came from") if state == "agreed" else ("fake", "another way")
    )
    Refund.objects.using(site.fund.alias).update(state=state, rail=rail)
    assert gift.told(english, "یکی از اعضا")


def test_a_gift_of_another_code_is_not_asked_back(site):
    mine, other = OneGift(site).event("authorised"), OneGift(site).event("authorised")
    body = urlencode({"code": mine.code, "back": other.id})
    answer = Client().post("/en/receipt/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 409
    assert returning.requests(site.fund) == []


def test_a_stopped_rail_is_told_on_every_page_and_the_others_are_offered(site):
    gift, waiting = OneGift(site).event("authorised"), OneGift(site)
    gift.leaf()
    site.say("pause", "cyrus", id=fresh(), what="gifts", rail="fake")
    assert gift.told("The way it came by is stopped for now", "راهی که از آن آمد")
    assert waiting.told("please choose another way", "راه دیگری")
    form = Client().get("/en/give/").content.decode()
    assert 'value="bank"' in form
    assert 'value="fake"' not in form
    assert "Stopped for now:" in form
    published = published_pages(site)
    assert "Stopped for now:" in published["en/index.html"]
    assert "فعلاً متوقف" in published["fa/index.html"]


def test_when_every_rail_is_stopped_the_fund_is_paused(site):
    for rail in ("fake", "bank"):
        site.say("pause", "cyrus", id=fresh(), what="gifts", rail=rail)
    assert "Gifts are paused" in Client().get("/en/give/").content.decode()
    assert "Gifts are paused" in published_pages(site)["en/index.html"]


def test_the_books_show_apart_what_is_stuck_and_what_was_lost(site):
    OneGift(site).event("authorised").leaf()
    site.say("freeze", rail="fake", cur="EUR", amount=5000)
    site.say("thaw", rail="fake", cur="EUR", amount=1000, to="loss")
    found = published_pages(site)
    books = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found["en/books/index.html"])).split())
    for words in ("Stuck: play money (demo) €40", "Lost on a frozen way of paying €10",
                  "After all that (net) €50", "Net without what is stuck €10"):  # fmt: skip
        assert words in books, words
    assert "گیر کرده" in found["fa/books/index.html"]


def published_pages(team):
    sequence(team.fund)
    publish(FaceReader(team.fund, "").view(), team.fund.public)
    return {
        str(path.relative_to(team.fund.public)): path.read_text()
        for path in team.fund.public.rglob("index.html")
    }  # fmt: skip


@pytest.mark.parametrize(("answer", "english"), [
    ("spent", "what it was given for is paid already"), ("rules", "or the law, do not allow it"),
    ("other", "tells you why if you write to it"),
])  # fmt: skip
def test_a_request_that_was_refused(site, answer, english):
    gift = OneGift(site).event("authorised")
    leaf = gift.leaf()
    assert "You asked for it back" in gift.page("en", back=gift.id, why="changed")
    refuse(site.fund, leaf, answer, site.now)
    shown = gift.page("en")
    assert english in shown
    assert "On 2 March 2026 the team answered" in shown
    assert "Ask for this gift back" in shown, "and may be asked again"
    assert "جمعی" in gift.page("fa") or "گروه" in gift.page("fa") or "تیم" in gift.page("fa")
    assert "You asked for it back" in gift.page("en", back=gift.id, why="twice")
    assert english not in gift.page("en")
