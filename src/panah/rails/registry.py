"""Every rail there is, by the word that charters and leaves use for it."""

from __future__ import annotations

from typing import Final

from panah.rails.bank.rail import BankRail
from panah.rails.base import PullRail, PushRail
from panah.rails.fake.rail import FakeRail

PULL: Final[dict[str, PullRail]] = {"fake": FakeRail()}
PUSH: Final[dict[str, PushRail]] = {"bank": BankRail()}
REGISTRY: Final[dict[str, PullRail | PushRail]] = {**PULL, **PUSH}
