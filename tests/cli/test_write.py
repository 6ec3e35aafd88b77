"""Bodies of statements come from plain options and are leaves as soon as they are signed."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from panah.cli.write import KINDS
from panah.core.charter import Charter
from panah.core.statement import NEEDED, Signers, read
from panah.proof import leaf
from tests.core.charters import TEXT

SIG = {"sig": [["lale", "x"], ["omid", "y"]]}
HASH = base64.b64encode(bytes(32)).decode()

GOOD = {
    "life": ["--to", "open", "--vkey", "lantern.invalid+1+x"],
    "fee": ["--amount", "1.20 EUR", "--rail", "card"],
    "settle": ["--from", "assets:card", "--paid", "100 EUR", "--to", "assets:bank", "--received", "108 USD"],
    "gift-return": ["--gift", "7", "--amount", "20.00 EUR", "--counted", "0"],
    "overflow": ["--gift", "7", "--amount", "20 EUR", "--to", "pass-on", "--sibling", "Paper Boat"],
    "freeze": ["--rail", "card", "--stuck", "0 EUR"],
    "thaw": ["--rail", "card", "--amount", "80 EUR", "--to", "loss"],
    "close": [],
    "key": ["--vkey", "lantern.invalid+1+x"],
    "pause": ["--what", "intake"],
    "resume": ["--what", "gifts"],
    "withdraw": ["--update", "letters", "--image", HASH],
    "restore": ["--update", "letters"],
}


def written(at, name):
    return read((at / name).read_text()).body


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_written_in_its_shape(run, at, kind):
    code, _, err = run("member", "write", kind, "--fund", "lantern.invalid/2021", "--day", "2022-01-18", *GOOD[kind])
    assert code == 0, err
    body = written(at, f"{kind}.json")
    leaf.check(body | SIG, statement="id" in body)
    assert body["o"] == "lantern.invalid/2021"
    assert body["day"] == "2022-01-18"


def test_a_picture_is_withdrawn_by_the_name_of_its_file(run, at):
    name = "ab" * 32
    words = ["--fund", "lantern.invalid/2021", "--day", "2022-01-18", "--update", "letters", "--image", name]
    assert run("member", "write", "withdraw", *words)[0] == 0
    assert base64.b64decode(written(at, "withdraw.json")["image"]) == bytes.fromhex(name)


@pytest.mark.parametrize("kind", ["withdraw", "restore"])
def test_an_update_is_named_by_the_word_that_it_was_written_with(run, at, kind):
    assert run("member", "write", kind, "--fund", "lantern.invalid/2021", "--id", "letters")[0] == 0
    assert written(at, f"{kind}.json")["update"] == "letters"


def test_every_signed_kind_can_be_written():
    by_hand = {kind for kind, needed in NEEDED.items() if needed is not Signers.NONE}
    assert by_hand == set(KINDS) | {
        "amend",
        "roster",
        "notice",
        "update",
        "code",
        "charter",
        "bank-list",
        "cash-gift",
        "exchange",
    }


def test_amounts_keep_their_currency(run, at):
    run("member", "write", "settle", "--fund", "l.invalid", *GOOD["settle"])
    body = written(at, "settle.json")
    assert (body["out"], body["cur"], body["in"], body["into"]) == (10_000, "EUR", 10_800, "USD")


def test_what_is_stuck_may_be_nothing_and_a_pause_may_name_a_rail(run, at):
    run("member", "write", "freeze", "--fund", "l.invalid", "--rail", "card", "--stuck", "80.50 EUR")
    assert (written(at, "freeze.json")["amount"], written(at, "freeze.json")["cur"]) == (8050, "EUR")
    run("member", "write", "freeze", "--fund", "l.invalid", *GOOD["freeze"], "--out", "nothing.json")
    assert written(at, "nothing.json")["amount"] == 0
    run("member", "write", "pause", "--fund", "l.invalid", "--what", "gifts", "--rail", "card")
    assert written(at, "pause.json")["rail"] == "card"


def test_two_equal_pauses_are_two_statements(run, at):
    for out in ("a.json", "b.json"):
        run("member", "write", "pause", "--fund", "l.invalid", "--what", "gifts", "--out", out)
    assert written(at, "a.json")["id"] != written(at, "b.json")["id"]


@pytest.mark.parametrize(
    "words",
    [
        ["life", "--fund", "l.invalid", "--to", "met"],
        ["life", "--fund", "l.invalid", "--to", "open"],
        ["life", "--fund", "l.invalid", "--to", "winding", "--vkey", "l.invalid+1+x"],
        ["overflow", "--fund", "l.invalid", "--gift", "7", "--amount", "5 EUR", "--to", "pass-on"],
        ["life", "--fund", "Not An Origin", "--to", "open"],
        ["fee", "--fund", "l.invalid", "--amount", "5", "--rail", "card"],
        ["fee", "--fund", "l.invalid", "--amount", "5 XXX", "--rail", "card"],
        ["gift-return", "--fund", "l.invalid", "--gift", "-1", "--amount", "5 EUR", "--counted", "0"],
        ["close", "--fund", "l.invalid", "--day", "soon"],
        ["close", "--fund", "missing.json"],
        ["close", "--fund", "l.invalid", "--report", "missing.pdf"],
        ["amend", "--fund", "other.json", "--charter", "good.toml"],
        ["amend", "--fund", "empty.json", "--charter", "good.toml"],
        ["update", "--fund", "l.invalid", "--id", "letters", "--text", "en"],
        ["update", "--fund", "l.invalid", "--id", "letters", "--text", "en=pass"],
    ],
)
def test_what_no_verifier_would_read_is_not_written(run, at, words):
    (at / "good.toml").write_text(TEXT)
    (at / "other.json").write_text('{"t": "panah/1/close", "o": "l.invalid", "day": "2022-01-18"}')
    (at / "empty.json").write_text('{"t": "panah/1/charter", "o": "l.invalid", "charter": {}}')
    before = sorted(at.iterdir())
    code, _, err = run("member", "write", *words)
    assert code == 2
    assert err
    assert "Traceback" not in err
    assert sorted(at.iterdir()) == before


def test_an_update_is_a_file_and_a_salted_hash_of_it(run, at):
    (at / "a.md").write_text("# Letters\r\n\r\nNineteen.\n", newline="")
    (at / "b.md").write_text("# نامه‌ها\n\nنوزده.\n")
    words = ["--id", "letters", "--text", "en=a.md", "--text", "fa=b.md", "--day", "2021-10-12"]
    code, _, err = run("member", "write", "update", "--fund", "l.invalid", *words)
    assert code == 0, err
    data = (at / "letters.content.json").read_bytes()
    content = json.loads(data)
    assert content["texts"]["en"] == {"title": "Letters", "body": "Nineteen."}
    assert content["day"] == "2021-10-12"
    assert len(base64.b64decode(content["salt"])) == 16
    body = written(at, "letters.update.json")
    assert body["text"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
    leaf.check(body | SIG)


def test_an_update_names_its_redrawn_images(run, at):
    (at / "a.md").write_text("# Letters\n\nNineteen.\n")
    (at / "i.json").write_text(json.dumps([{"sha256": "ab" * 32, "alt": {"en": "A lamp"}}]))
    run("member", "write", "update", "--fund", "l.invalid", "--id", "lamp", "--text", "en=a.md", "--images", "i.json")
    assert json.loads((at / "lamp.content.json").read_bytes())["images"][0]["alt"] == {"en": "A lamp"}
    (at / "i.json").write_text("[5]")
    words = ["--id", "lamp2", "--text", "en=a.md", "--images", "i.json"]
    assert run("member", "write", "update", "--fund", "l.invalid", *words)[0] == 2


def test_an_amendment_holds_what_changed_and_gives_a_weeks_notice(run, at):
    charter = Charter.from_toml(TEXT)
    (at / "charter.signed.json").write_text(json.dumps({"body": charter.body(), "sig": []}))
    (at / "new.toml").write_text(TEXT.replace("50000.00", "60000.00"))
    words = ["--charter", "new.toml", "--day", "2021-10-01"]
    code, _, err = run("member", "write", "amend", "--fund", "charter.signed.json", *words)
    assert code == 0, err
    body = written(at, "amend.json")
    assert body["set"] == {"goal": 6_000_000}
    assert body["from"] == "2021-10-08"
    leaf.check(body | SIG)


def test_an_amendment_of_nothing_or_of_what_is_fixed_is_refused(run, at):
    charter = Charter.from_toml(TEXT)
    (at / "charter.signed.json").write_text(json.dumps({"body": charter.body(), "sig": []}))
    for text in (TEXT, TEXT.replace('"EUR"', '"USD"')):
        (at / "new.toml").write_text(text)
        assert run("member", "write", "amend", "--fund", "charter.signed.json", "--charter", "new.toml")[0] == 2


def test_a_roster_and_its_origin_are_read_from_the_charter(run, at):
    (at / "charter.toml").write_text(TEXT)
    code, _, err = run("member", "write", "roster", "--fund", "charter.toml", "--charter", "charter.toml")
    assert code == 0, err
    body = written(at, "roster.json")
    assert body["o"] == "refuge.example/2021"
    assert [m["name"] for m in body["roster"]["members"]] == ["lale", "omid", "roshan", "tara"]


def test_a_code_statement_names_files_by_path_and_hash_as_the_watcher_reads_them(run, at):
    (at / "check-1.js").write_bytes(b"1")
    (at / "carried.html").write_bytes(b"2")
    files = ("--file", "check-1.js", "--file", "fa/ask/offline.html=carried.html")
    assert run("member", "write", "code", "--fund", "l.invalid", *files)[0] == 0
    hashed = [base64.b64encode(hashlib.sha256(data).digest()).decode() for data in (b"1", b"2")]
    assert written(at, "code.json")["files"] == [["assets/check-1.js", hashed[0]], ["fa/ask/offline.html", hashed[1]]]
