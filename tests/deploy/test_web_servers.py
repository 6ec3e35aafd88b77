"""The committed snippets in the real web servers: the same bytes and the same protection as our own page store."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

import tests.django_ready  # noqa: F401
from panah.site.pages import PageStore
from panah.site.publish.render import publish
from tests.site.test_pages import Answer, ask, django
from tests.site.views import sample_view
from tests.sitelab import free_port

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
SAME = ("content-type", "cache-control", "x-content-type-options", "referrer-policy", "content-encoding")
FILES = ("/", "/en/", "/fa/books/", "/en/feed.atom", "/switches.json", "/robots.txt", "/log/checkpoint")
BYTES = ("/log/tile/0/000.p/5", "/log/tile/entries/000")
ASKING = ("/en/ask/", "/fa/mailbox/", "/relay/pull", "/mailbox/read")
HIDDEN = ("/.secret", "/en/index.html.gz", "/en/index.html.br", "/images/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror's `public`, which is a link."""
    real = tmp_path_factory.mktemp("states") / "one"
    publish(sample_view(), real)
    for name in ("checkpoint", "tile/0/000.p/5", "tile/entries/000"):
        (real / "log" / name).parent.mkdir(parents=True, exist_ok=True)
        (real / "log" / name).write_bytes(name.encode())
    (real / ".secret").write_text("half written")
    (real / "images").mkdir(exist_ok=True)
    (real.parent / "outside").write_text("outside")
    (real / "way-out").symlink_to(real.parent / "outside")
    link = real.parent / "public"
    link.symlink_to(real)
    return link


