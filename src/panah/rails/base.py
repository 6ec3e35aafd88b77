"""The contract every rail fulfils: how money reaches a fund, seen from the site.

There are two families, because only one of them can be refused at the goal:

- A **pull rail** (card, the demo's fake) takes money only when the site says so. The giver authorises an
  amount at the provider, the site *claims* room under the goal, then captures all or part of it; what finds
  no room is voided and nothing was taken. One that tells no room before taking the money is not a pull rail.
- A **push rail** (bank, cash, monero, bitcoin) shows the giver where to send money. What arrives can't be
  refused: it is always booked first, and what is past the goal becomes a held gift under the charter's
  overflow rule.

What holds for both:

- A rail never decides whether a gift counts, never touches the database, and keeps no state: the site
  records its intention first, calls, and records the answer.
- Every call that moves money carries a `key` made from our own row. A rail passes it on as the provider's
  idempotency key, so a call repeated after a crash moves money once.
- Events arrive late, doubled and out of order. `RailEvent.id` names the fact, made from the provider's own ids:
  the same fact has the same id for ever, whether an event, an answer or a look at the provider told it, and
  two facts never share one.
- Nothing of the giver beyond the gift id crosses this border: no name, no address, no account, not in
  an event, an exception or a log line.
- A network fault is an *outcome* (`unknown`), not an exception: the site keeps the room until it knows.

Adding a rail touches its own folder and `registry.py`, and the charter's table of rails in `proof/leaf.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from panah.core.money import Money

EventKind = Literal["authorised", "settled", "failed", "voided", "refunded", "disputed", "reinstated", "declined"]
CaptureOutcome = Literal["captured", "refused", "unknown"]
VoidOutcome = Literal["voided", "refused", "unknown"]
RefundOutcome = Literal["refunded", "refused", "unknown"]
EndOutcome = Literal["ended", "unknown"]


@dataclass(frozen=True, slots=True)
class GiftOrder:
    """One gift that a rail is asked to carry.

    `id` is minted before anything is paid; it, what `mark` has and the amount are all that a provider learns of us.
    `reference` is what the giver types or a provider echoes (the RF reference on `bank`); `lang` is the
    language of the page (`en`, `fa`), for a provider's own pages. `payment` is the provider's own name of the
    payment, once an event has told it.
    """

    id: str
    amount: Money
    reference: str
    lang: str
    payment: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a provider's object says of the gift it is for: by it a fund that lost its tables knows the gift again.

    `gift` is empty for an object that is none of ours, `fund` (the log's origin) for one that was begun without a
    mark. `rc` is the receipt commitment, public once the gift is logged; `asked` what the giver agreed to,
    on `day` (UTC).
    """

    gift: str
    fund: str = ""
    rc: bytes = b""
    takes_rest: bool = False
    asked: Money | None = None
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class RailEvent:
    """One fact that a provider proved, already authenticated.

    `authorised`: the giver agreed, nothing was taken yet. `settled`: money was taken (`amount` of it).
    `failed`: it will never be. `voided`: an authorisation ended without taking money. `refunded` and
    `disputed`: `amount` of what was settled went back. `reinstated`: what the fact `undoes` took came back
    (a dispute won, a refund that failed). `declined`: one try failed, another may follow; it changes nothing and may
    repeat its id. `day` is the provider's day in UTC.

    `payment` is the provider's own name of the payment; where an event names no gift (`gift` is empty), the
    site finds the gift by it. `call` is the key of our own call that caused the fact, where the provider tells;
    `mark` is what the object says of its gift. Neither is part of the fact.
    """

    id: str
    gift: str
    kind: EventKind
    amount: Money
    day: dt.date
    payment: str = ""
    undoes: str = ""
    call: str = ""
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where to send the giver, and until when: the addresses that lead back, and the end as a Unix time.

    Kept by the site before the provider is asked, so that a repeated call asks for exactly the same.
    """

    back: str
    title: str
    ends: int


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that may still be paid: the provider's name of it, and its end as a Unix time."""

    mark: Mark
    name: str
    ends: int


