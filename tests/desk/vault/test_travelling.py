"""A journey without keys."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import pytest

from panah.desk.vault import travelling
from panah.desk.vault.desk import open_desk
from panah.errors import InputError, RefusedError
from tests.servedesklab import PASSPHRASE, make_desk

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def stick():
    """A folder on another disk than the tests' own."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm"))
    yield folder / "copy"
    shutil.rmtree(folder)


def test_keys_go_after_the_copy_opened_and_come_back(tmp_path, stick):
    home, _ = make_desk(tmp_path)
    travelling.copy_keys(home, stick)
    with pytest.raises(InputError, match="passphrase"):
        travelling.confirm_copy(home, stick, "not this passphrase", NOW.date())
    travelling.confirm_copy(home, stick, PASSPHRASE, NOW.date())
    travelling.remove_keys(home)
    assert sorted(path.name for path in home.folder.iterdir()) == ["fund.json", "stream.sqlite3"]
    with pytest.raises(InputError, match="no desk"):
        open_desk(home.folder, PASSPHRASE, NOW)
    travelling.bring_back(home, stick)
    desk = open_desk(home.folder, PASSPHRASE, NOW)
    assert len(desk.state.letters) == 2
    desk.close()


def test_a_copy_on_the_same_disk_or_a_changed_one_removes_nothing(tmp_path, stick):
    home, _ = make_desk(tmp_path)
    with pytest.raises(RefusedError, match="disk"):
        travelling.copy_keys(home, tmp_path / "here")
    travelling.copy_keys(home, stick)
    (stick / "member.key").write_bytes(b"changed")
    with pytest.raises(InputError, match="differs"):
        travelling.confirm_copy(home, stick, PASSPHRASE, NOW.date())
    assert home.read("member.key") is not None
