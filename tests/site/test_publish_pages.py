"""What stands on the published pages, and what may never stand there."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import itertools
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from lxml import html

import tests.django_ready  # noqa: F401
from panah.core.charter import Charter
from panah.core.fund import State
from panah.site.publish import progress
from panah.site.publish.render import publish
from panah.site.publish.view import FundView, UpdateView
from tests.site.views import TERMS, sample_charter, sample_days, sample_view

DEMO = Path(__file__).resolve().parents[2] / "src/panah/site/demo"
HOSTILE = "<script>alert(1)</script>\" onload='x' &amp; {{ 7 }} %(goal)s"


def appeal(view: FundView, folder: Path, tag: str = "en") -> str:
    publish(view, folder)
    return (folder / tag / "index.html").read_text()


def demo_view() -> FundView:
    """The demo fund as `make run` shows it, with its own charter and texts."""
    roster = sample_charter().roster
    charter = Charter.from_toml((DEMO / "charter.toml").read_text(), roster=roster, founded=dt.date(2026, 1, 5))
    updates = []
    for stem in sorted({path.name.split(".")[0] for path in DEMO.glob("*.en.md")}):
        texts = {}
        for tag in ("en", "fa"):
            title, _, body = (DEMO / f"{stem}.{tag}.md").read_text().partition("\n")
            texts[tag] = (title.lstrip("# "), body)
        day = stem[:10] if stem[0].isdigit() else "2026-01-05"
        updates.append(UpdateView(stem, day, "AAAAAAAAAAAAAAAAAAAAAA==", texts))
    story = next(update for update in updates if update.id == "story")
    return sample_view(charter=charter, story=story, updates=tuple(u for u in updates if u is not story))


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_the_demo_appeal_is_light(tmp_path: Path, tag: str) -> None:
    publish(demo_view(), tmp_path)
    page = tmp_path / tag / "index.html"
    assert page.stat().st_size <= 14_000
    assert len(brotli.compress(page.read_bytes(), quality=11)) <= 5_000


def test_a_page_is_one_request_without_script_or_third_party(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    for page in tmp_path.rglob("*.html"):
        tree = html.fromstring(page.read_bytes())
        loads = tree.xpath("//link[@rel='stylesheet'] | //iframe | //object | //embed | //video | //audio")
        assert loads == []
        for source in tree.xpath("//@src"):
            assert re.fullmatch(r"(\.\./)+(images/[0-9a-f]{64}\.(jpg|png)|assets/[\w.-]+\.js)", source), source
        is_books = page.parent.name == "books"
        assert is_books or tree.xpath("//script") == []


def test_nothing_is_inline_but_the_one_style_that_the_policy_names(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    for page in tmp_path.rglob("*.html"):
        tree = html.fromstring(page.read_bytes())
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        (style,) = tree.xpath("//style")
        digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert tree.xpath("//@style") == []
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
        assert tree.xpath("//script[not(@src)]") == []


def test_pages_are_well_formed(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    for page in tmp_path.rglob("*.html"):
        text = page.read_text()
        tree = html.fromstring(page.read_bytes())
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), page
        labelled = " ".join(tree.xpath("//@aria-labelledby")).split()
        assert set(labelled) <= set(ids), page
        assert tree.get("lang"), page
        assert tree.get("dir") == ("rtl" if tree.get("lang") == "fa" else "ltr"), page
        assert len(tree.xpath("//h1")) == 1, page
        assert len(tree.xpath("//main")) == 1, page
        assert tree.xpath("//title")[0].text.strip()
        assert "{{" not in text, page
        assert "{%" not in text, page
        fields = set(tree.xpath("//input[not(@type='hidden')]/@id"))
        assert fields == set(tree.xpath("//label/@for")), page


def test_headings_never_skip_a_level(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    for page in tmp_path.rglob("*.html"):
        levels = [int(heading.tag[1]) for heading in html.fromstring(page.read_bytes()).xpath("//h1|//h2|//h3|//h4")]
        assert levels[0] == 1, page
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), page


def test_every_link_inside_the_fund_leads_somewhere(tmp_path: Path) -> None:
    publish(sample_view(days=sample_days(50)), tmp_path)
    (tmp_path / "log").mkdir()
    (tmp_path / "log/checkpoint").write_text("")
    pages = [page for page in tmp_path.rglob("*.html") if page.name != "404.html"]
    for page in pages:
        for link in html.fromstring(page.read_bytes()).xpath("//@href | //@src | //@action"):
            if not re.match(r"[a-z]+:|#", link):
                target = (page.parent / link.partition("?")[0]).resolve()
                assert (target / "index.html" if target.is_dir() else target).exists(), (page, link)


def test_what_people_wrote_is_only_ever_text(tmp_path: Path) -> None:
    texts = {"en": HOSTILE, "fa": HOSTILE}
    terms: dict[str, Any] = dict.fromkeys(("name", "scope", "surplus", "shortfall"), texts) | {
        "payee": TERMS["payee"] | {"holder": HOSTILE, "tax": texts},
        "siblings": [{"name": HOSTILE, "url": "https://x.invalid/"}],
    }
    update = UpdateView(
        "one",
        "2026-03-01",
        "AAAA",
        {"en": (HOSTILE, HOSTILE + "\n\n[x](javascript:alert(1)) ![y](https://spy.invalid/1.png)")},
    )
    publish(sample_view(charter=sample_charter(**terms), updates=(update,)), tmp_path)
    for page in tmp_path.rglob("*.html"):
        tree = html.fromstring(page.read_bytes())
        assert [script for script in tree.xpath("//script") if not script.get("src")] == []
        assert tree.xpath("//@onload") == []
        assert not [href for href in tree.xpath("//@href") if href.startswith("javascript")]
        assert tree.xpath("//img") == []


@pytest.mark.parametrize(
    ("counted", "percent", "amount", "exact"),
    [
        (0, 0, 0, False), (1, 0, 0, False), (49_999, 0, 0, False), (50_000, 1, 50_000, False),
        (3_123_456, 62, 3_100_000, False), (4_749_999, 94, 4_700_000, False),
        (4_750_000, 95, 4_750_000, True), (4_999_999, 99, 4_999_999, True), (5_000_000, 100, 5_000_000, True),
    ],
)  # fmt: skip
def test_progress_moves_in_hundredths_and_is_exact_at_the_end(
    counted: int, percent: int, amount: int, exact: bool
) -> None:
    shown = progress.shown(State.OPEN, counted, 5_000_000, "EUR")
    assert (shown.percent, shown.amount, shown.exact) == (percent, amount, exact)


@pytest.mark.parametrize(
    ("state", "paused", "gives", "says"),
    [
        (State.DRAFT, False, False, "still preparing"),
        (State.OPEN, False, True, "If less comes"),
        (State.OPEN, True, False, "Gifts are paused"),
        (State.MET, False, False, "Reached!"),
        (State.WINDING, False, False, "This fund is ending"),
        (State.CLOSED, False, False, "This fund is closed"),
    ],
)
def test_each_state_says_what_it_is(tmp_path: Path, state: State, paused: bool, gives: bool, says: str) -> None:
    counted = 5_000_000 if state is State.MET else 3_123_456
    page = appeal(sample_view(state=state, gifts_paused=paused, counted=counted), tmp_path)
    assert says in page
    assert ("<form" in page) is gives
    assert "sibling funds named here" in page  # the surplus rule stands in every state
    assert ("Where help is needed instead" in page) is not gives
    assert ("This fund takes no gifts now." in (tmp_path / "en/give/index.html").read_text()) is not gives


def test_a_met_fund_shows_the_whole_sum_and_what_is_held(tmp_path: Path) -> None:
    page = appeal(sample_view(state=State.MET, counted=5_000_000, held=12_345), tmp_path)
    assert "<b>€50,000</b> of €50,000" in page
    assert "Held now, past the goal: €123.45." in page
    assert 'value="100"' in page


def test_the_give_form_sends_an_amount_by_get_to_the_live_address(tmp_path: Path) -> None:
    tree = html.fromstring(appeal(sample_view(), tmp_path).encode())
    forms = tree.xpath("//form")
    assert [(form.get("action"), form.get("method")) for form in forms] == [("../en/give/", None)] * 2
    assert tree.xpath("//button[@name='amount']/@value") == ["10.00", "25.00", "50.00", "100.00"]
    assert tree.xpath("//input/@name") == ["amount"]


def test_a_real_fund_is_not_marked_demo_and_warns(tmp_path: Path) -> None:
    demo = appeal(sample_view(), tmp_path / "demo")
    real = appeal(sample_view(charter=sample_charter(demo=0)), tmp_path / "real")
    assert "DEMO" in demo
    assert "DEMO" not in real
    warning = "Do not send names, places or papers of people in danger here."
    assert warning in real
    assert "team@lantern.invalid" in real


def test_an_update_in_a_language_without_interface_is_shown_on_the_page(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    tree = html.fromstring((tmp_path / "en/updates/first-families/index.html").read_bytes())
    (kurdish,) = tree.xpath("//details[@lang='ckb']")
    assert kurdish.get("dir") == "rtl"
    assert "مرۆییان" in kurdish.text_content()
    assert tree.xpath("//a[@hreflang='fa']/@href") == ["../../../fa/updates/first-families/"] * 2
