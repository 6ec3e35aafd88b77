"""What each kind of signed statement does to a fund: one function each, run inside a job of the writer.

Promises: every check comes before the first change, so a refusal leaves nothing behind. Who has signed
is none of this file's business: `actions.py` has checked it against the roster in force.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from panah.core.fund import Act, State, move, require
from panah.core.recovery import by_outside
from panah.errors import N_, RefusedError
from panah.proof.note import decode_base64
from panah.site.funds import entering, freezing, moves, recovery, rules
from panah.site.funds.setting import Setting
from panah.site.funds.texts import check_attached
from panah.site.gifts.calls import end_visits
from panah.storage.batch import Batch

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
    if to is not State.OPEN and "vkey" in body:
        raise RefusedError(N_("Only the statement that opens a fund names the log's key."))
    batch.add_entry(body)
    counter.state = to.value
    counter.face += 1
    if to is State.WINDING:
        end_visits(batch)


def _close(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    counter = batch.counter
    to = move(_state(batch), State.CLOSED)
    if open_ends := moves.open_ends(batch):
        raise RefusedError(
            N_("The fund can't close, something is still open: %(open)s."),
            hint=N_("panah site held, requests and status list each; docs/how/endings.md says how each one ends."),
            open="; ".join(open_ends),
        )  # fmt: skip
    batch.add_entry(body)
    counter.state = to.value
    counter.face += 1


def _code(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    require(_state(batch), Act.CODE)
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
    if not batch.query(f"SELECT 1 FROM {table} WHERE {column} = %s", [value]):
        raise RefusedError(N_("There is no such update or picture here."))
    batch.execute(f"UPDATE {table} SET withdrawn = %s WHERE {column} = %s", [withdrawn, value])
    batch.counter.face += 1


def _roster(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    bring_in = recovery.bring_in if by_outside(body) else rules.roster
    bring_in(batch, body, setting)


EFFECTS: Final[dict[str, Effect]] = {
    "life": _life, "close": _close, "amend": rules.amend, "roster": _roster, "notice": recovery.notice,
    "key": rules.key, "fee": moves.fee, "settle": moves.settle, "code": _code,
    "gift-return": moves.gift_return, "overflow": moves.overflow, "update": _update,
    "withdraw": _take_down, "restore": _take_down, "pause": freezing.switch, "resume": freezing.switch,
    "cash-gift": entering.cash_gift, "exchange": entering.exchange,
    "freeze": freezing.freeze, "thaw": freezing.thaw,
}  # fmt: skip
"""Kind of statement → what it does; `charter` and `bank-list` are not here but in `actions.py`."""
