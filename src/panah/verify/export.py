"""The books as files for other programs, derived from leaves: hledger, beancount, CSV, JSON.

`export(entries, form)` is a pure generator of text pieces; join them or write them one by one:

    entries_of(leaves)        parsed leaves (dicts, from leaf 0) → Entry for each leaf
    read_entries(source)      the same, read from a folder or address (no check: `audit` does that)
    export(entries, "csv")    → Iterator[str]

Promises: each file says whose books it holds, and DEMO where they are invented, also when it was saved and sent on
(`Fund`, from leaf 0). Amounts are exact, every entry sums to zero in each currency, and accounts and commodities
are declared before their first use, so that strict readers accept the file. Apart from JSON's closing brackets a
file of a shorter log is the beginning of the file of a longer one: publishers may append.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from panah.core.ledger import Books
from panah.core.money import EXPONENTS, Money
from panah.errors import N_, InputError
from panah.proof import canonical
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import MAX_BYTES, read_unverified
from panah.proof.tiles import MAX_BUNDLE, WIDTH, entries_path, parse_bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from panah.core.ledger import Posting
    from panah.verify.sources import Source

FILES: Final = {
    "hledger": "exports/books.journal",
    "beancount": "exports/books.beancount",
    "csv": "exports/books.csv",
    "json": "exports/books.json",
}
"""Form → where a site publishes it, below the fund's folder."""


class Price(NamedTuple):
    """What one unit of a currency was worth on a day, in the fund's own, as a gift's leaf says."""

    day: str
    currency: str
    rate: str
    into: str


class Fund(NamedTuple):
    """Whose books these are, as leaf 0 says: what never changes, so that a longer file begins like a shorter one.

    `name` by language, that of the first language first; `fingerprint` in hex.
    """

    origin: str
    name: dict[str, str]
    fingerprint: str
    currency: str
    demo: bool

    @classmethod
    def of(cls, leaf: dict[str, Any]) -> Fund:
        """Read it from leaf 0."""
        terms = leaf["charter"]
        names = {tag: " ".join(terms["name"][tag].split()) for tag in terms["languages"] if tag in terms["name"]}
        return cls(leaf["o"], names, sha256(canonical.encode(leaf)).hexdigest(), terms["currency"], terms["demo"] == 1)

    def lines(self) -> list[str]:
        """Say it in a few lines, for a comment."""
        demo = ["DEMO: an invented fund. No real money is in these books."] if self.demo else []
        return [
            *demo, f"Fund: {next(iter(self.name.values()), '')}", f"Origin: {self.origin}",
            f"Fingerprint: {self.fingerprint}", "Made from the fund's public log; panah verify checks it.",
        ]  # fmt: skip


class Entry(NamedTuple):
    """What one leaf did to the books; `postings` is empty for leaves that move no money. Leaf 0 names the fund."""

    leaf: int
    kind: str
    day: str
    postings: list[Posting]
    price: Price | None = None
    fund: Fund | None = None

    @property
    def says(self) -> bool:
        """Whether a file has anything to say of it."""
        return bool(self.postings or self.fund)


def entries_of(leaves: Iterable[dict[str, Any]], books: Books | None = None) -> Iterator[Entry]:
    """Replay parsed leaves; signatures are taken as checked. `books` continues an earlier replay."""
    books = books or Books()
    for leaf in leaves:
        index = books.size
        kind = leaf["t"][8:]
        day = leaf["charter"]["founded"] if kind == "charter" else leaf["day"]
        lines = books.apply(index, leaf, None)
        price = _price(leaf, day, books.currency) if "rate" in leaf else None
        yield Entry(index, kind, day, lines, price, Fund.of(leaf) if kind == "charter" else None)


def _price(leaf: dict[str, Any], day: str, into: str) -> Price:
    source, _, quoted = leaf["source"].partition(":")
    return Price(quoted if source == "ecb" else day, leaf["cur"], leaf["rate"], into)


def read_entries(source: Source, books: Books | None = None) -> Iterator[Entry]:
    """Replay a published log; gives entries after those that `books` already holds."""
    books = books or Books()
    size = Checkpoint.parse(read_unverified(source.read("log/checkpoint", MAX_BYTES))).size
    yield from entries_of(_leaves(source, books.size, size), books)


