"""Every rail there is, by the word that charters and leaves use for it."""

from __future__ import annotations

from typing import Final

from panah.rails.bank.rail import BankRail
from panah.rails.base import PullRail, PushRail
from panah.rails.card.rail import CardRail
from panah.rails.cash.rail import CashRail
from panah.rails.fake.rail import FakeRail

PULL: Final[dict[str, PullRail]] = {"fake": FakeRail(), "card": CardRail()}
"""Rails by name, without anybody's key: what a fund's own rail can do is `site/gifts/providers.py`."""
PUSH: Final[dict[str, PushRail]] = {"bank": BankRail(), "cash": CashRail()}
HAND: Final = frozenset({"cash"})
"""Push rails that members enter alone: no form leads there."""
REGISTRY: Final[dict[str, PullRail | PushRail]] = {**PULL, **PUSH}
