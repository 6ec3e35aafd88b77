"""The queue of lines that wait for a person, and how files are told apart."""

import pytest

from panah.errors import InputError
from panah.rails.bank import formats, lines, listing, unmatched
from tests.rails.camt_lab import IBAN, Transfer, make_camt, make_statement, wrap
from tests.rails.listing_lab import listed


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (IBAN, True), ("DE89 3704 0044 0532 0130 00", True), (IBAN + "EUR", True), ("37040044/0532013000EUR", True), ("37040044/0532013000", True),
        ("0532013000", True), ("DE02120300000000202051", False), ("12030000/0532013000", False), ("37040044/1", False), ("000", False), ("", False), ("EUR", False),
    ],
)  # fmt: skip
def test_an_account_is_known_in_the_ways_banks_write_it(found, same):
    assert lines.same_account(found, IBAN) is same


def test_a_queue_keeps_numbers_and_forgets_names_once_settled():
    made = listed(Transfer(1, payer="Mina"), Transfer(2, payer="Sara"))
    queue = unmatched.renew((), made.waiting)
    assert [one.number for one in queue] == [1, 2]
    settled = unmatched.settle(queue, 2, listing.GIFT)
    again = listed(Transfer(1, payer="Mina"), Transfer(2, payer="Sara"), decisions=unmatched.decisions(settled))
    renewed = unmatched.renew(unmatched.read(unmatched.write(settled)), again.waiting)
    assert [(one.number, bool(one.payer), one.decision) for one in renewed] == [(1, True, ""), (2, False, "gift")]
    assert unmatched.renew(renewed, again.waiting) == renewed


def test_a_queue_refuses_what_settles_nothing():
    queue = unmatched.renew((), listed(Transfer(1), Transfer(2, credit=False, returned=True)).waiting)
    back = next(one.number for one in queue if one.kind == "return")
    for number, decision in ((9, "gift"), (1, "RF19539007547034"), (1, ""), (back, "gift")):
        with pytest.raises(InputError):
            unmatched.settle(queue, number, decision)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "[]",
        "{}",
        '{"lines": [1]}',
        '{"lines": [{}]}',
        '{"lines": 5}',
        "[" * 9999,
        '{"lines":[{"number":"1","line":"","kind":"","amount":"","day":"","reason":""}]}',
    ],
)
def test_a_damaged_queue_is_refused(source):
    with pytest.raises(InputError):
        unmatched.read(source)


@pytest.mark.parametrize("data", [b"PK\x03\x04...", b"%PDF-1.7", b"a;b\n1;2\n", b"", b"\0" * 9])
def test_a_file_of_another_kind_is_refused_with_a_hint(data):
    with pytest.raises(InputError) as refused:
        formats.read(data)
    assert refused.value.hint_text()


def test_formats_are_told_by_their_first_bytes():
    both = wrap(make_statement([Transfer(1)]), encoding="utf-16")
    assert formats.read(both)[0].lines
    assert formats.read(b"\xef\xbb\xbf  " + make_camt([Transfer(1)]).split(b"\n", 1)[1])[0].lines
    assert formats.read(b"{1:F01X}{4:\r\n:20:X\r\n:25:1\r\n:60F:C220117EUR1,\r\n:62F:C220118EUR1,\r\n-}")[0].lines == ()
