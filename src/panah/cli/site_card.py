"""What `panah site doctor` looks at where a fund takes cards: the key's power, the secret, what nobody answers.

The key is tried with calls that make, change and read nothing (`rails/card/power.py`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connections

from panah.rails.card import power
from panah.rails.card.client import Client
from panah.rails.card.webhook import MIN_SECRET
from panah.site.gifts.providers import CARD_KEY, CARD_SECRET, card_key, event_secret

if TYPE_CHECKING:
    from panah.site.home import Site
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules

DAY: Final = 86400
_GUIDE: Final = "docs/how/card.md says how to make one."

Seen = tuple[str, str]
"""What is wrong, and how to mend it."""


def look_at_card(fund: FundHome, rules: FundRules, site: Site) -> Iterator[Seen]:
    """Give what is wrong with a fund's way to Stripe; nothing for a fund without cards."""
    charter: Any = rules.charter
    if "card" not in charter["rails"]:
        return
    if not site.address.startswith("https://"):
        yield (
            "Cards need an https address: Stripe sends givers back to it.",
            'Write address = "https://…" into site.toml.',
        )
    if not any(len(line) >= MIN_SECRET for line in event_secret(fund, "card").splitlines()):
        yield (
            f"There is no secret for Stripe's events: {fund.folder / CARD_SECRET}.",
            f"Make an endpoint for {site.address_of(fund.slug)}/rails/card/event and keep its secret there. {_GUIDE}",
        )
    yield from _look_at_key(fund)
    yield from _look_at_calls(fund)


def _look_at_key(fund: FundHome) -> Iterator[Seen]:
    path = fund.folder / CARD_KEY
    key = card_key(fund)
    if not key:
        what = "is not a restricted key (rk_…), so it is not used" if path.is_file() else "is missing"
        yield (
            f"The key for cards {what}: {path}.",
            f"Make a restricted key at Stripe and keep it there, mode 600. {_GUIDE}",
        )
        return
    readings = power.examine(Client(key, settings.PANAH_STRIPE_API))
    reads = [one.resource for one in readings if one.fault == "reads"]
    lacks = [one.resource for one in readings if one.fault == "cannot"]
    if reads:
        yield (
            f"The key for cards can read {', '.join(reads)}: whoever takes this server could too.",
            f"Make a new key without these permissions, put it into {path}, then revoke the old one.",
        )
    if lacks:
        yield (
            f"The key for cards can't write {', '.join(lacks)}.",
            "Give the restricted key write permission for Checkout Sessions, PaymentIntents and Refunds.",
        )
    if any(one.fault == "invalid" for one in readings):
        yield "Stripe does not know the key for cards.", f"Make a new one and put it into {path}. {_GUIDE}"
    if any(one.fault == "no answer" for one in readings):
        yield "Stripe did not answer, so the key's power is not proven.", "Try again in a few minutes."


def _look_at_calls(fund: FundHome) -> Iterator[Seen]:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM storage_railcall WHERE state = 'waiting' AND first < %s", [int(time.time()) - DAY]
        )
        old = cursor.fetchone()[0]
    if old:
        yield (
            f"{old} calls to Stripe have had no answer for more than a day; their room under the goal is kept.",
            "Look at Stripe's status and at the account; the site goes on asking by itself.",
        )
