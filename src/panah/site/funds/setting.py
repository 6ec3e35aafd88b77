"""What carrying out a statement may need beside its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from panah.site.funds.texts import Attached
    from panah.storage.funds import FundHome


@dataclass(frozen=True, slots=True)
class Setting:
    """The fund, the day, and the files that came along."""

    fund: FundHome
    today: dt.date
    attached: Attached
