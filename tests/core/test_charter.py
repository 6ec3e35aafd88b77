"""A charter goes from TOML to signed terms and back without losing a word."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.charter import PURPOSES, Charter, CharterError, Roster
from panah.core.money import Money
from panah.errors import RefusedError
from panah.proof import canonical, leaf
from panah.proof.schema import record
from tests.core.charters import DEMO, ROSTER, TEXT, changed, member

EXTRA_TABLES = f"""
[outside]
k = 2
keys = ["{"B" * 42}A=", "{"C" * 42}A="]
[previous]
origin = "refuge.example/2020"
leaf = "{"A" * 43}="
"""
check_terms = record(leaf.CHARTER_KEYS, leaf.CHARTER_OPTIONAL)


def test_amounts_are_written_in_main_units_and_kept_in_minor_units():
    charter = Charter.from_toml(TEXT)
    assert charter.goal == Money(5_000_000, "EUR")
    assert charter.minimum == Money(500, "EUR")
    assert charter.suggestions == (Money(2000, "EUR"), Money(5000, "EUR"))
    assert charter.terms()["goal"] == 5_000_000


def test_a_currency_without_decimals_is_counted_in_whole_units():
    charter = Charter.from_toml(changed(('"EUR"', '"JPY"'), ('"50000.00"', "50000"), ('"50.00"', "50")))
    assert charter.goal == Money(50_000, "JPY")


def test_the_signed_body_is_a_leaf_and_reads_back_equal():
    charter = Charter.from_toml(TEXT)
    body = charter.body()
    whole = body | {"vkey": "refuge.example+x", "sig": [[m.name, "s"] for m in ROSTER.members]}
    read = leaf.parse(leaf.encode(whole))
    assert Charter.from_body(read) == charter
    assert Charter.from_body(read).body() == body


def test_every_key_of_the_leaf_can_be_written():
    text = changed(
        ('name = "Rosa Lindqvist"', 'name = "Rosa Lindqvist"\nkey = "' + "A" * 43 + '="'),
        ("[auditor]", EXTRA_TABLES + "[auditor]"),
        ("minimum = 5", 'minimum = 5\naccepts = ["USD", "AFN"]'),
    )
    terms = Charter.from_toml(text).terms()
    check_terms(terms, "charter")
    assert set(terms) == set(leaf.CHARTER_KEYS) | set(leaf.CHARTER_OPTIONAL)


def test_defaults_are_an_hour_a_month_and_five_households():
    charter = Charter.from_toml(TEXT)
    assert (charter.batch, charter.demo, charter.release.delay, charter.release.k) == (3600, False, 30, 5)


def test_the_demo_charter_keeps_every_rule_and_batches_every_ten_seconds():
    charter = Charter.from_toml(DEMO.read_text(), roster=ROSTER, today=dt.date(2021, 9, 2))
    check_terms(charter.terms(), "charter")
    assert charter.demo
    assert charter.batch == 10
    assert charter.languages == ("en", "fa")
    assert charter.roster == ROSTER
    assert charter.problems() == []
    assert charter.goal == Money(5_000_000, "EUR")


def test_a_demo_set_up_today_gives_its_own_day_and_roster():
    day = dt.date(2026, 3, 20)
    roster = Roster(ROSTER.members, dt.date(2027, 3, 20))
    charter = Charter.from_toml(DEMO.read_text(), roster=roster, founded=day, today=day)
    assert charter.founded == day
    assert charter.roster.until == dt.date(2027, 3, 20)


def test_texts_fall_back_to_the_first_language():
    charter = Charter.from_toml(TEXT)
    assert charter.text("name", "fa") == "پناه"
    assert charter.text("payee.tax", "ps") == "No."
    assert charter.title == "Refuge"


def test_folded_lines_become_paragraphs_and_half_spaces_stay():
    written = 'en = """\nOne\nline.\n\n  Second\tline. """'
    charter = Charter.from_toml(changed(('en = "Food and shelter."', written)))
    assert charter.scope["en"] == "One line.\n\nSecond line."
    assert "\N{ZERO WIDTH NON-JOINER}" in charter.surplus["fa"]


@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_any_name_a_team_types_is_refused_or_becomes_a_canonical_text(name):
    text = changed(('en = "Refuge"\n', f"en = {json.dumps(name, ensure_ascii=True)}\n"))
    try:
        charter = Charter.from_toml(text)
    except CharterError:
        return
    canonical.encode(charter.body())
    check_terms(charter.terms(), "charter")


def test_an_amendment_gives_the_new_rules():
    charter = Charter.from_toml(TEXT).amended({"goal": 6_000_000, "minimum": 1000})
    assert charter.goal == Money(6_000_000, "EUR")
    assert charter.terms()["minimum"] == 1000


@pytest.mark.parametrize("changes", [{}, {"demo": 1}, {"currency": "USD"}, {"goal": 1, "roster": {}}])
def test_an_amendment_can_not_touch_what_is_fixed(changes):
    with pytest.raises(RefusedError):
        Charter.from_toml(TEXT).amended(changes)


def test_an_amendment_that_breaks_a_rule_is_refused_by_name():
    with pytest.raises(CharterError) as refusal:
        Charter.from_toml(TEXT).amended({"siblings": [], "purposes": ["catering"]})
    assert {problem.path for problem in refusal.value.problems} == {"fund.overflow", "fund.purposes"}


def test_a_roster_goes_to_its_leaf_and_back():
    assert Roster.from_body(ROSTER.body()) == ROSTER
    leaf.ROSTER(ROSTER.body(), "roster")
    assert ROSTER.keys["lale"] == member("lale").sign


def test_what_is_allowed_but_not_advised_is_a_warning():
    three = Roster(ROSTER.members[:3], ROSTER.until)
    told = {warning.path for warning in Charter.from_toml(TEXT, roster=three).warnings()}
    assert told == {"roster.members", "auditor.key"}


def test_the_relief_purposes_are_those_of_the_design():
    assert len(PURPOSES) == len(set(PURPOSES)) == 13
    assert not {"arms", "weapons", "smuggling", "transport"} & set(PURPOSES)
