"""What each kind of signed statement does to a fund: one function each, run inside a job of the writer.

Promises: every check comes before the first change, so a refusal leaves nothing behind. Who has signed
is none of this file's business: `actions.py` has checked it against the roster in force.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from panah.core.charter import Charter
from panah.core.fund import LEAF_ACTS, Act, State, move, require
from panah.errors import N_, RefusedError
from panah.proof.note import decode_base64
from panah.site.funds.texts import Attached, check_attached
from panah.site.gifts.booking import count_waiting, take_out
from panah.storage.batch import Batch
from panah.storage.logkey import read_log_key

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import GiftRow

NOTICE: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an effect may need beside the body."""

    fund: FundHome
    today: dt.date
    attached: Attached


Effect = Callable[[Batch, dict[str, Any], Setting], None]


def _state(batch: Batch) -> State:
    return State(batch.counter.state)


def _life(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    counter = batch.counter
    to = move(_state(batch), State(body["to"]))
    if to is State.OPEN and body.get("vkey") != batch.rules.vkey:
        raise RefusedError(
            N_("This statement does not confirm the key of this fund's log."),
            hint=N_("Write it with the key that panah site status shows: panah member write life --vkey …"),
        )
    batch.add_entry(body)
    counter.state = to.value
    counter.face += 1


def _close(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    counter = batch.counter
    to = move(_state(batch), State.CLOSED)
    if counter.held or counter.claimed:
        raise RefusedError(
            N_("Money past the goal is still held, so the fund can't close."),
            hint=N_("Return it, pass it on or reserve it first, as the charter's overflow rule says."),
        )
    batch.add_entry(body)
    counter.state = to.value
    counter.face += 1


def _amend(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(_state(batch), Act.AMEND)
    start = dt.date.fromisoformat(body["from"])
    day = dt.date.fromisoformat(body["day"])
    if start < max(day, setting.today) + NOTICE:
        raise RefusedError(
            N_("An amendment is announced seven days ahead: it can begin on %(day)s."),
            hint=N_("Write it anew with a later day."),
            day=(max(day, setting.today) + NOTICE).isoformat(),
        )  # fmt: skip
    terms = charter_on(_charter_leaves(batch), dt.date.max)
    changed = Charter.from_terms(batch.rules.origin, terms).amended(body["set"])
    if changed.goal.minor < terms["goal"]:
        # Gifts go on during the notice: a lower goal could be passed before it begins.
        raise RefusedError(
            N_("An amendment can raise the goal, never lower it."),
            hint=N_("To end earlier, wind the fund: panah member write life."),
        )
    batch.add_entry(body)
    batch.counter.face += 1


def _charter_leaves(batch: Batch) -> list[dict[str, Any]]:
    rows = batch.query("SELECT body FROM storage_entry WHERE kind IN ('charter', 'amend') ORDER BY id")
    return [json.loads(bytes(row[0])) for row in rows]


def charter_on(leaves: list[dict[str, Any]], day: dt.date) -> dict[str, Any]:
    """Give the charter's terms in force on `day`, from the charter leaf and all amendments after it."""
    terms: dict[str, Any] = dict(leaves[0]["charter"])
    for change in sorted(leaves[1:], key=lambda leaf: str(leaf["from"])):
        if dt.date.fromisoformat(change["from"]) <= day:
            terms |= change["set"]
    return terms


def apply_due(batch: Batch, today: dt.date) -> bool:
    """Bring amendments into force whose day has come; tell whether anything changed (job)."""
    terms = charter_on(_charter_leaves(batch), today)
    counter = batch.counter
    if terms == batch.rules.charter or _state(batch) not in {State.DRAFT, State.OPEN}:
        return False
    batch.execute("UPDATE storage_fund SET charter = %s WHERE id = 1", [json.dumps(terms)])
    counter.goal, counter.minimum = terms["goal"], terms["minimum"]
    counter.rules += 1
    counter.face += 1
    count_waiting(batch, today)
    return True


def _roster(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(_state(batch), Act.ROSTER)
    terms: dict[str, Any] = batch.rules.charter | {"roster": body["roster"]}
    if problems := Charter.from_terms(batch.rules.origin, terms).problems(setting.today):
        raise RefusedError(problems[0].text(), hint=problems[0].hint_text())
    batch.add_entry(body)
    batch.execute("UPDATE storage_fund SET roster = %s WHERE id = 1", [json.dumps(body["roster"])])
    batch.counter.rules += 1
    batch.counter.face += 1


def _key(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(_state(batch), Act.KEY)
    read_log_key(setting.fund, batch.rules.origin, body["vkey"])  # fails unless this machine can sign with it
    batch.add_entry(body)
    batch.execute("UPDATE storage_fund SET vkey = %s WHERE id = 1", [body["vkey"]])
    batch.counter.rules += 1
    batch.counter.face += 1


def _record(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Fee, settle, code: the leaf is all there is to it."""
    require(_state(batch), LEAF_ACTS[body["t"].rpartition("/")[2]])
    batch.add_entry(body)
    batch.counter.face += 1


def _gift_at(batch: Batch, index: int) -> GiftRow:
    found = batch.query("SELECT gift_ref FROM storage_entry WHERE leaf = %s AND kind = 'gift'", [index])
    row = batch.gift(found[0][0]) if found else None
    if row is None:
        raise RefusedError(
            N_("Leaf %(index)s is not a gift."),
            hint=N_("The receipt and the books name a gift's leaf."),
            index=index,
        )
    return row


def _gift_return(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(_state(batch), Act.REFUND)
    row = _gift_at(batch, body["gift"])
    held = row.booked - row.counted
    if body["amount"] > row.booked:
        raise RefusedError(N_("More would be returned than is left of this gift."))
    if body["counted"] != body["amount"] - min(body["amount"], held):
        raise RefusedError(
            N_("The held part of a gift goes back first; of this one %(held)s is held."),
            hint=N_("Write the statement anew: the gift has changed since."),
            held=held,
        )  # fmt: skip
    take_out(batch, row, body["amount"])
    batch.add_entry(body)
    count_waiting(batch, setting.today)
    batch.counter.face += 1


def _overflow(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    require(_state(batch), Act.OVERFLOW)
    charter: Any = batch.rules.charter
    row = _gift_at(batch, body["gift"])
    if body["amount"] > row.booked - row.counted:
        raise RefusedError(N_("More would be handed on than is held of this gift."))
    if body["to"] != charter["overflow"]:
        raise RefusedError(
            N_("The charter's overflow rule is %(rule)s."),
            hint=N_("What givers were told is what happens."),
            rule=charter["overflow"],
        )  # fmt: skip
    siblings = {sibling["name"] for sibling in charter["siblings"]}
    if body["to"] == "pass-on" and body.get("sibling") not in siblings:
        raise RefusedError(N_("The money can be passed on only to a sibling fund that the charter names."))
    take_out(batch, row, body["amount"])  # of the held part alone, so nothing that counts is touched
    batch.add_entry(body)
    batch.counter.face += 1


def _update(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    require(_state(batch), Act.UPDATE)
    images = check_attached(body, setting.attached)
    for name in images:
        other = batch.query('SELECT "update" FROM storage_updateimage WHERE sha256 = %s', [name])
        if other and other[0][0] != body["id"]:
            raise RefusedError(N_("The same picture is already in the update %(id)s."), id=other[0][0])
    batch.add_entry(body)
    batch.execute('DELETE FROM storage_updateimage WHERE "update" = %s', [body["id"]])
    batch.execute("DELETE FROM storage_update WHERE id = %s", [body["id"]])
    batch.execute(
        "INSERT INTO storage_update (id, day, file, withdrawn) VALUES (%s, %s, %s, %s)",
        [body["id"], body["day"], setting.attached.file, False],
    )
    for name, data in images.items():
        batch.execute(
            'INSERT INTO storage_updateimage (sha256, "update", data, withdrawn) VALUES (%s, %s, %s, %s)',
            [name, body["id"], data, False],
        )
    batch.counter.face += 1


def _take_down(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Withdraw and restore a text, or one picture of it."""
    require(_state(batch), Act.WITHDRAW)
    withdrawn = body["t"].endswith("/withdraw")
    table, column, value = "storage_update", "id", body["update"]
    if "image" in body:
        table, column, value = "storage_updateimage", "sha256", decode_base64(body["image"]).hex()
    if not batch.query(f"SELECT 1 FROM {table} WHERE {column} = %s", [value]):  # noqa: S608 - our own names
        raise RefusedError(N_("There is no such update or picture here."))
    batch.execute(f"UPDATE {table} SET withdrawn = %s WHERE {column} = %s", [withdrawn, value])  # noqa: S608
    batch.counter.face += 1


def _switch(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Pause and resume."""
    require(_state(batch), Act.PAUSE)
    setattr(batch.counter, f"{body['what']}_paused", body["t"].endswith("/pause"))
    batch.counter.face += 1


EFFECTS: Final[dict[str, Effect]] = {
    "life": _life, "close": _close, "amend": _amend, "roster": _roster, "key": _key,
    "fee": _record, "settle": _record, "code": _record,
    "gift-return": _gift_return, "overflow": _overflow, "update": _update,
    "withdraw": _take_down, "restore": _take_down, "pause": _switch, "resume": _switch,
}  # fmt: skip
"""Kind of statement → what it does; `charter` and `bank-list` are not here but in `actions.py`."""
