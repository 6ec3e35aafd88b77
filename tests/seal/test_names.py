"""Names of letters between desks: found by who has the circle's key, random bytes to everybody else."""

from __future__ import annotations

import itertools
import random

from panah.seal.names import AHEAD, FAR, Names, mark_of, name_of, naming_key
from tests.seallab import identity_of

CIRCLE, IDENTITY = "c0" * 16, identity_of("a circle")


def names_of(writer: str, count: int, identity: str = IDENTITY) -> list[bytes]:
    key = naming_key(identity)
    return [name_of(key, writer, n) for n in range(1, count + 1)]


def test_each_writer_count_and_identity_has_a_name_of_its_own():
    others = [names_of(writer, 40, identity_of(who)) for writer in ("lale", "omid") for who in ("one", "two")]
    made = list(itertools.chain(*others))
    assert len(set(made)) == len(made)
    assert {len(name) for name in made} == {32}
    assert mark_of(IDENTITY) not in IDENTITY
    # "lale" and 11 is not "lale1" and 1.
    key = naming_key(IDENTITY)
    assert name_of(key, "lale", 11) != name_of(key, "lale1", 1)


def test_letters_in_order_are_found_one_after_the_other_however_many():
    names = Names()
    names.watch(CIRCLE, IDENTITY, "lale")
    for n, name in enumerate(names_of("lale", 200), 1):
        found = names.find(name)
        assert found is not None
        assert (found.circle, found.identity, found.writer, found.n) == (CIRCLE, IDENTITY, "lale", n)
    assert names.find(names_of("omid", 1)[0]) is None


def test_a_gap_is_jumped_when_it_is_short_and_looked_for_when_it_is_long():
    names, made = Names(), names_of("lale", AHEAD + FAR + 1)
    names.watch(CIRCLE, IDENTITY, "lale")
    assert names.find(made[AHEAD - 1]) is not None
    again = Names()
    again.watch(CIRCLE, IDENTITY, "lale")
    assert again.find(made[AHEAD]) is None
    again.look_far()
    assert again.find(made[AHEAD + FAR - 1]) is not None


def test_who_starts_in_the_middle_finds_what_comes_next():
    names, made = Names(), names_of("lale", 30)
    names.watch(CIRCLE, IDENTITY, "lale", first=21)
    assert [names.find(name) is not None for name in made[18:]] == [False, False, *[True] * 10]


def test_names_tell_a_stranger_nothing_but_their_number():
    made = [*names_of("lale", 300), *names_of("omid", 300)]
    dice = random.Random(1)
    control = [dice.randbytes(32) for _ in made]
    ones = [sum(byte.bit_count() for byte in name) for name in (*made, *control)]
    assert all(80 <= count <= 176 for count in ones)
    assert len({name[:4] for name in made}) == len(made) == len({name[:4] for name in control})
