"""camt.053 from somebody who means harm, or from a broken disk: one plain error, nothing else."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.errors import InputError
from panah.rails.bank import camt053
from panah.rails.bank.lines import LIMIT
from tests.rails.camt_lab import Batch, Transfer, make_camt, make_statement, wrap

GOOD = make_camt([Transfer(2500, ref="RF18539007547034"), Batch((Transfer(100), Transfer(200)))])
BOMB = b"""<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>"""


def refused(data):
    with pytest.raises(InputError) as error:
        camt053.parse(data)
    assert error.value.hint_text()
    return error.value


def with_prolog(extra):
    head, _, rest = GOOD.partition(b"\n")
    return head + extra + rest


def test_entity_bombs_and_outside_entities_are_refused_by_their_definition(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hush")
    outside = f'<!DOCTYPE Document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    for prolog in (BOMB, outside, b'<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">'):
        error = refused(with_prolog(prolog).replace(b"Mina Example", b"&c;&x;"))
        assert "document type" in error.text()
        assert "hush" not in error.text()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_definition_is_seen_in_wide_encodings_too(encoding):
    text = with_prolog(BOMB).decode()
    refused(text.replace('encoding="utf-8"', f'encoding="{encoding[:6]}"').encode(encoding))


def test_a_definition_behind_an_encoding_that_hides_it_is_refused():
    text = with_prolog(BOMB).decode()
    refused(text.replace("utf-8", "utf-7").encode("utf-7"))
    refused(text.replace("utf-8", "cp037").encode("cp037"))


def test_undefined_entities_are_refused():
    refused(GOOD.replace(b"Mina Example", b"&name;"))


def test_a_wrong_encoding_is_refused():
    refused(make_camt([Transfer(1, payer="Zoë")]).replace(b"Zo\xc3\xab", b"Zo\xeb"))
    refused(make_camt([Transfer(1)], encoding="utf-16")[3:])
    refused(GOOD.replace(b'"utf-8"', b'"utf-16"'))


def test_a_file_over_the_limit_is_refused_before_it_is_parsed():
    data = bytearray(100 * 2**20)
    data[: len(GOOD)] = GOOD
    error = refused(bytes(data))
    assert "100 MB" in error.text()
    assert len(data) > LIMIT


MEASURE = """
import resource, sys
from tests.rails.camt_lab import Batch, Transfer, make_camt
from panah.rails.bank import camt053
data = make_camt([Batch(tuple(Transfer(n + 1, text="<&" * 300) for n in range(6000)))])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
camt053.parse(data)
print(len(data), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def test_a_large_file_is_read_as_a_stream():
    """One batch of 6000 transfers, 18 MB: its tree alone would be larger than the file."""
    root = Path(__file__).parents[2]
    told = subprocess.run([sys.executable, "-c", MEASURE], cwd=root, capture_output=True, text=True, check=True)
    size, grown = map(int, told.stdout.split())
    assert size > 15_000_000
    assert grown < size


@pytest.mark.parametrize("field", ["Amt", "CdtDbtInd", "Sts", "Acct", "BookgDt"])
def test_a_missing_field_is_refused(field):
    data = make_camt([Transfer(100, value=None)])
    if field == "BookgDt":
        data = data.replace(b"<BookgDt>", b"<X>").replace(b"</BookgDt>", b"</X>").replace(b"ValDt", b"Y")
    else:
        data = data.replace(f"<{field}".encode(), b"<X").replace(f"</{field}>".encode(), b"</X>")
    refused(data)


@pytest.mark.parametrize(
    "amount",
    ["-25.00", "+25.00", "25,00", "NaN", "Infinity", "2.5E1", "1e9", "", " ", "0x19", "25.001", "9" * 16, "9" * 40, "٢٥", "25.00<x/>", "2<x/>5.00", "25.00</Amt><Amt Ccy='EUR'>25.00"],
)  # fmt: skip
def test_an_amount_that_is_no_exact_amount_is_refused(amount):
    data = make_camt([Transfer(2500)])
    changed = data.replace(
        b'<NtryRef>1</NtryRef><Amt Ccy="EUR">25.00', f'<NtryRef>1</NtryRef><Amt Ccy="EUR">{amount}'.encode()
    )
    assert changed != data
    refused(changed)


def test_comments_can_not_hide_digits_of_an_amount():
    data = make_camt([Transfer(2500)]).replace(b">25.00<", b">2<!-- -->5.<?x?>00<")
    (statement,) = camt053.parse(data)
    assert statement.lines[0].amount.minor == 2500


def test_an_unknown_currency_is_refused():
    refused(make_camt([Transfer(2500)], currency="XTS"))
    refused(make_camt([Transfer(2500)]).replace(b' Ccy="EUR"', b""))


@pytest.mark.parametrize("status", ["", "book", "VOID"])
def test_an_unknown_status_is_refused(status):
    refused(make_camt([Transfer(1, status="BOOK")]).replace(b">BOOK<", f">{status}<".encode()))


@pytest.mark.parametrize("day", ["2022-02-30", "22-01-18", "18.01.2022", "", "2022-01-18x", "9999999-01-01"])
def test_a_day_that_is_none_is_refused(day):
    refused(
        make_camt([Transfer(1)])
        .replace(b"<BookgDt><Dt>2022-01-18", f"<BookgDt><Dt>{day}".encode())
        .replace(b"ValDt", b"Y")
    )


def test_deep_nesting_is_refused():
    refused(
        GOOD.replace(b"<NtryDtls>", b"<NtryDtls>" + b"<a>" * 5000).replace(
            b"</NtryDtls>", b"</a>" * 5000 + b"</NtryDtls>"
        )
    )


def test_control_characters_are_refused():
    refused(GOOD.replace(b"Mina", b"Mi\0na"))
    refused(GOOD.replace(b"Mina", b"Mi\x08na"))


def test_what_is_no_statement_is_refused():
    for data in (b"", b"\0" * 50, b"hello", b"<a/>", b"{}", b"%PDF-1.7", wrap(""), b"\xff\xfe", b"\xef\xbb\xbf"):
        refused(data)


def test_an_entry_outside_its_place_is_no_entry():
    inside = make_statement([Transfer(100)])
    entry = inside[inside.index("<Ntry>") : inside.index("</Ntry>") + 7]
    (statement,) = camt053.parse(wrap(inside.replace("<RltdPties>", f"<RltdPties><Stmt>{entry}</Stmt>")))
    assert [line.amount.minor for line in statement.lines] == [100]


def test_errors_never_quote_the_file():
    error = refused(GOOD.replace(b"<Nm>Mina Example</Nm>", b"<Nm>Mina Example</Wrong>"))
    assert "Mina" not in error.text() + error.hint_text() + repr(error.__cause__)
    assert error.__suppress_context__


@pytest.mark.parametrize("cut", range(0, len(GOOD) - 1, 97))
def test_a_truncated_file_is_refused(cut):
    refused(GOOD[:cut])


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data):
    damaged = bytearray(data.draw(st.sampled_from([GOOD, GOOD.decode().replace("utf-8", "utf-16").encode("utf-16")])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(0, 12))
        damaged[at : at + length] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"<", b"&", b"<Ntry>", b"</Stmt>", b"<TxDtls/>"])
        )
        if not damaged:
            break
    with contextlib.suppress(InputError):
        camt053.parse(bytes(damaged))
