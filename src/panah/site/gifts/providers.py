"""A fund's own way to its providers: which key it has on this machine, and what signs their events.

Promises: keys are read from files that only this user can read, are never shown, and a key that is not a restricted
one is not used at all. `HOME/funds/<slug>/card.key` has the key, `card.webhook` the endpoint's secret (one a
line while one replaces the other).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from panah.rails.base import PullRail
from panah.rails.card.rail import CardRail
from panah.rails.registry import PULL
from panah.site.funds.actions import fake_secret
from panah.storage.funds import FundHome

CARD_KEY: Final = "card.key"
CARD_SECRET: Final = "card.webhook"  # noqa: S105 - a file's name
CHECKOUT: Final = "https://checkout.stripe.com"
"""Where Stripe's pages are: the only other place that the give form may lead to."""

_RESTRICTED: Final = re.compile(r"rk_(live|test)_[A-Za-z0-9_]{8,250}", re.ASCII)
_made: dict[Path, tuple[int, int, CardRail]] = {}


def card_key(fund: FundHome) -> str:
    """Give the restricted key of a fund's account; empty when there is none that may be used."""
    path = fund.folder / CARD_KEY
    text = path.read_text("ascii", errors="replace").strip() if path.is_file() else ""
    return text if _RESTRICTED.fullmatch(text) else ""


def pull_rail(fund: FundHome, name: str) -> PullRail | None:
    """Give a fund's rail as this machine can call it; None when it can't."""
    if name != "card":
        return PULL.get(name)
    path = fund.folder / CARD_KEY
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    known = _made.get(path)
    if known is None or known[:2] != (state.st_mtime_ns, state.st_ino):
        key = card_key(fund)
        if not key:
            return None
        known = _made[path] = (state.st_mtime_ns, state.st_ino, CardRail(key, settings.PANAH_STRIPE_API))
    return known[2]


def reading_rail(fund: FundHome, name: str) -> PullRail | None:
    """Give a rail that reads events: those come, and are booked, also where no key is."""
    return pull_rail(fund, name) or PULL.get(name)


def event_secret(fund: FundHome, name: str) -> bytes:
    """Give what signs a rail's events; empty when this fund takes none."""
    if name == "fake":
        return fake_secret(fund)
    path = fund.folder / CARD_SECRET
    return path.read_bytes() if name == "card" and path.is_file() else b""


def lead_out(policy: str) -> str:
    """Let a page's form lead to the provider's pages too: browsers ask the policy again when a form is sent on."""
    parts = urlsplit(settings.PANAH_STRIPE_API or CHECKOUT)
    return policy.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")
