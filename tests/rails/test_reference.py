"""References through the hands of a giver and three banks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from panah.rails.bank.reference import ALPHABET, group, is_reference, new_reference, parse_reference

references = st.builds(lambda _: new_reference(), st.integers())


@given(references)
def test_a_new_reference_is_iso_11649_from_the_quiet_alphabet(ref):
    assert iso11649.is_valid(ref)
    assert is_reference(ref)
    assert set(ref[4:]) <= set(ALPHABET)
    assert len(ref) == 16
    assert not set(ALPHABET) & set("01OILSBZU58")


def test_new_references_differ():
    assert len({new_reference() for _ in range(500)}) == 500


def test_it_is_written_in_fours():
    assert group("RF18539007547034") == "RF18 5390 0754 7034"


@given(
    references,
    st.lists(st.sampled_from(["", " ", "\n", "-", "\u00a0", "/", ". "]), min_size=15, max_size=15),
    st.sampled_from(["", "Spende ", "SPENDE", "für ", "x", "RF", "RF1", "EREF+"]),
    st.sampled_from(["", " thanks", "THANKS", "xyz", "9", " RF"]),
    st.booleans(),
)
def test_it_is_found_whatever_stands_in_and_around_it(ref, gaps, before, after, small):
    torn = "".join(character + gap for character, gap in zip(ref, [*gaps, ""], strict=True))
    text = before + torn + after
    # Letters that touch it may by chance (1 in 97) make a second valid one: then no answer is the right one.
    assert parse_reference(text.lower() if small else text) in {ref, None}
    assert parse_reference(f"gift {torn.lower() if small else torn}, thanks!") == ref


@given(references, st.integers(4, 15), st.sampled_from(ALPHABET))
def test_a_changed_character_is_seen(ref, at, other):
    changed = ref[:at] + other + ref[at + 1 :]
    assert parse_reference(changed) == (ref if changed == ref else None)


@given(references, references)
def test_two_different_ones_are_a_question_for_a_person(one, two):
    assert parse_reference(f"{one} {two}") is None
    assert parse_reference(f"{one} {one}") == one


def test_digits_of_persian_and_arabic_keyboards_count():
    assert parse_reference("RF۱۸ ۵۳۹۰ ۰۷۵۴ ۷۰۳۴") == "RF18539007547034"
    assert parse_reference("RF١٨ ٥٣٩٠ ٠٧٥٤ ٧٠٣٤") == "RF18539007547034"
    assert parse_reference("ＲＦ18539007547034") == "RF18539007547034"


@pytest.mark.parametrize(
    "text", ["", "Spende", "RF", "RF18", "RF18 5390 0754 703", "RF19539007547034", "DE18539007547034"]
)
def test_what_is_none_is_none(text):
    assert parse_reference(text) is None


@given(st.text())
def test_any_text_is_answered(text):
    found = parse_reference(text)
    assert found is None or is_reference(found)
