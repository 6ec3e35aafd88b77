"""Leaves: closed shapes and one spelling; other people's JSON canonicalisers write the same bytes."""

import copy

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import ProofError
from panah.proof import canonical, leaf
from tests.loglab import busy_lab, example_leaves

EXAMPLES = example_leaves()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_type_reads_back(kind):
    body = EXAMPLES[kind]
    data = leaf.encode(body)
    assert leaf.parse(data) == body
    assert leaf.kind(body) == kind
    assert rfc8785.dumps(body) == data


def test_there_is_an_example_of_every_type():
    assert set(EXAMPLES) == {name.removeprefix(leaf.PREFIX) for name in leaf._LEAF_SHAPES}
    assert not leaf.RESERVED & set(EXAMPLES)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_key_too_few_or_too_many_is_refused(kind):
    body = EXAMPLES[kind]
    for key in body:
        if key in {"vkey", "sibling", "report", "list"} and kind in {"life", "overflow", "close", "gift"}:
            continue  # may be left out
        with pytest.raises(ProofError):
            leaf.check({k: v for k, v in body.items() if k != key})
    with pytest.raises(ProofError, match="not a known key"):
        leaf.check(body | {"note": "x"})


WRONG = ["", "x" * 20_000, -1, 2**53, 1.5, None, True, [], {}, [[]], "2021-02-30", "\0", "e\u0301"]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_no_value_of_a_wrong_kind_passes_or_crashes(kind):
    def spoiled(value):
        """Every way to replace one value inside."""
        for wrong in WRONG:
            if type(wrong) is not type(value) or wrong in ("", "\0", -1):
                yield wrong
        if isinstance(value, dict):
            for key in value:
                for other in spoiled(value[key]):
                    yield value | {key: other}
        elif isinstance(value, list) and value:
            for other in spoiled(value[0]):
                yield [other, *value[1:]]

    body = copy.deepcopy(EXAMPLES[kind])
    for other in spoiled(body):
        try:
            data = canonical.encode(leaf.check(other))
        except ProofError:
            continue
        assert leaf.parse(data) == other  # such as another, still sensible number


json_values = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(-(2**54), 2**54)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abc_", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_is_rfc_8785_or_refused(value):
    try:
        data = canonical.encode(value)
    except ProofError:
        return
    assert data == rfc8785.dumps(value)
    assert canonical.decode(data) == value


@given(json_values, st.data())
def test_there_is_one_spelling(value, data):
    try:
        encoded = canonical.encode(value)
    except ProofError:
        return
    for other in (orjson.dumps(value, option=orjson.OPT_INDENT_2), encoded + b"\n", b" " + encoded):
        if other != encoded:
            with pytest.raises(ProofError):
                canonical.decode(other)


def test_longer_than_16_kib_is_refused(tmp_path):
    with pytest.raises(ProofError, match="16384"):
        canonical.decode(canonical.encode("x" * 16_384))
    assert max(len(data) for data in busy_lab(tmp_path, 20).leaves) < 16_384
