"""A mirror shows whole, checked states only: what is withdrawn goes, what lies is refused, what was cut off is mended."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import os
import shutil
from pathlib import Path

import brotli
import pytest

from panah.cli.main import main
from panah.errors import InputError, ProofError, RefusedError
from panah.proof.note import SigningKey
from panah.verify import listing, mirror
from panah.verify.listing import Listed, encode, parse
from panah.verify.mirror import Mirror
from panah.verify.sources import MAX_FILE, Folder, open_source
from tests.loglab import Lab

TODAY = dt.date(2021, 10, 1)
PAGE = b"<!doctype html><p>Refuge fund</p>"


class Site:
    """Published files of a fund, with their list."""

    def __init__(self, folder: Path) -> None:
        self.lab = Lab(folder / "site").found()
        self.round = 0
        for _ in range(300):
            self.lab.gift(1000)
        self.lab.update("first", "Two families are safe")
        self.lab.write("en/index.html", PAGE)
        self.lab.write("en/give/index.html", b"<!doctype html><p>Give on the fund's own site.</p>")
        self.lab.write("images/" + "ab" * 32 + ".jpg", bytes(range(256)) * 3000)
        self.publish()

    def publish(self, **changed: Listed) -> None:
        self.lab.publish()
        self.tell(**changed)

    def tell(self, **changed: Listed) -> None:
        root, files = self.lab.folder, {}
        for path in root.rglob("*"):
            place = path.relative_to(root).as_posix()
            if path.is_file() and listing.may_list(place):
                data = path.read_bytes()
                files[place] = Listed(hashlib.sha256(data).hexdigest(), len(data))
        self.round += 1
        self.lab.write("files.json", encode(files | changed))
        self.lab.write("generation", b"%d\n" % self.round)

    def begin_anew(self, gifts: int, amount: int) -> None:
        """The same fund under the same keys tells another history."""
        shutil.rmtree(self.lab.folder / "log")
        self.lab = Lab(self.lab.folder).found()
        for _ in range(gifts):
            self.lab.gift(amount)
        self.publish()

    def withdraw(self, name: str) -> None:
        del self.lab.texts[f"updates/{name}.json"]
        (self.lab.folder / f"updates/{name}.json").unlink()
        self.tell()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


def look(site: Site, place: Path):
    with Mirror(place).alone() as kept:
        return kept.look(Folder(site.lab.folder), TODAY)


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def shown(place: Path) -> dict[str, bytes]:
    return files_of((place / "public").resolve())


def test_a_mirror_holds_what_the_site_publishes_and_passes_the_check(site: Site, place: Path) -> None:
    assert look(site, place).changed
    theirs, ours = files_of(site.lab.folder), shown(place)
    made = {name for name in ours if name.endswith((".gz", ".br"))}
    assert {name: data for name, data in ours.items() if name not in made} == {
        name: theirs[name] for name in theirs if name in ours
    }
    assert set(theirs) - set(ours) <= {name for name in theirs if ".p/" in name}, "only tiles of shorter logs"
    assert gzip.decompress(ours["en/index.html.gz"]) == brotli.decompress(ours["en/index.html.br"]) == PAGE
    assert main(["verify", str(place)]) == 0
    assert {path.name for path in place.iterdir()} == {".lock", "kept", "public", "states"}


def test_what_did_not_change_is_neither_read_nor_written_again(site: Site, place: Path) -> None:
    look(site, place)
    before = (place / "public/images").resolve()
    inode = next(before.iterdir()).stat().st_ino
    with Mirror(place).alone() as kept:
        source = Counting(site.lab.folder)
        assert kept.look(source, TODAY).changed  # the first look of a process looks at everything
        assert not [name for name in source.read_names if name.startswith(("en/", "images/", "log/tile"))]
        source.read_names.clear()
        assert not kept.look(source, TODAY).changed
        assert source.read_names == ["generation", "log/checkpoint"]
    assert next((place / "public/images").resolve().iterdir()).stat().st_ino == inode


class Counting(Folder):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read_names: list[str] = []

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        self.read_names.append(path)
        return super().read(path, limit)


def test_what_is_withdrawn_is_gone_with_its_compressed_copies(site: Site, place: Path) -> None:
    look(site, place)
    assert "updates/first.json.gz" in shown(place)
    site.withdraw("first")
    look(site, place)
    assert not [name for name in files_of(place) if "first" in name], "also from states that nobody sees"
    assert b"Two families" not in b"".join(files_of(place / "states").values())
    assert main(["verify", str(place)]) == 0


def test_a_grown_log_is_taken_over_and_partial_tiles_stay_until_full(site: Site, place: Path) -> None:
    look(site, place)
    short = {name for name in shown(place) if ".p/" in name}
    site.lab.gift(700)
    site.publish()
    look(site, place)
    assert short <= set(shown(place))
    for _ in range(300):
        site.lab.gift(700)
    site.publish()
    look(site, place)
    assert not {name for name in short if "/001.p/" in name} & set(shown(place))
    assert main(["verify", str(place)]) == 0


def test_a_fork_and_a_rollback_are_refused_and_the_last_good_state_stays(site: Site, place: Path) -> None:
    look(site, place)
    good = shown(place)
    site.begin_anew(100, 1000)
    assert "rolled back" in look(site, place).alarms[0].text()
    site.begin_anew(400, 1234)
    assert any("forked" in one.text() for one in look(site, place).alarms)
    assert shown(place) == good
    assert len(list((place / "kept/evidence").iterdir())) == 2


def test_another_key_of_the_log_is_refused(site: Site, place: Path) -> None:
    look(site, place)
    site.lab.gift(100)
    site.lab.publish(SigningKey(site.lab.origin, bytes(32)))
    site.tell()
    assert look(site, place).alarms


def test_another_account_on_a_page_is_refused(site: Site, place: Path) -> None:
    look(site, place)
    good = shown(place)
    site.lab.write("en/index.html", b"<p>Send to DE02120300000000202051")
    site.tell()
    assert "account" in look(site, place).alarms[0].text()
    assert shown(place) == good


def test_another_fund_than_the_one_asked_for_is_refused(site: Site, place: Path) -> None:
    with Mirror(place, fund="ab" * 32).alone() as kept:
        assert kept.look(Folder(site.lab.folder), TODAY).alarms
    assert not (place / "public").exists()


@pytest.mark.parametrize(
    "path",
    ["../outside", "/etc/passwd", "en/../../x", "log/checkpoint", ".hidden", "a//b", "x.gz", "generation", "a\n"],
)
def test_a_list_names_plain_files_alone(path: str) -> None:
    with pytest.raises(ProofError):
        parse(encode({path: Listed("0" * 64, 1)}))


def test_a_list_in_another_form_is_refused() -> None:
    one = Listed("0" * 64, 1)
    bad = (
        encode({"a": one, "a/b": one}), encode({"a": Listed("0" * 63, 1)}), encode({"a": Listed("0" * 64, 2**50)}),
        b"[]", b'{"files":[],"t":"panah/1/files"}', b'{"files":{"a":["x"]},"t":"panah/1/files"}', b"{}", b"",
    )  # fmt: skip
    for data in bad:
        with pytest.raises(ProofError):
            parse(data)
    assert parse(encode({"a/b": one})) == {"a/b": one}


@pytest.mark.parametrize("told", [Listed("0" * 64, len(PAGE)), Listed("0" * 64, 3)])
def test_a_file_that_is_not_as_listed_ends_the_look(site: Site, place: Path, told: Listed) -> None:
    look(site, place)
    good = shown(place)
    for name in ("en/index.html", "images/" + "ab" * 32 + ".jpg"):
        site.tell(**{name: told})
        with pytest.raises(InputError, match=r"publishing just now|longer than"):
            look(site, place)
        assert shown(place) == good
        assert len(list((place / "states").iterdir())) == 1


class CutError(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("step", range(12))
def test_a_mirror_cut_off_anywhere_shows_a_whole_state_and_is_mended(
    site: Site, place: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(site, place)
    old = shown(place)
    site.withdraw("first")
    site.lab.gift(700)
    site.publish()
    left = [step * 3]

    def cut(real):
        def act(*given, **named):
            left[0] -= 1
            if left[0] < 0:
                raise CutError
            return real(*given, **named)

        return act

    with monkeypatch.context() as patched:
        for name in ("link", "replace"):
            patched.setattr(os, name, cut(getattr(os, name)))
        patched.setattr(Path, "mkdir", cut(Path.mkdir))
        patched.setattr(Path, "symlink_to", cut(Path.symlink_to))
        patched.setattr(mirror.shutil, "rmtree", cut(mirror.shutil.rmtree))
        with contextlib.suppress(CutError):
            look(site, place)
        assert main(["verify", str(place)]) == 0
        assert shown(place) == old or "updates/first.json" not in shown(place)
    look(site, place)
    assert "updates/first.json" not in shown(place)
    assert len(list((place / "states").iterdir())) == 1
    assert main(["verify", str(place)]) == 0


def test_a_damaged_file_here_is_taken_anew(site: Site, place: Path) -> None:
    look(site, place)
    good = shown(place)
    state = (place / "public").resolve()
    (state / "en/index.html").write_bytes(b"rotten")
    bundle = state / "log/tile/entries/000"
    bundle.write_bytes(b"\0" + bundle.read_bytes()[1:])
    assert look(site, place).changed
    assert shown(place) == good


def test_one_process_keeps_a_mirror_and_a_folder_of_its_own_is_left_alone(site: Site, tmp_path: Path) -> None:
    with Mirror(tmp_path / "m").alone(), pytest.raises(RefusedError, match="Another process"):
        look(site, tmp_path / "m")
    (tmp_path / "mine/public").mkdir(parents=True)
    with pytest.raises(InputError, match="folder of its own"):
        look(site, tmp_path / "mine")


def test_the_command_says_the_fingerprint_once_and_alarms_with_1(
    site: Site, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["mirror", str(site.lab.folder), str(place), "--once"]
    assert main(words) == 0
    assert site.lab.fingerprint in capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == ""
    site.begin_anew(50, 1000)
    assert main(words) == 1
    assert "ALARM" in capsys.readouterr().out
    assert main(["mirror", str(place / "nowhere"), str(place), "--once"]) == 2
    assert isinstance(open_source(str(place)), Folder)
