"""A fund's log built from invented people, for every test and bench that needs one.

`Lab(folder)` writes what a site publishes under `HOME/public/<fund>/`: `log/` with tiles and a signed
checkpoint, `updates/`. Keys are plain seeds here; nothing is secret and nothing is random, so two runs
build the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import metamorphic_log

from panah.core.ledger import Books
from panah.proof import canonical, leaf, tiles
from panah.proof.checkpoint import Checkpoint
from panah.proof.merkle import consistency_proof, inclusion_proof
from panah.proof.note import SigningKey
from panah.proof.signature import public_of, sign_body
from panah.proof.tlogproof import TlogProof

ORIGIN = "refuge.invalid/2021"
SEEDS = {name: hashlib.sha256(b"loglab " + name.encode()).digest() for name in ("aram", "laleh", "omid", "parwin")}
HOLDERS = {
    base64.b64encode(public_of(seed)).decode(): seed
    for seed in (hashlib.sha256(b"loglab holder %d" % number).digest() for number in range(3))
}
"""Outside holders: their keys in base64, which name their signatures, and the seeds."""
LOG_SEED = hashlib.sha256(b"loglab log key").digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def rc_of(number: int) -> str:
    """An invented receipt commitment."""
    return b64(hashlib.sha256(b"rc %d" % number).digest())


def roster(*names: str, until: str = "2022-09-01", keys: dict[str, bytes] = SEEDS) -> dict[str, Any]:
    members = [
        {"name": n, "sign": b64(public_of(keys[n])), "seal": f"age1{hashlib.sha256(keys[n]).hexdigest()}"}
        for n in names or ("aram", "laleh", "omid", "parwin")
    ]
    return {"members": members, "until": until}


def charter(**changes: Any) -> dict[str, Any]:
    """Terms of a demo fund; `changes` replace whole keys."""
    text = {"en": "For members of the union who are in danger."}
    return {
        "name": {"en": "Refuge fund"}, "scope": text, "languages": ["en"], "currency": "EUR",
        "goal": 5_000_000, "minimum": 100, "suggestions": [2500], "accepts": ["USD", "JPY", "KWD"], "purposes": ["shelter", "lawful-travel"],
        "overflow": "return", "surplus": text, "shortfall": text,
        "siblings": [{"name": "Sibling fund", "url": "https://sibling.invalid/"}],
        "rails": {"fake": {}, "bank": {"payee": "Refuge Union", "iban": "DE89370400440532013000"}},
        "payee": {"form": "association", "holder": "Refuge Union", "country": "DE", "private": 0,
                  "statement": "Refuge Union", "tax": text, "refund": text, "seen": text},
        "contact": "team@refuge.invalid", "auditor": {"name": "Nobody yet"}, "batch": 10, "demo": 1,
        "founded": "2021-09-01", "release": {"delay": 30, "k": 5}, "roster": roster(),
    } | changes  # fmt: skip


class Lab:
    """Writes leaves, keeps their books, publishes."""

    def __init__(self, folder: Path, origin: str = ORIGIN) -> None:
        self.folder = folder
        self.origin = origin
        self.key = SigningKey(origin, LOG_SEED)
        self.books = Books()
        self.leaves: list[bytes] = []
        self.published = 0
        self.texts: dict[str, bytes] = {}
        self._notes: list[tuple[int, str, str]] = []  # (size, note, key) of each checkpoint so far

    # -- leaves ---------------------------------------------------------------------------------------------
    def body(self, kind: str, *signers: str, keys: dict[str, bytes] = SEEDS, **fields: Any) -> dict[str, Any]:
        """A leaf as a dict; a trailing `_` in a field's name is dropped (`from_`)."""
        body = {"t": f"panah/1/{kind}", "o": self.origin} | {k.rstrip("_"): v for k, v in fields.items()}
        if signers:
            body["sig"] = [[name, sign_body(body, keys[name])] for name in sorted(signers)]
        return body

    def raw(self, data: bytes) -> int:
        """Append any bytes, right or wrong."""
        self.leaves.append(data)
        return len(self.leaves) - 1

    def add(self, kind: str, *signers: str, **fields: Any) -> int:
        """Append a leaf that the books accept; gives its index."""
        body = self.body(kind, *signers, **fields)
        self.books.apply(len(self.leaves), body, frozenset(signers))
        return self.raw(leaf.encode(body))

    def force(self, kind: str, *signers: str, **fields: Any) -> int:
        """Append a leaf of the right shape without asking the books."""
        return self.raw(leaf.encode(self.body(kind, *signers, **fields)))

    def found(self, **changes: Any) -> Lab:
        """Leaf 0 and the leaf that opens the fund."""
        terms = charter(**changes)
        names = [member["name"] for member in terms["roster"]["members"]]
        self.add("charter", *names, charter=terms, vkey=self.key.vkey)
        self.add("life", "aram", "laleh", day="2021-09-02", to="open", vkey=self.key.vkey)
        return self

    def gift(
        self, amount: int, counted: int | None = None, day: str = "2021-09-03", rail: str = "fake", **more: Any
    ) -> int:
        """A gift in the fund's currency; what does not fit under the goal is held."""
        if counted is None:
            counted = min(amount, self.books.room)
        fields = {"cur": "EUR", "rc": rc_of(len(self.leaves))} | more
        return self.add("gift", amount=amount, counted=counted, day=day, rail=rail, **fields)

    def update(self, name: str, title: str, day: str = "2021-09-10") -> int:
        """A released text, in its file and as a leaf."""
        salt = b64(hashlib.sha256(title.encode()).digest()[:16])
        value = {"id": name, "day": day, "salt": salt, "texts": {"en": {"title": title, "body": "…"}}, "images": []}
        data = canonical.encode(value)
        self.texts[f"updates/{name}.json"] = data
        return self.add("update", "aram", "omid", day=day, id=name, text=b64(hashlib.sha256(data).digest()))

    # -- files ----------------------------------------------------------------------------------------------
    def read(self, path: str) -> bytes:
        return (self.folder / "log" / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def publish(self, key: SigningKey | None = None) -> bytes:
        """Write all new files and the checkpoint; gives its bytes."""
        if self.published == 0:
            self._notes.clear()  # a test that rewrites history begins again
        writer = tiles.TileWriter(self.published, self.read)
        for path, data in writer.append(self.leaves[self.published :]):
            self.write(f"log/{path}", data)
        for path, data in writer.partials():
            self.write(f"log/{path}", data)
        for path, data in self.texts.items():
            self.write(path, data)
        self.published = len(self.leaves)
        signed = Checkpoint(self.origin, self.published, writer.root()).sign(key or self.key)
        self.write("log/checkpoint", signed)
        self._ask_outsider(signed.decode(), (key or self.key).vkey)
        return signed

    def _ask_outsider(self, note: str, vkey: str) -> None:
        """Every log that the tests build is also accepted by a client that others wrote."""
        size, nodes = self.published, tiles.nodes_of(self.read, self.published)
        metamorphic_log.checkpoint_verify(note, [vkey])
        if size:
            leaf_hash, path = nodes(0, size - 1), inclusion_proof(size - 1, size, nodes)
            metamorphic_log.checkpoint_verify_inclusion(note, [vkey], size - 1, leaf_hash, path)
        if self._notes:
            old, older, old_key = self._notes[-1]
            steps = consistency_proof(old, size, nodes)
            metamorphic_log.checkpoint_verify_consistency(older, note, [vkey, old_key], steps)
        self._notes.append((size, note, vkey))

    def proof(self, index: int) -> bytes:
        """The .tlog-proof of a published leaf."""
        path = inclusion_proof(index, self.published, tiles.nodes_of(self.read, self.published))
        return TlogProof(index, tuple(path), self.read("checkpoint"), self.leaves[index]).encode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.leaves[0]).hexdigest()


