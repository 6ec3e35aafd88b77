"""M6: a rolled-back or forked site is refused by a kept note, by a kept .tlog-proof and by `panah watch`.

What replaces the fund is another history under the same, stolen key: everything in it is signed.
"""

from __future__ import annotations

import base64
import datetime as dt
import shutil
from pathlib import Path

import pytest

from panah.cli.main import main
from panah.proof.giftnote import GiftNote
from panah.proof.note import SigningKey
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.loglab import LOG_SEED, ORIGIN, busy_lab, rc_of

KEY = SigningKey(ORIGIN, LOG_SEED)
TODAY = dt.date(2021, 11, 1)


@pytest.fixture
def honest(tmp_path):
    return busy_lab(tmp_path / "honest")


def rolled_back(folder: Path):
    """The same key, fewer gifts."""
    lab = busy_lab(folder)
    lab.leaves, lab.published = lab.leaves[:300], 0
    shutil.rmtree(folder / "log")
    lab.publish()
    return lab


def forked(folder: Path):
    """The same key and length, gift 20 is gone and its neighbour stands twice."""
    lab = busy_lab(folder)
    lab.leaves[20], lab.published = lab.leaves[21], 0
    shutil.rmtree(folder / "log")
    lab.publish()
    return lab


@pytest.fixture(params=[rolled_back, forked])
def lying(request, tmp_path):
    return request.param(tmp_path / "lying")


def refused(lab, **kept_files) -> bool:
    kept = Kept()
    for data in kept_files.values():
        kept.add("kept", data)
    return not Audit(open_source(str(lab.folder)), kept).run(today=TODAY).holds


def booked_note(number: int) -> bytes:
    rc = base64.b64decode(rc_of(number))
    return GiftNote(ORIGIN, rc, 1000 + (number - 2) % 7, "EUR", dt.date(2021, 9, 30)).sign(KEY)


def test_control_the_honest_fund_is_accepted_by_all(honest):
    assert not refused(honest, note=booked_note(20), proof=honest.proof(310))


def test_a_kept_proof_refuses(honest, lying):
    assert refused(lying, proof=honest.proof(310))


def test_a_kept_note_of_a_gift_that_is_gone_refuses(tmp_path):
    assert refused(forked(tmp_path / "forked"), note=booked_note(20))
    assert refused(rolled_back(tmp_path / "back"), note=booked_note(301))


def test_watch_alarms_and_keeps_the_evidence(honest, lying, tmp_path, capsys):
    state = tmp_path / "state"
    words = ["watch", str(honest.folder), "--state", str(state)]
    assert main(words) == 0
    assert "Watching refuge.invalid/2021" in capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr() == ("", "")
    newest = (state / "newest.checkpoint").read_bytes()
    shutil.rmtree(honest.folder / "log")
    shutil.copytree(lying.folder / "log", honest.folder / "log")
    for _ in range(2):  # it does not get used to it
        assert main(words) == 1
        out = capsys.readouterr().out
        assert out.startswith("ALARM: ")
        assert "rolled back" in out or "forked" in out
    assert (state / "newest.checkpoint").read_bytes() == newest
    assert [p.read_bytes() for p in (state / "evidence").iterdir()] == [lying.read("checkpoint")]


def test_control_a_watcher_who_saw_nothing_before_is_told_nothing(lying, tmp_path, capsys):
    """What only memory can see: without it the lie holds together."""
    main(["watch", str(lying.folder), "--state", str(tmp_path / "state")])
    assert "rolled back" not in capsys.readouterr().out
