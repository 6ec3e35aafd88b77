"""`panah watch`: quiet about what is right, loud about each thing that is not."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import shutil

import pytest

from panah.cli.main import main
from panah.errors import InputError
from panah.proof.giftnote import GiftNote
from panah.proof.note import SigningKey
from panah.verify.pages import accounts_in
from panah.verify.sources import open_source
from panah.verify.watch import Memory, look
from tests.loglab import LOG_SEED, ORIGIN, Lab, charter, rc_of

DAY = dt.date(2021, 9, 10)
OWN, OTHER = "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"
SCRIPT = b"export {};"
GIVE = (
    '<!doctype html><p>Refuge Union <b>{iban}</b></p><progress max="100" value="{percent}"></progress>'
    '<form method="post"><input type="radio" name="rail" value="bank"></form>{more}'
    '<script type="module" src="../../assets/give-1.js" integrity="sha256-x"></script>'
)


class Watched:
    """A lab fund with pages, and one who looks at it."""

    def __init__(self, folder, **terms):
        text = {"en": "For people in danger.", "fa": "برای کسانی که در خطرند."}
        payee = charter()["payee"] | dict.fromkeys(("tax", "refund", "seen"), text)
        texts = dict.fromkeys(("name", "scope", "surplus", "shortfall"), text)
        self.lab = Lab(folder / "fund").found(languages=["en", "fa"], payee=payee, **texts, **terms)
        for _ in range(5):
            self.lab.gift(1000)
        self.lab.publish()
        self.lab.write("assets/give-1.js", SCRIPT)
        for tag in ("en", "fa"):
            self.page(tag)
        self.state = folder / "state"

    def page(self, tag="en", iban=OWN, percent=0, more=""):
        self.lab.write(f"{tag}/give/index.html", GIVE.format(iban=iban, percent=percent, more=more).encode())

    def sign_code(self, *names):
        files = [[name, base64.b64encode(hashlib.sha256(SCRIPT).digest()).decode()] for name in names]
        self.lab.add("code", "aram", "laleh", day="2021-09-05", files=files)
        self.lab.publish()

    def look(self, day=DAY, fund=""):
        self.state.mkdir(exist_ok=True)
        seen = look(open_source(str(self.lab.folder)), Memory.read(self.state), day, fund=fund)
        return [(one.text(), one.file) for one in seen.alarms]


@pytest.fixture
def watched(tmp_path):
    made = Watched(tmp_path)
    assert made.look() == []
    return made


def test_growth_is_no_alarm(watched):
    watched.lab.gift(500)
    watched.lab.publish()
    assert watched.look() == watched.look() == []


@pytest.mark.parametrize(
    "spelled", [OTHER, OTHER.replace(" ", ""), OTHER.replace("1", "۱"), "G\u200bB82 WEST 1234 5698 7654 32"]
)
def test_another_account_on_one_language_is_seen(watched, spelled):
    watched.page("fa", iban=spelled)
    told = watched.look()
    assert any("GB82WEST12345698765432" in text and file == "fa/give/index.html" for text, file in told)
    assert any("does not show the account" in text for text, _ in told)


def test_an_account_beside_the_right_one_and_another_payee_are_seen(watched):
    watched.page(more=f"<p>or {OTHER}</p>")
    assert [file for _, file in watched.look()] == ["en/give/index.html"]
    path = watched.lab.folder / "en/give/index.html"
    path.write_bytes(path.read_bytes().replace(b"Refuge Union", b"Refuge Onion"))
    assert any("does not name the payee" in text for text, _ in watched.look())


def test_the_charters_account_may_stand_beside_words(watched):
    assert accounts_in(f"IBAN {OWN} On your bank statement REFUGE UNION 2021") == {"DE89370400440532013000"}
    assert accounts_in("DE00 3704 0044 0532 0130 00 and fingerprint 3FA9 11C0 77AB 90CD") == set()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("<script>steal()</script>", "inside this page"),
        ('<img src="x" onerror="steal()">', "inside this page"),
        ('<script src="https://elsewhere.example/x.js"></script>', "another place"),
        ('<script src="//elsewhere.example/x.js"></script>', "another place"),
        ('<script src="../../../../x.js"></script>', "another place"),
    ],
)
def test_a_script_that_no_fund_has_is_seen(watched, more, words):
    watched.page(more=more)
    assert any(words in text for text, _ in watched.look())


def test_a_changed_bundle_is_told_once_when_nobody_signs_bundles(watched):
    watched.lab.write("assets/give-1.js", SCRIPT + b"//")
    assert ["changed" in text for text, _ in watched.look()] == [True]
    assert watched.look() == []


def test_a_bundle_must_be_the_signed_one(watched):
    watched.sign_code("assets/give-1.js")
    assert watched.look() == []
    watched.lab.write("assets/give-1.js", b"steal()")
    for _ in range(2):
        assert any("not the one that the team signed" in text for text, _ in watched.look())


def test_a_bundle_that_nobody_signed_is_seen_beside_signed_ones(watched):
    watched.lab.write("assets/check-1.js", SCRIPT)
    watched.sign_code("assets/check-1.js")
    assert any("has not signed it" in text for text, _ in watched.look())


def test_the_file_that_people_carry_must_be_the_signed_one(watched):
    for place in ("fa/ask", "ps/offer"):
        watched.lab.write(f"{place}/offline.html", SCRIPT)
    watched.sign_code("assets/give-1.js", "fa/ask/offline.html", "ps/offer/offline.html")
    assert watched.look() == []
    watched.lab.write("ps/offer/offline.html", SCRIPT + b"<!-- other keys -->")
    assert any("not the one that the team signed" in text for text, _ in watched.look())


def test_a_kept_note_alarms_after_its_day(watched):
    note = GiftNote(ORIGIN, base64.b64decode(rc_of(999)), 700, "EUR", DAY).sign(SigningKey(ORIGIN, LOG_SEED))
    (watched.state / "notes" / "mine.txt").write_bytes(note)
    assert watched.look(DAY) == []
    assert [file for _, file in watched.look(DAY + dt.timedelta(days=1))] == ["mine.txt"]


def test_a_log_that_stays_behind_its_pages_alarms_after_the_promised_days(watched):
    watched.page(percent=7)
    assert [watched.look(DAY + dt.timedelta(days=days)) for days in (0, 1, 2)] == [[], [], []]
    assert any("older than promised" in text for text, _ in watched.look(DAY + dt.timedelta(days=3)))
    watched.page(percent=0)
    assert watched.look(DAY + dt.timedelta(days=4)) == []


def test_another_fund_in_its_place_alarms(watched, tmp_path):
    shutil.rmtree(watched.lab.folder)
    other = Watched(tmp_path, minimum=200)
    other.state = watched.state
    assert any("another fund" in text for text, _ in other.look())


def test_a_log_that_is_gone_alarms_and_one_that_never_was_cannot_be_read(watched, tmp_path):
    (watched.lab.folder / "log" / "checkpoint").unlink()
    assert watched.look() == [("The log is gone: this fund had one when it was last looked at.", "log/checkpoint")]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError):
        look(open_source(str(empty)), Memory.read(tmp_path / "other"), DAY)


def test_a_site_that_cannot_be_reached_ends_in_2(tmp_path, capsys):
    assert main(["watch", "http://127.0.0.1:9/", "--state", str(tmp_path / "state")]) == 2
    assert capsys.readouterr().err.startswith("panah: ")
