"""The page store: right headers on every answer, nothing outside the folder, new pages at once, bounded memory."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import pytest

import tests.django_ready  # noqa: F401
from panah.site import pages, stored
from panah.site.pages import PageStore
from panah.site.publish import files
from panah.site.publish.render import publish
from tests.site.views import sample_view


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Clock:
    """Time that stands still until a test moves it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now

    def move(self) -> None:
        self.now += 1


def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"live " + environ["PATH_INFO"].encode()]


def ask(store: PageStore, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
    told: list[Any] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
    environ |= {"HTTP_" + name.upper(): value for name, value in headers.items()}
    body = b"".join(store(environ, lambda status, headers, exc=None: told.append((status, headers))))
    ((status, pairs),) = told
    assert all(name == name.lower() for name, _ in pairs) or path.startswith("/give")
    assert len({name for name, _ in pairs}) == len(pairs), "a header stands twice"
    return Answer(int(status[:3]), dict(pairs), body)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    publish(sample_view(), folder)
    for name in ("checkpoint", "tile/0/000.p/5", "tile/entries/000", "tile/0/x001/234"):
        path = folder / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (folder / ".secret").write_text("key")
    (folder.parent / "outside.txt").write_text("outside")
    (folder / "way-out").symlink_to(folder.parent / "outside.txt")
    return folder


@pytest.fixture
def store(published: Path) -> PageStore:
    return PageStore([("", published)], django)


def test_a_page_has_its_own_policy_and_every_protective_header(store: PageStore, published: Path) -> None:
    answer = ask(store, "/en/")
    assert answer.status == 200
    assert answer.body == (published / "en/index.html").read_bytes()
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors 'none'")
    assert policy.partition("; frame")[0].encode() in answer.body.replace(b"&#x27;", b"'")
    assert "style-src 'sha256-" in policy
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_where_a_script_runs_it_is_kept_from_more_than_it_needs(store: PageStore) -> None:
    appeal, books = (ask(store, f"/en/{name}").headers for name in ("", "books/"))
    assert "script-src" in books["content-security-policy"]
    assert books["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in books["permissions-policy"]
    assert "script-src" not in appeal["content-security-policy"], "default-src 'none' forbids it"
    assert "default-src 'none'" in appeal["content-security-policy"]


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", ""), ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0", ""), ("identity", ""), ("GZIP", "gzip"), ("zebra, brotli", ""),
    ],
)  # fmt: skip
def test_encodings(store: PageStore, accepts: str, coding: str) -> None:
    plain = ask(store, "/en/")
    answer = ask(store, "/en/", accept_encoding=accepts)
    assert answer.headers.get("content-encoding", "") == coding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding]
    assert unpack(answer.body) == plain.body
    assert (answer.headers["etag"] == plain.headers["etag"]) is (coding == "")


def test_an_unchanged_page_is_answered_with_304(store: PageStore) -> None:
    first = ask(store, "/fa/", accept_encoding="br")
    again = ask(store, "/fa/", accept_encoding="br", if_none_match=f'"x", W/{first.headers["etag"]}')
    assert (again.status, again.body) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-length" not in again.headers
    assert ask(store, "/fa/", if_none_match=first.headers["etag"]).status == 200  # another encoding


def test_head_has_the_headers_of_get(store: PageStore) -> None:
    for path in ("/en/", "/nothing", "/log/checkpoint"):
        assert ask(store, path, "HEAD").headers == ask(store, path).headers
        assert ask(store, path, "HEAD").body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_on_pages(store: PageStore, method: str) -> None:
    for _ in range(2):  # not read yet, then from memory
        answer = ask(store, "/en/books/", method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
        ask(store, "/en/books/")


@pytest.mark.parametrize(
    "path",
    [
        "/give", "/en/give/", "/fa/give/", "/receipt", "/en/receipt/", "/rails/fake", "/health", "/status", "/pay/1",
        "/f/kabul/en/give/", "/f/kabul/receipt", "/fa-AF/give/",
    ],
)  # fmt: skip
def test_live_addresses_go_to_django_even_when_a_file_is_there(published: Path, path: str) -> None:
    store = PageStore([("", published), ("/f/kabul", published)], django)
    for method in ("GET", "POST"):
        assert ask(store, path, method).body == b"live " + path.encode()


def test_a_mirror_gets_the_pages_meant_for_it_by_their_whole_name(published: Path, tmp_path: Path) -> None:
    (tmp_path / "en/ask").mkdir(parents=True)
    (tmp_path / "en/ask/index.html").write_text("only here")
    store = PageStore([("", published)], django, own={published: tmp_path})
    assert ask(store, "/en/ask/").body == b"only here"
    for place in ("/en/ask/index.html", "/en/give/index.html", "/fa/receipt/index.html"):
        assert ask(store, place).body == (published / place[1:]).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/.secret", "/../outside.txt", "/en/../../outside.txt", "/%2e%2e/outside.txt", "/en//index.html", "//outside.txt",
        "/way-out", "/en/index.html.br", "/en/index.html.gz", "/nothing/", "/en/\x00", "/en/books/9999-99/", "/\u00ff",
        "/" + "a" * 5000, "/en/index.html/", "/generation/",
    ],
)  # fmt: skip
def test_nothing_else_is_served(store: PageStore, path: str) -> None:
    answer = ask(store, path)
    assert answer.status == 404
    assert b"Nothing here" in answer.body
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]