def example_leaves() -> dict[str, dict[str, Any]]:
    """One leaf of every type, each of the right shape (not one log: the order means nothing)."""
    lab, two = Lab(Path()), ("aram", "laleh")
    rc = rc_of(1)
    gift = {"cur": "EUR", "amount": 2500, "counted": 2500, "day": "2021-09-03", "rail": "bank", "rc": rc}
    part = {"gift": 2, "amount": 100, "day": "2021-09-04"}
    bodies = [
        lab.body("charter", *SEEDS, charter=charter(), vkey=lab.key.vkey),
        lab.body("amend", *two, day="2021-09-03", from_="2021-09-10", set={"goal": 6_000_000}),
        lab.body("roster", *two, day="2021-09-03", roster=roster()),
        lab.body("notice", *sorted(HOLDERS)[:2], keys=HOLDERS, day="2021-09-03", roster=roster()),
        lab.body("life", *two, day="2021-09-02", to="open", vkey=lab.key.vkey),
        lab.body("gift", **gift, list=rc),
        lab.body("gift-void", **part, counted=100, why="dispute"),
        lab.body("count", gift=2, counted=100, day="2021-09-04"),
        lab.body("gift-return", *two, **part, counted=0),
        lab.body("overflow", *two, **part, to="pass-on", sibling="Sibling fund"),
        lab.body("fee", *two, cur="EUR", rail="bank", amount=35, day="2021-09-04"),
        lab.body(
            "settle",
            *two,
            day="2021-09-04",
            from_="assets:bank",
            out=100,
            cur="EUR",
            to="assets:cash",
            in_=108,
            into="USD",
        ),
        lab.body("freeze", *two, day="2021-09-04", rail="fake", cur="EUR", amount=100),
        lab.body("thaw", *two, day="2021-09-04", rail="fake", cur="EUR", amount=100, to="release"),
        lab.body("update", *two, day="2021-09-04", id="first", text=rc),
        lab.body("key", *two, day="2021-09-04", vkey=lab.key.vkey),
        lab.body("code", *two, day="2021-09-04", files=[["assets/check.js", rc]]),
        lab.body("close", *two, day="2021-09-04", report=rc),
    ]
    return {body["t"].removeprefix("panah/1/"): body for body in bodies}


