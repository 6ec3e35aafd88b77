"""The fast way of reading gifts accepts exactly what the slow way accepts, and leads to the same books."""

import base64
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import PanahError
from panah.proof import leaf, tiles
from panah.verify.findings import Findings
from panah.verify.leaves import LeafReader, gift_pattern
from tests.loglab import ORIGIN, Lab, rc_of

FAST = gift_pattern(ORIGIN, "EUR")


def usual(**changes):
    return {
        "t": "panah/1/gift", "o": ORIGIN, "cur": "EUR", "amount": 2500, "counted": 2500, "day": "2021-09-03",
        "rail": "fake", "rc": rc_of(7),
    } | changes  # fmt: skip


def slow_accepts(data):
    try:
        leaf.parse(data)
    except PanahError:
        return False
    return True


days = st.one_of(
    st.dates().map(str),
    st.builds(
        "{:04}-{:02}-{:02}".format, st.sampled_from([0, 1900, 2021, 2024]), st.integers(0, 13), st.integers(0, 32)
    ),
)
amounts = st.one_of(st.integers(0, 10**17), st.sampled_from([0, 1, 10**15 - 1, 10**15, 2**53 - 1, 2**53]))
gifts = st.builds(
    usual, amount=amounts, counted=amounts, day=days, rail=st.text("abcz-A", max_size=14),
    rc=st.one_of(st.binary(min_size=32, max_size=32).map(lambda b: base64.b64encode(b).decode()), st.just("A" * 43 + "B")),
)  # fmt: skip


def spell(value):
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@given(gifts)
def test_what_the_fast_way_accepts_the_slow_way_accepts(value):
    data = spell(value)
    if FAST.fullmatch(data.decode("latin-1")):
        assert leaf.parse(data) == value
    elif slow_accepts(data):  # left to the slow way: huge amounts and leap days only
        assert max(value["amount"], value["counted"]) >= 10**15 or value["day"].endswith("-02-29")


@given(gifts, st.data())
def test_no_changed_byte_makes_the_ways_disagree(value, data):
    changed = bytearray(spell(usual() if data.draw(st.booleans()) else value))
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = data.draw(st.integers(0, 255))
    if FAST.fullmatch(bytes(changed).decode("latin-1")):
        assert slow_accepts(bytes(changed))


def test_a_usual_gift_goes_the_fast_way():
    for value in (usual(), usual(list=rc_of(9)), usual(counted=0), usual(day="2021-12-31")):
        assert FAST.fullmatch(leaf.encode(value).decode())


def both(leaves):
    results = []
    for fast in (True, False):
        findings = Findings()
        reader = LeafReader(findings, fast)
        hashes = []
        for at in range(0, len(leaves), 256):
            some = leaves[at : at + 256]
            hashes += reader.take_bundle(tiles.encode_bundle(some), len(some))
        books = reader.books
        results.append(
            (hashes, [(f.text(), f.leaf) for f in findings.all], reader.failed_at, books.size, books.counted, books.held,
             str(books.state), books.balances, {k: (d.gifts, d.amount, d.counted) for k, d in books.days.items()})
        )  # fmt: skip
    return results


@given(
    st.lists(
        st.tuples(st.sampled_from(["gift", "void", "feb29", "wrong", "far"]), st.integers(1, 4000), st.integers(0, 1)),
        max_size=40,
    )
)
def test_both_ways_lead_to_the_same_books(tmp_path_factory, steps):
    lab = Lab(tmp_path_factory.getbasetemp()).found(goal=30_000)
    gifts = []
    for what, amount, rail in steps:
        name = ("fake", "bank")[rail]
        if what == "gift":
            gifts.append(lab.gift(amount, day=f"2021-09-{3 + amount % 20:02}", rail=name))
        elif what == "void" and gifts:
            gift = lab.books.store.find(gifts[-1], "EUR")
            if gift.amount:
                lab.add(
                    "gift-void", gift=gifts[-1], amount=gift.amount, counted=gift.counted, day="2021-09-30", why="void"
                )
        elif what == "feb29":
            gifts.append(lab.gift(amount, day="2024-02-29", rail=name))
        elif what == "wrong":
            lab.raw(leaf.encode(usual(rail="card")))
            break
        elif what == "far":
            lab.raw(leaf.encode(usual(amount=10**15, counted=10**15)))
            break
    fast, slow = both(lab.leaves)
    assert fast == slow
    if steps and not re.search("wrong|far", str(steps)):
        assert fast[2] is None


@pytest.mark.parametrize(
    "broken",
    [
        usual(amount=100, counted=101), usual(rail="card"), usual(o="other.invalid"), usual(cur="USD"),
        usual(counted=10**9, amount=10**9),
    ],
)  # fmt: skip
def test_the_first_broken_leaf_is_named_and_nothing_after_it(tmp_path, broken):
    lab = Lab(tmp_path).found()
    lab.gift(100)
    lab.raw(leaf.encode(broken))
    lab.raw(leaf.encode(usual()))
    fast, slow = both(lab.leaves)
    assert fast == slow
    assert [where for _, where in fast[1]] == [3]
    assert len(fast[0]) == 5


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.replace(b'"amount"', b'"Amount"'), lambda d: d[:-1], lambda d: d + b" ", lambda d: b" " + d,
        lambda d: d.replace(b":2500", b":02500"), lambda d: d.replace(b":2500", b":2500.0"),
        lambda d: d.replace(b'"rail":"fake",', b'"rail":"fake","rail":"fake",'),
        lambda d: d.replace(b'"rail"', b'"note":"x","rail"'), lambda d: d.replace(b"gift", b"present"),
        lambda d: d.replace(b"gift", b"payments"), lambda d: b"", lambda d: b"[]", lambda d: b"\xff" * 9,
        lambda d: b"[" * 5000, lambda d: d.replace(b"fake", "fаke".encode()), lambda d: d + b" " * 20_000,
    ],
)  # fmt: skip
def test_second_spellings_of_a_leaf_are_refused(tmp_path, spoil):
    lab = Lab(tmp_path).found()
    lab.raw(spoil(leaf.encode(usual())))
    for result in both(lab.leaves):
        assert result[2] == 2
