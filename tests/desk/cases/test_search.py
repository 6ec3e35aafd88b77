"""Search finds what any keyboard types, and forgets with the case."""

from __future__ import annotations

from panah.desk.cases import actions, people
from panah.desk.cases.search import Index
from tests.desklab import NOW, Person


def test_words_are_found_in_any_spelling_by_their_beginning_and_only_together(team):
    [lale] = team.desks("lale")
    sources = [Person(team).ask("خانم كريمي، مزار شريف"), Person(team).ask("Zabīullāh from Herat, two children")]
    team.sync(lale)
    persian, latin = (actions.open_case(lale, source, NOW) for source in sources)
    index = Index(lale)
    assert index.find("کریمی مزارشریف") == []
    assert index.find("کریمی شری") == [persian]
    assert index.find("ZABIULLAH herat") == [latin]
    assert index.find("zabi") == [latin]
    assert index.find("herat کریمی") == []
    assert index.find("  ") == index.find('" OR *') == []


def test_the_index_follows_notes_what_was_taken_back_and_what_was_shredded(team):
    [lale] = team.desks("lale")
    source = Person(team).ask("a plea")
    team.sync(lale)
    case = actions.open_case(lale, source, NOW)
    index = Index(lale)
    note = actions.note(lale, case, "speaks Pashto پښتو", NOW)
    assert index.find("پشتو") == [case]
    actions.take_back(lale, case, note, NOW)
    assert index.find("pashto") == []
    people.withdraw(lale, case, "word", NOW)
    people.shred(lale, case, NOW)
    assert index.find("plea") == []
