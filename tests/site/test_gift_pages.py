"""A giver without script: form, payment, receipt; and everything that can go wrong on the way."""

import base64
import html
import re
import secrets
from urllib.parse import urlencode

import pytest
from django.test import Client

from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.fake.webhook import sign_event
from panah.seal.receipt import commitment, new_code
from panah.site import home
from panah.site.funds.actions import fake_secret
from panah.site.gifts import pages
from panah.site.gifts.queries import gift_by_id, gifts_by_commitment
from panah.storage.models import Gift
from panah.storage.sequencer import sequence
from tests.fund_world import TODAY


@pytest.fixture
def site(opened):
    home.use(home.Site(opened.fund.home, opened.fund.slug))
    pages.forget()
    yield opened
    home.use(home.Site(opened.fund.home))


@pytest.fixture
def web(site):
    return Client(raise_request_exception=False)


def fields_of(page):
    """Read a form as a browser without script does."""
    text = page.content.decode()
    inputs = re.findall(r'<input[^>]*name="([a-z]+)"[^>]*value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in inputs if name not in {"rail", "rest"}}


def post(web, path, fields, **headers):
    return web.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded", **headers)


def gifts(site):
    return Gift.objects.using(site.fund.alias).count()


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_giver_without_script_gives_and_finds_the_gift_again(site, web, lang):
    form = web.get(f"/{lang}/give/?amount=50.00")
    assert form.status_code == 200
    assert form["Cache-Control"] == "no-store"
    fields = fields_of(form)
    assert fields["amount"] == "50.00"
    paying = post(web, f"/{lang}/give/", fields | {"rail": "fake"})
    assert paying.status_code == 200
    path = re.search(r'action="([^"]*pay/[^"]*)"', paying.content.decode())[1]
    done = post(web, f"/{path.removeprefix('../../')}", {"do": "pay", "code": fields["code"]})
    assert done.status_code == 200
    row = gifts_by_commitment(site.fund, commitment(fields["code"]))[0]
    assert (row.status, row.booked, row.counted) == ("booked", 5000, 5000)
    again = post(web, f"/{lang}/receipt/", {"code": fields["code"]})
    assert ("Booked" if lang == "en" else "<dl>") in again.content.decode()


def test_the_same_form_sent_twice_is_one_gift(site, web):
    fields = fields_of(web.get("/en/give/?amount=50")) | {"rail": "fake"}
    assert post(web, "/en/give/", fields).status_code == 200
    assert post(web, "/en/give/", fields).status_code == 200
    assert gifts(site) == 1
    other = post(web, "/en/give/", fields | {"amount": "60"})
    assert other.status_code == 409
    assert gifts(site) == 1


def test_a_transfer_shows_every_line_a_bank_asks_for_and_a_code_to_scan(site, web):
    page = post(web, "/en/give/", fields_of(web.get("/en/give/?amount=50")) | {"rail": "bank"}).content.decode()
    row = Gift.objects.using(site.fund.alias).get()
    assert "DE44 9999" in page
    assert " ".join(re.findall(".{1,4}", row.reference)) in page
    assert "<svg" in page
    assert "follows this rule" in page


def test_a_slip_shows_the_form_again_with_everything_typed(site, web):
    fields = fields_of(web.get("/fa/give/")) | {"amount": "۱۲x", "rail": "bank", "rest": "yes"}
    page = post(web, "/fa/give/", fields)
    assert page.status_code == 422
    assert fields_of(page)["amount"] == "۱۲x"
    assert fields_of(page)["gift"] == fields["gift"]
    assert fields_of(page)["code"] == fields["code"]
    text = page.content.decode()
    assert re.search(r'value="bank" required checked', text)
    assert re.search(r'name="rest" value="yes" checked', text)
    assert 'aria-invalid="true"' in text
    assert gifts(site) == 0


def test_a_browser_that_keeps_the_code_is_never_shown_one(site, web):
    code = new_code()
    rc = base64.b64encode(commitment(code)).decode()
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake", "rc": rc}
    del fields["code"]
    page = post(web, "/en/give/", fields).content.decode()
    assert f'data-rc="{rc}"' in page
    assert 'name="code"' not in page
    wrong = post(web, "/en/give/", fields | {"amount": "", "gift": secrets.token_hex(16)})
    assert fields_of(wrong)["rc"] == rc


def test_what_is_left_is_offered_as_buttons_that_work(site, web):
    site.give(4_990_000)  # 100.00 left
    fields = fields_of(web.get("/en/give/?amount=98")) | {"rail": "fake"}
    page = post(web, "/en/give/", fields)
    assert page.status_code == 409
    offered = re.findall(r'<button name="amount" value="([^"]+)"', page.content.decode())
    assert offered == ["100.00", "95.00"]
    assert post(web, "/en/give/", fields | {"amount": offered[0]}).status_code == 200


def test_a_met_or_paused_fund_shows_no_form_and_takes_none(site, web):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    site.say("pause", "anar", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    assert "<form" not in web.get("/en/give/").content.decode()
    assert post(web, "/en/give/", fields).status_code == 409
    site.say("resume", id=base64.b64encode(bytes(16)).decode(), what="gifts")
    site.give(5_000_000)
    page = web.get("/en/give/").content.decode()
    assert "The goal is reached" in page
    assert "<form" not in page
    assert "Paper Boat" in page
    assert post(web, "/en/give/", fields).status_code == 409
    assert gifts(site) == 1


def test_a_payment_that_fails_takes_nothing(site, web):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    post(web, "/en/give/", fields)
    page = post(web, f"/en/pay/{fields['gift']}/", {"do": "fail"})
    assert "Nothing was taken" in page.content.decode()
    assert gift_by_id(site.fund, fields["gift"]).booked == 0


def test_an_unknown_code_gets_one_answer_and_a_wrong_one_a_hint(site, web):
    pages_of = [post(web, "/en/receipt/", {"code": new_code()}) for _ in range(2)]
    assert [page.status_code for page in pages_of] == [404, 404]
    assert pages_of[0].content == pages_of[1].content
    code = new_code()
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    page = post(web, "/en/receipt/", {"code": wrong})
    assert page.status_code == 422
    assert wrong not in page.content.decode()


def test_the_signed_files_come_with_the_code_and_the_proof_once_logged(site, web):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    post(web, "/en/give/", fields)
    ask = {"code": fields["code"]}
    assert b"panah/1/" in post(web, "/en/receipt/", ask | {"file": "pledge"}).content
    assert post(web, "/en/receipt/", ask | {"file": "booked"}).status_code == 409
    post(web, f"/en/pay/{fields['gift']}/", {"do": "pay"})
    assert b"log-by" in post(web, "/en/receipt/", ask | {"file": "booked"}).content
    assert post(web, "/en/receipt/", ask | {"file": "proof"}).status_code == 409
    sequence(site.fund)
    proof = post(web, "/en/receipt/", ask | {"file": "proof"})
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1\n")
    assert "attachment" in proof["Content-Disposition"]
    assert "Entry" in post(web, "/en/receipt/", ask).content.decode()


def send(web, site, gift, amount=2000, kind="authorised", **changes):
    headers, body = sign_event(
        RailEvent(secrets.token_hex(8), gift, kind, Money(amount, "EUR"), TODAY), fake_secret(site.fund)
    )
    sent = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    return web.post("/rails/fake/event", changes.pop("body", body), content_type="application/json", **sent | changes)


def test_a_providers_event_books_once_and_an_unsigned_one_nothing(site, web):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    post(web, "/en/give/", fields)
    assert send(web, site, fields["gift"], HTTP_PANAH_FAKE_SIGNATURE="0" * 64).status_code == 400
    assert send(web, site, fields["gift"], body=b"x" * 20000).status_code == 413
    assert send(web, site, secrets.token_hex(16)).status_code == 404
    assert gift_by_id(site.fund, fields["gift"]).booked == 0
    assert send(web, site, fields["gift"]).content == b"booked"
    assert send(web, site, fields["gift"]).content == b"ignored"
    assert gift_by_id(site.fund, fields["gift"]).booked == 2000
    assert web.get("/rails/fake/event").status_code == 405
    assert web.post("/rails/bank/event", b"", content_type="text/plain").status_code == 404


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://fund.example.evil.example", "//"])
def test_a_form_of_another_sites_page_is_refused(site, web, origin):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    assert post(web, "/en/give/", fields, HTTP_HOST="fund.example", HTTP_ORIGIN=origin).status_code == 409
    assert gifts(site) == 0
    assert (
        post(web, "/en/give/", fields, HTTP_HOST="Fund.example", HTTP_ORIGIN="https://fund.example").status_code == 200
    )


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/en/give/", b"x" * 10_000_000, "application/x-www-form-urlencoded", 413),
        ("/en/give/", b"{}", "application/json", 415),
        ("/en/give/", b"--x--", "multipart/form-data; boundary=x", 415),
        ("/en/give/", b"", "application/x-www-form-urlencoded", 411),
        ("/en/give/", b"gift=%00", "application/x-www-form-urlencoded", 400),
        ("/en/give/", b"\xff" * 50, "application/x-www-form-urlencoded", 400),
        ("/en/receipt/", b"code=" + b"9" * 3000, "application/x-www-form-urlencoded", 400),
        ("/en/pay/%27%20OR%201=1/", b"do=pay", "application/x-www-form-urlencoded", 404),
        ("/en/pay/" + "0" * 32 + "/", b"do=pay", "application/x-www-form-urlencoded", 404),
        ("/xx/give/", b"", "application/x-www-form-urlencoded", 404),
        ("/f/nothing/en/give/", b"", "application/x-www-form-urlencoded", 404),
    ],
)
def test_hostile_requests_get_a_clear_refusal_and_change_nothing(site, web, path, body, kind, status):
    answer = web.post(path, body, content_type=kind)
    assert answer.status_code == status
    assert b"Traceback" not in answer.content
    assert answer["Content-Security-Policy"]
    assert gifts(site) == 0