def test_what_is_missing_is_told_in_the_language_of_the_address(store: PageStore) -> None:
    for path, lang in (("/fa/nothing/", b"fa"), ("/en/nothing/", b"en"), ("/de/nothing/", b"en"), ("/nothing/", b"en")):
        answer = ask(store, path)
        assert answer.status == 404
        assert b'<html lang="' + lang + b'"' in answer.body


def test_a_folder_without_slash_is_redirected(published: Path) -> None:
    store = PageStore([("", published), ("/f/kabul", published)], django)
    for path in ("/en", "/en/books", "/f/kabul", "/f/kabul/en"):
        answer = ask(store, path, query="a=1")
        assert (answer.status, answer.headers["location"]) == (301, f"{path}/?a=1")


def test_several_funds_have_folders_of_their_own(published: Path, tmp_path: Path) -> None:
    files.write(tmp_path / "index.html", b"<p>kabul")
    store = PageStore([("", published), ("/f/kabul", tmp_path)], django)
    assert ask(store, "/f/kabul/").body == b"<p>kabul"
    assert b"Lantern" in ask(store, "/").body
    assert ask(store, "/f/kabul/en/").status == 404
    assert ask(store, "/f/herat/").status == 404
    assert ask(store, "/f/kabulx/").status == 404


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/log/tile/0/000.p/5", "application/octet-stream", True),
        ("/log/tile/entries/000", "application/octet-stream", True),
        ("/log/tile/0/x001/234", "application/octet-stream", True),
        ("/log/checkpoint", "text/plain; charset=utf-8", False),
        ("/generation", "text/plain; charset=utf-8", False),
        ("/en/feed.atom", "application/atom+xml; charset=utf-8", False),
        ("/updates/story.json", "application/json", False),
        ("/robots.txt", "text/plain; charset=utf-8", False),
        ("/images/" + "ab" * 32 + ".jpg", "image/jpeg", False),  # a picture can be withdrawn: ask again each time
    ],
)
def test_types_and_caching(store: PageStore, path: str, kind: str, kept: bool) -> None:
    answer = ask(store, path)
    assert answer.status == 200
    assert answer.headers["content-type"] == kind
    assert ("immutable" in answer.headers["cache-control"]) is kept
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_new_generation_is_seen_and_a_withdrawn_file_is_gone(tmp_path: Path) -> None:
    clock = Clock()
    files.write(tmp_path / "a.html", b"one")
    files.bump(tmp_path)
    first, second = (PageStore([("", tmp_path)], django, clock=clock) for _ in range(2))
    assert ask(first, "/a.html").body == ask(second, "/a.html").body == b"one"
    files.write(tmp_path / "a.html", b"two")
    assert ask(first, "/a.html").body == b"one"  # not announced yet: from memory
    files.bump(tmp_path)
    clock.move()
    assert ask(first, "/a.html").body == ask(second, "/a.html").body == b"two"
    files.remove(tmp_path / "a.html")
    files.bump(tmp_path)
    clock.move()
    assert ask(first, "/a.html").status == 404


def test_the_checkpoint_is_never_from_memory(tmp_path: Path) -> None:
    store = PageStore([("", tmp_path)], django, clock=Clock())
    (tmp_path / "log").mkdir()
    for text in (b"one", b"two"):
        (tmp_path / "log/checkpoint").write_bytes(text)
        assert ask(store, "/log/checkpoint").body == text


def test_large_files_are_read_in_pieces_and_not_kept(tmp_path: Path) -> None:
    data = bytes(range(256)) * (stored.LARGE // 256 + 1)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/books.csv").write_bytes(data)
    store = PageStore([("", tmp_path)], django)
    answer = ask(store, "/exports/books.csv")
    assert answer.body == data
    assert int(answer.headers["content-length"]) == len(data)
    assert ask(store, "/exports/books.csv", if_none_match=answer.headers["etag"]).status == 304
    assert ask(store, "/exports/books.csv", "HEAD").body == b""
    assert store._pages == {}


@pytest.mark.parametrize(("accepts", "coding"), [("br, gzip", "gzip"), ("gzip", "gzip"), ("br", ""), ("", "")])
def test_what_has_no_brotli_goes_as_gzip_to_who_takes_both(tmp_path: Path, accepts: str, coding: str) -> None:
    (tmp_path / "a.csv").write_bytes(b"plain")
    (tmp_path / "a.csv.gz").write_bytes(b"packed")
    answer = ask(PageStore([("", tmp_path)], django), "/a.csv", accept_encoding=accepts)
    assert answer.headers.get("content-encoding", "") == coding
    assert answer.body == (b"packed" if coding else b"plain")


def test_memory_is_bounded_whatever_strangers_ask_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROOM", 10_000)
    for number in range(30):
        (tmp_path / f"{number}.txt").write_bytes(b"x" * 1000)
    store = PageStore([("", tmp_path)], django)
    for number in range(600):
        ask(store, f"/{number}.txt", accept_encoding=f"x{number}")
    assert sum(page.size for page in store._pages.values()) <= 10_000
    assert len(store._codings) <= 256
