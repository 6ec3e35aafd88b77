"""Gifts that go back: what a giver asked for, what two members agreed to, what the provider or a member then did.

Promises: a request is tied to a receipt code and to nobody; nothing is sent back before its signed leaf is
in the journal; each agreed refund has a key of its own, made from what was signed, so that a repeated call
moves money once and two equal parts are two. Bank and cash go back by a member's hand and are noted here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core.fund import Act, State, require
from panah.core.money import Money
from panah.core.statement import begin
from panah.errors import N_, InputError, RefusedError
from panah.rails.base import GiftOrder, PullRail
from panah.site.funds.record import identity_of
from panah.site.gifts.calls import order_of, visit_for
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules, GiftRow

WHY: Final = frozenset({"", "mistake", "twice", "changed", "other"})
"""Reasons that a giver may tick. A free text would bring names and stories onto this server."""

BY_HAND: Final = frozenset({"bank", "cash", "monero", "bitcoin"})
"""Rails on which a member sends money back; the others have a provider whom the site asks."""

_HANDS: Final = ", ".join(["%s"] * len(BY_HAND))
_REFUND: Final = "id, key, gift, rail, currency, amount, day, state, asked, sent"


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund that was agreed (`models.Refund`); amount in minor units of `currency`."""

    id: int
    key: str
    gift: str
    rail: str
    currency: str
    amount: int
    day: dt.date
    state: str
    asked: dt.date | None
    sent: dt.date | None

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.currency)


def _read(row: Any) -> RefundRow:
    values = list(row)
    for column in (6, 8, 9):
        if isinstance(values[column], str):
            values[column] = dt.date.fromisoformat(values[column])
    return RefundRow(*values)


# -- asking


def ask_back(fund: FundHome, gift: str, commitment: bytes, why: str, now: dt.datetime) -> None:
    """Write down that the giver of this code wants this gift back. Asking again changes nothing."""
    if why not in WHY:
        raise InputError(N_("This form can't be read."))
    job = partial(_ask, gift=gift, commitment=commitment, why=why, today=now.date())
    writer_for(fund).submit(job, gifts=(gift,))


def _ask(batch: Batch, gift: str, commitment: bytes, why: str, today: dt.date) -> None:
    row = batch.gift(gift)
    if row is None or row.rc != commitment:
        raise RefusedError(N_("No gift belongs to this code here."))
    require_refundable(State(batch.counter.state))
    if row.status != "booked":
        raise RefusedError(N_("There is nothing of this gift here that could go back."))
    if batch.query("SELECT 1 FROM storage_refundrequest WHERE gift = %s AND refused IS NULL", [gift]):
        return
    batch.execute("DELETE FROM storage_refundrequest WHERE gift = %s", [gift])  # refused before, and asked again
    batch.execute(
        "INSERT INTO storage_refundrequest (gift, day, why, answer) VALUES (%s, %s, %s, '')", [gift, today, why]
    )


def require_refundable(state: State) -> None:
    """Raise `RefusedError`, in a giver's words, unless gifts can go back in this state."""
    try:
        require(state, Act.REFUND)
    except RefusedError as error:
        raise RefusedError(N_("The books of this fund are closed: nothing can go back any more.")) from error


# -- agreeing (inside the job that carries the signed statement out)


def agree(batch: Batch, row: GiftRow, body: dict[str, Any]) -> None:
    """Note that two members agreed to send money back, and answer the giver's request."""
    batch.execute(
        "INSERT INTO storage_refund (key, gift, rail, currency, amount, day, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [identity_of(body), row.id, row.rail, row.currency, body["amount"], body["day"], "agreed"],
    )
    batch.execute("DELETE FROM storage_refundrequest WHERE gift = %s", [row.id])


def take_as_sent(batch: Batch) -> None:
    """Let every refund by hand that was agreed before a restore count as sent: paid twice would be worse (job).

    Its `sent` stays empty, and members are told to look at the account. A provider is asked what it has sent.
    """
    batch.execute(
        f"UPDATE storage_refund SET state = 'sent' WHERE state = 'agreed' AND rail IN ({_HANDS})", sorted(BY_HAND)
    )


# -- sending


def send_due(fund: FundHome, rails: dict[str, PullRail], now: dt.datetime) -> int:
    """Ask providers to send back what was agreed; give how many are done. Safe to call at any time, and again.

    An answer that did not come leaves the refund as it is. Asked before today, the provider is looked at first:
    it may have forgotten the key, never the refund.
    """
    done = 0
    for refund in refunds(fund, "state = 'agreed'"):
        rail = rails.get(refund.rail)
        if rail is not None:
            done += _send(fund, rail, refund, now.date())
    return done


def _send(fund: FundHome, rail: PullRail, refund: RefundRow, today: dt.date) -> bool:
    writer = writer_for(fund)
    order = writer.submit(partial(_order, gift=refund.gift), gifts=(refund.gift,))
    if order is None or not (order.payment or rail.local_capture):
        return False  # a restored fund that does not know the payment yet could neither look nor ask
    if refund.asked is None:
        if refund.day == today:
            writer.submit(partial(_note_asked, key=refund.key, today=today))
            return _ask_provider(fund, rail, order, refund, today)
    elif refund.asked == today:
        return _ask_provider(fund, rail, order, refund, today)
    known = rail.look(order, "")
    if known is None:
        return False
    fact = next((fact for fact in known if fact.kind == "refunded" and fact.call == refund.key), None)
    if fact is not None:
        writer.submit(
            partial(_note_sent, key=refund.key, fact=f"{rail.name}:{fact.id}", today=today), gifts=(order.id,)
        )
        return True
    writer.submit(partial(_note_asked, key=refund.key, today=today))
    return _ask_provider(fund, rail, order, refund, today)


