"""`panah site rates`: the ECB's file as downloaded; another file, or another rate of a day, changes nothing."""

import pytest


@pytest.fixture
def rates(run, at):
    def take(name, text):
        (at / name).write_text(text)
        return run("site", "rates", name, "--home", str(at / "home"))

    (at / "home").mkdir()
    return take


def test_a_file_of_the_ecb_is_taken_in_once_for_all_days(run, at, rates):
    code, out, err = rates("eurofxref.csv", "Date, USD, \n20 November 2026, 1.1172, \n")
    assert code == 0, err
    assert "the newest 2026-11-20" in out
    code, _, err = rates("other.csv", "Date,USD\n2026-11-20,1.2\n")
    assert code == 2
    assert "in use already" in err
    assert "Rates reach to 2026-11-20" in run("site", "rates", "--home", str(at / "home"))[1]


def test_another_file_is_refused_with_where_to_find_the_right_one(rates):
    code, _, err = rates("statement.csv", "Booking;Amount\n1;2\n")
    assert code == 2
    assert "eurofxref-hist.zip" in err
