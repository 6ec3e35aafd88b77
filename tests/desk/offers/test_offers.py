"""Offers on two desks."""

from __future__ import annotations

import pytest

from panah.desk.cases import queries as letters
from panah.desk.offers import actions, queries
from panah.errors import RefusedError
from tests.desklab import NOW, TODAY, Person


def test_an_offer_is_vetted_by_two_and_one_report_freezes_it_on_all_desks(team):
    lale, omid, tara = team.desks()
    helper = Person(team)
    source = helper.offer("translation")
    team.sync(lale, omid, tara)
    offer = actions.take_offer(lale, source, NOW)
    team.sync(lale, omid, tara)
    assert letters.inbox(tara) == []
    actions.vet(lale, offer, NOW)
    assert queries.offers(lale, TODAY, open_only=True) == []
    actions.vet(omid, offer, NOW)
    team.sync(lale, omid, tara)
    assert [one.id for one in queries.offers(tara, TODAY, kind="translation", open_only=True)] == [offer]
    actions.report(tara, offer, "asked a guest for money", NOW)
    team.sync(tara, lale, omid)
    assert all(one.is_frozen for desk in (lale, omid) for one in queries.offers(desk, TODAY))
    with pytest.raises(RefusedError, match="frozen"):
        actions.vet(lale, offer, NOW)
    with pytest.raises(RefusedError, match="two others"):
        actions.lift(tara, offer, "no", NOW)
    actions.send_reply(lale, offer, "Merci", NOW)
    team.sync(lale)
    assert [one.kind for one in helper.replies()] == ["collected", "reply"]


def test_two_desks_that_take_one_offer_have_it_once(team):
    lale, omid = team.desks("lale", "omid")
    source = Person(team).offer()
    team.sync(lale, omid)
    actions.note(lale, actions.add_offer(lale, "sponsor", {"text": "by phone"}, NOW), "called back", NOW)
    team.sync(lale, omid)
    actions.take_offer(lale, source, NOW)
    actions.take_offer(omid, source, NOW)
    team.sync(lale, omid)
    team.sync(lale)
    assert [one.id for one in queries.offers(lale, TODAY)] == [one.id for one in queries.offers(omid, TODAY)]
    assert len(queries.offers(omid, TODAY, kind="host-home")) == 1


def test_who_offered_writes_again_and_it_stands_beside_the_offer(team):
    [lale] = team.desks("lale")
    helper = Person(team)
    source = helper.offer()
    team.sync(lale)
    offer = actions.take_offer(lale, source, NOW)
    word = helper.write("from June on")
    team.sync(lale)
    [letter] = letters.inbox(lale)
    assert letter.offers == (offer,)
    actions.take_message(lale, word, offer, NOW)
    assert [one.text for one in lale.team.offers[offer].messages] == ["from June on"]
    assert letters.inbox(lale) == []
