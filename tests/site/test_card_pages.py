"""A giver by card through the pages: to the provider and back, and the door for its events."""

from __future__ import annotations

import datetime as dt
import re

import httpx
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from panah.cli import site_serve
from panah.seal.receipt import commitment
from panah.site import home
from panah.site.gifts import pages, visiting
from panah.site.gifts.queries import gift_by_id, gifts_by_commitment
from panah.site.throttle import throttle
from panah.storage.models import Gift
from panah.storage.writer import stop_writers
from tests.cardlab import ACCOUNT
from tests.fundlab import make_open_fund
from tests.site.test_gift_pages import fields_of, post
from tests.stripe_local.server import local_stripe

ADDRESS = "https://lantern.example"
BANK = {"payee": "Lantern e.V.", "iban": "DE44999900000020211807"}


@pytest.fixture
def stripe():
    with local_stripe() as made:
        yield made


@pytest.fixture
def fund(tmp_path, stripe, monkeypatch):
    monkeypatch.setattr(settings, "PANAH_STRIPE_API", stripe.address)
    rails = {"card": {"account": ACCOUNT}, "bank": BANK, "fake": {}}
    made = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), rails=rails)
    (made.folder / "card.key").write_text(stripe.key + "\n")
    (made.folder / "card.webhook").write_bytes(stripe.secret + b"\n")
    home.use(home.Site(tmp_path, made.slug, ADDRESS))
    pages.forget()
    throttle.__init__()
    yield made
    stop_writers()
    connections[made.alias].close()
    home.use(home.Site(tmp_path))


@pytest.fixture
def web(fund):
    return Client(raise_request_exception=False)


def begin(web, amount="50", lang="en", **more):
    """Send the form; give its fields and the answer."""
    fields = fields_of(web.get(f"/{lang}/give/?amount={amount}")) | {"rail": "card"} | more
    return fields, post(web, f"/{lang}/give/", fields)


def send_events(web, stripe):
    answers = []
    for event in stripe.take_events():
        headers, body = stripe.signed(event)
        answers.append(web.generic("POST", "/rails/card/event", body, "application/json", headers=headers).status_code)
    return answers


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_giver_goes_to_the_card_page_and_back_and_finds_the_gift(fund, web, stripe, lang):
    fields, answer = begin(web, lang=lang)
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{stripe.address}/pay/cs_")
    back = httpx.post(answer["Location"]).headers["location"]
    assert back == f"{ADDRESS}/{lang}/pay/{fields['gift']}/"
    assert fields["code"] not in str(stripe.calls)
    waiting = web.get(back.removeprefix(ADDRESS))
    assert waiting.status_code == 200
    assert "Look again" in waiting.content.decode() or lang == "fa"
    assert set(send_events(web, stripe)) == {200}
    row = gifts_by_commitment(fund, commitment(fields["code"]))[0]
    assert (row.status, row.booked) == ("booked", 5000)
    shown = web.get(back.removeprefix(ADDRESS)).content.decode()
    assert "<dl>" in shown
    assert fields["code"] not in shown
    assert "Anna" not in shown


def test_the_form_may_lead_to_the_providers_page_and_nowhere_else(fund, web, stripe):
    page = web.get("/en/give/")
    assert f"form-action 'self' {stripe.address};" in page["Content-Security-Policy"]
    assert f"form-action &#x27;self&#x27; {stripe.address};" in page.content.decode().replace("'", "&#x27;")


def test_givers_are_told_what_the_provider_learns(web):
    assert "Stripe" in web.get("/en/give/").content.decode()
    assert "Stripe" in web.get("/fa/give/").content.decode()
    assert "asks for your name" not in web.get("/fa/give/").content.decode(), "the sentence has no Persian"


def test_a_provider_that_fails_shows_the_form_again_and_the_same_code_goes_another_way(fund, web, stripe):
    stripe.trouble("/sessions", 500)
    fields, answer = begin(web)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing was taken" in page
    assert fields["gift"] in page
    again = post(web, "/en/give/", fields_of(answer) | {"rail": "bank"})
    assert again.status_code == 200
    row = gifts_by_commitment(fund, commitment(fields["code"]))[0]
    assert (row.rail, row.status) == ("bank", "promised")