@pytest.mark.parametrize("field", ["gift", "amount", "rail", "rest", "rc", "code"])
@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "\u202e25", "9" * 399, "' OR ''='", "\r\nSet-Cookie: a=b", "٪s %(x)s %s {0}"]
)
def test_hostile_fields_never_break_the_page_nor_run_in_it(site, web, field, value):
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake", field: value}
    answer = post(web, "/en/give/", fields)
    assert 400 <= answer.status_code < 500
    assert b"<script>alert" not in answer.content
    assert gifts(site) == 0


def test_the_prefilled_amount_of_an_address_is_only_text(site, web):
    page = web.get("/en/give/", {"amount": '"><script>alert(1)</script>'}).content
    assert b"<script>alert" not in page
    page = web.get("/en/give/?amount=%EE%80%80code%EE%80%81").content.decode()
    assert page.count("\ue000") == 1


def test_pages_are_small_and_protected(site, web):
    page = web.get("/en/give/")
    assert len(page.content) <= 20_000
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not page.cookies
    assert page["Referrer-Policy"] == "same-origin"
    assert "style=" not in page.content.decode()


def test_health_tells_machines_enough_and_nothing_personal(site, web):
    sequence(site.fund)
    answer = web.get("/health")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["funds"]["lantern"]["state"] == "open"


def test_what_is_not_there_is_said_in_the_language_of_the_address(site, web):
    for path, mark in (
        ("/en/nothing/at-all", 'lang="en"'),
        ("/fa/nothing", 'lang="fa"'),
        ("/f/other/en/give/", 'lang="en"'),
    ):
        answer = web.get(path)
        assert answer.status_code == 404
        assert mark in answer.content.decode()


def test_an_address_without_its_slash_is_sent_on(site, web):
    answer = web.get("/en/give?amount=5")
    assert (answer.status_code, answer["Location"]) == (308, "/en/give/?amount=5")