@dataclass(frozen=True, slots=True)
class History:
    """What a provider knows since a day: facts in the order in which they are to be told, and visits still open."""

    facts: tuple[RailEvent, ...]
    visits: tuple[OpenVisit, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of beginning a payment: where to send the giver, and the provider's name of the visit.

    `ready` is False when the provider refused or did not answer: nobody can pay then.
    """

    ready: bool
    address: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """What became of a refund; `id` is the fact's id as an event would tell it (`RailEvent.id`)."""

    outcome: RefundOutcome
    id: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """What became of a capture. `amount` is what was taken: zero unless the outcome is `captured`.

    `unknown` means that the call may have reached the provider: the room stays claimed, and the site asks
    again with the same key, or reads the state once the key is too old to be safe.
    """

    outcome: CaptureOutcome
    amount: Money


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """One line of "how to send it". `name` is a stable word that the page translates (`payee`, `iban`, …).

    `shown` is for reading (grouped by spaces), `copied` is what goes into the clipboard or a bank's form.
    """

    name: str
    shown: str
    copied: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to send a gift on a push rail: lines in the order of a bank's form, and the text of a QR code.

    `qr_text` is empty where no code that payment apps read exists for this currency.
    """

    lines: tuple[InstructionLine, ...]
    qr_text: str


class PullRail(Protocol):
    """A rail whose money the site takes, or does not."""

    @property
    def name(self) -> str:
        """The word in the charter and in leaves (`card`, `fake`)."""

    @property
    def local_capture(self) -> bool:
        """True where capture needs no call to a provider, so it may run inside the claim's transaction."""

    def least(self, currency: str) -> int:
        """Give the smallest amount that this rail can take, in minor units; 0 where it takes none at all."""

    def begin(self, order: GiftOrder, visit: Visit, key: str) -> Begun:
        """Start a payment. Nothing may be taken by this call alone. Safe to repeat with the same key and visit.

        The address is absolute, or relative to the fund.
        """

    def read_event(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> RailEvent | None:
        """Authenticate and read one event, or give None for a kind this rail has no use for.

        `headers` answers `.get()` for a header's usual spelling. Raises `ProofError` if the signature does
        not hold over the exact bytes, `InputError` if what it signs can't be read. Authenticates first:
        not one byte of an unsigned body is parsed. Makes no call to anybody.
        """

    def capture(self, order: GiftOrder, amount: Money, key: str) -> Capture:
        """Take `amount` (at most the order's) of what was authorised. Safe to repeat with the same key."""

    def void(self, order: GiftOrder, key: str) -> VoidOutcome:
        """Let go of an authorisation. Safe to repeat with the same key; `refused` if already captured."""

    def refund(self, order: GiftOrder, amount: Money, key: str) -> Refund:
        """Give `amount` of what was captured back to where it came from. Safe to repeat with the same key."""

    def end_visit(self, visit: str, key: str) -> EndOutcome:
        """Let nobody pay on this visit any more. What was paid before it ended comes as an event."""

    def look(self, order: GiftOrder, visit: str) -> list[RailEvent] | None:
        """Ask what became of a payment: its facts so far, in order; None when the provider does not answer.

        Moves nothing. Their ids are those of the events, so a fact that comes both ways counts once.
        """

    def mark_of(self, payment: str) -> Mark | None:
        """Ask which gift a payment is for; with an empty gift when it is none of ours, None when there is no answer."""

    def history(self, since: int) -> History | None:
        """List what became of every payment since a Unix time; None when the provider does not answer in full.

        Moves nothing, and may tell more than what is of this fund: marks say whose it is.
        """


class PushRail(Protocol):
    """A rail on which givers send money that can't be refused. What came is read elsewhere, by members."""

    @property
    def name(self) -> str:
        """The word in the charter and in leaves (`bank`)."""

    def new_reference(self) -> str:
        """Give a fresh reference, by which money that arrives is matched with its gift."""

    def instructions(self, order: GiftOrder, rail_charter: Mapping[str, Any]) -> Instructions:
        """Say how to send this gift. `rail_charter` is the charter's own table of this rail.

        Raises `InputError` if the table can't be used as it is; pure otherwise.
        """


def is_pull(rail: PullRail | PushRail) -> bool:
    """Tell the families apart."""
    return hasattr(rail, "capture")