def _leaves(source: Source, begin: int, end: int) -> Iterator[dict[str, Any]]:
    firsts = range(begin - begin % WIDTH, end, WIDTH)
    paths = ("log/" + entries_path(first // WIDTH, min(WIDTH, end - first)) for first in firsts)
    for first, bundle in zip(firsts, source.read_many(paths, MAX_BUNDLE), strict=True):
        if bundle is None:
            raise InputError(N_("This file of the log is missing."))
        for entry in parse_bundle(bundle, min(WIDTH, end - first))[max(0, begin - first) :]:
            yield orjson.loads(entry)


class _Form:
    """One kind of file: its head, the text of an entry, its tail."""

    head = ""
    tail = ""

    def __init__(self) -> None:
        self._declared: set[str] = set()

    def begin(self, fund: Fund) -> str:
        """Say whose books these are."""
        return "".join(f"; {line}\n" for line in fund.lines()) + "\n"

    def text(self, entry: Entry) -> str:
        """Spell one entry that moves money."""
        raise NotImplementedError

    def _new(self, names: Iterable[str]) -> list[str]:
        fresh = [name for name in dict.fromkeys(names) if name not in self._declared]
        self._declared.update(fresh)
        return fresh


class _Hledger(_Form):
    """Also read by ledger: `commodity … format` and `account` are spelled alike in both."""

    def text(self, entry: Entry) -> str:
        lines = [
            f"commodity {currency}\n    format {_sample(currency)} {currency}\n"
            for currency in self._new(currency for _, currency, _ in entry.postings)
        ]
        if entry.price and self._new([repr(entry.price)]):
            lines.append(f"P {entry.price.day} {entry.price.currency} {entry.price.rate} {entry.price.into}\n")
        lines += [f"account {account}\n" for account in self._new(account for account, _, _ in entry.postings)]
        lines.append(f"\n{entry.day} {entry.kind}  ; leaf:{entry.leaf}\n")
        lines += [
            f"    {account}  {Money(minor, currency).plain()} {currency}\n"
            for account, currency, minor in entry.postings
        ]
        return "".join(lines)


def _sample(currency: str) -> str:
    # The decimal mark must stand in the sample also when there are no decimals.
    return "1000." + "0" * EXPONENTS[currency]


class _Beancount(_Form):
    def text(self, entry: Entry) -> str:
        lines = [
            f"1970-01-01 open {_capital(account)}\n"
            for account in self._new(account for account, _, _ in entry.postings)
        ]
        if entry.price and self._new([repr(entry.price)]):
            lines.append(f"{entry.price.day} price {entry.price.currency} {entry.price.rate} {entry.price.into}\n")
        lines.append(f'\n{entry.day} * "{entry.kind}" "leaf {entry.leaf}"\n')
        for account, currency, minor in entry.postings:
            lines.append(f"  {_capital(account)}  {Money(minor, currency).plain()} {currency}\n")
        return "".join(lines)


def _capital(account: str) -> str:
    return ":".join(part[0].upper() + part[1:] for part in account.split(":"))


class _Csv(_Form):
    """Every row names its fund: no reader of CSV expects a comment, and rows are copied out of their file."""

    head = "fund,leaf,type,day,account,currency,amount\n"
    _fund = ""

    def begin(self, fund: Fund) -> str:
        self._fund = f"{'DEMO ' * fund.demo}{fund.origin}#{fund.fingerprint[:16]}"
        return ""

    def text(self, entry: Entry) -> str:
        # No cell ever needs quotes: origins, days, types, accounts and numbers hold neither comma nor quote.
        return "".join(
            f"{self._fund},{entry.leaf},{entry.kind},{entry.day},"
            f"{account},{currency},{Money(minor, currency).plain()}\n"
            for account, currency, minor in entry.postings
        )


class _Json(_Form):
    tail = "\n]}\n"

    def begin(self, fund: Fund) -> str:
        return f'{{"fund":{json.dumps(fund._asdict(), separators=(",", ":"))},"entries":['

    def text(self, entry: Entry) -> str:
        comma = "," if self._declared else ""
        self._declared.add("first")
        value = {
            "leaf": entry.leaf,
            "type": entry.kind,
            "day": entry.day,
            "postings": [
                {"account": account, "currency": currency, "minor": minor}
                for account, currency, minor in entry.postings
            ],
        }
        return f"{comma}\n{json.dumps(value, separators=(',', ':'))}"


_FORMS: Final[dict[str, Callable[[], _Form]]] = {
    "hledger": _Hledger,
    "beancount": _Beancount,
    "csv": _Csv,
    "json": _Json,
}


def _spell(form: _Form, entry: Entry) -> str:
    begun = form.begin(entry.fund) if entry.fund else ""
    return begun + form.text(entry) if entry.postings else begun


class Spelling:
    """One form under way: spells entries as they come, so that a publisher can append to what it wrote before."""

    def __init__(self, form: str) -> None:
        self._form = _FORMS[form]()
        self.head, self.tail = self._form.head, self._form.tail

    def text(self, entry: Entry) -> str:
        """Spell the next entry of the log; empty when a file has nothing to say of it."""
        return _spell(self._form, entry)


def export(entries: Iterable[Entry], form: str) -> Iterator[str]:
    """Spell entries in one form (`hledger`, `beancount`, `csv`, `json`), piece by piece."""
    if form not in _FORMS:
        raise InputError(N_("There is no export called %(form)s."), form=form)
    spelled = _FORMS[form]()
    yield spelled.head
    for entry in entries:
        if entry.says:
            yield _spell(spelled, entry)
    yield spelled.tail


def export_all(entries: Iterable[Entry], forms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Spell entries in several forms in one pass: (form, piece), pieces of one form in order."""
    spelled = {form: _FORMS[form]() for form in forms}
    for form, one in spelled.items():
        yield form, one.head
    for entry in entries:
        if entry.says:
            for form, one in spelled.items():
                yield form, _spell(one, entry)
    for form, one in spelled.items():
        yield form, one.tail
