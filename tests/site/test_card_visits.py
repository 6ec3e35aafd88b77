"""On the way to Stripe: a form that was cut off and sent again, and a gift in other money than the fund's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from panah.core.ledger import Books
from panah.proof import leaf
from panah.site import home
from panah.site.gifts import foreign, pages
from panah.site.gifts.providers import pull_rail
from panah.site.gifts.visiting import ProviderError, begin_visit
from panah.storage.models import Entry, Visit
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.cardlab import ACCOUNT, BACK, CardLab, card_lab
from tests.fundlab import make_open_fund
from tests.site.test_gift_pages import fields_of, post
from tests.stripe_local.server import local_stripe

PARAMS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("trouble", ["before", "after"])
def test_a_form_that_was_cut_off_leads_to_the_card_page_a_minute_later_too(tmp_path, trouble):
    with card_lab(tmp_path, goal=10_000) as lab:
        gift = lab.promise(3000)
        lab.stripe.trouble("/sessions", trouble)
        with pytest.raises(ProviderError):
            begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)
        lab.pass_time(90)
        begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)
        session = Visit.objects.using(lab.fund.alias).get(gift=gift).name
        begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)  # sent twice
        assert Visit.objects.using(lab.fund.alias).get(gift=gift).name == session
        assert lab.world.pay(session)
        lab.deliver()
        assert lab.row(gift).status == "booked"
        lab.settle()
        lab.is_quiet()
        lab.holds()


@pytest.fixture(params=PARAMS)
def dollars(tmp_path, request, monkeypatch):
    """A fund that takes dollars and yen by card, with Stripe, on either database."""
    database = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setattr(foreign, "_shipped", [foreign.RateTable({})])
    foreign.take_rates(tmp_path, b"Date,USD,JPY\n%s,1.25,160\n" % now.date().isoformat().encode())
    with local_stripe() as stripe:
        monkeypatch.setattr(settings, "PANAH_STRIPE_API", stripe.address)
        rails = {"card": {"account": ACCOUNT}}
        fund = make_open_fund(tmp_path, now=now, database=database, rails=rails, accepts=["USD", "JPY"])
        (fund.folder / "card.key").write_text(stripe.key)
        home.use(home.Site(tmp_path, fund.slug, "https://lantern.example"))
        pages.forget()
        lab = CardLab(fund, stripe, [int(now.timestamp())])
        lab.rail = pull_rail(fund, "card")
        yield lab
        stop_writers()
        connections[fund.alias].close()
        del connections[fund.alias]


@pytest.mark.parametrize(
    ("currency", "minor", "typed", "shown"), [("USD", 10_000, "100", "US$100"), ("JPY", 8000, "8000", "8,000\xa0JPY")]
)
def test_foreign_money_by_card_is_captured_as_it_is_and_counts_at_its_rate(dollars, currency, minor, typed, shown):
    web = Client(raise_request_exception=False)
    fields = fields_of(web.get(f"/en/give/?amount={typed}")) | {"rail": "card", "cur": currency}
    session = post(web, "/en/give/", fields)["Location"].rpartition("/")[2]
    visit = web.get(f"/en/pay/{fields['gift']}/").content.decode()
    assert f"{shown}" in visit
    assert dollars.stripe.pay(session)
    dollars.deliver()
    [intent] = dollars.world.intents.values()
    assert (intent["amount_received"], intent["currency"]) == (minor, currency.lower())
    row = dollars.row(fields["gift"])
    assert (row.remains, row.counted, row.currency) == (minor, 8000 if currency == "USD" else 5000, currency)
    dispute = dollars.world.dispute(dollars.payment(row.id), minor // 4)
    dollars.deliver()
    dollars.world.close_dispute(dispute, "won")
    dollars.deliver()
    sequence(dollars.fund)
    books = Books()
    for index, entry in enumerate(Entry.objects.using(dollars.fund.alias).order_by("leaf")):
        books.apply(index, leaf.parse(bytes(entry.body)), None)
    assert books.balances["assets:card", currency] == minor
    assert books.counted == dollars.counter.counted == (8000 if currency == "USD" else 5000)
