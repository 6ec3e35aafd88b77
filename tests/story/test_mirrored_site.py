"""A mirror of a real running site: takes it over the web, lets go of what is withdrawn, outlives a kill."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import httpx

from panah.proof import canonical
from panah.site.funds.images import redraw
from panah.verify.listing import parse
from tests.logclients import outsiders_accept
from tests.site.test_funds_images import photo
from tests.sitelab import running_site
from tests.story.test_open_fund import panah
from tests.story.test_running_site import TODAY, becomes_true, make_fund, publish

# The command as it is, with a shorter pause between two looks.
POLL = "import sys; from panah.cli import main, mirror; mirror.EVERY = 0.2; sys.exit(main.main(sys.argv[1:]))"


def write_update(folder: Path) -> tuple[dict[str, str], Path, str]:
    picture = redraw(photo(format="JPEG"))
    name = sha256(picture).hexdigest()
    data = canonical.encode({
        "id": "letters", "day": TODAY, "salt": base64.b64encode(bytes(16)).decode(),
        "texts": {"en": {"title": "Nineteen letters", "body": f"They came.\n\n![A desk]({name}.jpg)"}},
        "images": [{"sha256": name, "alt": {"en": "A desk"}}],
    })  # fmt: skip
    (folder / "letters.content.json").write_bytes(data)
    (folder / "desk.jpg").write_bytes(picture)
    return {"id": "letters", "text": base64.b64encode(sha256(data).digest()).decode()}, folder / "desk.jpg", name


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def mirrored(address: str, place: Path) -> bool:
    """Look once; a site that is publishing just then is looked at again, as the command says."""
    command = [sys.executable, "-m", "panah.cli.main", "mirror", address, str(place), "--once"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 or "next look tries again" in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode == 0


def test_what_a_running_site_withdraws_is_gone_from_its_mirror_at_the_next_look(tmp_path: Path) -> None:
    team, place = make_fund(tmp_path / "home"), tmp_path / "mirror"
    fields, picture, name = write_update(tmp_path)
    once = {"id": base64.b64encode(bytes(16)).decode(), "update": "letters"}
    with running_site(team.fund.home) as site, httpx.Client(base_url=site.address) as web:
        publish(team, tmp_path, "update", ("anar", "cyrus"), "--image", picture, **fields)
        becomes_true(lambda: "Nineteen letters" in web.get("/en/").text)
        becomes_true(
            lambda: "letters" in panah("verify", site.address) or "Updates that are" in panah("verify", site.address)
        )
        becomes_true(lambda: mirrored(f"{site.address}/en/", place))
        public = place / "public"
        assert "Nineteen letters" in (public / "en/index.html").read_text()
        assert (public / f"images/{name}.jpg").is_file()
        assert parse((public / "files.json").read_bytes()).keys() == parse(web.get("/files.json").content).keys()
        # The pages for gifts are those that say where the fund's own site is: nobody gives to a mirror.
        give = (public / "en/give/index.html").read_text()
        assert give == (team.fund.public / "en/give/index.html").read_text()
        assert "<form" not in give
        ask = (public / "en/ask/index.html").read_text()
        assert ask == (team.fund.public / "en/ask/index.html").read_text() != web.get("/en/ask/").text
        panah("verify", place)

        looking = subprocess.Popen([sys.executable, "-c", POLL, "mirror", site.address, str(place)])
        try:
            publish(team, tmp_path, "withdraw", ("dilshad",), **once)
            becomes_true(lambda: not (public / "updates/letters.json").exists())
            becomes_true(lambda: b"Nineteen letters" not in bytes_of(place / "states"))
            assert not (public / f"images/{name}.jpg").exists()
            looking.send_signal(signal.SIGKILL)
        finally:
            looking.kill()
            looking.wait()
        becomes_true(lambda: mirrored(site.address, place))
        assert "withdrawn" in panah("verify", place)
        publish(team, tmp_path, "restore", ("anar", "cyrus"), **once)
        becomes_true(lambda: web.get("/updates/letters.json").status_code == 200)
        becomes_true(lambda: mirrored(site.address, place))
        assert "Nineteen letters" in (public / "en/updates/letters/index.html").read_text()
        assert len(list((place / "states").iterdir())) == 1
        outsiders_accept(public / "log")
