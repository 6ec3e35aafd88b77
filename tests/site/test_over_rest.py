"""A giver by bank who names more than is left of the goal is told before paying, and still may."""

import re

import pytest
from django.test import Client

from panah.site import home
from panah.site.gifts import pages
from panah.storage.models import Gift
from tests.site.test_gift_pages import fields_of, post


@pytest.fixture
def web(opened):
    """A fund with 60.00 left of its goal of 50,000."""
    home.use(home.Site(opened.fund.home, opened.fund.slug))
    pages.forget()
    opened.give(4_994_000)
    yield Client(raise_request_exception=False)
    home.use(home.Site(opened.fund.home))


def send(web, amount, lang="en", rail="bank"):
    answer = post(web, f"/{lang}/give/", fields_of(web.get(f"/{lang}/give/?amount={amount}")) | {"rail": rail})
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_more_than_is_left_is_told_with_what_is_left_and_the_rule(opened, web):
    status, page = send(web, "100")
    assert status == 200
    assert "Only €60 is left of the goal now, less than you named." in page
    assert "follows this rule: What arrives past the goal is passed on to a sibling fund." in page
    assert page.index("Only €60") < page.index("IBAN")
    assert Gift.objects.using(opened.fund.alias).filter(rail="bank").count() == 1  # a transfer can't be refused


def test_it_is_told_in_persian(web):
    _, page = send(web, "100", "fa")
    assert "۶۰ یورو" in page
    assert "Only" not in page


@pytest.mark.parametrize("amount", ["60", "59.99"])
def test_what_fits_is_told_nothing_new(web, amount):
    status, page = send(web, amount)
    assert status == 200
    assert "is left of the goal now" not in page
    assert "If the goal is reached before it arrives" in page


def test_a_rail_that_can_take_a_rest_still_asks_to_choose(web):
    status, page = send(web, "100", rail="fake")
    assert status == 409
    assert "Less than that is left to the goal." in page
