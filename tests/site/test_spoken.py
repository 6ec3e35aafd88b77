"""Texts that a page's language lacks: shown in the next one, marked as what they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lxml import html

from panah.site.publish.render import publish
from tests.site.test_publish_pages import demo_view
from tests.site.views import PICTURE, TERMS, UPDATE, sample_charter, sample_view


def told(folder: Path, tag: str, text: str) -> tuple[str | None, str | None]:
    (found,) = html.fromstring((folder / tag / "index.html").read_bytes()).xpath(f"//bdi[text()='{text}']")
    return found.get("lang"), found.get("dir")


def test_the_demo_says_legal_form_and_auditor_in_both_languages(tmp_path: Path) -> None:
    publish(demo_view(), tmp_path)
    persian = (tmp_path / "fa/index.html").read_text()
    assert "accountant" not in persian
    assert "Registered" not in persian
    assert told(tmp_path, "fa", "رزا لیندکویست، حسابدار (ساختگی)") == (None, None)


def test_one_text_is_in_the_first_language_and_says_so_on_the_others(tmp_path: Path) -> None:
    publish(sample_view(), tmp_path)
    assert told(tmp_path, "en", "registered association") == (None, None)
    assert told(tmp_path, "fa", "registered association") == ("en", "ltr")


def test_a_text_in_some_languages_goes_by_the_charters_order(tmp_path: Path) -> None:
    payee = TERMS["payee"] | {"form": {"fa": "انجمن"}}
    publish(sample_view(charter=sample_charter(payee=payee)), tmp_path)
    assert told(tmp_path, "en", "انجمن") == ("fa", "rtl")
    assert told(tmp_path, "fa", "انجمن") == (None, None)


def alt_of(folder: Path, tag: str, update: str = "first-families") -> list[str]:
    page = html.fromstring((folder / tag / "updates" / update / "index.html").read_bytes())
    return [str(alt) for alt in page.xpath("//main//article//img/@alt | //main//img/@alt")]


def test_a_picture_nobody_described_in_a_language_is_described_by_the_charters_order(tmp_path: Path) -> None:
    texts = {"en": ("A", "text"), "fa": ("ب", "متن")}
    alt = {"ar": "موقد", "fa": "یک بخاری"}
    publish(sample_view(updates=(replace(UPDATE, texts=texts, images=((PICTURE, alt),)),)), tmp_path)
    assert set(alt_of(tmp_path, "en")) == {"یک بخاری"}  # not Arabic, which stands first and nobody here reads
    assert set(alt_of(tmp_path, "fa")) == {"یک بخاری"}


def test_a_text_in_a_language_without_page_takes_the_pages_description(tmp_path: Path) -> None:
    update = replace(UPDATE, texts={"ckb": UPDATE.texts["ckb"]}, images=((PICTURE, {"en": "A stove", "fa": "بخاری"}),))
    publish(sample_view(updates=(update,)), tmp_path)
    assert alt_of(tmp_path, "fa") == ["بخاری"]
    assert alt_of(tmp_path, "en") == ["A stove"]
