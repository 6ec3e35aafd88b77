"""The door for providers as plain WSGI: events end here, everything else goes on to Django."""

from __future__ import annotations

import io
import secrets

import pytest

from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.fake.webhook import HEADER, sign_event
from panah.site import home
from panah.site.funds.actions import fake_secret
from panah.site.gifts import hooks
from panah.site.gifts.queries import gift_by_id
from tests.fund_world import TODAY, Team


@pytest.fixture
def knock(opened: Team):
    home.use(home.Site(opened.fund.home, opened.fund.slug))

    def call(path="/rails/fake/event", body=b"", **environ):
        told = []
        given = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))} | environ
        app = hooks.before(lambda *_: [b"django"])
        answer = app(given | {"wsgi.input": io.BytesIO(body)}, lambda status, headers: told.append((status, headers)))
        return (told[0][0] if told else ""), b"".join(answer)

    return call


def signed(team, gift):
    event = RailEvent(secrets.token_hex(8), gift, "authorised", Money(2000, "EUR"), TODAY)
    headers, body = sign_event(event, fake_secret(team.fund))
    return {"body": body, "HTTP_PANAH_FAKE_SIGNATURE": headers[HEADER]}


def test_an_event_is_booked_and_its_double_is_not(opened, knock):
    gift = opened.promise(2000)
    event = signed(opened, gift)
    assert knock(**event) == ("200 OK", b"booked")
    assert knock(f"/f/{opened.fund.slug}/rails/fake/event", **event) == ("200 OK", b"booked")
    assert gift_by_id(opened.fund, gift).booked == 2000


@pytest.mark.parametrize("path", ["/en/give/", "/rails/fake/event/", "/x/rails/fake/event", "/rails/FAKE/event", "/"])
def test_everything_else_goes_on(knock, path):
    assert knock(path) == ("", b"django")


def test_what_is_no_event_is_refused_with_a_reason(opened, knock):
    assert knock(REQUEST_METHOD="GET") == ("405 Method Not Allowed", b"method")
    assert knock(CONTENT_LENGTH="") == ("411 Length Required", b"length")
    assert knock(CONTENT_LENGTH="16385") == ("413 Content Too Large", b"size")
    assert knock("/rails/bank/event") == ("404 Not Found", b"not-found")
    assert knock("/f/nobody/rails/fake/event") == ("404 Not Found", b"not-found")
    assert knock(body=b"{}")[0] == "400 Bad Request"
    assert knock(**signed(opened, secrets.token_hex(16)))[0] == "404 Not Found"


def test_a_fault_of_ours_asks_the_provider_to_come_again(opened, knock, monkeypatch):
    def break_down(*_):
        raise OSError("disk")

    monkeypatch.setattr(hooks, "receive_event", break_down)
    assert knock(**signed(opened, opened.promise(2000))) == ("500 Internal Server Error", b"failed")
