"""Floods are slowed, people are not, and nobody's address is anywhere."""

from __future__ import annotations

import datetime as dt
import pickle
import re

import httpx
import pytest
from django.db import connections

from panah.site import throttle as module
from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.site.throttle import FAILURES, KEY_LIFE, MOST, PROMISES, Throttle, address_of
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund
from tests.site.test_gift_pages import fields_of, gifts, post, site, web  # noqa: F401
from tests.sitelab import running_site


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counting(clock):
    return Throttle(clock)


def ask(counting, address, gift="g", fund="lantern", *, by_card=True):
    return counting.ask(fund, address, gift, by_card=by_card)


def test_one_flooding_address_is_slowed_while_fifty_behind_another_get_through(counting, clock):
    """A minute: the flood sends 20 forms a second; fifty people behind one address send theirs, and some again."""
    passed = refused = 0
    for second in range(60):
        for _ in range(20):
            if ask(counting, "c6336401"):
                refused += 1
            else:
                passed += 1
        if second < 50:
            assert ask(counting, "cb007107", f"person {second}") == 0
        if second % 10 == 0:
            assert ask(counting, "cb007107", f"person {second} again") == 0
        clock.now += 1
    assert passed <= PROMISES.burst + 60
    assert refused > 1000


def test_fifty_who_press_at_the_same_moment_get_through(counting):
    assert [ask(counting, "cb007107", f"person {number}") for number in range(50)] == [0] * 50


def test_the_told_wait_is_long_enough(counting, clock):
    while not (wait := ask(counting, "cb007107")):
        pass
    clock.now += wait
    assert ask(counting, "cb007107") == 0


def test_failed_cards_count_strictly_and_transfers_stay_open(counting, clock):
    for number in range(FAILURES.burst):
        assert ask(counting, "c6336401", f"card {number}") == 0
        counting.fail("lantern", f"card {number}")
    assert ask(counting, "c6336401", "next") > 0
    assert ask(counting, "c6336401", "transfer", by_card=False) == 0
    assert ask(counting, "cb007107", "somebody else") == 0
    assert ask(counting, "c6336401", "another fund", fund="paper-boat") == 0
    clock.now += FAILURES.every
    assert ask(counting, "c6336401", "next") == 0


def test_cards_tried_from_many_addresses_leave_one_gift_to_each(counting):
    for number in range(module.FUND_FAILURES.burst):
        assert ask(counting, f"{number:08x}", f"card {number}") == 0
        counting.fail("lantern", f"card {number}")
    assert ask(counting, "cb007107", "a giver") == 0
    assert ask(counting, "cb007107", "a tester") > 0
    assert ask(counting, "cb007107", "by transfer", by_card=False) == 0


def test_those_who_cannot_be_told_apart_share_only_the_failures(counting):
    assert {ask(counting, "", f"onion {number}") for number in range(500)} == {0}
    for number in range(module.SHARED_FAILURES.burst):
        counting.fail("lantern", f"onion {number}")
    assert ask(counting, "", "next") > 0


def test_no_address_and_no_gift_stands_in_memory_and_the_key_is_forgotten(counting, clock):
    for number in range(100):
        ask(counting, address_of({"REMOTE_ADDR": f"198.51.100.{number}"}), f"gift-number-{number}")
        counting.fail("lantern", f"gift-number-{number // 2}")
    state = {name: value for name, value in vars(counting).items() if name not in {"_lock", "_clock"}}
    dump = pickle.dumps(state)
    assert len(counting._used) > 100
    for number in range(100):
        packed = bytes([198, 51, 100, number])
        for spelling in (f"198.51.100.{number}".encode(), packed, packed.hex().encode(), f"number-{number}".encode()):
            assert spelling not in dump
    key = counting._key
    assert key not in pickle.dumps(vars(counting)["_used"])
    clock.now += KEY_LIFE
    ask(counting, "cb007107")
    assert counting._key != key
    assert len(counting._used) == 1


def test_memory_is_bounded(counting):
    for number in range(MOST + 500):
        ask(counting, f"{number:08x}", f"gift {number}")
    assert len(counting._used) <= MOST
    assert len(counting._gifts) <= MOST


@pytest.mark.parametrize(
    ("meta", "address"),
    [
        ({"REMOTE_ADDR": "203.0.113.7"}, "cb007107"),
        (
            {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"},
            "cb007107",
        ),  # not from a proxy of ours
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.7"}, "cb007107"),
        ({"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}, "cb007107"),
        ({"REMOTE_ADDR": "::ffff:203.0.113.7"}, "cb007107"),
        ({"REMOTE_ADDR": "fd00::5", "HTTP_X_FORWARDED_FOR": "2a00:1450:1:2::9"}, "2a00145000010002"),
        ({"REMOTE_ADDR": "2a00:1450:1:2:3:4:5:6"}, "2a00145000010002"),
        ({"REMOTE_ADDR": "127.0.0.1"}, ""),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "unknown"}, ""),
        ({}, ""),
    ],
)
def test_whose_address_is_taken(meta, address):
    assert address_of(meta) == address


@pytest.fixture
def fresh(monkeypatch, clock):
    made = Throttle(clock)
    for place in ("views", "hooks"):
        monkeypatch.setattr(f"panah.site.gifts.{place}.throttle", made)
    return made


def test_the_form_comes_back_with_everything_typed_and_the_time_to_wait(site, web, fresh, caplog):  # noqa: F811
    headers = {"REMOTE_ADDR": "198.51.100.7"}
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    answers = [post(web, "/en/give/", fields, **headers) for _ in range(PROMISES.burst + 1)]
    assert [answer.status_code for answer in answers] == [200] * PROMISES.burst + [429]
    told = answers[-1]
    assert int(told["Retry-After"]) == 1
    assert "Nothing is lost" in told.content.decode()
    assert fields_of(told)["gift"] == fields["gift"]
    assert gifts(site) == 1
    assert post(web, "/fa/give/", fields, REMOTE_ADDR="203.0.113.9").status_code == 200
    assert not re.search(r"198\.51|c6336407", caplog.text)


def test_failed_payments_at_the_demos_provider_are_counted(site, web, fresh):  # noqa: F811
    headers = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(FAILURES.burst):
        fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
        assert post(web, "/en/give/", fields, **headers).status_code == 200
        post(web, f"/en/pay/{fields['gift']}/", {"do": "fail"}, **headers)
    fields = fields_of(web.get("/en/give/?amount=20")) | {"rail": "fake"}
    assert post(web, "/en/give/", fields, **headers).status_code == 429
    assert post(web, "/en/give/", fields | {"rail": "bank"}, **headers).status_code == 200


def test_a_real_server_behind_a_proxy_slows_the_flood_alone(tmp_path):
    fund = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC))
    write_site(Host(tmp_path, fund.slug))
    stop_writers()
    connections[fund.alias].close()
    with running_site(tmp_path) as served, httpx.Client(base_url=served.address, timeout=30) as client:
        form = client.get("/en/give/?amount=20").text
        typed = dict(re.findall(r'<input type="hidden" name="(gift|code)" value="([^"]*)"', form))
        typed |= {"amount": "20", "rail": "bank"}
        send = lambda who: client.post("/en/give/", data=typed, headers={"X-Forwarded-For": f"8.8.8.8, {who}"})  # noqa: E731
        answers = [send("198.51.100.7").status_code for _ in range(4 * PROMISES.burst)]
        assert set(answers) == {200, 429}
        assert send("203.0.113.9").status_code == 200
    assert not any("198.51" in line for line in served.lines)
