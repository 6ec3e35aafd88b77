"""Reading published files: a folder and an address give the same; nothing leads outside or grows without end."""

import datetime as dt
import functools
import http.server
import threading

import pytest

from panah.errors import InputError
from panah.verify import sources
from panah.verify.audit import Audit
from panah.verify.export import FILES, export, read_entries
from panah.verify.kept import Kept
from panah.verify.sources import find_fund, open_source
from tests.loglab import busy_lab

TODAY = dt.date(2021, 11, 1)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path.endswith("/broken"):
            self.send_error(503)
        elif self.path.endswith("/short"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x")
        else:
            super().do_GET()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    return busy_lab(tmp_path_factory.mktemp("busy"))


@pytest.fixture(scope="module")
def address(lab):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(lab.folder.parent))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{lab.folder.name}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_is_verified_as_its_folder_is(lab, address):
    by_web = Audit(open_source(address), Kept()).run(today=TODAY)
    by_folder = Audit(open_source(str(lab.folder)), Kept()).run(today=TODAY)
    assert by_web.holds
    assert by_web.facts == by_folder.facts
    assert by_web.findings == by_folder.findings


def test_exports_are_read_over_the_web(lab, address):
    lab.write(FILES["csv"], "".join(export(read_entries(open_source(address)), "csv")).encode())
    assert Audit(open_source(address), Kept()).run(today=TODAY).holds
    lab.write(FILES["csv"], b"leaf,type\n")
    report = Audit(open_source(address), Kept()).run(today=TODAY)
    (lab.folder / FILES["csv"]).unlink()
    assert [one.file for one in report.findings if one.verdict == "fails"] == [FILES["csv"]]


def test_a_missing_file_and_a_failing_site_are_told_apart(address):
    web = open_source(address)
    with pytest.raises(FileNotFoundError):
        web.read("log/none")
    with pytest.raises(InputError, match="503"):
        web.read("log/broken")
    with pytest.raises(InputError, match="reached"):
        web.read("log/short", 10_000)
    assert next(iter(web.read_many(["log/none", "log/checkpoint"], 10_000))) is None
    with pytest.raises(FileNotFoundError):
        list(web.read_blocks("log/none"))


def test_a_site_that_does_not_answer_cannot_be_read():
    with pytest.raises(InputError, match="reached"):
        open_source("http://127.0.0.1:9/fund").read("log/checkpoint")


@pytest.mark.parametrize("place", ["https://fund.example/?x=1", "http://", "gopher://fund.example", "/nowhere/at/all"])
def test_places_that_are_none_are_refused(place):
    with pytest.raises(InputError):
        open_source(place)


def test_nothing_longer_than_its_limit_is_read(lab, address):
    for place in (address, str(lab.folder)):
        with pytest.raises(InputError, match="longer"):
            open_source(place).read("log/checkpoint", 10)


def test_no_path_leads_out_of_the_folder(lab, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    (lab.folder / "link").symlink_to(outside)
    folder = open_source(str(lab.folder))
    for path in ("link", "../outside", str(outside), "log/../../outside", "log", "checkpoint/x"):
        with pytest.raises(FileNotFoundError):
            folder.read(path)
    (lab.folder / "link").unlink()
    with pytest.raises(InputError):
        folder.read("nul\0byte")


def test_long_files_come_in_blocks(lab, monkeypatch):
    monkeypatch.setattr(sources, "BLOCK", 100)
    blocks = list(open_source(str(lab.folder)).read_blocks("log/tile/0/000"))
    assert len(blocks) == 82
    assert b"".join(blocks) == (lab.folder / "log/tile/0/000").read_bytes()


@pytest.mark.parametrize("page", ["", "en/", "fa", "fa-AF/books/", "en/updates/first/index.html"])
def test_any_page_of_a_fund_leads_to_its_log(address, page):
    assert find_fund(address + page).name.rstrip("/") in {address.rstrip("/"), (address + page).rstrip("/")}
    assert Audit(find_fund(address + page), Kept()).run(today=TODAY).holds


def test_no_other_fund_is_taken_for_a_missing_one(address):
    for page in ("other-fund/", "books/", "xx-yy/"):
        with pytest.raises(InputError, match="no log"):
            Audit(find_fund(address + page), Kept()).run(today=TODAY)
