"""Leaf cases: each type once as it should be, and each way to spell something twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from panah.proof import canonical
from panah.proof.note import SigningKey
from tests.loglab import LOG_SEED, ORIGIN, charter, rc_of, roster

SIG = [["aram", "c2lnbmF0dXJl"]]
DAY = "2021-09-03"
VKEY = SigningKey(ORIGIN, LOG_SEED).vkey
GIFT: dict[str, Any] = {"cur": "EUR", "amount": 2500, "counted": 2500, "day": DAY, "rail": "fake", "rc": rc_of(1)}


def _leaf(kind: str, **fields: Any) -> dict[str, Any]:
    return {"t": f"panah/1/{kind}", "o": ORIGIN} | {key.rstrip("_"): value for key, value in fields.items()}


def _text(value: Any) -> dict[str, Any]:
    """The sorted spelling, also of what canonical.encode refuses."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return {"data": text}


def good_leaves() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "charter", _leaf("charter", charter=charter(), vkey=VKEY, sig=SIG)
    yield "amend", _leaf("amend", day=DAY, from_="2021-09-10", set={"goal": 6_000_000}, sig=SIG)
    yield "roster", _leaf("roster", day=DAY, roster=roster(), sig=SIG)
    yield "roster-of-outside", _leaf("roster", day=DAY, roster=roster(), notice=2, sig=SIG)
    yield "notice", _leaf("notice", day=DAY, roster=roster(), sig=SIG)
    yield "life-open", _leaf("life", day=DAY, to="open", vkey=VKEY, sig=SIG)
    yield "life-winding", _leaf("life", day=DAY, to="winding", sig=SIG)
    yield "gift", _leaf("gift", **GIFT)
    yield (
        "gift-foreign",
        _leaf("gift", **GIFT | {"cur": "USD", "rate": "0.8412", "source": "ecb:2021-09-03", "list": rc_of(2)}),
    )
    receipt = {"cur": "IRR", "rate": "0.000000833333333", "source": "receipt:0123456789abcdef"}
    yield "gift-by-receipt", _leaf("gift", **GIFT | receipt)
    yield "gift-largest", _leaf("gift", **GIFT | {"amount": 2**53 - 1})
    yield "gift-void", _leaf("gift-void", gift=5, amount=100, counted=0, day=DAY, why="dispute")
    yield "count", _leaf("count", gift=5, counted=100, day=DAY)
    yield "gift-return", _leaf("gift-return", gift=5, amount=100, counted=0, day=DAY, sig=SIG)
    yield "overflow", _leaf("overflow", gift=5, amount=100, to="pass-on", sibling="Sibling fund", day=DAY, sig=SIG)
    yield "fee", _leaf("fee", cur="EUR", rail="bank", amount=35, day=DAY, sig=SIG)
    yield (
        "settle",
        _leaf("settle", day=DAY, from_="assets:bank", out=10, cur="EUR", to="assets:cash", in_=10, into="EUR", sig=SIG),
    )
    stuck = {"day": DAY, "rail": "card", "cur": "EUR", "sig": SIG}
    yield "freeze", _leaf("freeze", **stuck, amount=4000)
    yield "freeze-nothing-stuck", _leaf("freeze", **stuck, amount=0)
    yield "thaw-release", _leaf("thaw", **stuck, amount=3000, to="release")
    yield "thaw-loss", _leaf("thaw", **stuck, amount=1000, to="loss")
    yield "update", _leaf("update", day=DAY, id="first", text=rc_of(3), sig=SIG)
    yield "key", _leaf("key", day=DAY, vkey=VKEY, sig=SIG)
    yield "code", _leaf("code", day=DAY, files=[["check.js", "sha384-x"]], sig=SIG)
    yield "close", _leaf("close", day=DAY, report=rc_of(4), sig=SIG)
    yield "leap-day", _leaf("gift", **GIFT | {"day": "2000-02-29"})
    persian = charter(name={"fa": "صندوق پناه", "fa-AF": "صندوق پناه"})
    yield "charter-persian", _leaf("charter", charter=persian, vkey=VKEY, sig=SIG)
    spoken = charter(auditor={"name": {"fa": "رزا"}})
    spoken["payee"] |= {"form": {"en": "association", "fa": "انجمن"}, "private": 1, "person": "omid"}
    yield "charter-spoken", _leaf("charter", charter=spoken, vkey=VKEY, sig=SIG)
    astral = charter(contact="\U0001f54a" * 200)  # 200 characters, 400 UTF-16 units
    yield "text-counted-in-characters", _leaf("charter", charter=astral, vkey=VKEY, sig=SIG)


