"""The list of published files: what a mirror takes is what stands here, and nothing that was taken away."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

import tests.django_ready  # noqa: F401
from panah.site.publish import listed
from panah.site.publish.before import Before
from panah.site.publish.render import publish
from panah.verify.listing import Listed, parse
from tests.site.views import UPDATE, sample_view


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    publish(sample_view(), folder)
    (folder / "log/tile/0").mkdir(parents=True)
    (folder / "log/tile/0/000").write_bytes(b"hashes")
    return folder


def told(folder: Path) -> dict[str, Listed]:
    return parse((folder / "files.json").read_bytes())


def test_every_published_file_is_listed_and_nothing_made_from_it(folder: Path) -> None:
    (folder / ".new-half").write_text("half")
    (folder / "way-out").symlink_to("/etc/hostname")
    publish(sample_view(counted=3_250_000), folder)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    names = {name for name in names if not name.startswith((".", "log/")) and not name.endswith((".br", ".gz"))}
    assert told(folder).keys() == names - {"files.json", "generation", "way-out"}
    for name, one in told(folder).items():
        data = (folder / name).read_bytes()
        assert one == Listed(hashlib.sha256(data).hexdigest(), len(data))


def test_what_is_withdrawn_leaves_the_list_in_the_same_round(folder: Path) -> None:
    place = f"updates/{UPDATE.id}.json"
    assert place in told(folder)
    publish(sample_view(updates=[replace(UPDATE, withdrawn=True)]), folder)
    assert place not in told(folder)


def test_a_round_reads_only_files_that_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Before(folder)
    (folder / "files.json").unlink()
    publish(sample_view(), folder, before=before)
    read: list[str] = []
    real = listed.hashlib.file_digest

    def count(file, kind):
        read.append(Path(file.name).relative_to(folder).as_posix())
        return real(file, kind)

    monkeypatch.setattr(listed.hashlib, "file_digest", count)
    publish(sample_view(counted=3_250_000), folder, before=before)
    assert sorted(read) == ["en/index.html", "fa/index.html", "index.html"]


def test_a_folder_without_a_list_gets_one(folder: Path) -> None:
    (folder / "files.json").unlink()
    publish(sample_view(), folder)
    assert told(folder)
