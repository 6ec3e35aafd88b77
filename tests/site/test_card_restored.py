"""Last night's backup, and card gifts that it does not know: each is in the books once, and its giver finds it."""

from __future__ import annotations

import pytest

from panah.core.statement import begin
from panah.errors import RefusedError
from panah.rails.card import listing
from panah.site.funds.actions import carry_out
from panah.site.gifts.capturing import carry_due
from panah.site.gifts.queries import fund_rules, gifts_by_commitment, leaf_of
from panah.site.gifts.replaying import go_on_without, waiting
from panah.site.gifts.returning import refunds, send_due
from panah.storage.models import Entry, Gift, Visit
from tests.fundlab import signed
from tests.restorelab import restore_lab


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def lab(tmp_path, request):
    database = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with restore_lab(tmp_path, goal=100_000, minimum=500, database=database) as made:
        made.give(90_000)
        made.backup()
        yield made
        made.audit()


def commitment(lab, gift):
    return bytes(lab.row(gift).rc)


def of_code(lab, rc):
    """What the giver's code finds: (id, status, counted) of each."""
    return [(row.id, row.status, row.counted) for row in gifts_by_commitment(lab.fund, rc)]


def say(lab, kind, **fields):
    body = begin(kind, fund_rules(lab.fund).origin, day=lab.now.date().isoformat(), **fields)
    carry_out(lab.fund, signed(body), lab.now)


# -- in a mirror's log


@pytest.fixture
def adopted(lab):
    """A gift that came after the backup, is in the mirror's log, and is taken in from there; its events come again."""
    gift = lab.pay(2500)
    told = lab.stripe.take_events()
    lab.deliver(told)
    told += lab.stripe.take_events()
    lab.log()
    lab.copy_to_mirror()
    return gift, commitment(lab, gift), told


@pytest.mark.parametrize("asked_first", [False, True])
def test_late_events_about_a_gift_from_the_log_change_nothing(lab, adopted, asked_first):
    gift, rc, told = adopted
    lab.burn()
    assert lab.adopt() == 1
    assert of_code(lab, rc)[0][0] != gift, "the log has no ids"
    if asked_first:
        lab.replay()
    lab.deliver(told * 2)
    lab.replay()
    assert of_code(lab, rc) == [(gift, "booked", 2500)]
    assert lab.counter.counted == 92_500


@pytest.mark.parametrize("asked_first", [False, True])
@pytest.mark.parametrize("what", ["refund", "dispute", "won"])
def test_money_that_goes_back_finds_its_gift_from_the_log(lab, adopted, what, asked_first):
    gift, rc, _ = adopted
    payment = lab.payment(gift)
    lab.burn()
    lab.adopt()
    if asked_first:
        lab.replay()
    if what == "refund":
        lab.world.refund(payment, 1000)
    elif (dispute := lab.world.dispute(payment, 1000)) and what == "won":
        lab.world.close_dispute(dispute, "won")
    events = lab.stripe.take_events()
    lab.deliver(events * 2)
    lab.replay()
    came_again = [(row, status, counted) for row, status, counted in of_code(lab, rc) if row != gift]
    assert of_code(lab, rc)[0] == (gift, "booked", 1500)
    assert [counted for _, _, counted in came_again] == ([1000] if what == "won" else [])


def test_a_refund_that_members_agree_to_finds_the_payment_of_a_gift_from_the_log(lab, adopted):
    gift, _, _ = adopted
    lab.come_back()
    lab.log()
    say(lab, "gift-return", gift=leaf_of(lab.fund, gift), amount=2500, counted=2500)
    assert send_due(lab.fund, {"card": lab.rail}, lab.now) == 1
    lab.deliver()
    assert lab.row(gift).status == "ended"


