"""An invented fund as a `FundView`, for every test of the public face."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import replace
from typing import Any

from panah.core.charter import Charter
from panah.core.fund import State
from panah.site.publish.view import DayRow, FundView, LoggedBooks, UpdateView

TODAY = dt.date(2026, 3, 14)
PICTURE = "ab" * 32

TERMS: dict[str, Any] = {
    "name": {"en": "Lantern Fund for Threatened Colleagues", "fa": "صندوق فانوس برای همکاران در خطر"},
    "scope": {
        "en": (
            "Forty-one members of our writers’ and teachers’ union in Kabul, Herat and Tehran are in danger because "
            "of their work. The fund pays for papers and visas, lawful travel, rent, food, stoves and medicine for them and "
            "their families until they are safe. It pays for nothing else, never for weapons and never for smugglers."
        ),
        "fa": (
            "چهل‌ویک تن از اعضای اتحادیهٔ نویسندگان و آموزگاران ما در کابل، هرات و تهران به‌خاطر کارشان در خطرند. "
            "این صندوق هزینهٔ مدارک و روادید، سفر قانونی، اجاره، خوراک، بخاری و دارو را برای آنان و خانواده‌هایشان "
            "می‌پردازد تا به جای امنی برسند. برای هیچ کار دیگری خرج نمی‌کند؛ نه برای سلاح و نه برای قاچاقچیان."
        ),
    },
    "languages": ["en", "fa"],
    "currency": "EUR",
    "goal": 5_000_000,
    "minimum": 500,
    "suggestions": [1000, 2500, 5000, 10000],
    "purposes": ["documents-and-visas", "lawful-travel", "shelter", "food", "health", "winter-and-energy", "fees"],
    "overflow": "pass-on",
    "surplus": {
        "en": "Whatever comes after the goal goes to the sibling funds named here, and the books say when and how much.",
        "fa": "آنچه پس از رسیدن به هدف برسد به صندوق‌های همراهِ نام‌برده می‌رود و دفترها می‌گویند کِی و چقدر.",
    },
    "shortfall": {
        "en": "If less comes, the most urgent households are helped first with what there is.",
        "fa": "اگر کمتر برسد، با همان مقدار نخست به خانواده‌هایی که نیازشان فوری‌تر است کمک می‌شود.",
    },
    "siblings": [
        {"name": "Open Door Solidarity", "url": "https://open-door.invalid/"},
        {"name": "Winter Bread Fund", "url": "https://winter-bread.invalid/"},
    ],
    "rails": {"bank": {"payee": "Laterne e.V.", "iban": "DE02120300000000202051", "bic": "BYLADEM1001"}, "fake": {}},
    "payee": {
        "form": "registered association",
        "holder": "Laterne e.V.",
        "country": "DE",
        "private": 0,
        "statement": "LATERNE EV",
        "tax": {"en": "Not tax-deductible.", "fa": "مشمول معافیت مالیاتی نیست."},
        "refund": {
            "en": "Within 14 days on request, to the account it came from.",
            "fa": "تا ۱۴ روز پس از درخواست، به همان حسابی که از آن آمده است.",
        },
        "seen": {
            "en": "The bank and our two treasurers.",
            "fa": "بانک و دو خزانه‌دار ما.",
        },
    },
    "contact": "team@lantern.invalid",
    "auditor": {"name": "Mina Sample, accountant"},
    "batch": 10,
    "demo": 1,
    "founded": "2026-01-05",
    "release": {"delay": 30, "k": 5},
    "roster": {
        "members": [
            {
                "name": name,
                "sign": base64.b64encode(bytes([number] * 32)).decode(),
                "seal": "age1" + "qpzr"[number - 1] * 58,
            }
            for number, name in enumerate(("almas", "bahar", "cyrus", "delara"), 1)
        ],
        "until": "2026-12-31",
    },
}

UPDATE = UpdateView(
    id="first-families",
    day="2026-03-01",
    salt=base64.b64encode(bytes(16)).decode(),
    texts={
        "en": (
            "Three families have their visas",
            "Three families received **humanitarian visas** in February.\n\nThe [rules](https://example.org/rules) changed; "
            "two more wait.\n\n![A stove in a small room](" + PICTURE + ")\n",
        ),
        "fa": (
            "سه خانواده روادید گرفتند",
            "سه خانواده در ماه فوریه **روادید بشردوستانه** گرفتند.\n\nدو خانوادهٔ دیگر در انتظارند.\n",
        ),
        "ckb": ("سێ خێزان ڤیزایان وەرگرت", "سێ خێزان لە مانگی شوباتدا ڤیزای مرۆییان وەرگرت.\n"),
    },
    images=((PICTURE, {"en": "A stove", "fa": "یک بخاری"}),),
)
STORY = UpdateView(
    id="story",
    day="2026-01-05",
    salt=base64.b64encode(bytes(16)).decode(),
    texts={
        "en": (
            "How it began",
            (
                "One evening the list of names was read on the radio. Eleven of them were ours. By midnight we had "
                "counted who could still be reached, who had a passport, and who had a stove.\n\n## The first winter\n\nWe began with bread.\n"
            ),
        ),
        "fa": (
            "چگونه آغاز شد",
            (
                "یک شب فهرست نام‌ها را از رادیو خواندند. یازده نام از ما بود. تا نیمه‌شب شمرده بودیم که به چه کسی هنوز "
                "می‌شود رسید، چه کسی گذرنامه دارد و چه کسی بخاری.\n\n## نخستین زمستان\n\nبا نان آغاز کردیم.\n"
            ),
        ),
    },
)


def sample_charter(**changes: Any) -> Charter:
    """Give the invented fund's charter with other terms where asked."""
    return Charter.from_terms("lantern.invalid/2026", TERMS | changes)


def sample_days(count: int = 24) -> tuple[DayRow, ...]:
    """Give gifts on `count` days, two ways on every third of them."""
    rows = []
    for number in range(count):
        day = (dt.date(2026, 1, 6) + dt.timedelta(days=number * 2)).isoformat()
        amount = 45_000 + (number * 7919) % 90_000
        rows.append(DayRow(day, "bank", 1 + number % 7, amount, amount, 0))
        if number % 3 == 0:
            rows.append(DayRow(day, "fake", 2, 12_550, 12_550, 0))
    return tuple(rows)


def sample_view(*, charter: Charter | None = None, **changes: Any) -> FundView:
    """Give the fund as the public sees it, open and 62 % full unless told otherwise."""
    days = changes.pop("days", sample_days())
    gross = sum(row.amount for row in days)
    counted, held = sum(row.counted for row in days), sum(row.held for row in days)
    gifts = sum(row.gifts for row in days)
    view = FundView(
        slug="lantern",
        charter=charter or sample_charter(),
        state=State.OPEN,
        counted=3_123_456,
        held=0,
        logged=LoggedBooks(gifts + 2, gross, counted, held, 0, 0, 1_520, gifts, days),
        fingerprint="9f2c01ab44d07e5b" * 4,
        vkey="lantern.invalid/2026+0a1b2c3d+" + base64.b64encode(bytes([1] * 33)).decode(),
        today=TODAY,
        bank_upto=dt.date(2026, 3, 13),
        updates=(UPDATE,),
        story=STORY,
        read_image=lambda sha: b"\xff\xd8\xff\xe0 invented picture \xff\xd9",
    )
    return replace(view, **changes)
