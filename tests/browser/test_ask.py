"""People ask for help and offer it: sealed in their browser, opened at a member's desk."""

from __future__ import annotations

import pytest

from tests.browser.peoplelab import Room, stage  # noqa: F401 - the fund of this module
from tests.browser.peoplepages import AskPage
from tests.browser.stage import Manner, Visitor

STORY = "They were at our door twice. We are four and need to leave this house."


@pytest.mark.parametrize("manner", [Manner(), Manner("fa", 360)], ids=str)
def test_what_is_asked_is_opened_by_the_desk_and_by_nobody_between(visitor: Visitor, stage: Room) -> None:  # noqa: F811
    page = AskPage(visitor)
    page.open()
    page.is_ready()
    page.person_picks("needs", "shelter", "medicine")
    page.person_adds("daughter", "9")
    page.person_asks(STORY)
    _, letter = stage.newest()
    assert letter.kind == "ask"
    assert letter.body["text"] == STORY