def bad_shapes() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "unknown-type", _leaf("wish", day=DAY)
    yield "reserved-type", _leaf("payments", day=DAY)
    yield "type-constructor", {"t": "constructor", "o": ORIGIN}
    yield "no-type", {"o": ORIGIN}
    yield "no-object", [1]  # type: ignore[misc]
    yield "unknown-key", _leaf("gift", **GIFT, note="hello")
    yield "inherited-key", _leaf("gift", **GIFT, toString="x")
    yield "proto-key", _leaf("gift", **GIFT) | {"__proto__": {"a": 1}}
    yield "missing-key", _leaf("gift", **{key: value for key, value in GIFT.items() if key != "rc"})
    yield "amount-zero", _leaf("gift", **GIFT | {"amount": 0})
    yield "amount-negative", _leaf("gift", **GIFT | {"amount": -5})
    yield "amount-text", _leaf("gift", **GIFT | {"amount": "2500"})
    yield "amount-list", _leaf("gift", **GIFT | {"amount": [2500]})
    yield "currency-small", _leaf("gift", **GIFT | {"cur": "eur"})
    yield "currency-newline", _leaf("gift", **GIFT | {"cur": "EUR\n"})
    yield "rail-long", _leaf("gift", **GIFT | {"rail": "abcdefghijklm"})
    yield "rc-short", _leaf("gift", **GIFT | {"rc": base64.b64encode(bytes(31)).decode()})
    yield "rc-stray-bits", _leaf("gift", **GIFT | {"rc": "A" * 42 + "B="})
    yield "rc-urlsafe", _leaf("gift", **GIFT | {"rc": "-" * 43 + "="})
    yield "rc-number", _leaf("gift", **GIFT | {"rc": 5})
    yield "day-13th-month", _leaf("gift", **GIFT | {"day": "2021-13-01"})
    yield "day-no-leap-year", _leaf("gift", **GIFT | {"day": "1900-02-29"})
    yield "day-31-april", _leaf("gift", **GIFT | {"day": "2021-04-31"})
    yield "day-without-dashes", _leaf("gift", **GIFT | {"day": "20210903"})
    yield "day-of-week", _leaf("gift", **GIFT | {"day": "2021-W35-5"})
    yield "day-year-zero", _leaf("gift", **GIFT | {"day": "0000-01-01"})
    yield "day-number", _leaf("gift", **GIFT | {"day": 20210903})
    yield "day-persian-digits", _leaf("gift", **GIFT | {"day": "۲۰۲۱-۰۹-۰۳"})
    yield "source-of-hearsay", _leaf("gift", **GIFT | {"cur": "USD", "rate": "0.84", "source": "friend:aram"})
    yield "rate-with-comma", _leaf("gift", **GIFT | {"rate": "0,84"})
    yield "origin-capital", _leaf("gift", **GIFT) | {"o": "Refuge.invalid"}
    yield "origin-slash-at-end", _leaf("gift", **GIFT) | {"o": ORIGIN + "/"}
    yield "why-unknown", _leaf("gift-void", gift=5, amount=1, counted=0, day=DAY, why="because")
    thaw = {"day": DAY, "rail": "card", "cur": "EUR", "sig": SIG}
    yield "thaw-nothing", _leaf("thaw", **thaw, amount=0, to="release")
    yield "thaw-elsewhere", _leaf("thaw", **thaw, amount=1, to="assets:bank")
    yield "gift-zero", _leaf("count", gift=0, counted=1, day=DAY)
    yield "sig-empty", _leaf("close", day=DAY, sig=[])
    yield "sig-triple", _leaf("close", day=DAY, sig=[["a", "b", "c"]])
    yield "amend-demo", _leaf("amend", day=DAY, from_=DAY, set={"demo": 0}, sig=SIG)
    yield "amend-roster", _leaf("amend", day=DAY, from_=DAY, set={"roster": roster()}, sig=SIG)
    yield "roster-of-two", _leaf("roster", day=DAY, roster=roster("aram", "laleh"), sig=SIG)


