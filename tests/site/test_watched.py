"""A watcher of a real site: quiet while people give and the log grows, loud when its page lies."""

from __future__ import annotations

import datetime as dt

from django.db import connections

from panah.cli.main import main
from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund
from tests.givers import Giver
from tests.sitelab import running_site


def test_a_living_site_is_watched_in_silence_until_its_page_names_another_account(tmp_path, capsys):
    home = tmp_path / "home"
    fund = make_open_fund(home, now=dt.datetime.now(dt.UTC), goal=100_000)
    write_site(Host(home, fund.slug))
    stop_writers()
    connections[fund.alias].close()
    with running_site(home) as site:
        words = ["watch", f"{site.address}/en/", "--state", str(tmp_path / "state")]
        assert main(words) == 0
        assert "Its fingerprint" in capsys.readouterr().out
        giver = Giver(site.address)
        giver.fill_form("20")
        giver.pay()
        giver.look_up("booked")
        (tmp_path / "state" / "notes" / "mine").write_text(giver.page)
        giver.close()
        assert main(words) == 0
        assert capsys.readouterr() == ("", "")
    words[1] = str(fund.public)  # a mirror: the same files, and nobody who would write them anew
    assert main(words) == 0
    page = fund.public / "fa" / "index.html"
    page.write_text(page.read_text().replace("DE44 9999 0000 0020 2118 07", "GB82 WEST 1234 5698 7654 32"))
    assert main(words) == 1
    assert "GB82WEST12345698765432, which is not the one in the charter. [fa/index.html]" in capsys.readouterr().out