def busy_lab(folder: Path, gifts: int = 600) -> Lab:
    """A fund that lived: gifts by two rails, a void, a return, the goal, held gifts, fees, updates."""
    lab = Lab(folder).found(goal=gifts * 1000)
    for number in range(gifts // 2):
        rail = "bank" if number % 3 == 0 else "fake"
        lab.gift(1000 + number % 7, day=f"2021-09-{3 + number % 20:02}", rail=rail)
    lab.publish()
    lab.add("gift-void", gift=5, amount=1003, counted=1003, day="2021-09-20", why="dispute")
    lab.update("first", "Two families are safe")
    lab.add("fee", "aram", "laleh", cur="EUR", rail="bank", amount=350, day="2021-09-21")
    lab.add("settle", "laleh", "omid", day="2021-09-22", from_="assets:bank", out=5000, cur="EUR",
            to="assets:exchange", in_=5400, into="USD")  # fmt: skip
    while lab.books.room:
        lab.gift(1300, day="2021-09-23", rail="bank")
    held = lab.gift(2500, day="2021-09-24", rail="bank")
    lab.add("gift-return", "aram", "parwin", gift=held, amount=2500, counted=0, day="2021-09-25")
    freed = lab.gift(1500, day="2021-09-25")
    lab.add("gift-void", gift=7, amount=1005, counted=1005, day="2021-09-26", why="void")
    lab.add("count", gift=freed, counted=1005, day="2021-09-26")
    lab.publish()
    lab.update("second", "The goal is reached", day="2021-09-27")
    lab.publish()
    return lab
