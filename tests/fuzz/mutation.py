"""Bytes that were right once: cut, doubled, flipped and spliced with what breaks parsers."""

from __future__ import annotations

from hypothesis import strategies as st

_EVIL = [
    b"", b"\0", b"\xff\xfe", b"\xed\xa0\x80", "\u202e".encode(), "۱۲۳".encode(), b"-1", b"0", b"1e9", b"9" * 40, b"NaN",
    b"null", b"true", b"[]", b"{}", b"[" * 300, b'{"a":' * 60, b'"', b"\\", b"\r\n", b"\n", b"\n\n", b" ", b",", b":", b"=",
    b"2026-02-30", b"99999999999999999999", b"<!ENTITY x 'y'>", b"&x;", b"]]>", b"+", b"/", b"A" * 70_000,
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, wholes: list[bytes]) -> bytes:
    """Give one of `wholes` with one to four changes, seldom none."""
    data = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.sampled_from([0, 1, 1, 2, 8, 40, 1000])))
        what = draw(st.sampled_from(["flip", "cut", "put", "double", "end", "byte"]))
        if what == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "cut":
            del data[at:end]
        elif what == "put":
            data[at:at] = draw(st.sampled_from(_EVIL))
        elif what == "double":
            data[at:at] = data[at:end]
        elif what == "end":
            del data[at:]
        elif what == "byte":
            data[at:end] = draw(st.binary(max_size=4))
    return bytes(data)