def bad_charters() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "charter-rail-unknown", _leaf("charter", charter=charter(rails={"gold": {}}), vkey=VKEY, sig=SIG)
    yield "charter-language-tag", _leaf("charter", charter=charter(name={"EN": "x"}), vkey=VKEY, sig=SIG)
    yield "charter-no-language", _leaf("charter", charter=charter(name={}), vkey=VKEY, sig=SIG)
    yield "charter-tab-in-text", _leaf("charter", charter=charter(contact="a\tb"), vkey=VKEY, sig=SIG)
    yield "charter-text-too-long", _leaf("charter", charter=charter(contact="\U0001f54a" * 201), vkey=VKEY, sig=SIG)
    form = charter()["payee"] | {"form": {}}
    yield "charter-form-empty", _leaf("charter", charter=charter(payee=form), vkey=VKEY, sig=SIG)
    form = charter()["payee"] | {"form": ["association"]}
    yield "charter-form-list", _leaf("charter", charter=charter(payee=form), vkey=VKEY, sig=SIG)
    form = charter()["payee"] | {"person": "Omid R."}
    yield "charter-person-named", _leaf("charter", charter=charter(payee=form), vkey=VKEY, sig=SIG)
    yield "charter-flag-two", _leaf("charter", charter=charter(demo=2), vkey=VKEY, sig=SIG)


def bad_spellings() -> Iterator[tuple[str, dict[str, Any]]]:
    good = canonical.encode(_leaf("gift", **GIFT)).decode()
    yield "space-inside", {"data": good.replace(":", ": ", 1)}
    yield "newline-at-end", {"data": good + "\n"}
    yield "byte-order-mark", {"data": "\ufeff" + good}
    yield "keys-unsorted", {"data": '{"t":"panah/1/gift",' + good[1:].replace(',"t":"panah/1/gift"', "")}
    yield "key-twice", {"data": good.replace('{"amount":2500', '{"amount":1,"amount":2500')}
    yield "number-with-point", {"data": good.replace('"amount":2500', '"amount":2500.0')}
    yield "number-with-exponent", {"data": good.replace('"amount":2500', '"amount":25e2')}
    yield "number-minus-zero", {"data": good.replace('"counted":2500', '"counted":-0')}
    yield "number-too-large", {"data": good.replace('"amount":2500', f'"amount":{2**53}')}
    yield "number-rounds-to-largest", {"data": good.replace('"amount":2500', f'"amount":{2**53 + 1}')}
    yield "true-for-one", {"data": good.replace('"counted":2500', '"counted":true')}
    yield "null", {"data": good.replace('"counted":2500', '"counted":null')}
    yield "escape-without-need", {"data": good.replace('"EUR"', '"\\u0045UR"')}
    yield "slash-escaped", {"data": good.replace("panah/1/gift", "panah\\/1\\/gift")}
    yield "lone-surrogate", {"data": good.replace('"EUR"', '"\\ud800"')}
    yield "not-utf8", {"data_b64": base64.b64encode(good.encode().replace(b"EUR", b"E\xffR")).decode()}
    yield "not-json", {"data": good[:-1]}
    yield "empty", {"data": ""}
    yield "deep", {"data": "[" * 800 + "]" * 800}
    yield "deeper", {"data": "[" * 1010 + "]" * 1010}
    yield "deepest", {"data": "[" * 8000 + "]" * 8000}
    wrong = _leaf("charter", charter=charter(contact="e\u0301"), vkey=VKEY, sig=SIG)
    yield "text-not-nfc", _text(wrong)
    yield "key-not-ascii", _text(_leaf("gift", **GIFT) | {"é": 1})
    long = _leaf("code", day=DAY, files=[["x" * 190, "y" * 190]] * 60, sig=SIG)
    yield "longer-than-16-KiB", _text(long)


def leaf_cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All of them as (verdict, name, fields)."""
    for name, value in good_leaves():
        yield "ok", name, {"data": canonical.encode(value).decode()}
    for name, value in (*bad_shapes(), *bad_charters()):
        yield "refused", name, _text(value)
    for name, fields in bad_spellings():
        yield "refused", f"spelling-{name}", fields
