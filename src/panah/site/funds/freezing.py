"""Statements about a rail in trouble: stop it, put apart what is stuck there, release it or write it off.

Promises: one member stops a rail at once, two let it go on; what is stuck never exceeds what the books have
on the rail, and leaves its account only by another signed leaf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panah.core.fund import Act, State, require
from panah.core.money import EXPONENTS
from panah.core.postings import FROZEN
from panah.errors import N_, InputError, RefusedError
from panah.site.gifts.calls import end_visits

if TYPE_CHECKING:
    from panah.site.funds.setting import Setting
    from panah.storage.batch import Batch


def freeze(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Stop a rail and put apart what is stuck on it; repeated when more turns out to be stuck."""
    require(State(batch.counter.state), Act.FREEZE)
    if not _is_named(batch, body["rail"]) or body["cur"] not in EXPONENTS:
        raise RefusedError(N_("The charter names no such rail, or Panah knows no such currency."))
    there = max(0, balance(batch, f"assets:{body['rail']}", body["cur"]))
    if body["amount"] > there:
        raise RefusedError(
            N_("More is called stuck than the books have on this rail: %(there)s."),
            hint=N_("Write the statement anew with at most that, in minor units."),
            there=there,
        )  # fmt: skip
    batch.add_entry(body)
    _stop(batch, body, frozen=True)


def thaw(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Release what was stuck, or write it off. The rail itself goes on only by `resume`."""
    require(State(batch.counter.state), Act.FREEZE)
    stuck = balance(batch, FROZEN + body["rail"], body["cur"])
    if body["amount"] > stuck:
        raise RefusedError(
            N_("More is thawed than is stuck on this rail: %(stuck)s."),
            hint=N_("Write the statement anew with at most that, in minor units."),
            stuck=stuck,
        )  # fmt: skip
    batch.add_entry(body)
    batch.counter.face += 1


def switch(batch: Batch, body: dict[str, Any], _: Setting) -> None:
    """Pause and resume: all gifts, gifts by one rail, or intake."""
    require(State(batch.counter.state), Act.PAUSE)
    pauses = body["t"].endswith("/pause")
    if "rail" not in body:
        setattr(batch.counter, f"{body['what']}_paused", pauses)
        batch.counter.face += 1
        return
    rails: Any = batch.rules.charter["rails"]
    if body["what"] != "gifts":
        raise InputError(N_("A rail is paused for gifts."))
    if pauses and body["rail"] not in rails:
        raise RefusedError(N_("The charter names no such rail, or Panah knows no such currency."))
    if pauses:
        _stop(batch, body, frozen=False)
    elif batch.execute("DELETE FROM storage_stoppedrail WHERE rail = %s", [body["rail"]]):
        batch.counter.rules += 1
        batch.counter.face += 1
    else:
        raise RefusedError(N_("This rail is not stopped."))


def _stop(batch: Batch, body: dict[str, Any], *, frozen: bool) -> None:
    was = batch.query("SELECT frozen FROM storage_stoppedrail WHERE rail = %s", [body["rail"]])
    batch.execute("DELETE FROM storage_stoppedrail WHERE rail = %s", [body["rail"]])
    batch.execute(
        "INSERT INTO storage_stoppedrail (rail, day, frozen) VALUES (%s, %s, %s)",
        [body["rail"], body["day"], frozen or bool(was and was[0][0])],
    )
    end_visits(batch, body["rail"])
    batch.counter.rules += 1
    batch.counter.face += 1


def _is_named(batch: Batch, rail: str) -> bool:
    """Tell whether the charter names the rail, or named it once: then gifts came by it."""
    rails: Any = batch.rules.charter["rails"]
    came = "SELECT 1 FROM storage_gift WHERE rail = %s AND status IN ('booked', 'ended') LIMIT 1"
    return rail in rails or bool(batch.query(came, [rail]))


def balance(batch: Batch, account: str, currency: str) -> int:
    """Give what the books have on an account, with what waits for its place in the log."""
    found = batch.query(
        "SELECT COALESCE(SUM(minor), 0) FROM storage_posting WHERE account = %s AND currency = %s",
        [account, currency],
    )
    return int(found[0][0])


def stuck(batch: Batch) -> list[tuple[str, str, int]]:
    """Give what is stuck, as (rail, currency, minor units)."""
    found = batch.query(
        "SELECT account, currency, SUM(minor) FROM storage_posting WHERE account LIKE %s"
        " GROUP BY account, currency ORDER BY account, currency",
        [FROZEN + "%"],
    )
    return [(account.removeprefix(FROZEN), currency, int(minor)) for account, currency, minor in found if minor]
