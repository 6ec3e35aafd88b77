"""The last day: verifier, hledger, every receipt and the world outside are held against each other, to the cent."""

from __future__ import annotations

import csv
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections
from lxml import html

from panah.core.money import parse_amount
from panah.storage.funds import FundHome, attach
from tests.givers import Giver
from tests.simulation.laws import Laws
from tests.story.outside import Person, Postman


class Watched:
    """What the simulation's laws read of a fund, here of a real one whose process is dead or quiet."""

    def __init__(self, fund: FundHome, postman: Postman) -> None:
        self.fund, self._postman = fund, postman
        self.stripe = postman.stripe
        self.restored = 0
        self.paid: dict[str, Any] = {}
        self.fake_back: list[Any] = []
        self.laws = Laws(self)

    @property
    def told(self) -> dict[str, int]:
        return self._postman.told

    @told.setter
    def told(self, value: dict[str, int]) -> None:
        self._postman.told = value

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with connections[self.fund.alias].cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def hold(self) -> None:
        """Let every law hold that must hold at any moment."""
        try:
            self.laws.hold()
        finally:
            self.let_go()

    def let_go(self) -> None:
        connections[self.fund.alias].close()

    def follow(self, fund: FundHome, database: str) -> None:
        """Go on with the fund that came back from a backup."""
        attach(fund, database)
        self.fund = fund
        self.restored += 1


@dataclass(frozen=True)
class Standing:
    """What a receipt says, all of one code together: left in the giver's own money, counted in the fund's."""

    left: int
    counted: int
    held: int
    pages: int


def read_receipt(page: str, person: Person, own: str) -> Standing:
    """Read what a giver reads."""
    left = counted = held = 0
    cards = [card for card in html.fromstring(page).iter("section") if dict(card.attrib) == {"class": "card"}]
    for card in cards:
        said = {
            term.text_content(): term.getnext().text or "" for term in card.iter("dt") if term.getnext() is not None
        }
        left += _minor(said.get("Booked", "0"), person.money.currency)
        counted += _minor(said.get("Counts towards the goal", "0"), own)
        held += _minor(said.get("Held, past the goal", "0"), own)
    return Standing(left, counted, held, len(cards))


def _minor(text: str, currency: str) -> int:
    digits = re.sub(r"[^0-9.]", "", text)
    return parse_amount(digits, currency).minor if digits.strip("0.") else 0


def look_up(address: str, person: Person, folder: Path, transport: Any) -> tuple[Standing, Path]:
    """Type the code on the receipt page, and take the proof home."""
    giver = Giver(address, transport=transport)
    giver.code = person.code
    page = giver.look_up().text
    proof = giver.look_up("proof")
    assert giver.answers == [200, 200], (person, page)
    path = folder / f"{person.gift or person.code}.tlog-proof"
    path.write_bytes(proof.content)
    giver.close()
    return read_receipt(page, person, "EUR"), path


def hledger(journal: Path) -> dict[tuple[str, str], int]:
    """Let hledger check the journal and give (account, currency) → minor units."""
    subprocess.run(["hledger", "-f", journal, "check", "--strict"], check=True, timeout=60)
    told = subprocess.run(
        ["hledger", "-f", journal, "bal", "--flat", "--layout=bare", "-O", "csv", "--no-total"],
        check=True, timeout=60, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = {}
    for row in csv.DictReader(told.splitlines()):
        minus = -1 if row["balance"].startswith("-") else 1
        found[row["account"], row["commodity"]] = minus * _minor(row["balance"], row["commodity"])
    return {key: minor for key, minor in found.items() if minor}


def sums(people: Iterable[Person], of: Any) -> dict[tuple[str, str], int]:
    """Add up by account and currency."""
    found: Counter[tuple[str, str]] = Counter()
    for person in people:
        found[f"assets:{person.rail}", person.money.currency] += of(person)
    return {key: minor for key, minor in found.items() if minor}
