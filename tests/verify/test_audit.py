"""The whole check: what holds, what fails, and by which name."""

import datetime as dt
import hashlib

import pytest

from panah.errors import InputError
from panah.proof import canonical, leaf, merkle, tiles
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import SigningKey
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.loglab import LOG_SEED, ORIGIN, Lab, b64, busy_lab, charter, rc_of, roster

TODAY = dt.date(2021, 11, 1)
TWO = ("aram", "laleh")


def check(lab, kept=None, **options):
    return Audit(open_source(str(lab.folder)), kept or Kept()).run(today=TODAY, **options)


def failures(report):
    return [(one.leaf, one.file, one.text()) for one in report.findings if one.verdict == "fails"]


@pytest.fixture
def busy(tmp_path):
    return busy_lab(tmp_path)


def test_a_whole_log_holds(busy):
    report = check(busy, fund=busy.fingerprint)
    assert report.holds, failures(report)
    assert report.facts["size"] == len(busy.leaves)
    assert report.facts["counted"] == 600_000
    assert report.facts["demo"] is True
    assert any("no payments" in line for line in report.unknown)
    assert report.as_dict()["verdict"] == "holds"


@pytest.mark.parametrize("size", [2, 255, 256, 257, 511, 512, 513])
def test_logs_of_every_shape_hold(tmp_path, size):
    lab = Lab(tmp_path).found()
    lab.publish()
    while len(lab.leaves) < size:
        lab.gift(100)
    lab.publish()
    assert check(lab).holds


def test_another_fund_is_told_by_its_fingerprint(busy):
    report = check(busy, fund=hashlib.sha256(b"another").hexdigest())
    assert failures(report)[0][0] == 0
    assert "another fund" in failures(report)[0][2]


def test_a_log_that_is_not_there_cannot_be_read(tmp_path):
    for place in (str(tmp_path), str(tmp_path / "none"), "ftp://fund.example/", "https://"):
        with pytest.raises(InputError):
            Audit(open_source(place), Kept()).run(today=TODAY)


def test_an_empty_log_fails(tmp_path):
    lab = Lab(tmp_path)
    lab.write("log/checkpoint", Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT).sign(lab.key))
    assert failures(check(lab))[0][1] == "log/checkpoint"


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/000", "tile/1/000.p/2"])
def test_a_missing_file_is_named(busy, path):
    (busy.folder / "log" / path).unlink()
    assert f"log/{path}" in [file for _, file, _ in failures(check(busy))]


def test_the_log_alone_can_be_checked(busy):
    report = Audit(open_source(str(busy.folder / "log")), Kept()).run(today=TODAY)
    assert report.holds
    assert sum("withdrawn" in one.text() for one in report.findings) == 2


def test_a_withdrawn_update_is_no_failure_and_a_changed_one_is(busy):
    (busy.folder / "updates/first.json").unlink()
    report = check(busy)
    assert report.holds
    assert [one.file for one in report.findings if "withdrawn" in one.text()] == ["updates/first.json"]
    busy.write("updates/second.json", b"{}")
    assert [file for _, file, _ in failures(check(busy))] == ["updates/second.json"]


def test_a_withdrawn_picture_is_told_once_and_is_no_failure(busy):
    image = hashlib.sha256(b"a desk").hexdigest()
    value = {"id": "third", "day": "2021-09-28", "salt": b64(bytes(16)), "texts": {"en": {"title": "A", "body": "…"}}}
    data = canonical.encode(value | {"images": [{"sha256": image, "alt": {"en": "A desk"}}]})
    busy.texts["updates/third.json"] = data
    at = busy.add("update", *TWO, day="2021-09-28", id="third", text=b64(hashlib.sha256(data).digest()))
    busy.write(f"images/{image}.jpg", b"a desk")
    busy.publish()

    def told():
        return [(one.leaf, one.file) for one in check(busy).findings if "picture" in one.text()]

    assert told() == []
    (busy.folder / f"images/{image}.jpg").unlink()
    assert told() == [(at, f"images/{image}")]
    assert check(busy).holds


def test_a_log_signed_by_another_key_fails(busy):
    busy.publish(SigningKey(ORIGIN, bytes(32)))
    assert [file for _, file, _ in failures(check(busy))] == ["log/checkpoint"]


def test_after_a_key_leaf_only_the_new_key_counts(busy):
    new = SigningKey(ORIGIN, hashlib.sha256(b"new").digest())
    busy.add("key", *TWO, day="2021-10-01", vkey=new.vkey)
    busy.publish(new)
    assert check(busy).holds
    busy.publish(SigningKey(ORIGIN, LOG_SEED))
    assert [file for _, file, _ in failures(check(busy))] == ["log/checkpoint"]


def publish_raw(folder, leaves):
    """What a dishonest site would publish: leaves of any kind under a good signature."""
    lab = Lab(folder)
    lab.leaves = list(leaves)
    lab.publish()
    return lab


