"""Markdown of updates: what it may become, and what it never becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from panah.site.publish.markdown import first_paragraph, to_html

SHA = "cd" * 32
OTHER = "ef" * 32


def test_emphasis_lists_and_quotes() -> None:
    html = to_html("One **two**\n\n- a\n- b\n\n> said")
    assert "<strong>two</strong>" in html
    assert html.count("<li>") == 2
    assert "<blockquote>" in html


def test_raw_html_is_shown_as_text() -> None:
    html = to_html("<script>x</script>\n\na <b onclick=1>b</b>")
    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://x.invalid/",
        "data:text/html,x",
        "/etc",
        "//x.invalid",
        "JaVaScRiPt:x",
        "file:///x",
    ],
)
def test_other_links_are_not_links(address: str) -> None:
    assert "<a " not in to_html(f"[x]({address}) <{address}>")


@pytest.mark.parametrize("address", ["https://example.org/a?b=1&c=2", "mailto:team@lantern.invalid"])
def test_https_and_mail_links_work_and_tell_nothing(address: str) -> None:
    (link,) = lxml_html.fromstring(to_html(f"[x]({address})")).xpath("//a")
    assert link.get("href") == address
    assert link.get("rel") == "noopener noreferrer nofollow"


def test_own_pictures_are_shown_where_they_are_placed() -> None:
    html = to_html(f"![a stove]({SHA}.jpg) end", root="../../", pictures={SHA: f"{SHA}.png"})
    assert f'<img src="../../images/{SHA}.png" alt="a stove"' in html
    assert html.count("<img") == 1


def test_pictures_that_the_text_does_not_place_follow_it() -> None:
    html = to_html("text", pictures={SHA: f"{SHA}.jpg"}, alts={SHA: 'a "stove"'})
    assert html.index("text") < html.index("<img")
    assert 'alt="a &quot;stove&quot;"' in html


@pytest.mark.parametrize(
    "source", [f"{OTHER}.jpg", "https://spy.invalid/1.png", "../secret.jpg", "data:image/png;base64,AA"]
)
def test_pictures_of_others_are_never_loaded(source: str) -> None:
    html = to_html(f"![what it shows]({source})", pictures={SHA: f"{SHA}.jpg"})
    assert source not in html.replace("&quot;", '"') or "<img" not in html.split(source)[0]
    assert html.count("<img") == 1


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("# a\n\n## b", ["h2", "h3"]),
        ("### a\n\n##### b\n\n### c", ["h2", "h3", "h2"]),
        ("###### a", ["h2"]),
        ("a\n===\n", ["h2"]),
    ],
)
def test_headings_start_below_the_title_and_skip_none(body: str, tags: list[str]) -> None:
    assert [node.tag for node in lxml_html.fromstring(f"<div>{to_html(body)}</div>") if node.tag[0] == "h"] == tags


def test_the_beginning_is_the_first_paragraph_as_words() -> None:
    assert (
        first_paragraph("# Title\n\nThe **first**\nline [link](https://x.invalid).\n\nSecond.")
        == "The first line link."
    )
    assert first_paragraph("") == ""
    assert first_paragraph("word " * 200).endswith(" …")
    assert len(first_paragraph("word " * 200)) <= 322


@given(st.text(max_size=300))
def test_no_text_at_all_becomes_script_or_foreign_requests(body: str) -> None:
    tree = lxml_html.fromstring(f"<div>{to_html(body)}</div>")
    assert tree.xpath("//script | //style | //img | //iframe | //form | //input") == []
    assert all(name in {"href", "rel", "title", "start", "class"} for node in tree.iter() for name in node.attrib)
    assert all(href.lower().startswith(("https://", "mailto:")) for href in tree.xpath("//@href"))
