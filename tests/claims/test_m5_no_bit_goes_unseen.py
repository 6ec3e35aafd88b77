"""M5: one bit changed in a checkpoint's text or site signature, a tile, an entry bundle or an update is refused,
and the file or leaf that was changed is named."""

import datetime as dt
import random

import pytest

from panah.proof import tiles
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from panah.verify.tree import Tree
from tests.loglab import busy_lab

FLIPS = 200
TODAY = dt.date(2021, 11, 1)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    return busy_lab(tmp_path_factory.mktemp("m5"))


def published(lab):
    """Every file that the present checkpoint covers, each as likely as its kind."""
    paths = list(tiles.paths_of(lab.published))
    return [
        ["log/checkpoint"],
        [f"log/{path}" for path in paths if "entries" not in path],
        [f"log/{path}" for path in paths if "entries" in path],
        sorted(lab.texts),
    ]


def draw(lab, count=FLIPS):
    chance = random.Random(20210901)
    kinds = published(lab)
    for number in range(count):
        path = chance.choice(kinds[number % len(kinds)])
        yield path, chance.randrange(8 * (lab.folder / path).stat().st_size)


def leaf_at(lab, path, byte):
    """The leaf that a byte of an entry bundle belongs to (its length counts as its own)."""
    _, index, width = tiles.parse_path(path.removeprefix("log/"))
    at, first = 0, index * tiles.WIDTH
    for number, entry in enumerate(lab.leaves[first : first + width]):
        at += 2 + len(entry)
        if byte < at:
            return first + number
    raise AssertionError("beyond the bundle")


def verdict_of(lab, path, bit):
    place = lab.folder / path
    data = place.read_bytes()
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    place.write_bytes(changed)
    try:
        return Audit(open_source(str(lab.folder)), Kept()).run(today=TODAY)
    finally:
        place.write_bytes(data)


def unseen(lab):
    """The flips that are accepted, or refused without naming what was changed."""
    missed = []
    for path, bit in draw(lab):
        report = verdict_of(lab, path, bit)
        failed = [one for one in report.findings if one.verdict == "fails"]
        named = path in [one.file for one in failed]
        if "/entries/" in path and named:
            told = {one.leaf for one in failed if one.file == path}
            # A changed length has no leaf to name: the bundle as a whole can't be read.
            named = told == {None} or leaf_at(lab, path, bit // 8) in told
        if report.holds or not named:
            missed.append((path, bit, [(one.leaf, one.file, one.text()) for one in failed]))
    return missed


def test_the_untouched_log_holds(lab):
    assert Audit(open_source(str(lab.folder)), Kept()).run(today=TODAY).holds


def test_every_flipped_bit_is_refused_by_name(lab):
    assert unseen(lab) == []


def test_control_a_verifier_that_skips_tiles_or_signature_is_caught(lab, monkeypatch):
    monkeypatch.setattr(Tree, "finish", lambda *_: True)
    assert any("/tile/" in path for path, _, _ in unseen(lab))
    monkeypatch.undo()
    monkeypatch.setattr(Audit, "_check_signature", lambda *_: True)
    assert any(path == "log/checkpoint" for path, _, _ in unseen(lab))


def test_entries_are_named_by_their_leaf(lab):
    path = "log/tile/entries/001"
    inside = 2 + len(lab.leaves[256]) + 2 + 12  # in the amount of leaf 257
    failed = [one for one in verdict_of(lab, path, 8 * inside).findings if one.verdict == "fails"]
    assert (257, path) in [(one.leaf, one.file) for one in failed]
