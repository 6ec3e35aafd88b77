"""A desk that unlocks, beside bare opening and checking of the same envelopes; a warm start; search beside bare FTS5.

One team of three, cases with ten signed events each. *Bare*: pyrage with the key of each envelope at hand and one
Ed25519 check over the same plaintext; it reads the same rows, and knows, folds and lists nothing. *Straight*: the same
plaintexts sealed to three members, own key second. Unlocking ends with a list of all cases. Processor time of this
process, rounds in turns. Search: the same words on the same index, through `Index.find` and as bare SQL.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from panah.core.folding import fold
from panah.desk.cases.queries import cases
from panah.desk.cases.search import Index
from panah.desk.vault.desk import Desk, replay
from panah.desk.vault.following import Known
from panah.desk.vault.home import Fund, Home
from panah.desk.vault.keyring import Keyring
from panah.desk.vault.store import Store
from panah.proof.deskwire import Row
from panah.seal import circles, letter, outer
from panah.seal.envelope import close
from panah.seal.letter import Letter
from panah.seal.memberkey import new_member
from panah.seal.names import name_of, naming_key
from panah.seal.recipients import read_recipients
from panah.seal.roster import read_roster

ORIGIN = "lantern.invalid"
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
DAY = NOW.date()
NAMES = ("lale", "omid", "tara")
WORDS = ("سه نفر مادر بیمار ویزا هرات کابل تهران خانه کار دارو مدرسه نامه سفر room letter doctor Lyon Herat").split()  # noqa: SIM905 - read as words


def texts(number: int) -> str:
    """About 600 bytes, another for each event; each case has a word of its own."""
    return " ".join(WORDS[(number * 7 + place * place) % len(WORDS)] for place in range(60)) + f" word{number}"


class Ground:
    """A desk's folder with so many cases, and the same plaintexts as a bare program would open them."""

    def __init__(self, folder: Path, count: int, events: int) -> None:
        self.member = {name: new_member(name) for name in NAMES}
        recovery = str(pyrage.x25519.Identity.generate().to_public())
        body = {"members": [key.public for key in self.member.values()], "until": "2026-12-31"}
        self.roster = read_roster(ORIGIN, 3, body)
        self.known = Known(((3, body),), b"", DAY.isoformat())
        self.home = Home(folder)
        self.home.found(Fund(ORIGIN, "5a" * 32, "http://127.0.0.1:9/", recovery), b"-")
        # Own key second, as whoever is not the first of a list meets it.
        self.three = read_recipients([self.member[name].public["seal"] for name in ("lale", "omid", "tara")])
        self.bare: list[tuple[bytes, pyrage.x25519.Identity]] = []
        self.straight: list[bytes] = []
        rows = []
        for number in range(count):
            ring = circles.new_circle("case", NAMES)
            wrap = circles.wrap(ring, self.roster, self.member["lale"].signer, recovery)
            rows.append(self._row(len(rows) + 1, secrets.token_bytes(32), wrap))
            own = pyrage.x25519.Identity.from_str(self.member["omid"].identity)
            self.bare.append((_age(wrap), own))
            rows += self._events(ring, number, events, len(rows) + 1)
        store = Store(self.home.stream)
        for at in range(0, len(rows), 2000):
            store.take(rows[at : at + 2000])
        store.close()

    def _row(self, seq: int, name: bytes, sealed: bytes) -> Row:
        return Row(seq, name, "d", DAY, DAY, sealed)

    def _events(self, ring: circles.Circle, number: int, events: int, seq: int) -> list[Row]:
        key, identity = naming_key(ring.identity), pyrage.x25519.Identity.from_str(ring.identity)
        counts = dict.fromkeys(NAMES, 0)
        rows: list[Row] = []
        for turn in range(events):
            name = NAMES[turn % 3]
            counts[name] += 1
            what = {"type": "note", "text": texts(number * events + turn)} if turn else {
                "type": "opened", "from": "hand", "who": "self", "members": list(NAMES), "lang": "fa",
                "text": texts(number),
            }  # fmt: skip
            body = {
                "case": ring.id, "id": secrets.token_hex(8), "n": counts[name], "lamport": turn + 1,
                "prev": "ab" * 32 if counts[name] > 1 else "", "at": "2026-03-02T12:00", "what": what,
                "seen": [[other, n] for other, n in counts.items() if n and other != name],
            }  # fmt: skip
            said = Letter(ORIGIN, "event", 3, body, by=name)
            signer = self.member[name].signer
            sealed = close(said, ring.recipients, signer)
            rows.append(self._row(seq + turn, name_of(key, name, counts[name]), sealed))
            self.bare.append((_age(sealed), identity))
            self.straight.append(pyrage.encrypt(letter.write(said, signer), list(self.three.keys)))
        return rows

    # -- what is measured
    def unlock(self, warm: bool) -> Desk:
        desk = Desk(self.home, Keyring(self.member["omid"]), self.known, Store(self.home.stream))
        replay(desk, warm=warm)
        if len(cases(desk, DAY)) != sum(1 for one in desk.state.circles.values() if one.kind == "case"):
            raise RuntimeError("the list lacks cases")
        return desk

    def once(self, warm: bool) -> None:
        self.unlock(warm).close()

    def _rows(self) -> None:
        store = Store(self.home.stream)
        for _ in store.rows():
            pass
        store.close()

    def open_bare(self) -> None:
        key = Ed25519PrivateKey.generate()
        check = key.public_key()
        signature = key.sign(bytes(4096 - 64))
        self._rows()
        for sealed, identity in self.bare:
            pyrage.decrypt(sealed, [identity])
            # As many bytes as a letter has at most: a check costs the same whoever signed.
            check.verify(signature, _ZEROS)

    def open_straight(self) -> None:
        key = Ed25519PrivateKey.generate()
        check, signature = key.public_key(), key.sign(_ZEROS)
        identity = [pyrage.x25519.Identity.from_str(self.member["omid"].identity)]
        self._rows()
        for sealed in self.straight:
            pyrage.decrypt(sealed, identity)
            check.verify(signature, _ZEROS)


