"""What a running site does with statements that come in beside it, and how it starts and ends."""

from __future__ import annotations

import base64
import datetime as dt
import signal
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
from django.db import connections

from panah.core.statement import begin
from panah.proof import canonical
from panah.site.funds.images import redraw
from panah.storage.writer import stop_writers
from tests.fund_world import Team
from tests.givers import Giver
from tests.logclients import outsiders_accept
from tests.site.test_funds_images import photo
from tests.sitelab import running_site
from tests.story.test_open_fund import panah

TODAY = dt.datetime.now(dt.UTC).date().isoformat()
ORIGIN = "lantern-fund.invalid/2021"


def becomes_true(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.1)


def make_fund(home: Path) -> Team:
    team = Team(home, now=dt.datetime.now(dt.UTC))
    team.found()
    team.open()
    stop_writers()
    connections[team.fund.alias].close()
    return team


def publish(team: Team, folder: Path, kind: str, names: tuple[str, ...], *options: object, **fields: object) -> None:
    path = folder / f"{kind}.json"
    path.write_text(team.sign(begin(kind, ORIGIN, day=TODAY, **fields), *names).to_text())
    panah("site", "publish", path, "--home", team.fund.home, *options)


def test_a_text_and_its_picture_come_and_go_while_the_site_runs(tmp_path: Path) -> None:
    team = make_fund(tmp_path / "home")
    picture = redraw(photo(format="JPEG"))
    name = sha256(picture).hexdigest()
    text = {
        "id": "letters", "day": TODAY, "salt": base64.b64encode(bytes(16)).decode(),
        "texts": {"en": {"title": "Nineteen letters", "body": f"They came.\n\n![A desk]({name}.jpg)"}},
        "images": [{"sha256": name, "alt": {"en": "A desk"}}],
    }  # fmt: skip
    data = canonical.encode(text)
    (tmp_path / "letters.content.json").write_bytes(data)
    (tmp_path / "desk.jpg").write_bytes(picture)
    once = {"id": base64.b64encode(bytes(16)).decode(), "update": "letters"}
    with running_site(team.fund.home) as site, httpx.Client(base_url=site.address) as web:
        places = ("/en/updates/letters/", "/updates/letters.json", f"/images/{name}.jpg")
        digest = base64.b64encode(sha256(data).digest()).decode()
        publish(
            team, tmp_path, "update", ("anar", "cyrus"), "--image", tmp_path / "desk.jpg", id="letters", text=digest
        )
        becomes_true(lambda: [web.get(place).status_code for place in places] == [200, 200, 200])
        becomes_true(lambda: "Nineteen letters" in web.get("/en/").text)
        assert web.get("/updates/letters.json").content == data
        publish(team, tmp_path, "withdraw", ("dilshad",), **once)
        becomes_true(lambda: web.get("/updates/letters.json").status_code == 404)
        becomes_true(lambda: "Nineteen" not in web.get("/en/").text + web.get("/en/feed.atom").text)
        assert web.get(f"/images/{name}.jpg").status_code == 404
        assert "withdrawn" in panah("verify", site.address).lower()
        publish(team, tmp_path, "restore", ("anar", "cyrus"), **once)
        becomes_true(lambda: web.get("/updates/letters.json").content == data)


def test_gifts_are_paused_by_one_statement_and_the_log_takes_in_a_close_at_once(tmp_path: Path) -> None:
    team = make_fund(tmp_path / "home")
    with running_site(team.fund.home) as site:
        giver = Giver(site.address)
        assert giver.fill_form("50").status_code == 200
        publish(team, tmp_path, "pause", ("cyrus",), id=base64.b64encode(bytes(16)).decode(), what="gifts")
        giver.pay()
        assert "Nothing was taken" in giver.page
        assert "<form" not in httpx.get(f"{site.address}/en/give/").text
        becomes_true(lambda: 'name="amount"' not in httpx.get(f"{site.address}/en/").text)
        publish(team, tmp_path, "life", ("cyrus", "anar"), to="winding")
        publish(team, tmp_path, "close", ("cyrus", "anar"))
        becomes_true(lambda: "State:       closed" in panah("verify", site.address))
        giver.close()


def test_the_demo_starts_with_one_command_keeps_its_data_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fingerprints = []
    for _ in range(2):
        with running_site(home, command=("site", "demo")) as site:
            for tag in ("en", "fa"):
                assert "DEMO" in httpx.get(f"{site.address}/{tag}/").text
            giver = Giver(site.address, "fa")
            assert giver.fill_form("۲۵").status_code == 200
            assert giver.pay().status_code == 200
            giver.close()
            fingerprints.append(httpx.get(f"{site.address}/en/").text.partition('class="code" dir="ltr">')[2][:80])
            site.process.send_signal(signal.SIGINT)
            assert site.process.wait(timeout=60) in {0, 130, -signal.SIGINT}
    assert fingerprints[0] == fingerprints[1]
    assert "holds" in panah("verify", home / "public" / "lantern")
    outsiders_accept(home / "public" / "lantern" / "log")
    status = panah("site", "status", "--home", home)
    assert "served now: no" in status
