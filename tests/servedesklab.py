"""A desk as `panah desk serve` runs it: real processes on a free port, over a folder with an invented ask in it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panah.desk.vault.desk import Desk
from panah.desk.vault.following import keep_known
from panah.desk.vault.home import Home
from panah.desk.vault.keyring import Keyring
from tests.desklab import Person, Team

PASSPHRASE = "an invented lantern of seven words"
CANARY = "چراغ نارنجی lantern-canary-7319"


def make_desk(folder: Path, name: str = "lale") -> tuple[Home, Person]:
    """Found a desk that has met its relay once: one ask and one offer lie in its stream."""
    team = Team(folder)
    person = Person(team)
    person.ask(f"سه نفریم و جایی نداریم. {CANARY}", country="Iran", safe="evenings")
    Person(team).offer(text=f"a room in Lyon {CANARY}")
    desk: Desk = team.desk(name)
    home, key = desk.home, team.keys[name]
    home.write("member.key", key.lock(PASSPHRASE))
    keep_known(home, Keyring(key), home.fund(), team.known())
    team.sync(desk)
    desk.keep_snapshot()
    team.close()
    return home, person


class Browser:
    """What a browser does: one cookie, own Origin on forms. Headers can be changed to be somebody else."""

    def __init__(self, link: str) -> None:
        parts = urllib.parse.urlsplit(link)
        self.host, self.token = parts.netloc, parts.fragment
        self.cookie = ""

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        sent = {"Host": self.host, "Cookie": self.cookie}
        if form is not None:
            sent |= {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection(self.host, timeout=60)
        try:
            body = None if form is None else urllib.parse.urlencode(form)
            line.request("GET" if form is None else "POST", path, body, {k: v for k, v in sent.items() if v})
            answer = line.getresponse()
            self.headers = dict(answer.getheaders())
            if "Set-Cookie" in self.headers:
                self.cookie = self.headers["Set-Cookie"].partition(";")[0]
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def start(self) -> int:
        return self.ask("/start", {"token": self.token})[0]

    def unlock(self, passphrase: str = PASSPHRASE) -> tuple[int, str]:
        return self.ask("/unlock", {"passphrase": passphrase})


class Served:
    """A running desk."""

    def __init__(self, process: subprocess.Popen[str], link: str) -> None:
        self.process, self.link = process, link

    def workers(self) -> list[int]:
        """The processes that answer."""
        root = self.process.pid
        return [int(one) for one in Path(f"/proc/{root}/task/{root}/children").read_text().split()]


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Serve a desk; SIGTERM ends it."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "panah.cli.main", "desk", "serve", "--home", str(folder), *options],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.fullmatch(r"desk: (http://127\.0\.0\.1:\d+/start#\S+)\n", line)
        assert found, line + process.stdout.read()
        yield Served(process, found[1])
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
