"""`panah site doctor` on a fund with cards: the key's power is proven, and every fault comes with its mend."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import connections

from panah.cli.site_card import look_at_card
from panah.site.gifts.queries import fund_rules
from panah.site.home import Site
from panah.storage.models import RailCall
from panah.storage.writer import stop_writers
from tests.cardlab import ACCOUNT
from tests.fundlab import make_open_fund
from tests.stripe_local.server import local_stripe


@pytest.fixture
def stripe():
    with local_stripe() as made:
        yield made


@pytest.fixture
def fund(tmp_path, stripe, monkeypatch):
    monkeypatch.setattr(settings, "PANAH_STRIPE_API", stripe.address)
    made = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), rails={"card": {"account": ACCOUNT}})
    (made.folder / "card.key").write_text(stripe.key)
    (made.folder / "card.webhook").write_bytes(stripe.secret)
    yield made
    stop_writers()
    connections[made.alias].close()


def findings(fund, address="https://lantern.example"):
    return list(look_at_card(fund, fund_rules(fund), Site(fund.home, fund.slug, address)))


def test_all_is_well_with_a_restricted_key(fund):
    assert findings(fund) == []


def test_a_key_with_too_much_power_is_named_with_its_mend(fund, stripe):
    stripe.powers |= {"customers", "charges"}
    ((what, mend),) = findings(fund)
    assert "can read Customers, Charges" in what
    assert "revoke the old one" in mend
    assert stripe.key not in what + mend


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda fund, stripe: stripe.powers.discard("refunds"), "can't write Refunds"),
        (lambda fund, stripe: setattr(stripe, "key", "rolled"), "does not know the key"),
        (lambda fund, stripe: stripe.trouble("/v1/customers", 500), "did not answer"),
        (lambda fund, stripe: (fund.folder / "card.key").unlink(), "is missing"),
        (
            lambda fund, stripe: (fund.folder / "card.key").write_text("sk_" + "live_" + "0" * 20),
            "not a restricted key",
        ),
        (lambda fund, stripe: (fund.folder / "card.webhook").write_text("x"), "no secret for Stripe's events"),
    ],
)
def test_what_is_missing_is_found(fund, stripe, change, says):
    change(fund, stripe)
    ((what, mend),) = findings(fund)
    assert says in what
    assert mend


def test_a_site_without_https_is_told(fund):
    ((what, _),) = findings(fund, "http://lantern.example")
    assert "https" in what


def test_calls_without_an_answer_for_a_day_are_told(fund):
    RailCall.objects.using(fund.alias).create(key="k", gift="g", rail="card", kind="capture", first=1)
    ((what, _),) = findings(fund)
    assert "1 calls" in what
