"""Cash: handed to a member, written down by two. No form leads here and no reference is made.

Promises: nothing on a page says where or when money changes hands; who gives it asks the team, and is handed a
receipt code on paper. What was handed over comes to the site as a statement that two members signed (`entry.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from panah.rails.base import GiftOrder, Instructions


class CashRail:
    """A push rail that members enter by hand."""

    name: Final = "cash"

    def new_reference(self) -> str:
        """Give none: hands need no reference."""
        return ""

    def instructions(self, order: GiftOrder, rail_charter: Mapping[str, Any]) -> Instructions:  # noqa: ARG002
        """Say nothing: the page points to the team's contact instead."""
        return Instructions((), "")
