"""From a charter to books that anyone can check: the whole story, by the commands that people type."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from tests.fund_world import NAMES, Team
from tests.givers import Giver
from tests.logclients import outsiders_accept
from tests.rails.camt_lab import Batch, Transfer, make_camt
from tests.sitelab import Site, running_site

TODAY = dt.datetime.now(dt.UTC).date()
GOAL, FAKE, BANK, LAST = 1_500_000, 121, 78, 125_000
"""121 gifts of 50.00 and 78 transfers of 100.00, one of which comes back: 1,250.00 is left for the last."""


def panah(*words: object, text: str = "", code: int = 0, database: str = "") -> str:
    """Run one command as a person would, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "panah.cli.main", *map(str, words)],
        input=text, capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "panah.settings.site", "PANAH_DATABASE": database},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


class Story:
    """What the steps hand to each other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.team = Team(self.home, now=dt.datetime.now(dt.UTC))
        self.public = self.home / "public" / "lantern"
        self.givers: list[Giver] = []
        self.codes: list[str] = []

    def signed(self, name: str, body: dict, *names: str) -> list[Path]:
        """Each of these members signs a copy of their own, as on machines of their own."""
        paths = []
        for member in names:
            path = self.folder / f"{name}.{member}.signed.json"
            path.write_text(self.team.sign(body, member).to_text())
            paths.append(path)
        return paths

    def found(self) -> None:
        text = (Path(__file__).parents[2] / "src/panah/site/demo/charter.toml").read_text()
        text = text.replace("goal = 50000", f"goal = {GOAL // 100}").replace(
            "founded = 2021-09-01", f"founded = {TODAY}"
        )
        roster = f"[roster]\nuntil = {TODAY + dt.timedelta(days=300)}\n"
        for key in self.team.members.values():
            roster += "[[roster.members]]\n" + "".join(f'{name} = "{value}"\n' for name, value in key.public.items())
        path = self.folder / "charter.toml"
        path.write_text(f"{text}\n{roster}")
        body = self.team.charter([("goal = 50000", f"goal = {GOAL // 100}")]).body()
        signed = self.signed("charter", body, *NAMES)
        refused = ["site", "init", "--charter", path, "--home", self.home, "--slug", "lantern"]
        panah(*refused, "--signed", *signed[:3], code=2)
        said = panah(*refused, "--signed", *signed)
        vkey = re.search(r"Key of the log: (\S+)", said)[1]
        life = {"t": "panah/1/life", "o": body["o"], "day": TODAY.isoformat(), "to": "open", "vkey": vkey}
        one, two = self.signed("life", life, "anar", "cyrus")
        panah("site", "life", one, "--home", self.home, code=2)
        panah("site", "life", one, two, "--home", self.home)

    def give_with_play_money(self, site: Site) -> None:
        for _ in range(FAKE):
            giver = Giver(site.address)
            assert giver.fill_form("50").status_code == 200
            assert giver.pay().status_code == 200
            self.givers.append(giver)
            self.codes.append(giver.code)

    def give_by_bank(self, site: Site) -> None:
        references = []
        for _ in range(BANK):
            giver = Giver(site.address, "fa")
            page = giver.fill_form("۱۰۰", "bank").text
            references.append(re.search(r"RF\d\d(?: [A-Z0-9]{4}){3}", page)[0].replace(" ", ""))
            self.codes.append(giver.code)
            giver.close()
        transfers = [Transfer(10_000, ref=one, day=TODAY, own=f"T{n}") for n, one in enumerate(references)]
        entries = [*transfers[:60], Batch(tuple(transfers[60:]), day=TODAY, own="B1")]
        entries.append(Transfer(10_000, ref=references[0], day=TODAY, own="R1", credit=False, returned=True))
        camt = self.folder / "statement.xml"
        camt.write_bytes(make_camt(entries, iban="DE44999900000020211807"))
        out = self.folder / "list.json"
        charter = self.folder / "charter.anar.signed.json"
        panah("bank", "import", camt, "--charter", charter, "--salt", self.folder / "salt", "--out", out, "--yes")
        body = json.loads(out.read_text())["body"]
        lists = self.signed("list", body, "benafsha", "dilshad")
        panah("site", "bank-list", lists[0], "--home", self.home, code=2)
        assert f"booked: {BANK} " in panah("site", "bank-list", *lists, "--home", self.home)
        assert f"already known: {BANK + 1} " in panah("site", "bank-list", *lists, "--home", self.home)

    def race_for_the_last(self, site: Site) -> None:
        racers = [Giver(site.address), Giver(site.address)]
        for giver in racers:
            assert giver.fill_form(f"{LAST / 100:.2f}").status_code == 200
        gate = threading.Barrier(len(racers))

        def pay(giver: Giver) -> None:
            gate.wait()
            giver.pay()

        threads = [threading.Thread(target=pay, args=(giver,)) for giver in racers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [giver for giver in racers if "Nothing was taken" not in giver.page]
        assert len(won) == 1
        assert {status for giver in racers for status in giver.answers} == {200}
        self.codes.append(won[0].code)
        self.givers += racers

    def button_is_gone(self, site: Site) -> None:
        until = time.monotonic() + 60
        while "give/" in httpx.get(f"{site.address}/en/").text:
            assert time.monotonic() < until, "the page still offers to give"
            threading.Event().wait(0.1)
        page = httpx.get(f"{site.address}/en/").text
        assert "Reached!" in page
        assert "Paper Boat" in page
        assert "<form" not in httpx.get(f"{site.address}/en/give/").text

    def receipts_hold(self, site: Site) -> None:
        giver = self.givers[7]
        for wanted in ("pledge", "booked", "proof"):
            until = time.monotonic() + 60
            while (answer := giver.look_up(wanted)).status_code == 409 and time.monotonic() < until:
                threading.Event().wait(0.2)
            assert answer.status_code == 200
            path = self.folder / f"gift.{wanted}"
            path.write_bytes(answer.content)
            panah("verify", self.public, "--proof", path)
        for code in (self.codes[0], self.codes[FAKE + 3], self.codes[-1]):
            verdict = json.loads(panah("verify", site.address, "--code", "-", "--json", text=code))
            assert verdict["verdict"] == "holds"
        stranger = "000 000 000 000 000 000 000 000 000"
        panah("verify", self.public, "--code", "-", text=stranger, code=1)

    def books_balance(self) -> None:
        journal = self.folder / "fund.journal"
        panah("export", self.public, "--format", "hledger", "--out", journal)
        subprocess.run(["hledger", "-f", journal, "check", "--strict"], check=True, timeout=60)
        told = subprocess.run(
            ["hledger", "-f", journal, "bal", "-O", "csv", "--no-total"],
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
        ).stdout
        rows = dict(
            line.replace('"', "").split(",", 1)
            for line in told.replace('","', "\t").replace("\t", ",").splitlines()[1:]
        )
        balances = {account: re.sub(r"[^0-9.-]", "", amount) for account, amount in rows.items()}
        assert balances["income:gifts"] == "-15000.00"
        assert balances["assets:fake"] == f"{(FAKE * 5000 + LAST) / 100:.2f}"
        assert balances["assets:bank"] == f"{(BANK - 1) * 100}.00"

    def log_tells_it_all(self) -> None:
        verdict = panah("verify", self.public)
        assert f"in {FAKE + BANK + 1} gifts" in verdict
        assert "State:       met" in verdict
        assert outsiders_accept(self.public / "log") > FAKE + BANK


def test_a_fund_goes_from_charter_to_books_that_anyone_can_check(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.found()
    with running_site(story.home) as site:
        story.give_with_play_money(site)
        story.give_by_bank(site)
        story.race_for_the_last(site)
        story.button_is_gone(site)
        story.receipts_hold(site)
    for giver in story.givers:
        giver.close()
        assert max(giver.answers) < 500
    story.log_tells_it_all()
    story.books_balance()
