"""Whatever passes the shape of a leaf is taken or refused by a rule: nothing crashes, nothing stops balancing."""

import copy

import pytest

from panah.core.ledger import Books
from panah.errors import ProofError, RefusedError
from panah.proof import leaf
from tests.loglab import Lab, example_leaves


def nearby(value):
    """Values of the same kind, one inside changed: what passes the shape may still make no sense."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            for other in nearby(value[key]):
                yield value | {key: other}
    elif isinstance(value, list):
        yield []
        yield value * 2
        for other in nearby(value[0] if value else 1):
            yield [other, *value[1:]]
    elif isinstance(value, int):
        yield from (0, 1, 2, 10**15, 2**53 - 1)
    else:
        yield from ("x", "0001-01-01", "9999-12-31", "2021-09-04", "assets:x", "EUR", "JPY", "XXX", "bank", "en")


@pytest.mark.parametrize("kind", example_leaves())
def test_leaves_of_the_right_shape_are_taken_or_refused_with_a_rule(kind, tmp_path):
    lab = Lab(tmp_path).found(goal=3_000)
    lab.gift(4_500)
    lab.add("gift-void", gift=2, amount=500, counted=500, day="2021-09-03", why="void")
    lab.gift(5_000, counted=0, cur="USD", rate="0.8", source="ecb:2021-09-01")
    lab.add("freeze", "aram", "laleh", rail="fake", cur="EUR", amount=200, day="2021-09-03")
    body = example_leaves()[kind]
    taken = 0
    for other in [body, *nearby(body)]:
        try:
            leaf.check(other)
        except ProofError:
            continue
        books = Books() if kind == "charter" else copy.deepcopy(lab.books)
        try:
            books.apply(books.size, other, None)
        except RefusedError:
            continue
        taken += 1
        for currency in {cur for _, cur in books.balances}:
            assert sum(v for (_, cur), v in books.balances.items() if cur == currency) == 0
        assert books.counted <= books.goal
        assert books.held >= 0
    assert taken or kind in {"life", "close", "overflow", "amend"}