def _order(batch: Batch, gift: str) -> GiftOrder | None:
    row = batch.gift(gift)
    return order_of(row, visit_for(batch, row)) if row else None


def _ask_provider(fund: FundHome, rail: PullRail, order: GiftOrder, refund: RefundRow, today: dt.date) -> bool:
    answer = rail.refund(order, refund.money, refund.key)
    if answer.outcome == "unknown":
        return False
    fact = f"{rail.name}:{answer.id}" if answer.id else ""
    state = "sent" if answer.outcome == "refunded" else "refused"
    job = partial(_note_sent, key=refund.key, fact=fact, today=today, state=state)
    writer_for(fund).submit(job, gifts=(order.id,), events=(fact,) if fact else ())
    return state == "sent"


def _note_asked(batch: Batch, key: str, today: dt.date) -> None:
    batch.execute("UPDATE storage_refund SET asked = %s WHERE key = %s", [today, key])


def _note_sent(batch: Batch, key: str, fact: str, today: dt.date, state: str = "sent") -> None:
    """Note how a refund ended; its fact then counts as known, so that the event about it undoes nothing twice."""
    rows = batch.query("SELECT gift, amount FROM storage_refund WHERE key = %s", [key])
    batch.execute("UPDATE storage_refund SET state = %s, sent = %s WHERE key = %s", [state, today, key])
    if fact and not batch.query("SELECT 1 FROM storage_raileventrow WHERE id = %s", [fact]):
        batch.add_event(fact, rows[0][0], "ignored", rows[0][1])  # should it fail, this much comes back


def confirm(batch: Batch, call: str, today: dt.date) -> bool:
    """Take a provider's word that a refund of ours went out; tell whether `call` is one of ours (job)."""
    if not call or not batch.query("SELECT 1 FROM storage_refund WHERE key = %s", [call]):
        return False
    _note_sent(batch, call, "", today)
    return True


def note_by_hand(fund: FundHome, number: int, now: dt.datetime) -> RefundRow:
    """Note that a member sent refund `number` back. Raises `RefusedError` when there is none to send."""
    found = [row for row in refunds(fund, "state <> 'sent' OR sent IS NULL") if row.id == number]
    if not found:
        raise RefusedError(N_("No refund of the number %(number)s waits to be sent."), number=number)
    writer_for(fund).submit(partial(_note_sent, key=found[0].key, fact="", today=now.date()))
    return found[0]


# -- reading


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits for two members. No name: the site knows none."""

    gift: str
    leaf: int | None
    asked: dt.date
    why: str
    rail: str
    left: Money
    counted: int
    day: dt.date
    reference: str


def refunds(fund: FundHome, where: str = "1 = 1", *values: Any) -> list[RefundRow]:
    """Give agreed refunds in the order in which they were agreed; `where` is our own SQL."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(f"SELECT {_REFUND} FROM storage_refund WHERE {where} ORDER BY id", list(values))
        return [_read(row) for row in cursor.fetchall()]


def perhaps_sent(fund: FundHome) -> list[RefundRow]:
    """Give the refunds by hand of which only the account can tell whether they went out before a restore."""
    return refunds(fund, f"sent IS NULL AND state = 'sent' AND rail IN ({_HANDS})", *sorted(BY_HAND))


def request_of(fund: FundHome, gift: str) -> dt.date | None:
    """Give the day on which this gift was asked back, while nobody has answered."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT day FROM storage_refundrequest WHERE gift = %s AND refused IS NULL", [gift])
        row = cursor.fetchone()
    return None if row is None else _day(row[0])


def requests(fund: FundHome) -> list[Asked]:
    """Give every request that waits, oldest first."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT g.id, e.leaf, r.day, r.why, g.rail, g.remains, g.currency, g.counted, g.value_day, g.reference"
            " FROM storage_refundrequest r JOIN storage_gift g ON g.id = r.gift"
            " LEFT JOIN storage_entry e ON e.gift_ref = g.id AND e.kind = 'gift'"
            " WHERE g.booked > 0 AND r.refused IS NULL ORDER BY r.day, e.leaf, g.id"
        )
        rows = cursor.fetchall()
    return [
        Asked(gift, leaf, _day(asked), why, rail, Money(remains, currency), counted, _day(day), reference or "")
        for gift, leaf, asked, why, rail, remains, currency, counted, day, reference in rows
    ]


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def reference_of(fund: FundHome, gift: str) -> str:
    """Give the bank reference under which a gift came, empty if it had none."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT reference FROM storage_gift WHERE id = %s", [gift])
        row = cursor.fetchone()
    return (row[0] if row else None) or ""


def prepare(rules: FundRules, asked: list[Asked], today: dt.date) -> list[dict[str, Any]]:
    """Write the unsigned statements that agree to requests: each gift goes back with all that is left of it."""
    return [
        begin(
            "gift-return", rules.origin,
            gift=one.leaf, amount=one.left.minor, counted=one.counted, day=today.isoformat(),
        )
        for one in asked
    ]  # fmt: skip
