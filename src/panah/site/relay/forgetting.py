"""Envelopes go: when all who need one have it, when their reader deletes them, on their last day.

Nobody alone can make intake vanish (`core/intake.py`). What went is gone from the disk too as far as the database
lets us: SQLite writes zeros over freed pages, and the journal, which still holds the bytes as they once came in, is
emptied here. With PostgreSQL freed rows are vacuumed; its own journal keeps ciphertext until it is used again.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core import intake
from panah.site.relay.queries import read_answers
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome

EVERY: Final = 3600.0
"""Seconds between two rounds; a word from `wake` begins one at once."""
REST: Final = 2.0
"""Seconds between two rounds at least, however many delete."""
_AT_ONCE: Final = 500
log = logging.getLogger("panah.site")


def drop(batch: Batch, seqs: Sequence[int]) -> None:
    """Delete envelopes and what was acknowledged about them (job)."""
    for start in range(0, len(seqs), _AT_ONCE):
        some = list(seqs[start : start + _AT_ONCE])
        places = ", ".join(["%s"] * len(some))
        batch.execute(f"DELETE FROM storage_acknowledgement WHERE seq IN ({places})", some)
        batch.execute(f"DELETE FROM storage_envelope WHERE seq IN ({places})", some)


def forget_acknowledged(batch: Batch, today: dt.date, only: Sequence[int] | None = None) -> int:
    """Delete what all who need it have acknowledged, of all envelopes or of these; give how many (job)."""
    query = (
        "SELECT a.seq, a.member, e.vouched FROM storage_acknowledgement a"
        " JOIN storage_envelope e ON e.seq = a.seq"
    )  # fmt: skip
    if only is None:
        found = batch.query(query)
    else:
        found = []
        for start in range(0, len(only), _AT_ONCE):
            some = list(only[start : start + _AT_ONCE])
            found += batch.query(f"{query} WHERE a.seq IN ({', '.join(['%s'] * len(some))})", some)
    roster: Any = batch.rules.roster
    live = intake.live(roster, read_answers(batch.cursor), today)
    everybody = frozenset(member["name"] for member in roster["members"])
    who: dict[tuple[int, bool], set[str]] = {}
    for seq, member, vouched in found:
        who.setdefault((seq, vouched is None), set()).add(member)
    gone = [seq for (seq, ours), members in who.items() if intake.may_go(members, everybody if ours else live)]
    drop(batch, gone)
    return len(gone)


def forget(fund: FundHome, today: dt.date) -> int:
    """Delete everything whose time is over; give how many envelopes went."""
    return writer_for(fund).submit(lambda batch: _forget(batch, today))


def _forget(batch: Batch, today: dt.date) -> int:
    over = [row[0] for row in batch.query("SELECT seq FROM storage_envelope WHERE expires < %s", [today])]
    drop(batch, over)
    yesterday = today - dt.timedelta(days=1)
    batch.execute("DELETE FROM storage_voucher WHERE until < %s", [today])
    batch.execute("DELETE FROM storage_challenge WHERE day < %s", [yesterday])
    batch.execute("DELETE FROM storage_intakeday WHERE day < %s", [yesterday])
    roster: Any = batch.rules.roster
    names = [member["name"] for member in roster["members"]]
    places = ", ".join(["%s"] * len(names))
    batch.execute(f"DELETE FROM storage_answer WHERE member NOT IN ({places})", names)
    return len(over) + forget_acknowledged(batch, today)


def wipe(fund: FundHome) -> bool:
    """Take from the database's own files what was deleted; False when readers were in the way: try again."""
    connection = connections[fund.alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM storage_envelope")
            return True
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not cursor.fetchone()[0]


class Forgetter:
    """One thread per fund and process. `today` gives the day."""

    def __init__(self, fund: FundHome, today: Callable[[], dt.date]) -> None:
        self._fund, self._today = fund, today
        self._wake, self._end = threading.Event(), threading.Event()
        self._deleted = True  # a process that was cut off may have left something in the journal
        self._thread = threading.Thread(target=self._run, name=f"forgetter {fund.slug}", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that something was deleted."""
        self._deleted = True
        self._wake.set()

    def stop(self) -> None:
        """End; what was deleted is wiped first."""
        self._end.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                self._round()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.error("forgetting failed: %s", type(error).__name__)
                connections[self._fund.alias].close_if_unusable_or_obsolete()
            if self._end.wait(REST):
                break
            self._wake.wait(REST if self._deleted else EVERY)
            if self._end.is_set():
                break
        if self._deleted:
            wipe(self._fund)
        connections[self._fund.alias].close()

    def _round(self) -> None:
        if forget(self._fund, self._today()):
            self._deleted = True
        if self._deleted:
            self._deleted = False  # before: what is deleted meanwhile is for the next round
            self._deleted = not wipe(self._fund) or self._deleted


_working: dict[FundHome, Forgetter] = {}


def begin(fund: FundHome, today: Callable[[], dt.date]) -> None:
    """Start a fund's thread in this process."""
    _working[fund] = Forgetter(fund, today)


def wake(fund: FundHome) -> None:
    """Say that something of a fund was deleted."""
    if fund in _working:
        _working[fund].wake()


def end(fund: FundHome) -> None:
    """End a fund's thread."""
    if fund in _working:
        _working.pop(fund).stop()
