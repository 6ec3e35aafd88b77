"""Stripe's balance reports become fees and payouts by day, the same for whoever reads them."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.errors import InputError
from panah.proof import leaf
from panah.rails.card import report

SINCE, UPTO = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
HEAD = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,customer_email,description\n"
ROWS = (
    'txn_0001,2026-03-02 10:00:00,eur,50.00,1.00,49.00,charge,anna@beispiel.example,"a, b"\n'
    "txn_0002,2026-03-02 23:59:59,eur,20.00,0.55,19.45,charge,,\n"
    "txn_0003,2026-03-02 12:00:00,eur,-2.00,0.00,-2.00,fee,,\n"
    "txn_0004,2026-03-03 01:00:00,eur,-60.00,0.00,-60.00,payout,,\n"
    "txn_0005,2026-03-03 02:00:00,usd,-15.00,15.00,-30.00,dispute,,\n"
)
OTHER = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC)\n"
    'txn_0001,charge,ch_1,"1,050.00",1.00,49.00,eur,2026-03-02 10:00,2026-03-09 00:00\n'
    "txn_0006,payout,po_1,-700,0.00,-700,jpy,2026-03-04 10:00,2026-03-09 00:00\n"
)


def bodies(text, since=SINCE, upto=UPTO):
    return report.build(report.read(text.encode()), "fund.example/2026", since, upto).bodies


def test_fees_and_payouts_are_summed_by_day_and_currency():
    found = bodies(HEAD + ROWS)
    assert [(body["t"][8:], body["day"], body["cur"], body.get("amount", body.get("out"))) for body in found] == [
        ("fee", "2026-03-02", "EUR", 355), ("fee", "2026-03-03", "USD", 1500), ("settle", "2026-03-03", "EUR", 6000)
    ]  # fmt: skip
    settle = next(body for body in found if body["t"].endswith("settle"))
    assert (settle["from"], settle["to"], settle["in"], settle["into"]) == ("assets:card", "assets:bank", 6000, "EUR")
    for body in found:
        leaf.check(body | {"sig": [["anar", "A" * 86 + "=="], ["cyrus", "A" * 86 + "=="]]})


def test_order_doubles_and_a_second_file_change_nothing():
    lines = ROWS.splitlines(keepends=True)
    assert bodies(HEAD + "".join(reversed(lines)) + lines[0]) == bodies(HEAD + ROWS)


def test_only_the_named_days_are_used():
    assert {body["day"] for body in bodies(HEAD + ROWS, upto=dt.date(2026, 3, 2))} == {"2026-03-02"}


def test_the_list_of_balance_transactions_is_read_too():
    found = bodies(OTHER)
    assert [(body["cur"], body.get("amount", body.get("out"))) for body in found] == [("EUR", 100), ("JPY", 700)]


def test_a_day_on_which_fees_were_given_back_goes_to_a_person():
    found = report.build(
        report.read((HEAD + "txn_0007,2026-03-05 10:00:00,eur,3.00,0.00,3.00,fee,,\n").encode()), "x", SINCE, UPTO
    )
    assert (found.bodies, found.negative) == ((), ("2026-03-05",))


@pytest.mark.parametrize(
    "row",
    [
        "txn_0001,2026-03-02 10:00:00,eur,5O.00,1.00,49.00,charge,,\n",
        "txn_0001,2026-03-02 10:00:00,eur,50.001,1.00,49.00,charge,,\n",
        "txn_0001,2026-13-02 10:00:00,eur,50.00,1.00,49.00,charge,,\n",
        "txn_0001,2026-03-02 10:00:00,xxx,50.00,1.00,49.00,charge,,\n",
        "ch_0001,2026-03-02 10:00:00,eur,50.00,1.00,49.00,charge,,\n",
        "txn_0001,2026-03-02 10:00:00,eur,50.00,1.00,49.00,transfer,,\n",
        'txn_0001,2026-03-02 10:00:00,eur,50.00,1.00,49.00,"charge,,\n',
    ],
)
def test_what_is_not_understood_is_refused(row):
    with pytest.raises(InputError):
        report.read((HEAD + row).encode())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\xff\xfe"])
def test_another_file_is_refused(text):
    with pytest.raises(InputError):
        report.read(text.encode("latin-1"))
