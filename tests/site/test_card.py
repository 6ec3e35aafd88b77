"""Cards, from the form's promise to the last ending, against a local Stripe."""

from __future__ import annotations

import threading

import pytest

from panah.core.money import Money
from panah.errors import RefusedError
from panah.site.gifts.actions import GiftRequest, promise
from panah.site.gifts.capturing import KEY_LIFE, carry_due, find_lost, take_up
from panah.site.gifts.visiting import ProviderError, begin_visit
from panah.storage.models import Gift
from tests.cardlab import BACK, START, card_lab


@pytest.fixture
def lab(tmp_path):
    with card_lab(tmp_path, goal=100_000) as made:
        yield made
        made.holds()


@pytest.fixture
def small(tmp_path):
    with card_lab(tmp_path, goal=10_000) as made:
        yield made
        made.holds()


def rails(lab):
    return lambda _: lab.rail


def test_a_card_gift_is_promised_authorised_captured_and_booked(lab):
    gift = lab.pay(2500)
    assert lab.row(gift).status == "promised"
    assert lab.deliver().count("booked") == 2, "two events tell one authorisation, and get one answer"
    assert (lab.row(gift).status, lab.row(gift).counted) == ("booked", 2500)
    assert lab.world.captures == [(lab.payment(gift), 2500)]
    lab.settle()
    lab.is_quiet()


def test_the_claim_is_durable_before_the_capture_is_asked(lab):
    seen = []
    lab.stripe.during.append(lambda call: seen.append(lab.counter.claimed) if "/capture" in call.path else None)
    lab.give(2500)
    assert seen == [2500]


def test_a_declined_card_leaves_the_session_to_another_one(lab):
    gift, session = lab.visit(2500)
    lab.world.decline(session)
    assert lab.deliver() == ["ignored"]
    assert lab.row(gift).status == "promised"
    assert lab.world.pay(session)
    lab.deliver()
    assert lab.row(gift).status == "booked"


def test_a_session_that_runs_out_is_no_gift(lab):
    gift, session = lab.visit(2500)
    lab.pass_time(1900)
    assert not lab.world.pay(session)
    assert lab.deliver() == ["refused"]
    assert lab.row(gift).status == "refused"
    lab.is_quiet()


def test_whoever_pays_while_the_goal_is_met_is_let_go(small):
    late = small.pay(6000)
    small.stripe.take_events()
    small.give(10_000)
    assert small.counter.state == "met"
    small.settle()
    assert small.row(late).status == "refused"
    assert small.world.intents[small.payment(late)]["status"] == "canceled"
    small.is_quiet()


def test_all_open_sessions_end_when_the_goal_is_met(small):
    visits = [small.visit(3000) for _ in range(3)]
    small.give(10_000)
    assert carry_due(small.fund, rails(small), small.now) == 3
    assert not any(small.world.pay(session) for _, session in visits)
    small.deliver()
    assert {small.row(gift).status for gift, _ in visits} == {"refused"}
    small.settle()
    small.is_quiet()


def test_ending_a_session_is_asked_again_until_it_is_ended(small):
    _, session = small.visit(3000)
    small.give(10_000)
    small.stripe.trouble("/expire", 500)
    assert carry_due(small.fund, rails(small), small.now) == 0
    small.pass_time(30)
    assert carry_due(small.fund, rails(small), small.now) == 1
    assert small.world.sessions[session]["status"] == "expired"


def test_who_starts_up_asks_at_once_for_what_a_dead_process_was_asking(small):
    gift = small.pay(5000)
    small.stripe.trouble("/capture", "before")
    small.deliver()
    assert carry_due(small.fund, rails(small), small.now) == 0
    take_up(small.fund)
    assert carry_due(small.fund, rails(small), small.now) == 1
    assert small.row(gift).status == "booked"


def test_a_session_that_begins_while_the_goal_is_met_is_ended(small):
    gift = small.promise(3000)
    first = small.pay(10_000)
    small.stripe.during.append(lambda call: small.deliver() if call.path.endswith("/sessions") else None)
    begin_visit(small.fund, small.rail, gift, BACK, small.now)
    assert small.row(first).status == "booked"
    carry_due(small.fund, rails(small), small.now)
    assert {session["status"] for session in small.world.sessions.values()} == {"complete", "expired"}
    with pytest.raises(RefusedError):
        begin_visit(small.fund, small.rail, gift, BACK, small.now)


@pytest.mark.parametrize("agreed", [True, False])
def test_only_the_remainder_is_captured_and_only_with_consent(small, agreed):
    gift = small.pay(8000, rest=agreed)
    events = small.stripe.take_events()
    small.give(5000)
    small.deliver(events)
    assert small.row(gift).counted == (5000 if agreed else 0)
    assert small.counter.state == ("met" if agreed else "open")
    small.settle()
    assert small.world.intents[small.payment(gift)]["amount_received"] == (5000 if agreed else 0)
    small.is_quiet()


def test_a_remainder_that_no_card_can_give_is_let_go(tmp_path):
    with card_lab(tmp_path, goal=10_000, minimum=1) as lab:
        gift = lab.pay(8000, rest=True)
        events = lab.stripe.take_events()
        lab.give(9970)
        lab.deliver(events)
        assert lab.row(gift).status == "refused"
        lab.settle()
        lab.holds()
        lab.is_quiet()


# -- outcomes that are not known


