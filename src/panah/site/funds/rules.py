"""Statements that change the rules of a fund: amendments, rosters, keys of the log.

An amendment is written down at once and comes into force on its day; until then givers see both.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final

from panah.core.announced import UNSIGNED_BY_PERSON, signs_for_account
from panah.core.charter import Charter
from panah.core.charter_rules import HOLDER
from panah.core.fund import Act, State, require
from panah.errors import N_, RefusedError
from panah.site.funds.terms import charter_leaves, charter_on, latest_day, put_in_force
from panah.site.gifts.booking import count_waiting
from panah.storage.logkey import read_log_key

if TYPE_CHECKING:
    from panah.site.funds.setting import Setting
    from panah.storage.batch import Batch

NOTICE: Final = dt.timedelta(days=7)


def amend(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(State(batch.counter.state), Act.AMEND)
    start = dt.date.fromisoformat(body["from"])
    day = dt.date.fromisoformat(body["day"])
    if start < max(day, setting.today) + NOTICE:
        raise RefusedError(
            N_("An amendment is announced seven days ahead: it can begin on %(day)s."),
            hint=N_("Write it anew with a later day."),
            day=(max(day, setting.today) + NOTICE).isoformat(),
        )  # fmt: skip
    terms = charter_on(charter_leaves(batch), dt.date.max)
    changed = Charter.from_terms(batch.rules.origin, terms).amended(body["set"])
    person = signs_for_account(terms, body["set"])
    if person is not None and person not in {name for name, _ in body["sig"]}:
        raise RefusedError(
            UNSIGNED_BY_PERSON, hint=N_("Whose account it is signs the amendment too, as one of its members.")
        )
    if changed.goal.minor < terms["goal"]:
        # Gifts go on during the notice: a lower goal could be passed before it begins.
        raise RefusedError(
            N_("An amendment can raise the goal, never lower it."),
            hint=N_("To end earlier, wind the fund: panah member write life."),
        )
    batch.add_entry(body)
    batch.counter.rules += 1  # the give form tells of it too
    batch.counter.face += 1


def apply_due(batch: Batch, today: dt.date, seen: dt.date = dt.date.min) -> bool:
    """Bring amendments into force whose day has come; tell whether anything changed (job).

    A reader of the log knows the day from its leaves alone (`core/ledger.py`), so an amendment waits
    here too until a leaf of its first day, or a later one, has its place: what comes after it may not be
    shuffled before it. `seen` is the day of a leaf that takes its place right now.
    """
    if State(batch.counter.state) not in {State.DRAFT, State.OPEN}:
        return False
    leaves = charter_leaves(batch)
    due = [(number, body) for number, body in leaves[1:] if dt.date.fromisoformat(body["from"]) <= today]
    if not due or charter_on(leaves, today) == batch.rules.charter:
        return False
    terms = charter_on(leaves, max(seen, latest_day(batch, min(number for number, _ in due), placed=True)))
    if terms == batch.rules.charter:
        return False
    put_in_force(batch, terms)
    count_waiting(batch, today)
    return True


def roster(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(State(batch.counter.state), Act.ROSTER)
    check_roster(batch, body, setting.today)
    take_roster(batch, body)


def check_roster(batch: Batch, body: dict[str, Any], today: dt.date) -> None:
    """Raise `RefusedError` unless the charter would hold with this roster."""
    terms: dict[str, Any] = batch.rules.charter | {"roster": body["roster"]}
    found = Charter.from_terms(batch.rules.origin, terms).problems(today)
    if problems := [problem for problem in found if problem.path != HOLDER]:
        raise RefusedError(problems[0].text(), hint=problems[0].hint_text())


def take_roster(batch: Batch, body: dict[str, Any]) -> None:
    """Write the change of members down."""
    batch.add_entry(body)
    batch.execute("UPDATE storage_fund SET roster = %s WHERE id = 1", [json.dumps(body["roster"])])
    batch.counter.rules += 1
    batch.counter.face += 1


def key(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    """Let the log's next key sign from now on; it must be on this machine."""
    require(State(batch.counter.state), Act.KEY)
    read_log_key(setting.fund, batch.rules.origin, body["vkey"])  # fails unless this machine can sign with it
    take_key(batch, body)


def take_key(batch: Batch, body: dict[str, Any]) -> None:
    """Write the change of the key down."""
    batch.add_entry(body)
    batch.execute("UPDATE storage_fund SET vkey = %s WHERE id = 1", [body["vkey"]])
    batch.counter.rules += 1
    batch.counter.face += 1
