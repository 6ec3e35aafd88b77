"""Who must sign what, and the file in which signatures travel."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core import statement
from panah.core.statement import NEEDED, Signed, Signers, check_signers
from panah.errors import InputError, RefusedError
from panah.proof import leaf

TEAM = ("lale", "omid", "roshan", "tara")
DAY, UNTIL = dt.date(2021, 10, 1), dt.date(2021, 12, 31)
BODY = statement.begin("life", "lantern.invalid/2021", day="2021-10-01", to="open")


def check(kind, *signers, day=DAY):
    check_signers(kind, signers, TEAM, day=day, until=UNTIL)


def test_every_leaf_and_statement_type_says_who_signs():
    types = {name.removeprefix(leaf.PREFIX) for name in leaf._LEAF_SHAPES | leaf._STATEMENT_SHAPES}
    assert types == set(NEEDED)


@given(st.sampled_from(sorted(NEEDED)), st.sets(st.sampled_from(TEAM)))
def test_two_signers_means_two_different_members(kind, signers):
    enough = {
        Signers.NONE: True,
        Signers.ONE: len(signers) >= 1,
        Signers.TWO: len(signers) >= 2,
        Signers.ALL: signers == set(TEAM),
        Signers.OUTSIDE: False,  # no member signs for the holders outside
    }[NEEDED[kind]]
    if enough:
        check(kind, *signers)
    else:
        with pytest.raises(RefusedError):
            check(kind, *signers)


def test_one_name_signing_twice_is_one_signer():
    with pytest.raises(RefusedError, match="needs 2"):
        check("close", "lale", "lale")


def test_only_what_takes_away_can_be_done_alone():
    assert {kind for kind, needed in NEEDED.items() if needed is Signers.ONE} == {"pause", "withdraw"}


def test_missing_founders_are_named():
    with pytest.raises(RefusedError, match="omid, tara"):
        check("charter", "lale", "roshan")


def test_a_stranger_is_named():
    with pytest.raises(RefusedError, match="mallory"):
        check("amend", "lale", "omid", "mallory")


@pytest.mark.parametrize("kind", sorted(kind for kind, who in NEEDED.items() if who is not Signers.OUTSIDE))
def test_an_ended_roster_can_renew_itself_and_take_away_and_nothing_else(kind):
    late = UNTIL + dt.timedelta(days=1)
    if NEEDED[kind] is Signers.NONE or kind in {"roster", "pause", "withdraw"}:
        check(kind, *TEAM, day=late)
    else:
        with pytest.raises(RefusedError, match="2021-12-31"):
            check(kind, *TEAM, day=late)
    check(kind, *TEAM, day=UNTIL)


def test_an_unknown_kind_is_refused():
    with pytest.raises(RefusedError, match="crown"):
        check("crown", *TEAM)
    with pytest.raises(InputError):
        statement.begin("gift", "lantern.invalid/2021")


def test_a_signed_file_reads_back():
    signed = Signed(BODY, {"omid": "b", "lale": "a"})
    assert statement.read(signed.to_text()) == signed
    assert statement.read(json.dumps(BODY)) == Signed(BODY)
    assert signed.kind == "life"


def test_a_complete_leaf_has_its_signatures_sorted_by_name():
    done = Signed(BODY, {"omid": "b", "lale": "a"}).complete(vkey="v")
    assert done["sig"] == [["lale", "a"], ["omid", "b"]]
    assert done["vkey"] == "v"


def test_merging_unites_signatures_over_one_body():
    merged = statement.merge([Signed(BODY, {"lale": "a"}), Signed(dict(BODY), {"omid": "b", "lale": "a"})])
    assert merged.sig == {"lale": "a", "omid": "b"}


@pytest.mark.parametrize(
    "other",
    [Signed(BODY | {"to": "winding"}, {"omid": "b"}), Signed(BODY, {"lale": "different"})],
)
def test_merging_refuses_two_stories(other):
    with pytest.raises(InputError):
        statement.merge([Signed(BODY, {"lale": "a"}), other])


def test_true_and_one_are_not_the_same_body():
    with pytest.raises(InputError):
        statement.merge([Signed(BODY | {"n": 1}), Signed(BODY | {"n": True})])
    with pytest.raises(InputError):
        statement.merge([])


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "not json", "null", "[" * 100_000, '{"t": "panah/1/life", "t": "panah/1/close"}',
        '{"body": {}, "sig": []}', '{"body": [], "sig": []}', '{"t": "other"}',
        '{"body": {"t": "panah/1/life"}, "sig": [["a"]]}', '{"body": {"t": "panah/1/life"}, "sig": 5}',
        '{"body": {"t": "panah/1/life"}, "sig": [["a", "b"], ["a", "c"]]}',
        '{"body": {"t": "panah/1/life", "sig": []}, "sig": []}',
    ],
)  # fmt: skip
def test_what_is_no_statement_file_is_refused_in_words(text):
    with pytest.raises(InputError):
        statement.read(text)
