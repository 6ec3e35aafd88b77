"""A whole fund as people make it: four members, a signed charter, statements with signatures."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panah.settings.test")
django.setup()

from panah.core.charter import Charter, Roster  # noqa: E402
from panah.core.ledger import Books  # noqa: E402
from panah.core.money import Money  # noqa: E402
from panah.core.statement import Signed, begin  # noqa: E402
from panah.errors import RefusedError  # noqa: E402
from panah.proof import leaf  # noqa: E402
from panah.proof.signature import sign_body  # noqa: E402
from panah.rails.base import RailEvent  # noqa: E402
from panah.rails.registry import PULL  # noqa: E402
from panah.seal.memberkey import MemberKey, new_member  # noqa: E402
from panah.site.funds.actions import carry_out, found  # noqa: E402
from panah.site.funds.texts import Attached  # noqa: E402
from panah.site.gifts.actions import GiftRequest, promise, receive_event  # noqa: E402
from panah.site.gifts.queries import fund_rules  # noqa: E402
from panah.storage.funds import FundHome  # noqa: E402
from panah.storage.models import Counter, Entry  # noqa: E402
from panah.storage.sequencer import sequence  # noqa: E402

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
NAMES = ("anar", "benafsha", "cyrus", "dilshad")
CHARTER = Path(__file__).parent.parent / "src/panah/site/demo/charter.toml"


class Team:
    """Members who sign, and the fund they sign for."""

    def __init__(self, home: Path, slug: str = "lantern", now: dt.datetime = NOW) -> None:
        self.now = now
        self.fund = FundHome(home, slug)
        self.members: dict[str, MemberKey] = {name: new_member(name) for name in NAMES}

    def roster(self, until: dt.date | None = None) -> Roster:
        end = until or self.now.date() + dt.timedelta(days=300)
        return Roster.from_body({"members": [key.public for key in self.members.values()], "until": end.isoformat()})

    def charter(self, replace: Sequence[tuple[str, str]] = ()) -> Charter:
        text = CHARTER.read_text()
        for old, new in replace:
            assert old in text
            text = text.replace(old, new)
        return Charter.from_toml(text, roster=self.roster(), founded=self.now.date())

    def sign(self, body: dict[str, Any], *names: str) -> Signed:
        return Signed(body, {name: sign_body(body, self.members[name].seed) for name in names})

    def found(self, charter: Charter | None = None, database: str = "") -> Charter:
        body = (charter or self.charter()).body()
        return found(self.fund, self.sign(body, *NAMES), self.now, database)

    def say(self, kind: str, *names: str, attached: Attached | None = None, **fields: Any) -> Any:
        """Write, sign (by two unless told) and carry out a statement."""
        body = begin(kind, fund_rules(self.fund).origin, **{"day": self.now.date().isoformat()} | fields)
        return carry_out(self.fund, self.sign(body, *(names or NAMES[:2])), self.now, attached)

    def open(self) -> None:
        self.say("life", to="open", vkey=fund_rules(self.fund).vkey)

    def counter(self) -> Counter:
        return Counter.objects.using(self.fund.alias).get()

    def snapshot(self) -> tuple[list[bytes], Any]:
        """Bring everything into the log; give its leaves, and the counter."""
        sequence(self.fund)
        rows = Entry.objects.using(self.fund.alias).order_by("leaf")
        return [bytes(row.body) for row in rows], Counter.objects.using(self.fund.alias).values_list().get()

    def audit(self) -> Books:
        """Replay the log by the verifier's rules: what was carried out must keep every one of them."""
        books = Books()
        for index, data in enumerate(self.snapshot()[0]):
            body = leaf.parse(data)
            books.apply(index, body, frozenset(name for name, _ in body.get("sig", [])))
        counter = self.counter()
        assert (books.state, books.counted, books.held) == (counter.state, counter.counted, counter.held)
        return books

    def promise(self, amount: int) -> str:
        """Fill in the form for the demo's rail; give the gift's id. Amount in cents."""
        identity = secrets.token_hex(16)
        commitment = secrets.token_bytes(32)
        promise(self.fund, GiftRequest(identity, "fake", Money(amount, "EUR"), False, commitment, "en"), self.now)
        return identity

    def pay(self, gift: str, amount: int, kind: Any = "authorised") -> None:
        """Send the provider's event."""
        event = RailEvent(secrets.token_hex(8), gift, kind, Money(amount, "EUR"), self.now.date())
        receive_event(self.fund, PULL["fake"], event, self.now)

    def give(self, amount: int) -> None:
        """Promise and pay."""
        self.pay(self.promise(amount), amount)

    def is_refused(
        self, *args: Any, error: type[Exception] = RefusedError, match: str | None = None, **fields: Any
    ) -> None:
        """Carry out what must be refused, and see that nothing changed."""
        before = self.snapshot()
        with pytest.raises(error, match=match):
            self.say(*args, **fields)
        assert self.snapshot() == before
