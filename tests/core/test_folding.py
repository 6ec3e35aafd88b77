"""One spelling for comparing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.folding import fold, words


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("كريمي", "کریمی"), ("آدینه", "ادینه"), ("مُحَمَّد", "محمد"), ("می‌روم", "میروم"), ("۰۷۹ ۱۲", "079 12"),
        ("٠٧٩", "079"), ("ګل", "گل"), ("Zabīullāh", "zabiullah"), ("ÉCOLE", "e\u0301cole"), ("Straße", "strasse"),
        ("خانۀ", "خانه"), ("کـــتاب", "کتاب"), ("ﷲ", "الله"),
    ],
)  # fmt: skip
def test_what_readers_take_as_one_is_one(typed, other):
    assert fold(typed) == fold(other)


def test_words_are_kept_apart_and_different_names_stay_different():
    assert words("Herat,Kabul؛ تهران") == ["herat", "kabul", "تهران"]
    assert fold("حسن") != fold("حسین")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