@contextmanager
def started(command: list[str], port: int, **more: str) -> Iterator[httpx.Client]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | more
    )
    until = time.monotonic() + 60
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as web:
            while True:
                try:
                    web.get("/")
                    break
                except httpx.ConnectError:
                    assert process.poll() is None, process.stderr and process.stderr.read()
                    assert time.monotonic() < until
                    threading.Event().wait(0.05)
            yield web
    finally:
        process.terminate()
        process.communicate(timeout=30)


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """Change what the snippet says is to be changed; each must stand there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(kind: str, folder: Path, place: Path, site: int = 1) -> Iterator[httpx.Client]:
    if not shutil.which("nginx"):
        pytest.fail("nginx is not here: tools/apt.sh test installs it.")
    port = free_port()
    snippet = changed(
        (DEPLOY / "nginx" / f"{kind}.conf").read_text(),
        ("/etc/nginx/panah/", f"{DEPLOY}/nginx/"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        *([("127.0.0.1:8000", f"127.0.0.1:{site}")] if kind == "site" else []),
    )
    snippet = re.sub(r"root /srv/[^;]+;", f"root {folder};", snippet)
    temporary = " ".join(
        f"{name}_temp_path {place}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = place / "nginx.conf"
    config.write_text(
        f"{user} daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{snippet}}}\n"
    )
    with started(["nginx", "-e", f"{place}/error.log", "-c", str(config), "-p", str(place)], port) as web:
        yield web


@contextmanager
def caddy(folder: Path, place: Path, site: int) -> Iterator[httpx.Client]:
    if not shutil.which("caddy"):
        pytest.skip("caddy is not here (Debian's package of that name has it)")
    port = free_port()
    text = changed(
        (DEPLOY / "caddy" / "Caddyfile").read_text(),
        ("/srv/panah/public/fund", str(folder)),
        ("127.0.0.1:8000", f"127.0.0.1:{site}"),
        ("fund.example {", f"http://127.0.0.1:{port} {{"),
        ("mirror.example {", f"http://127.0.0.1:{free_port()} {{"),
    )
    config = place / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n" + text)
    homes = {"XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)}
    with started(["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], port, **homes) as web:
        yield web


def get(web: httpx.Client, path: str, coding: str = "identity") -> Answer:
    with web.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
        return Answer(answer.status_code, dict(answer.headers), b"".join(answer.iter_raw()))


def assert_same(web: httpx.Client, folder: Path, codings: tuple[str, ...]) -> None:
    store = PageStore([("", folder)], django)
    script = next(f"/assets/{path.name}" for path in (folder / "assets").glob("*.js"))
    for path in (*FILES, *BYTES, script):
        for coding in codings:
            theirs, ours = get(web, path, coding), ask(store, path, accept_encoding=coding)
            assert (theirs.status, theirs.body) == (200, ours.body), path
            for name in SAME:
                assert theirs.headers.get(name, "").lower() == ours.headers.get(name, "").lower(), (path, name)
            assert theirs.headers["etag"]
            assert_policy(theirs, ours)
        mark = theirs.headers["etag"]
        assert web.get(path, headers={"If-None-Match": mark, "Accept-Encoding": coding}).status_code == 304
        assert web.post(path).status_code == 405
    assert get(web, "/en/", "gzip").headers["vary"].lower() == "accept-encoding"
    answer = web.get("/en")
    assert answer.is_redirect
    assert answer.headers["location"] == "/en/"


def assert_policy(theirs: Answer, ours: Answer) -> None:
    """What no <meta> can say stands in the header; what is no page has the same policy as from us."""
    told = theirs.headers["content-security-policy"]
    if ours.headers["content-type"].startswith("text/html"):
        assert told == "frame-ancestors 'none'"
        policy = ours.headers["content-security-policy"].removesuffix(f"; {told}")
        if not theirs.headers.get("content-encoding"):
            assert policy in unescape(theirs.body.decode())
    else:
        assert told == ours.headers["content-security-policy"]


def assert_missing(web: httpx.Client, folder: Path) -> None:
    store = PageStore([("", folder)], django)
    for path in ("/nothing", "/en/nothing", "/fa/nothing/at/all/", "/zz/nothing", "/log/tile/9/999", *HIDDEN):
        theirs, ours = get(web, path), ask(store, path)
        assert (theirs.status, theirs.body) == (404, ours.body), path
        assert theirs.headers["cache-control"] == "no-cache", path
        assert theirs.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert get(web, "/fa/nothing").body != get(web, "/en/nothing").body


def test_nginx_sends_a_mirror_as_our_own_process_does(folder: Path, tmp_path: Path) -> None:
    with nginx("mirror", folder, tmp_path) as web:
        assert_same(web, folder, ("identity", "gzip"))
        assert_missing(web, folder)
        assert get(web, "/way-out").status == 404  # Caddy has no switch for links; publishing makes none
        assert get(web, "/en/give/").body == (folder / "en/give/index.html").read_bytes()


class Process(BaseHTTPRequestHandler):
    """Stands for the site process: says what it was asked."""

    def do_GET(self) -> None:
        body = f"live {self.command} {self.path} {self.headers['Host']} {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def process() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Process)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def assert_live(web: httpx.Client) -> None:
    for path in ("/en/give/?amount=20", "/fa/receipt/", "/en/pay/abc/", "/health", "/f/second/en/", *ASKING):
        answer = web.get(path)
        assert answer.text == f"live GET {path} {web.base_url.host}:{web.base_url.port} 127.0.0.1"
        assert answer.headers.get_list("cache-control") == ["no-store"]
    assert web.post("/rails/card/event", content=b"{}").text.startswith("live POST /rails/card/event")
    assert web.post("/relay/append", content=bytes(4 * 1024 * 1024 + 65536)).status_code == 200


def test_nginx_asks_the_site_process_for_what_needs_an_answer_of_its_own(
    folder: Path, tmp_path: Path, process: int
) -> None:
    with nginx("site", folder, tmp_path, process) as web:
        assert_live(web)
        assert web.post("/relay/append", content=bytes(6 * 1024 * 1024)).status_code == 413
        assert_same(web, folder, ("identity", "gzip"))
        assert_missing(web, folder)
    assert not list((tmp_path / "client_body").iterdir()), "what people send was written to the disk"


def test_caddy_sends_the_files_and_asks_the_site_process_for_the_rest(
    folder: Path, tmp_path: Path, process: int
) -> None:
    with caddy(folder, tmp_path, process) as web:
        assert_same(web, folder, ("identity", "gzip", "br"))
        assert_missing(web, folder)
        assert_live(web)


def test_caddy_takes_the_snippet_as_it_stands(tmp_path: Path) -> None:
    if not shutil.which("caddy"):
        pytest.skip("caddy is not here (Debian's package of that name has it)")
    homes = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "caddy" / "Caddyfile")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | homes)
    assert ran.returncode == 0, ran.stderr
