"""Tiles against the definition of C2SP tlog-tiles, grown in random steps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panah.errors import ProofError
from panah.proof import merkle, tiles


def named(begin, end):
    return [b"leaf %d" % i for i in range(begin, end)]


def grow(*sizes):
    """Build a log through checkpoints of these sizes, in a dict of files."""
    files = {}
    old = 0
    for size in sizes:
        root, planned = tiles.plan_tiles(files.__getitem__, old, named(old, size))
        files |= planned
        old = size
    return root, files


def defined_tile(level, index, width):
    """The n-th tile at level l: MTH of 256^l leaves each (tlog-tiles, Merkle Tree)."""
    step = 256**level
    begin = index * 256
    return b"".join(
        merkle.root_of(map(merkle.leaf_hash, named(i * step, (i + 1) * step))) for i in range(begin, begin + width)
    )


def test_paths_of_the_specification():
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(2, 0, 1) == "tile/2/000.p/1"
    assert tiles.entries_path(999) == "tile/entries/999"
    assert tiles.entries_path(1000, 255) == "tile/entries/x001/000.p/255"
    named_files = list(tiles.paths_of(70_000))
    assert sum(1 for path in named_files if path.startswith("tile/0/") and ".p/" not in path) == 273
    assert [p for p in named_files if ".p/" in p] == [
        "tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1",
    ]  # fmt: skip
    assert list(tiles.paths_of(256)) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


@given(st.integers(0, 5), st.integers(0, 10**10), st.integers(1, 256))
def test_paths_read_back(level, index, width):
    assert tiles.parse_path(tiles.tile_path(level, index, width)) == (level, index, width)
    assert tiles.parse_path(tiles.entries_path(index, width)) == (None, index, width)


@pytest.mark.parametrize(
    "path",
    ["tile/00/000", "tile/64/000", "tile/0/0000", "tile/0/x000/001", "tile/0/001/002", "tile/0/000.p/0",
     "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/x01/000", "tile/entries/000/", "/tile/0/000", "tile/0/000\n"],
)  # fmt: skip
def test_second_spellings_of_a_path_are_refused(path):
    with pytest.raises(ProofError):
        tiles.parse_path(path)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5, unique=True).map(sorted))
def test_a_log_grown_in_steps_is_the_log_of_its_last_size(sizes):
    root, files = grow(*sizes)
    assert root == merkle.root_of(map(merkle.leaf_hash, named(0, sizes[-1])))
    for path in tiles.paths_of(sizes[-1]):
        level, index, width = tiles.parse_path(path)
        if level is None:
            expected = tiles.encode_bundle(named(index * 256, index * 256 + width))
        else:
            expected = defined_tile(level, index, width)
        assert files[path] == expected, path
    for size in sizes:  # partial tiles of every published size stay
        assert set(tiles.paths_of(size)) <= set(files)
        assert tiles.root_from_tiles(files.__getitem__, size) == merkle.root_of(map(merkle.leaf_hash, named(0, size)))


def test_three_levels_of_tiles():
    root, files = grow(65_535, 65_537)
    assert files["tile/2/000.p/1"] == merkle.root_of(map(merkle.leaf_hash, named(0, 65_536)))
    assert root == tiles.root_from_tiles(files.__getitem__, 65_537)
    assert root == merkle.root_of(map(merkle.leaf_hash, named(0, 65_537)))
    assert len(files["tile/1/000"]) == tiles.MAX_TILE


def test_a_step_done_again_writes_the_same_files():
    _, files = grow(300)
    again = tiles.plan_tiles(files.__getitem__, 300, named(300, 600))
    assert again == tiles.plan_tiles((files | dict(again[1])).__getitem__, 300, named(300, 600))


def test_nothing_added_plans_nothing():
    root, files = grow(300)
    assert tiles.plan_tiles(files.__getitem__, 300, []) == (root, [])
    assert tiles.plan_tiles(files.__getitem__, 0, []) == (merkle.EMPTY_ROOT, [])


def test_growing_without_files_is_a_fault():
    with pytest.raises(ValueError, match="its files"):
        tiles.TileWriter(3)


def test_proofs_from_tiles_equal_proofs_from_leaves():
    _, files = grow(5, 259, 600)
    hashes = [merkle.leaf_hash(leaf) for leaf in named(0, 600)]
    for size in (5, 259, 600):
        nodes = tiles.nodes_of(files.__getitem__, size)
        for index in {0, 4, size // 2, size - 1}:
            assert merkle.inclusion_proof(index, size, nodes) == merkle.inclusion_proof(
                index, size, merkle.nodes_of(hashes)
            )
    nodes = tiles.nodes_of(files.__getitem__, 600)
    assert merkle.consistency_proof(259, 600, nodes) == merkle.consistency_proof(259, 600, merkle.nodes_of(hashes))
    with pytest.raises(ProofError):
        nodes(9, 1)


def test_a_partial_tile_may_have_been_replaced_by_its_full_one():
    _, files = grow(5, 600)

    def read(path):
        if path == "tile/0/000.p/5":
            raise FileNotFoundError(path)
        return files[path]

    assert tiles.root_from_tiles(read, 5) == merkle.root_of(map(merkle.leaf_hash, named(0, 5)))

    def read_nothing(path):
        raise FileNotFoundError(path)

    with pytest.raises(FileNotFoundError):
        tiles.root_from_tiles(read_nothing, 600)


@given(st.lists(st.binary(max_size=300), max_size=20), st.data())
def test_bundles_hold_exactly_their_entries(entries, data):
    bundle = tiles.encode_bundle(entries)
    assert tiles.parse_bundle(bundle, len(entries)) == entries
    cut = data.draw(st.integers(0, max(0, len(bundle) - 1)))
    for broken, width in (
        (bundle[:cut], len(entries)),
        (bundle + b"\0", len(entries)),
        (bundle, len(entries) + 1),
    ):
        if broken != bundle or width != len(entries):
            with pytest.raises(ProofError):
                tiles.parse_bundle(broken, width)


def test_an_entry_longer_than_its_length_field_is_refused():
    with pytest.raises(ProofError):
        tiles.encode_bundle([b"x" * 65_536])
    with pytest.raises(ProofError):
        tiles.parse_tile(b"x" * 33, 1)
