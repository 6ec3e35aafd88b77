"""What members and operators are told of foreign gifts: flags in one currency, rates that are too old."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.cli.site_rates import look_at_rates
from panah.site.gifts import foreign
from panah.site.gifts.endings import flagged
from panah.site.gifts.queries import fund_rules
from tests.site.test_currencies import begin, pay, team  # noqa: F401


def test_refused_foreign_tries_are_compared_in_the_funds_own_money(team):  # noqa: F811
    for _ in range(11):  # 5.00 dollars each: no 5.00 euros
        pay(team, begin(team, 600, "USD").id, 600, "USD", kind="failed")
    team.give(600)
    team.give(2500)
    assert flagged(team.fund, fund_rules(team.fund)) == []
    for _ in range(12):
        pay(team, begin(team, 600, "EUR").id, 600, "EUR", kind="failed")
    assert (600, "equal") in {(flag.seen.amount, flag.why) for flag, _ in flagged(team.fund, fund_rules(team.fund))}


@pytest.mark.parametrize(("newest", "refused"), [(0, False), (4, False), (5, True)])
def test_doctor_tells_when_rates_are_too_old_for_foreign_gifts(team, newest, refused):  # noqa: F811
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=newest)
    foreign.take_rates(team.fund.home, f"Date,USD,GBP,JPY,IDR,AFN\n{day},1.1172,0.8338,175.68,20275.17,75\n".encode())
    found = list(look_at_rates(team.fund.home, fund_rules(team.fund)))
    assert bool(found) is refused
    if found:
        what, mend = found[0]
        assert what.startswith(f"panah.W010: Exchange rates end on {day}")
        assert "USD" in what
        assert "panah site rates" in mend
