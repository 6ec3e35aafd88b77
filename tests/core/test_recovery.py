"""Outside holders get a roster into force after fourteen days of silence, and never otherwise."""

from __future__ import annotations

import copy
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from panah.core.ledger import Books
from panah.core.recovery import ENDS_NOTICE, by_outside, earliest
from panah.errors import RefusedError
from panah.proof import leaf
from tests.loglab import HOLDERS, Lab, example_leaves, roster
from tests.vectors.make_recovery import NEW, guarded

KEYS = sorted(HOLDERS)
PAIR = ("aram", "laleh")
OTHER = NEW | {"until": "2022-09-15"}
START = dt.date(2021, 10, 1)

Step = tuple[str, int, int, int]
"""What is tried, days since the step before, which signers, which notice or roster."""


@cache
def opened() -> Books:

    return guarded(Lab(Path("/nonexistent"))).books


def attempt(kind: str, day: dt.date, who: int, which: int, history: list) -> tuple[dict, frozenset[str]]:
    """A leaf that somebody may try, right or wrong."""
    body = {"t": f"panah/1/{kind}", "o": opened().origin, "day": day.isoformat()}
    holders = frozenset(KEYS[: who % 4])
    notices = [index for index, one in history if one["t"].endswith("/notice")]
    match kind:
        case "notice":
            return body | {"roster": (NEW, OTHER)[which % 2]}, holders
        case "roster":
            named = notices[-1 - which % len(notices)] if notices else 1
            return body | {"roster": (NEW, OTHER)[which // 2 % 2], "notice": named}, holders
        case "renewal":
            renewed = roster(until=(START + dt.timedelta(days=200)).isoformat())
            return body | {"t": "panah/1/roster", "roster": renewed}, frozenset(PAIR[: who % 3])
        case "update":
            return body | {"id": "news", "text": KEYS[0]}, frozenset(PAIR[: who % 3])
        case _:
            gift = {"cur": "EUR", "amount": 100, "counted": 100, "rail": "fake", "rc": KEYS[0]}
            return body | gift, frozenset()


def may_recover(body: dict, signers: frozenset[str], history: list) -> bool:
    """The rule once more, by looking back over the whole history."""
    since = [one for index, one in history if index >= body["notice"]]
    if not since or not since[0]["t"].endswith("/notice"):
        return False
    notice, *after = since
    waited = (dt.date.fromisoformat(body["day"]) - dt.date.fromisoformat(notice["day"])).days
    silent = all(one["t"].endswith(("/gift", "/count", "/gift-void")) for one in after)
    return len(signers) >= 2 and waited >= 14 and silent and body["roster"] == notice["roster"]


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["notice", "notice", "roster", "roster", "roster", "renewal", "update", "gift"]),
        st.sampled_from([1, 13, 14, 20]), st.sampled_from([2, 2, 3, 1, 0]), st.sampled_from([0, 0, 0, 1, 2]),
    ),
    max_size=10,
)  # fmt: skip


def live(steps: list[Step]) -> tuple[Books, int]:
    """Try each step, hold what the books say of a roster against the rule; count what only an answer refused."""
    books, day, history, answered = copy.deepcopy(opened()), START, [], 0
    for kind, days, who, which in steps:
        day += dt.timedelta(days=days)
        body, signers = attempt(kind, day, who, which, history)
        trial = copy.deepcopy(books)
        try:
            trial.apply(books.size, body, signers)
        except RefusedError:
            assert kind != "roster" or not may_recover(body, signers, history)
            silent = [(index, one) for index, one in history if one["t"].endswith(("/notice", "/gift"))]
            answered += kind == "roster" and may_recover(body, signers, silent)
            continue
        history.append((books.size, body))
        books = trial
        if kind == "roster":  # the new members have keys of their own: the pair's signatures are worth nothing now
            assert may_recover(body, signers, history[:-1])
            assert books.roster == body["roster"]
            break
    assert len(books.recovered) == sum("notice" in body for _, body in history)
    return books, answered


@settings(max_examples=400)
@given(HISTORIES)
def test_in_any_history_the_rule_is_kept(steps: list[Step]) -> None:
    live(steps)


def test_the_drawn_histories_reach_what_they_are_about() -> None:
    control = settings(database=None, max_examples=5000)
    find(HISTORIES, lambda steps: bool(live(steps)[0].recovered), settings=control)
    find(HISTORIES, lambda steps: live(steps)[1] > 0, settings=control)


def test_fourteen_days_of_silence_are_enough_and_thirteen_are_not() -> None:
    books = copy.deepcopy(opened())
    body, signers = attempt("notice", START, 2, 0, [])
    books.apply(2, body, signers)
    history = [(2, body)]
    early = attempt("roster", START + dt.timedelta(days=13), 2, 0, history)
    with pytest.raises(RefusedError, match="2021-10-15"):
        copy.deepcopy(books).apply(3, *early)
    books.apply(3, *attempt("roster", START + dt.timedelta(days=14), 2, 0, history))
    assert books.roster == NEW
    assert books.recovered == [(3, "2021-10-15", 2)]


def test_everything_that_two_members_sign_for_the_log_ends_a_notice() -> None:
    two = {kind for kind, body in example_leaves().items() if [name for name, _ in body.get("sig", [])] == list(PAIR)}
    assert two == ENDS_NOTICE
    assert not ENDS_NOTICE & leaf.MESSAGES


def test_what_outside_holders_sign_is_told_by_the_body() -> None:
    leaves = example_leaves()
    assert [kind for kind, body in leaves.items() if by_outside(body)] == ["notice"]
    assert by_outside(leaves["roster"] | {"notice": 2})


def test_a_charter_without_outside_keys_gives_nobody_this_right(tmp_path) -> None:
    lab = Lab(tmp_path).found()
    body, signers = attempt("notice", START, 3, 0, [])
    with pytest.raises(RefusedError, match="names no keys outside"):
        lab.books.apply(2, body, signers)


def test_the_end_of_time_does_not_stop_the_verifier() -> None:
    assert earliest({"day": "9999-12-31"}) == dt.date.max
