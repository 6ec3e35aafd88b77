"""A roster says who opens what people send, and holds keys of one kind only."""

from __future__ import annotations

import dataclasses

import pytest

from panah.core.charter import Roster
from panah.errors import ProofError
from panah.proof.charterleaf import ROSTER as SHAPE
from tests.core.charters import ROSTER, TEXT, problems


def with_intake(*names: str) -> Roster:
    return dataclasses.replace(ROSTER, intake=names)


def test_a_roster_with_named_readers_is_written_and_read_again():
    named = with_intake("lale", "tara")
    SHAPE(named.body(), "roster")
    assert Roster.from_body(named.body()) == named
    assert "intake" not in ROSTER.body()


@pytest.mark.parametrize(
    ("names", "broken"), [('"lale", "tara"', False), ('"lale", "nobody"', True), ('"lale", "lale"', True)]
)
def test_a_reader_of_intake_is_a_member_named_once(names, broken):
    text = TEXT.replace("until = 2022-08-31", f"until = 2022-08-31\nintake = [{names}]")
    assert text != TEXT
    assert ("roster.intake" in problems(text)) is broken


@pytest.mark.parametrize("intake", [[], ["lale"], ["Lale", "tara"], "lale"])
def test_one_reader_alone_or_another_spelling_is_refused(intake):
    with pytest.raises(ProofError):
        SHAPE(ROSTER.body() | {"intake": intake}, "roster")


@pytest.mark.parametrize("seal", ["age1pq1" + "q" * 1950, "age1tag1" + "q" * 60, "age1tagpq1" + "q" * 60])
def test_a_roster_with_a_key_of_another_kind_is_no_roster(seal):
    body = ROSTER.body()
    body["members"][1]["seal"] = seal
    with pytest.raises(ProofError, match="classic"):
        SHAPE(body, "roster")