def test_a_refund_that_was_agreed_and_sent_after_the_backup_is_not_sent_again(lab, adopted):
    gift, _, told = adopted
    say(lab, "gift-return", gift=leaf_of(lab.fund, gift), amount=1000, counted=1000)
    assert send_due(lab.fund, {"card": lab.rail}, lab.now) == 1
    lab.deliver()
    lab.log()
    lab.copy_to_mirror()
    lab.pass_time(2 * 86400)
    lab.burn()
    lab.adopt()
    calls = len(lab.stripe.calls)
    send_due(lab.fund, {"card": lab.rail}, lab.now)
    assert len(lab.stripe.calls) == calls, "nobody here knows yet which payment it is about"
    lab.deliver(told)
    send_due(lab.fund, {"card": lab.rail}, lab.now)
    assert [one.state for one in refunds(lab.fund)] == ["sent"]
    assert len(lab.world.refunds) == 1


# -- in no log


def test_a_gift_that_no_log_holds_is_booked_as_the_gift_it_was(lab):
    lab.copy_to_mirror()
    gift = lab.give(2500)
    rc = commitment(lab, gift)
    done = lab.come_back()
    assert (done.booked, done.unknown, done.later) == (1, 0, 0)
    assert of_code(lab, rc) == [(gift, "booked", 2500)]
    assert lab.row(gift).value_day == lab.now.date()
    lab.log()
    assert leaf_of(lab.fund, gift) is not None
    lab.world.refund(lab.payment(gift), 500)
    lab.deliver()
    assert of_code(lab, rc) == [(gift, "booked", 2000)]


def test_asking_twice_and_hearing_every_event_again_books_nothing_twice(lab):
    lab.copy_to_mirror()
    gift = lab.pay(2500)
    told = lab.stripe.take_events()
    lab.deliver(told)
    told += lab.stripe.take_events()
    lab.burn()
    lab.adopt()
    lab.deliver(told)
    assert lab.replay() is not None
    lab.deliver(told[::-1])
    lab.burn()  # once more, from the same backup
    lab.adopt()
    assert lab.replay().booked == 1
    lab.deliver(told)
    assert Gift.objects.using(lab.fund.alias).filter(id=gift, booked=2500).count() == 1
    assert Entry.objects.using(lab.fund.alias).filter(kind="gift").count() == 2


def test_a_refund_that_no_log_holds_is_taken_out(lab):
    lab.copy_to_mirror()
    gift, early = lab.give(2500), Gift.objects.using(lab.fund.alias).get(booked=90_000).id
    for one in (gift, early):
        lab.world.refund(lab.payment(one), 300)
    lab.deliver()
    done = lab.come_back()
    assert done.undone == 2
    assert (lab.row(gift).booked, lab.row(early).booked) == (2200, 89_700)


def test_an_authorisation_takes_room_or_is_let_go(lab):
    lab.copy_to_mirror()
    fits, too_much, part = lab.pay(9000), lab.pay(9000), lab.pay(9000, rest=True)
    lab.stripe.take_events()
    lab.come_back()
    assert [lab.row(gift).status for gift in (fits, too_much, part)] == ["booked", "refused", "booked"]
    assert [lab.row(gift).counted for gift in (fits, part)] == [9000, 1000]
    lab.deliver()
    lab.settle()
    lab.is_quiet()


def test_a_capture_without_an_answer_keeps_its_room_until_it_is_known(lab):
    lab.copy_to_mirror()
    gift = lab.pay(2500)
    lab.stripe.trouble("/capture", "after")
    lab.come_back()
    assert (lab.row(gift).status, lab.counter.claimed) == ("claimed", 2500)
    lab.pass_time(30)
    carry_due(lab.fund, lambda _: lab.rail, lab.now)
    assert lab.row(gift).status == "booked"


def test_money_beyond_the_goal_is_held(lab):
    lab.copy_to_mirror()
    gift = lab.give(9000)
    lab.burn()
    lab.adopt()
    lab.give(8000)  # came before the provider was asked
    assert lab.replay().booked == 1
    row = lab.row(gift)
    assert (row.booked, row.counted, lab.counter.state) == (9000, 2000, "met")


