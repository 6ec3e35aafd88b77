"""Every missing or contradictory rule of a charter is named, all at once, with a hint."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.charter import Charter, CharterError, Roster
from tests.core.charters import DEMO, ROSTER, TEXT, changed, problems

LISTED = [f"[{name}]" for name in ("name", "scope", "surplus", "shortfall", "auditor", "roster")]


def test_the_good_charter_has_no_problem():
    assert problems(TEXT) == {}


@pytest.mark.parametrize(
    ("swap", "path"),
    [
        (('origin = "refuge.example/2021"\n', ""), "fund.origin"),
        (('"refuge.example/2021"', '"Refuge Example"'), "fund.origin"),
        (('goal = "50000.00"\n', ""), "fund.goal"),
        (('"50000.00"', "50000.0"), "fund.goal"),
        (('"50000.00"', '"50.000,00"'), "fund.goal"),
        (('"50000.00"', "0"), "fund.goal"),
        (('"50000.00"', "true"), "fund.goal"),
        (('"50000.00"', '"1.001"'), "fund.goal"),
        (('"50000.00"', "4"), "fund.minimum"),
        (('currency = "EUR"', 'currency = "XXX"'), "fund.currency"),
        (('suggestions = [20, "50.00"]', "suggestions = [4]"), "fund.suggestions"),
        (('suggestions = [20, "50.00"]', "suggestions = [20, 20]"), "fund.suggestions"),
        (('suggestions = [20, "50.00"]', "suggestions = [60000]"), "fund.suggestions"),
        (('["food", "shelter"]', "[]"), "fund.purposes"),
        (('["food", "shelter"]', '["food", "weapons"]'), "fund.purposes"),
        (('["food", "shelter"]', '["food", "food"]'), "fund.purposes"),
        (('overflow = "pass-on"\n', ""), "fund.overflow"),
        (('"pass-on"', '"keep"'), "fund.overflow"),
        (('contact = "fund@refuge.example"\n', ""), "fund.contact"),
        (('"fund@refuge.example"', '"call us"'), "fund.contact"),
        (("founded = 2021-09-01", 'founded = "soon"'), "fund.founded"),
        (("founded = 2021-09-01", "founded = 2021-09-01\nbatch = 0"), "fund.batch"),
        (("founded = 2021-09-01", "founded = 2021-09-01\nbatch = 86401"), "fund.batch"),
        (("founded = 2021-09-01", 'founded = 2021-09-01\nsiblings = "none"'), "fund.siblings"),
        (("founded = 2021-09-01", 'founded = 2021-09-01\ngaol = "9"'), "fund.gaol"),
        (('["en", "fa"]', '["en", "fa", "fa"]'), "fund.languages"),
        (('["en", "fa"]', '["en", "Persian"]'), "fund.languages[2]"),
        (('["en", "fa"]', '["en", "fa", "ps"]'), "payee.tax.ps"),
        (('fa = "خوراک و سرپناه."\n', ""), "scope.fa"),
        (('fa = "پناه"', 'fa = "پناه"\nde = "Zuflucht"'), "name.de"),
        (('en = "Refuge"', 'en = "' + "x" * 81 + '"'), "name.en"),
        (('en = "Refuge"', 'en = "a\u202eb"'), "name.en"),
        (('en = "Refuge"', 'en = " "'), "name.en"),
        (("DE44", "DE45"), "rails.bank.iban"),
        (("DE44", "Germany"), "rails.bank.iban"),
        (('"DEUTDEFF"', '"DEUTDEF"'), "rails.bank.bic"),
        (('payee = "Refuge e.V."', 'payee = "پناه"'), "rails.bank.payee"),
        (("[payee]", "[rails.fake]\n[payee]"), "rails.fake"),
        (("[payee]", '[rails.card]\naccount = "acct"\n[payee]'), "rails.card.account"),
        (("[payee]", '[rails.card]\naccount = "rk_' + 'live_51abcdefgh"\n[payee]'), "rails.card.account"),
        (("[payee]", '[rails.monero]\naddress = "4"\n[payee]'), "rails.monero"),
        (("minimum = 5", 'minimum = 5\naccepts = ["EUR"]'), "fund.accepts"),
        (("minimum = 5", 'minimum = 5\naccepts = ["XYZ"]'), "fund.accepts"),
        (("minimum = 5", 'minimum = 5\naccepts = ["USD", "USD"]'), "fund.accepts"),
        (('country = "DE"', 'country = "Germany"'), "payee.country"),
        (("private = false", "private = true"), "payee.private"),
        (('name = "Rosa Lindqvist"', 'name = "Lale"'), "auditor"),
        (('url = "https://paper-boat.example/"', 'url = "paper boat"'), "siblings[1].url"),
        (("until = 2022-08-31", "until = 2022-10-01"), "roster.until"),
        (("until = 2022-08-31", "until = 2021-08-31"), "roster.until"),
        (('name = "tara"', 'name = "lale"'), "roster.members.name"),
        (('name = "tara"', 'name = "Tara R."'), "roster.members[4].name"),
        ((ROSTER.members[3].seal, ROSTER.members[0].seal), "roster.members.seal"),
        (("[auditor]", "[release]\nk = 2\n[auditor]"), "release.k"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_broken_rule_is_named_where_it_stands(swap, path):
    assert path in problems(changed(swap))


@pytest.mark.parametrize("heading", LISTED)
def test_a_missing_part_is_named(heading):
    name = heading.strip("[]")
    renamed = changed((heading, f"[x{name}]")) if name != "roster" else TEXT.partition("[roster]")[0]
    assert problems(renamed)[name]


def test_all_problems_come_at_once_each_with_a_sentence():
    found = problems("[fund]\nlanguages = ['en']\n")
    assert len(found) > 12
    assert {
        "fund.goal",
        "fund.purposes",
        "fund.overflow",
        "scope",
        "surplus",
        "shortfall",
        "roster",
        "siblings",
    } <= set(found)
    assert all(sentence.endswith((".", "?")) for sentence in found.values())


def test_sibling_funds_must_be_named_or_said_to_be_none():
    silent = changed(('[[siblings]]\nname = "Paper Boat"\nurl = "https://paper-boat.example/"\n', ""))
    assert "siblings" in problems(silent)
    said = silent.replace('overflow = "pass-on"', 'overflow = "return"\nsiblings = "none"')
    assert problems(said) == {}
    assert Charter.from_toml(said).siblings == ()
    assert "fund.overflow" in problems(said.replace('"return"', '"pass-on"'))


def test_two_members_are_too_few_and_three_are_enough():
    assert "roster.members" in problems(TEXT, roster=Roster(ROSTER.members[:2], ROSTER.until))
    assert problems(TEXT, roster=Roster(ROSTER.members[:3], ROSTER.until)) == {}


def test_a_private_payee_is_named_by_a_member_who_signs():
    charter = Charter.from_toml(changed(("private = false", 'private = true\nperson = "lale"')))
    assert (charter.payee.private, charter.payee.person) == (True, "lale")
    assert "payee.private" in {warning.path for warning in charter.warnings()}
    assert "roster.holder" in problems(changed(("private = false", 'private = true\nperson = "nobody"')))
    assert "payee.person" in problems(changed(("private = false", 'private = false\nperson = "lale"')))


def test_legal_form_and_auditor_may_stand_in_some_languages_only():
    told = changed(('name = "Rosa Lindqvist"', 'name = {en = "Rosa Lindqvist", fa = "رزا"}'))
    assert problems(told) == {}
    assert "auditor.name.de" in problems(told.replace('fa = "رزا"', 'de = "Rosa"'))
    assert "auditor" in problems(told.replace("Rosa Lindqvist", "Lale"))


def test_an_auditor_with_a_members_key_is_refused():
    key = TEXT.partition('sign = "')[2].partition('"')[0]
    assert "auditor" in problems(changed(('name = "Rosa Lindqvist"', f'name = "Rosa Lindqvist"\nkey = "{key}"')))


def test_the_fake_rail_needs_demo_and_an_invalid_origin():
    demo = DEMO.read_text()
    assert problems(demo, roster=ROSTER) == {}
    assert "rails.fake" in problems(demo.replace("demo = true", "demo = false"), roster=ROSTER)
    moved = problems(demo.replace("lantern-fund.invalid/2021", "lantern.example/x.invalid"), roster=ROSTER)
    assert {"fund.origin", "rails.fake"} <= set(moved)


def test_an_ended_roster_is_named_only_when_the_day_is_told():
    assert problems(TEXT, today=dt.date(2023, 1, 1)).keys() == {"roster.until"}
    assert problems(TEXT) == {}


def test_a_charter_that_no_leaf_can_hold_is_named_before_anybody_signs():
    many = {f"a{chr(97 + n)}": "ا" * 700 for n in range(11)}
    texts = "\n".join(f'{tag} = "{text}"' for tag, text in many.items())
    assert "charter" in problems(changed(('en = "Food and shelter."', 'en = "Food."\n' + texts)))


def test_outside_keys_must_suffice_and_be_nobodys_twice():
    key = "A" * 43 + "="
    found = problems(changed(("[auditor]", f'[outside]\nk = 3\nkeys = ["{key}", "{key}"]\n[auditor]')))
    assert {"outside.k", "outside.keys"} <= set(found)


JUNK = [
    "5",
    "-1",
    "true",
    '"x"',
    "[]",
    "[[]]",
    "{}",
    "1.5",
    "2021-09-01",
    '[""]',
    "0x" + "f" * 5000,
    '"' + "a" * 900 + '"',
]
LINES = TEXT.splitlines()


@given(
    st.sets(st.integers(0, len(LINES) - 1), max_size=12),
    st.dictionaries(st.integers(0, len(LINES) - 1), st.sampled_from(JUNK), max_size=6),
)
def test_a_charter_with_holes_and_junk_is_a_charter_or_a_list_of_problems(holes, junk):
    lines = [
        f"{line.partition('=')[0]}= {junk[index]}" if index in junk and "=" in line else line
        for index, line in enumerate(LINES)
        if index not in holes
    ]
    try:
        Charter.from_toml("\n".join(lines))
    except CharterError as error:
        for problem in error.problems:
            assert problem.path
            assert problem.text()
            assert "%(" not in problem.text() + problem.hint_text()


@pytest.mark.parametrize(
    "text", ["", "= 3", "a = " + "9" * 5000, "[fund", "\x00", "fund = 3", "a = " + "[" * 5000, "fund.a.b = 1"]
)
def test_what_is_no_charter_is_answered_in_words(text):
    with pytest.raises(CharterError) as refusal:
        Charter.from_toml(text)
    assert refusal.value.problems


def test_a_typing_error_is_answered_with_the_nearest_key():
    with pytest.raises(CharterError) as refusal:
        Charter.from_toml(changed(("overflow =", "overflw =")))
    assert "Did you mean overflow?" in {problem.hint_text() for problem in refusal.value.problems}
