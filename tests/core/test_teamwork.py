"""Offers: vetted by two, a home by more, frozen by one."""

from __future__ import annotations

from panah.core.teamwork import fold_team
from tests.caselab import ADDRESS, MAILBOX, OTHER, Hand, word_hash

OFFER = "ab" * 16


def written(kind: str = "host-home") -> Hand:
    desk = Hand("lale", case=OTHER)
    desk.write(
        "offer", offer=OFFER, from_="offer", kind=kind, source=word_hash("o"), text="a room in Lyon", capacity=3,
        languages=["fr", "fa"], until="2026-06-01", lang="fr", address=ADDRESS, mailbox=MAILBOX,
    )  # fmt: skip
    return desk


def offer(desk: Hand):
    return fold_team(desk.known).offers[OFFER]


def test_an_offer_needs_two_members_who_vet_it():
    desk = written("translation")
    desk.write("offer-vetted", offer=OFFER)
    desk.write("offer-vetted", offer=OFFER)
    assert offer(desk).missing == ["vetted"]
    other = Hand("omid", desk.known, OTHER)
    other.write("offer-vetted", offer=OFFER)
    assert offer(other).missing == []
    assert offer(other).is_open("2026-06-01")
    assert not offer(other).is_open("2026-06-02")


def test_a_home_needs_identity_references_a_talk_noted_by_two_and_somebody_outside():
    desk = written()
    desk.write("offer-vetted", offer=OFFER)
    other = Hand("omid", desk.known, OTHER)
    other.write("offer-vetted", offer=OFFER)
    assert offer(other).missing == ["identity", "reference", "talk", "contact-outside"]
    other.write("offer-check", offer=OFFER, check="identity", text="passport seen on a call")
    other.write("offer-check", offer=OFFER, check="reference", text="neighbour")
    other.write("offer-check", offer=OFFER, check="reference", text="neighbour")
    other.write("offer-check", offer=OFFER, check="talk", text="an hour, calm")
    other.write("offer-check", offer=OFFER, check="contact-outside", text="the parish office")
    assert offer(other).missing == ["reference", "talk"]
    other.write("offer-check", offer=OFFER, check="reference", text="employer")
    desk.hear(*other.known)
    desk.write("offer-check", offer=OFFER, check="talk", text="I was there too")
    assert offer(desk).missing == []


def test_one_report_freezes_and_two_others_lift_it_after_which_it_is_vetted_anew():
    desk = written("translation")
    names = ["lale", "omid", "tara"]
    for name in names[:2]:
        desk.hear(*(hand := Hand(name, desk.known, OTHER)).known, hand.write("offer-vetted", offer=OFFER))
    desk.write("offer-report", offer=OFFER, why="asked a guest for money")
    assert offer(desk).is_frozen
    desk.write("offer-lifted", offer=OFFER, why="I was wrong")
    assert offer(desk).is_frozen
    for name in names[1:]:
        hand = Hand(name, desk.known, OTHER)
        hand.write("offer-lifted", offer=OFFER, why="spoke with all of them")
        desk.hear(hand.known[-1])
    assert not offer(desk).is_frozen
    assert offer(desk).missing == ["vetted"]


def test_who_is_not_of_the_team_writes_nothing_into_its_record():
    desk = written()
    team = fold_team(desk.known, trusted=lambda name: name == "omid")
    assert team.offers == {}
    assert [one.why for one in team.set_aside] == ["not-a-member"]
