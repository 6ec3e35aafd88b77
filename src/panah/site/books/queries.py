"""What the published pages show of one fund: its rules, its moment, and its books as the log has them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import connections

from panah.core.announced import coming
from panah.core.charter import Charter
from panah.core.fund import Act, State, allows
from panah.core.ledger import Books
from panah.site.funds.switches import pulled
from panah.site.publish.view import DayRow, FundView, LoggedBooks, UpdateView
from panah.storage.funds import FundHome
from panah.storage.writer import read_rules

_TEAM: Final = frozenset(f"panah/1/{kind}" for kind in ("charter", "amend", "roster", "notice", "key"))
"""Leaves by which a reader follows whose keys count."""


class FaceReader:
    """Reads a fund's public face; keeps the books between calls and feeds them new leaves only."""

    def __init__(self, fund: FundHome, address: str) -> None:
        self._fund, self._address = fund, address
        self._books = Books()
        self._team: list[tuple[int, bytes]] = []

    def glance(self) -> tuple[tuple[Any, ...], int, str]:
        """Tell cheaply whether anything changed: (what the counter shows, log size, today)."""
        with connections[self._fund.alias].cursor() as cursor:
            cursor.execute(
                "SELECT c.state, c.counted, c.goal, c.face, c.rules, c.gifts_paused, h.size"
                " FROM storage_counter c, storage_loghead h"
            )
            state, counted, goal, face, rules, paused, size = cursor.fetchone()
        return shown_of(state, counted, goal, face, rules, bool(paused)), int(size), _today().isoformat()

    def view(self) -> FundView:
        """Give everything the pages show, as of now."""
        with connections[self._fund.alias].cursor() as cursor:
            cursor.execute(
                "SELECT state, counted, held, gifts_paused, intake_paused, bank_upto FROM storage_counter WHERE id = 1"
            )
            state, counted, held, gifts_paused, intake_paused, upto = cursor.fetchone()
            rules = read_rules(cursor)
            self._feed(cursor)
            updates = _updates(cursor)
            paused = {"gifts": bool(gifts_paused), "intake": bool(intake_paused)}
            switches = pulled(cursor, **paused, rails=rules.stopped)
        if isinstance(upto, str):
            upto = dt.date.fromisoformat(upto)
        return FundView(
            slug=self._fund.slug,
            charter=Charter.from_terms(rules.origin, rules.charter),
            state=State(state),
            counted=counted,
            held=held,
            logged=logged_books(self._books),
            fingerprint=rules.leaf0.hex(),
            vkey=rules.vkey,
            today=_today(),
            bank_upto=upto,
            gifts_paused=bool(gifts_paused),
            intake_paused=bool(intake_paused),
            stopped=rules.stopped,
            switches=switches,
            notice=rules.new_roster_from,
            announced=coming(rules.charter, self._books.pending) if allows(state, Act.AMEND) else (),
            address=self._address,
            team=tuple(self._team),
            door=settings.PANAH_DOOR_ADDRESS,
            answer_days=int(settings.PANAH_ANSWER_DAYS),
            updates=tuple(update for update in updates if update.id != "story"),
            story=next((update for update in updates if update.id == "story"), None),
            read_image=self._image,
        )

    def _feed(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT leaf, body FROM storage_entry WHERE leaf >= %s AND leaf < (SELECT size FROM storage_loghead)"
            " ORDER BY leaf",
            [self._books.size],
        )
        for index, body in cursor.fetchall():
            leaf = orjson.loads(bytes(body))
            self._books.apply(index, leaf, None)
            if leaf["t"] in _TEAM and (leaf["t"] != "panah/1/amend" or "outside" in leaf["set"]):
                self._team.append((index, bytes(body)))

    def _image(self, sha256: str) -> bytes:
        with connections[self._fund.alias].cursor() as cursor:
            cursor.execute("SELECT data FROM storage_updateimage WHERE sha256 = %s AND NOT withdrawn", [sha256])
            row = cursor.fetchone()
        return bytes(row[0]) if row else b""


def shown_of(state: str, counted: int, goal: int, face: int, rules: int, gifts_paused: bool) -> tuple[Any, ...]:
    """Give what the pages show of the counter: progress in 1 % steps until 95 %, then exactly."""
    percent = counted * 100 // goal
    return (state, percent if percent < 95 else counted, face, rules, gifts_paused)


def logged_books(books: Books) -> LoggedBooks:
    """Give the totals and days of replayed books."""
    days = tuple(
        DayRow(day, rail, row.gifts, row.amount, row.counted, row.amount - row.counted)
        for (day, rail), row in sorted(books.days.items())
    )
    return LoggedBooks(
        size=books.size,
        gross=books.gross,
        counted=books.counted,
        held=books.held,
        returned=books.returned,
        passed_on=books.passed_on,
        fees=books.fees,
        gifts=books.gifts,
        days=days,
        frozen=tuple((rail, currency, minor) for (rail, currency), minor in sorted(books.frozen.items())),
        lost=tuple(sorted(books.lost.items())),
        in_other_money=tuple(books.gross_by_currency.items())[1:],
    )


def _updates(cursor: Any) -> list[UpdateView]:
    cursor.execute('SELECT "update", sha256 FROM storage_updateimage WHERE withdrawn')
    gone: dict[str, set[str]] = {}
    for update, sha256 in cursor.fetchall():
        gone.setdefault(update, set()).add(sha256)
    cursor.execute("SELECT id, file, withdrawn FROM storage_update ORDER BY day DESC, id")
    return [_update(bytes(file), bool(withdrawn), gone.get(name, set())) for name, file, withdrawn in cursor.fetchall()]


def _update(file: bytes, withdrawn: bool, gone: set[str]) -> UpdateView:
    value = orjson.loads(file)
    return UpdateView(
        id=value["id"],
        day=value["day"],
        salt=value["salt"],
        texts={tag: (text["title"], text["body"]) for tag, text in value["texts"].items()},
        images=tuple((image["sha256"], image["alt"]) for image in value["images"]),
        withdrawn=withdrawn,
        withdrawn_images=frozenset(gone),
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