def test_a_page_that_is_still_open_may_be_paid_or_is_ended(lab):
    lab.copy_to_mirror()
    gift, session = lab.visit(2500)
    assert lab.come_back().open == 1
    assert Visit.objects.using(lab.fund.alias).get(gift=gift).name == session
    assert lab.world.pay(session)
    lab.deliver()
    assert lab.row(gift).booked == 2500
    gift, session = lab.visit(700)
    lab.burn()
    lab.adopt()
    say(lab, "pause", id="AAAAAAAAAAAAAAAAAAAAAA==", what="gifts")
    lab.replay()
    assert not lab.world.pay(session)
    lab.settle()
    lab.is_quiet()


def test_what_came_to_nothing_leaves_nothing(lab):
    lab.copy_to_mirror()
    left, declined = lab.visit(2500), lab.visit(700)
    lab.world.decline(declined[1])
    voided = lab.pay(900)
    lab.world.cancel(lab.payment(voided))
    lab.pass_time(4000)
    told = lab.stripe.take_events()
    lab.come_back()
    assert "booked" not in lab.deliver(told)
    known = Gift.objects.using(lab.fund.alias).filter(id__in=[left[0], declined[0], voided])
    assert [(row.id, row.status) for row in known] == [(voided, "refused")], "its authorisation was told once more"
    lab.settle()
    lab.is_quiet()


def test_gifts_of_another_fund_on_the_account_are_passed_by(lab):
    lab.copy_to_mirror()
    marks = [{}, {"gift": "ab" * 16}, {"gift": "cd" * 16, "fund": "other.invalid/1", "rc": "ef" * 32}]
    visits = [lab.visit(2500)[1] for _ in marks] + [lab.visit(700)[1] for _ in marks]
    for session, mark in zip(visits, marks * 2, strict=True):
        lab.world.sessions[session] |= {"metadata": mark, "_intent_metadata": mark}
    assert all(lab.world.pay(session) for session in visits[:3])
    lab.stripe.take_events()
    done = lab.come_back()
    assert (done.booked, done.unknown, done.open) == (0, 2, 0)
    assert Gift.objects.using(lab.fund.alias).count() == 1


def test_a_long_list_is_read_page_by_page(lab, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    lab.copy_to_mirror()
    gifts = [lab.give(500) for _ in range(5)]
    assert lab.come_back().booked == 5
    assert {lab.row(gift).status for gift in gifts} == {"booked"}


# -- nothing is signed before


def test_the_log_waits_until_the_provider_has_told_all_of_it(lab, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    lab.copy_to_mirror()
    gift = lab.give(2500)
    lab.give(500)
    lab.burn()
    lab.adopt()
    size = lab.log()
    for trouble in (500, "before"):
        lab.stripe.trouble("/v1/refunds", trouble)
        assert lab.replay() is None
        assert (lab.log(), waiting(lab.fund).keys()) == (size, {"card"})
    assert lab.replay() is not None
    assert waiting(lab.fund) == {}
    assert lab.log() == size + 2
    assert leaf_of(lab.fund, gift) is not None


def test_without_its_provider_a_fund_goes_on_when_somebody_answers_for_it(lab):
    lab.copy_to_mirror()
    lab.burn()
    lab.adopt()
    with pytest.raises(RefusedError):
        go_on_without(lab.fund, "fake")
    go_on_without(lab.fund, "card")
    lab.give(700)
    assert lab.log() == 4


def test_a_backup_of_a_restored_fund_remembers_from_when_on_to_ask(lab):
    lab.copy_to_mirror()
    gift = lab.give(2500)
    lab.burn()
    lab.adopt()
    lab.pass_time(5 * 86400)
    lab.backup()
    lab.come_back()
    assert lab.row(gift).booked == 2500