def test_a_provider_that_hangs_takes_half_of_the_threads_and_no_more(fund, web, stripe):
    assert min(site_serve.THREADS, site_serve.LEAST_THREADS) >= visiting.AT_ONCE * 2, "however many processes there are"
    for _ in range(visiting.AT_ONCE):
        assert visiting.ways.acquire(blocking=False), "as givers do whose provider has not answered yet"
    try:
        fields, answer = begin(web)
        assert answer.status_code == 409
        assert "Nothing was taken" in answer.content.decode()
        assert stripe.calls == []
    finally:
        visiting.ways.release(visiting.AT_ONCE)
    again = post(web, "/en/give/", fields)
    assert again.status_code == 303, "the same form, a moment later"
    stripe.trouble("/sessions", 500)
    for _ in range(visiting.AT_ONCE + 1):
        begin(web)
    assert visiting.ways.acquire(blocking=False), "a way that failed is given back"
    visiting.ways.release()


def test_without_a_key_or_an_address_the_other_ways_stay_open(fund, web):
    (fund.folder / "card.key").unlink()
    assert begin(web)[1].status_code == 409
    assert post(web, "/en/give/", begin(web)[0] | {"rail": "bank"}).status_code == 200


def test_a_key_of_full_power_is_not_used(fund, web, stripe):
    (fund.folder / "card.key").write_text("sk_" + "live_" + "0" * 24)
    assert begin(web)[1].status_code == 409
    assert stripe.calls == []


def test_whoever_turned_back_may_go_on_or_choose_another_way(fund, web, stripe):
    fields, first = begin(web)
    place = f"/en/pay/{fields['gift']}/"
    page = web.get(place).content.decode()
    assert 'href="../../../en/give/"' in page
    action = re.search(r'action="([^"]*pay/[^"]*)"', page)[1]
    assert action.endswith(place.removeprefix("/en/"))
    assert post(web, place, {"do": "pay"})["Location"] == first["Location"]
    (name,) = stripe.world.sessions
    stripe.world.expire_session(name)
    send_events(web, stripe)
    assert gift_by_id(fund, fields["gift"]).status == "refused"
    assert "Nothing was taken" in web.get(place).content.decode()


def test_an_event_without_a_signature_that_holds_changes_nothing(fund, web, stripe):
    fields, answer = begin(web)
    stripe.world.pay(answer["Location"].rpartition("/")[2])
    headers, body = stripe.signed(stripe.take_events()[0])
    send = lambda data, **more: web.generic("POST", "/rails/card/event", data, "application/json", **more)  # noqa: E731
    assert send(body).status_code == 400
    assert send(body + b" ", headers=headers).status_code == 400
    assert send(b"x" * 70_000, headers=headers).status_code == 413
    old = stripe.signed({"type": "x"}, at=stripe.world.now() - 301)
    assert send(old[1], headers=old[0]).status_code == 400
    assert web.get("/rails/card/event").status_code == 405
    assert gift_by_id(fund, fields["gift"]).status == "promised"


def test_a_fund_without_cards_has_no_door_for_them(fund, web, stripe):
    (fund.folder / "card.webhook").unlink()
    headers, body = stripe.signed({"type": "x"})
    assert web.generic("POST", "/rails/card/event", body, "application/json", headers=headers).status_code == 404


def test_what_comes_too_early_is_asked_for_again(fund, web, stripe):
    _, answer = begin(web)
    stripe.world.pay(answer["Location"].rpartition("/")[2])
    (payment,) = stripe.world.intents
    stripe.world.capture(payment, None)
    stripe.world.refund(payment, 1000)
    events = stripe.take_events()
    early = [event for event in events if event["type"] == "refund.created"]
    headers, body = stripe.signed(early[0])
    assert web.generic("POST", "/rails/card/event", body, "application/json", headers=headers).status_code == 503
    stripe.world.events = events
    send_events(web, stripe)
    stripe.world.events = early
    assert send_events(web, stripe) == [200]
    assert Gift.objects.using(fund.alias).get().booked == 4000