def test_an_unknown_capture_keeps_the_room_until_it_is_known(small):
    gift = small.pay(10_000)
    small.stripe.trouble("/capture", "after")
    events = small.stripe.take_events()
    assert small.send(events[0]) == "claimed"
    assert (small.row(gift).status, small.counter.claimed) == ("claimed", 10_000)
    with pytest.raises(RefusedError):
        small.promise(500)
    small.pass_time(30)
    assert carry_due(small.fund, rails(small), small.now) == 1
    assert small.row(gift).status == "booked"
    assert len(small.world.captures) == 1
    assert {call.key for call in small.stripe.asked("/capture")} == {f"{gift}:capture"}


def test_the_settled_event_ends_the_wait_for_a_capture(lab):
    gift = lab.pay(2500)
    lab.stripe.trouble("/capture", "after")
    lab.deliver()
    assert lab.row(gift).status == "booked"
    lab.is_quiet()
    assert len(lab.stripe.asked("/capture")) == 1


@pytest.mark.parametrize("how", ["after", "before"])
def test_an_old_key_is_never_sent_again(lab, how):
    gift = lab.pay(2500)
    for _ in range(200):
        lab.stripe.trouble("/capture", how)
    lab.send(lab.stripe.take_events()[0])
    while lab._clock[0] + 1200 < START + KEY_LIFE:
        lab.pass_time(1200)
        lab.stripe.take_events()
        carry_due(lab.fund, rails(lab), lab.now)
    assert (lab.row(gift).status, lab.counter.claimed) == ("claimed", 2500)
    lab.stripe.troubles.clear()
    old = len(lab.stripe.asked("/capture"))
    lab.pass_time(3600)
    carry_due(lab.fund, rails(lab), lab.now)
    assert lab.row(gift).status == "booked"
    assert lab.world.captures == [(lab.payment(gift), 2500)]
    assert [call.key for call in lab.stripe.asked("/capture")[old:]] == (
        [] if how == "after" else [f"{gift}:capture:2"]
    )
    lab.is_quiet()


def test_a_refused_capture_gives_the_room_back_and_frees_the_card(small):
    gift = small.pay(10_000)
    small.stripe.trouble("/capture", "before")
    small.send(small.stripe.take_events()[0])
    small.world.cancel(small.payment(gift))  # the bank let it lapse
    small.stripe.take_events()
    small.pass_time(30)
    carry_due(small.fund, rails(small), small.now)
    assert (small.row(gift).status, small.counter.claimed) == ("refused", 0)
    small.settle()
    small.is_quiet()


def test_money_that_another_hand_captured_is_booked(small):
    gift = small.pay(6000)
    events = small.stripe.take_events()
    small.give(10_000)
    small.world.capture(small.payment(gift), 4000)
    small.deliver(events)
    assert (small.row(gift).booked, small.counter.held) == (4000, 4000)
    small.settle()
    small.is_quiet()


def test_a_lost_webhook_loses_no_gift(lab):
    gift = lab.pay(2500)
    walked_away, _ = lab.visit(700)
    lab.pass_time(2400)
    lab.stripe.take_events()
    assert find_lost(lab.fund, rails(lab), lab.now) == 2
    assert lab.row(gift).status == "booked"
    assert lab.row(walked_away).status == "refused"
    lab.is_quiet()


def test_while_the_provider_is_down_a_lost_visit_waits(lab):
    gift = lab.pay(2500)
    lab.pass_time(2400)
    lab.stripe.take_events()
    lab.stripe.trouble("/v1/", 500)
    assert find_lost(lab.fund, rails(lab), lab.now) == 0
    assert find_lost(lab.fund, rails(lab), lab.now) == 1
    assert lab.row(gift).status == "booked"


# -- the way there


@pytest.mark.parametrize("trouble", ["before", "after", 500])
def test_a_provider_that_fails_leaves_the_giver_another_way(lab, trouble):
    gift = lab.promise(2500)
    lab.stripe.trouble("/sessions", trouble)
    with pytest.raises(ProviderError):
        begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)
    row = lab.row(gift)
    other = GiftRequest(gift, "bank", Money(2500, "EUR"), False, bytes(row.rc), "en")
    again = promise(lab.fund, other, lab.now)
    assert again.reference is not None
    assert Gift.objects.using(lab.fund.alias).get().rail == "bank"
    lab.settle()
    lab.is_quiet()


def test_the_same_form_leads_to_the_same_page(lab):
    gift = lab.promise(2500)
    lab.stripe.trouble("/sessions", "after")
    with pytest.raises(ProviderError):
        begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)
    first, second = (begin_visit(lab.fund, lab.rail, gift, BACK, lab.now) for _ in range(2))
    assert first == second
    assert len(lab.world.sessions) == 1


def test_a_visit_that_is_over_leads_nowhere(lab):
    gift, _ = lab.visit(2500)
    lab.pass_time(1900)
    with pytest.raises(RefusedError, match="over"):
        begin_visit(lab.fund, lab.rail, gift, BACK, lab.now)


def test_32_webhooks_at_once_capture_once(small):
    gifts = [small.pay(500, rest=True) for _ in range(16)] + [small.pay(900) for _ in range(16)]
    events = small.stripe.take_events()
    threads = [threading.Thread(target=small.send, args=(event,)) for event in events + events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    small.settle()
    taken = [payment for payment, _ in small.world.captures]
    assert len(taken) == len(set(taken))
    assert len({small.row(gift).status for gift in gifts}) == 2
    small.is_quiet()