_ZEROS = bytes(4096 - 64)


def _age(stored: bytes) -> bytes:
    seen = outer.parse(stored)
    return stored[seen.start : seen.end]


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def lines(count: int, events: int, rounds: int) -> Iterator[Line]:
    folder = Path(tempfile.mkdtemp(prefix="panah-bench-"))
    try:
        ground = Ground(folder / "desk", count, events)
        desk = ground.unlock(warm=False)
        desk.keep_snapshot()
        desk.close()
        took = in_turns(
            rounds,
            {
                "bare": lambda: spent(ground.open_bare),
                "straight": lambda: spent(ground.open_straight),
                "full": lambda: spent(lambda: ground.once(warm=False)),
                "warm": lambda: spent(lambda: ground.once(warm=True)),
            },
        )
        note = f"{middle(took['full']):.2f} s, bare {middle(took['bare']):.2f}, straight {middle(took['straight']):.2f}"
        what = f"{count} cases x {events} events"
        yield Line(f"unlock {what} / bare", ratio(took["full"], took["bare"]), "of CPU", "<= 1.5", note)
        yield Line("the same / sealed straight to 3", ratio(took["full"], took["straight"]), "of CPU", "<= 1.0")
        warm = f"{middle(took['warm']):.2f} s"
        yield Line("warm start / full replay", ratio(took["warm"], took["full"]), "of CPU", "<= 0.25", warm)
    finally:
        shutil.rmtree(folder)


class Shelf:
    """As much of a desk as the index asks for: many cases, without keys."""

    def __init__(self, count: int) -> None:
        folder = Path(tempfile.mkdtemp(prefix="panah-bench-"))
        try:
            self.desk = Ground(folder / "desk", 1, 3).unlock(warm=False)
            [case] = self.desk.state.ids()
            circle, events = self.desk.state.circles[case], self.desk.state.events(case)
            for number in range(count):
                name = f"{number:032x}"
                self.desk.state.circles[name] = circles.Circle(name, "case", circle.turns, circle.seeds)
                told = [
                    event._replace(what={**event.what, "text": texts(number * 3 + place)})
                    for place, event in enumerate(sorted(events, key=lambda one: one.lamport))
                ]
                self.desk.state._events[name] = {f"{name}{place}": event for place, event in enumerate(told)}
            self.index = Index(self.desk)
        finally:
            self.desk.close()
            shutil.rmtree(folder)


def search_lines(count: int, rounds: int, seconds: float) -> Iterator[Line]:
    shelf = Shelf(count)
    asked = [f"word{number * 37 % count}" for number in range(40)] + ["هرات مادر", "Herat letter", "دارو"]
    queries = [" ".join(f'"{word}"*' for word in fold(one).split()) for one in asked]
    base = shelf.index.base

    def bare() -> None:
        for query in queries:
            base.execute(
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 50", (query,)
            ).fetchall()  # fmt: skip

    def ours() -> None:
        for one in asked:
            shelf.index.find(one)

    def timed(work: Callable[[], None]) -> float:
        began, count = time.process_time(), 0
        while count == 0 or time.process_time() - began < seconds:
            work()
            count += 1
        return (time.process_time() - began) / count

    took = in_turns(rounds, {"bare": lambda: timed(bare), "ours": lambda: timed(ours)})
    note = f"{middle(took['ours']) / len(asked) * 1e6:,.0f} µs a question"
    yield Line(f"search over {count} cases / bare FTS5", ratio(took["ours"], took["bare"]), "of CPU", "<= 5", note)


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=3, seconds=0.5)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--events", type=int, default=10)
    asked = parser.parse_args(words)
    found = list(lines(asked.cases, asked.events, asked.rounds))
    found += search_lines(asked.cases * 5, asked.rounds, asked.seconds)
    show("Desk", found)
    return verdict(found, asked.check)


if __name__ == "__main__":
    run(main)