FORGED = {
    "one signature": lambda lab: lab.force("fee", "aram", cur="EUR", rail="bank", amount=1, day="2021-10-01"),
    "a stranger": lambda lab: lab.force(
        "fee", "aram", "zohra", cur="EUR", rail="bank", amount=1, day="2021-10-01",
        keys={"aram": bytes(32), "zohra": bytes(32)},
    ),
    "a forged signature": lambda lab: lab.force(
        "fee", *TWO, cur="EUR", rail="bank", amount=1, day="2021-10-01", keys=dict.fromkeys(TWO, bytes(32))
    ),
    "an expired roster": lambda lab: lab.force("fee", *TWO, cur="EUR", rail="bank", amount=1, day="2022-10-01"),
    "past the goal": lambda lab: lab.force(
        "gift", cur="EUR", amount=10**9, counted=10**9, day="2021-10-01", rail="fake", rc=rc_of(1)
    ),
    "a returned gift returned again": lambda lab: lab.force(
        "gift-void", gift=5, amount=1003, counted=1003, day="2021-10-01", why="void"
    ),
    "a second charter": lambda lab: lab.force(
        "charter", "aram", "laleh", "omid", "parwin", charter=charter(), vkey=lab.key.vkey
    ),
    "a reserved type": lambda lab: lab.raw(b'{"o":"refuge.invalid/2021","t":"panah/1/payments"}'),
    "no JSON": lambda lab: lab.raw(b"hello"),
}  # fmt: skip


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_signed_log_with_a_broken_rule_names_the_leaf(busy, forge):
    index = forge(busy)
    busy.publish()
    assert [leaf for leaf, _, _ in failures(check(busy))] == [index]


def test_a_charter_not_signed_by_all_founders_fails_at_leaf_0(tmp_path):
    lab = Lab(tmp_path)
    lab.force("charter", "aram", "laleh", "omid", charter=charter(), vkey=lab.key.vkey)
    lab.publish()
    assert failures(check(lab))[0][0] == 0
    assert "parwin" in failures(check(lab))[0][2]


def test_a_new_roster_is_in_force_from_its_leaf_on(busy):
    busy.add("roster", *TWO, day="2021-10-01", roster=roster("aram", "laleh", "omid"))
    busy.add("fee", "aram", "omid", cur="EUR", rail="bank", amount=1, day="2021-10-02")
    busy.publish()
    assert check(busy).holds
    gone = busy.force("fee", "aram", "parwin", cur="EUR", rail="bank", amount=1, day="2021-10-02")
    busy.publish()
    assert [leaf for leaf, _, _ in failures(check(busy))] == [gone]


def test_page_bundles_are_held_against_the_code_leaf(busy):
    busy.write("assets/check.js", b"checks")
    told = [["assets/check.js", b64(hashlib.sha256(b"checks").digest())], ["assets/gone.js", b64(bytes(32))],
            ["../../outside", b64(bytes(32))]]  # fmt: skip
    index = busy.add("code", *TWO, day="2021-10-01", files=told)
    busy.publish()
    assert check(busy).holds
    busy.write("assets/check.js", b"changed")
    assert [(leaf, file) for leaf, file, _ in failures(check(busy))] == [(index, "assets/check.js")]


def test_rewritten_entries_under_honest_tiles_are_refused_as_entries(busy):
    changed = busy.leaves.copy()
    changed[300] = leaf.encode(leaf.parse(changed[300]) | {"rc": rc_of(10**6)})
    busy.write("log/tile/entries/001", tiles.encode_bundle(changed[256:512]))
    assert [(at, file) for at, file, _ in failures(check(busy))] == [(300, "log/tile/entries/001")]


def test_two_changed_files_are_both_named(busy):
    for path in ("log/tile/entries/000", "log/tile/0/001"):
        data = bytearray((busy.folder / path).read_bytes())
        data[4000] ^= 1
        busy.write(path, bytes(data))
    assert {"log/tile/entries/000", "log/tile/0/001"} <= {file for _, file, _ in failures(check(busy))}


@pytest.mark.parametrize("path", ["tile/entries/000.p/3", "tile/0/000.p/3"])
def test_a_partial_file_that_was_replaced_by_its_full_one_is_cut_from_it(tmp_path, path):
    lab = Lab(tmp_path).found()
    lab.gift(100)
    old = lab.publish()
    while len(lab.leaves) < 300:
        lab.gift(100)
    lab.publish()
    lab.write("log/checkpoint", old)
    (lab.folder / "log" / path).unlink()
    assert check(lab).holds
    (lab.folder / "log" / path.partition(".")[0]).unlink()
    assert f"log/{path}" in [file for _, file, _ in failures(check(lab))]


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\x01", b"\xff\xff{}", b"\0" * 100_000])
def test_a_torn_first_bundle_is_named(busy, data):
    busy.write("log/tile/entries/000", data)
    report = check(busy, fund=busy.fingerprint)
    assert "log/tile/entries/000" in [file for _, file, _ in failures(report)]


@pytest.mark.parametrize("data", [b"", b"\0", b"\0" * 8191, b"\0" * 8192])
@pytest.mark.parametrize("path", ["log/tile/0/000", "log/tile/1/000.p/2", "log/tile/0/002.p/31"])
def test_a_torn_tile_is_named(busy, path, data):
    assert (busy.folder / path).exists()
    busy.write(path, data)
    assert path in [file for _, file, _ in failures(check(busy))]
