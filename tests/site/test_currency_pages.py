"""A giver with foreign money, without script: a currency to choose, and what it counts on every page."""

import re

import pytest
from django.test import Client

from panah.rails.registry import HAND
from panah.seal.receipt import commitment
from panah.site import home
from panah.site.gifts import foreign, pages
from panah.site.gifts.queries import gifts_by_commitment
from panah.storage.sequencer import sequence
from panah.verify.kept import Kept
from tests.fund_world import Team
from tests.site.test_currencies import ACCEPTS, CASH
from tests.site.test_gift_pages import fields_of, post

TODAY = foreign.dt.datetime.now(foreign.dt.UTC).date()


def open_team(tmp_path, monkeypatch, day=TODAY):
    monkeypatch.setattr(foreign, "_shipped", [foreign.RateTable({})])
    foreign.take_rates(tmp_path, b"Date,USD,JPY\n%s,1.25,160\n" % day.isoformat().encode())
    team = Team(tmp_path, now=foreign.dt.datetime.now(foreign.dt.UTC))
    team.found(team.charter([ACCEPTS, CASH]))
    team.open()
    home.use(home.Site(team.fund.home, team.fund.slug))
    pages.forget()
    return team


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_foreign_money_is_shown_in_its_own_currency_and_what_it_counts(tmp_path, monkeypatch, lang):
    team = open_team(tmp_path, monkeypatch)
    web = Client(raise_request_exception=False)
    form = web.get(f"/{lang}/give/?amount=100").content.decode()
    assert re.findall(r"<option[^>]*>([A-Z]{3})", form) == ["EUR", "USD", "JPY"]  # AFN has no rate, so no form
    assert not any(f'value="{rail}"' in form for rail in HAND)
    assert "team@" in form or "mailto:" in form
    fields = fields_of(web.get(f"/{lang}/give/?amount=100"))
    paying = post(web, f"/{lang}/give/", fields | {"rail": "fake", "cur": "USD"}).content.decode()
    assert ("US$100" in paying or "100 USD" in paying.replace("\xa0", " ")) if lang == "en" else "۱۰۰" in paying
    assert ("€80" if lang == "en" else "۸۰") in paying
    path = re.search(r'action="([^"]*pay/[^"]*)"', paying)[1]
    post(web, f"/{path.removeprefix('../../')}", {"do": "pay", "code": fields["code"]})
    row = gifts_by_commitment(team.fund, commitment(fields["code"]))[0]
    assert (row.remains, row.counted, row.rate) == (10_000, 8_000, "0.8")
    sequence(team.fund)
    receipt = post(web, f"/{lang}/receipt/", {"code": fields["code"]}).content.decode()
    assert ("0.8 EUR" if lang == "en" else "۸ EUR") in receipt
    note = post(web, f"/{lang}/receipt/", {"code": fields["code"], "file": "booked"}).content
    assert b"\n10000\nUSD\n" in note  # the note names what was given, as the leaf does
    Kept().add("note", note)


def test_an_old_rate_is_told_kindly_and_nothing_typed_is_lost(tmp_path, monkeypatch):
    open_team(tmp_path, monkeypatch, TODAY - foreign.dt.timedelta(days=5))
    web = Client(raise_request_exception=False)
    fields = fields_of(web.get("/en/give/?amount=100"))
    answer = post(web, "/en/give/", fields | {"rail": "fake", "cur": "USD"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "What USD is worth today is not known here yet." in text
    assert "<option selected>USD" in text
    assert 'value="100"' in text


def test_a_currency_that_is_not_offered_is_no_form_of_ours(tmp_path, monkeypatch):
    open_team(tmp_path, monkeypatch)
    web = Client(raise_request_exception=False)
    fields = fields_of(web.get("/en/give/?amount=100"))
    assert post(web, "/en/give/", fields | {"rail": "fake", "cur": "AFN"}).status_code == 400


def test_a_fund_with_one_currency_asks_for_none(tmp_path):
    team = Team(tmp_path)
    team.found()
    team.open()
    home.use(home.Site(team.fund.home, team.fund.slug))
    pages.forget()
    assert "<option" not in Client().get("/en/give/").content.decode()
