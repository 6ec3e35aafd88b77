"""What Panah knows about languages: direction, digits, months, how money is written.

Our own small tables instead of CLDR: Django knows neither Dari nor Pashto, CLDR gives AFN and IRR no
decimals, and a published page must not change because a library's data did. A language without a
row here is still shown (updates may be in any language): with Latin digits and a guessed direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NARROW: Final = "\N{NARROW NO-BREAK SPACE}"
_PERSIAN_DIGITS: Final = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC_DIGITS: Final = "٠١٢٣٤٥٦٧٨٩"
_RTL: Final = frozenset({"ar", "arc", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "hac", "haz", "he", "ks", "lki",
    "lrc", "luz", "mzn", "pnb", "prs", "ps", "sd", "sdh", "syr", "ug", "ur", "yi"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language writes. `django` is the code its catalogue has (`prs` is `fa-af` there)."""

    tag: str
    name: str
    django: str
    dir: Direction
    months: tuple[str, ...]
    hijri: tuple[str, ...] = ()  # Solar Hijri month names; empty: only Gregorian dates are shown
    date: str = "{d} {m} {y}"
    digits: str = "0123456789"
    group: str = ","
    decimal: str = "."
    percent: str = "{}%"
    money: str = "{n}\N{NO-BREAK SPACE}{c}"
    currencies: tuple[tuple[str, str], ...] = ()  # code → name in running text; the code stands in otherwise


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_EN = Tongue(
    "en", "English", "en", "ltr",
    _words("January February March April May June July August September October November December"),
    money="{c}{n}",
    currencies=(("EUR", "€"), ("USD", "US$"), ("GBP", "£")),
)  # fmt: skip
_PERSIAN_MONEY = (
    ("EUR", "یورو"), ("USD", "دلار آمریکا"), ("GBP", "پوند"), ("AFN", "افغانی"), ("IRR", "ریال"),
    ("PKR", "روپیهٔ پاکستان"), ("TRY", "لیر ترکیه"), ("CHF", "فرانک سوئیس"), ("CAD", "دلار کانادا"),
    ("AUD", "دلار استرالیا"), ("SEK", "کرون سوئد"), ("NOK", "کرون نروژ"), ("AED", "درهم امارات"),
)  # fmt: skip
_FA = Tongue(
    "fa", "فارسی", "fa", "rtl",
    _words("ژانویهٔ فوریهٔ مارس آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر"),
    _words("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"),
    digits=_PERSIAN_DIGITS, group="٬", decimal="٫", percent="{}٪", currencies=_PERSIAN_MONEY,
)  # fmt: skip
_PRS = Tongue(
    "prs", "دری", "fa-af", "rtl",
    _words("جنوری فبروری مارچ اپریل می جون جولای آگست سپتمبر اکتوبر نومبر دسمبر"),
    _words("حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت"),
    digits=_PERSIAN_DIGITS, group="٬", decimal="٫", percent="{}٪",
    currencies=(("EUR", "یورو"), ("USD", "دالر امریکایی"), ("GBP", "پوند"), ("AFN", "افغانی"), ("IRR", "ریال"),
                ("PKR", "کلدار پاکستانی")),
)  # fmt: skip
_PS = Tongue(
    "ps", "پښتو", "ps", "rtl",
    _words("جنوري فبروري مارچ اپرېل مۍ جون جولای اګست سپتمبر اکتوبر نومبر دسمبر"),
    _words("وری غويی غبرګولی چنګاښ زمری وږی تله لړم ليندۍ مرغومی سلواغه کب"),
    digits=_PERSIAN_DIGITS, group="٬", decimal="٫", percent="{}٪",
    currencies=(("EUR", "یورو"), ("USD", "امريکايي ډالر"), ("AFN", "افغانۍ"), ("PKR", "پاکستانۍ روپۍ")),
)  # fmt: skip
_AR = Tongue(
    "ar", "العربية", "ar", "rtl",
    _words("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
    digits=_ARABIC_DIGITS, group="٬", decimal="٫", percent="{}٪",
    currencies=(("EUR", "يورو"), ("USD", "دولار أمريكي"), ("GBP", "جنيه إسترليني"), ("AFN", "أفغاني")),
)  # fmt: skip
_FR = Tongue(
    "fr", "français", "fr", "ltr",
    _words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    group=NARROW, decimal=",", percent="{}" + NARROW + "%", currencies=(("EUR", "€"), ("GBP", "£"), ("USD", "$US")),
)  # fmt: skip
_DE = Tongue(
    "de", "Deutsch", "de", "ltr",
    _words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    date="{d}. {m} {y}", group=".", decimal=",", percent="{}" + NO_BREAK + "%",
    currencies=(("EUR", "€"), ("GBP", "£"), ("USD", "US-$")),
)  # fmt: skip

TONGUES: Final[dict[str, Tongue]] = {tongue.tag: tongue for tongue in (_EN, _FA, _PRS, _PS, _AR, _FR, _DE)}
_SAME: Final = {"fa-AF": "prs", "ps-AF": "ps", "fa-IR": "fa"}
LANGUAGES: Final[list[tuple[str, str]]] = [(tongue.django, tongue.name) for tongue in TONGUES.values()]
"""What Django's `LANGUAGES` setting must hold, so that Dari and Pashto can be activated."""


def direction(tag: str) -> Direction:
    """Give the writing direction of any language tag."""
    first, _, rest = tag.partition("-")
    return "rtl" if first in _RTL or rest in {"Arab", "Hebr"} else "ltr"


def tongue(tag: str) -> Tongue:
    """Give how `tag` writes; an unknown language gets English catalogues and its own direction."""
    known = TONGUES.get(_SAME.get(tag, tag)) or TONGUES.get(tag.partition("-")[0])
    if known is not None:
        return known
    return Tongue(tag, tag, "en", direction(tag), _EN.months, money="{n}\N{NO-BREAK SPACE}{c}")
