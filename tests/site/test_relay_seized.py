"""What a thief of the powered-off disk finds of the sealed side (C1): nothing of what was said, and nothing finer than a day."""

from __future__ import annotations

import base64
import re
import secrets
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections

from panah.site.relay import depositing, queries
from panah.site.relay.forgetting import wipe
from panah.storage.models import relay
from panah.storage.writer import stop_writers
from tests.relaylab import SIZES, Person
from tests.site.relays import World

SQLITE = pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)
ALLOWED = {
    "storage_envelope": {
        "seq": "BigAutoField", "lookup": "BinaryField", "deletion": "BinaryField", "day": "DateField",
        "bucket": "IntegerField", "expires": "DateField", "vouched": "BooleanField", "blob": "BinaryField",
    },
    "storage_acknowledgement": {"seq": "BigIntegerField", "member": "CharField"},
    "storage_challenge": {
        "day": "DateField", "member": "CharField", "key": "BinaryField", "digest": "BinaryField", "blob": "BinaryField",
    },
    "storage_answer": {"member": "CharField", "day": "DateField", "key": "BinaryField"},
    "storage_intakeday": {
        "day": "DateField", "salt": "BinaryField", "script": "IntegerField", "script_vouched": "IntegerField",
        "door": "IntegerField", "door_vouched": "IntegerField",
    },
    "storage_voucher": {"id": "BinaryField", "until": "DateField"},
}  # fmt: skip
CANARY = "Zarmina Canary 0799123456 گوهرشاد"


def test_the_tables_have_these_columns_and_no_other() -> None:
    found = {
        model._meta.db_table: {field.attname: field.get_internal_type() for field in model._meta.concrete_fields}
        for model in apps.get_models()
        if model.__module__ == relay.__name__
    }
    assert found == ALLOWED


@SQLITE
def test_the_database_has_no_other_columns_than_the_models(world: World) -> None:
    for table, columns in ALLOWED.items():
        info = world.rows("name", f"pragma_table_info('{table}')")
        assert {name for (name,) in info} == set(columns)


def spellings(text: str) -> list[bytes]:
    """A text as it might be found: in three encodings, each plain, in hex, and inside base64 at each of three places."""
    found = []
    for data in (text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")):
        found += [data, data.hex().encode(), data.hex().upper().encode()]
        found += [base64.b64encode(b" " * at + data)[4:-4] for at in range(3)]
    return found


def everything_under(home: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


@SQLITE
def test_no_word_code_or_key_of_anybody_is_in_any_file(world: World, capfd, caplog) -> None:
    person, envelope, word = world.ask(text=CANARY)
    assert word == "taken"
    desk = world.desks["anar"]
    desk.push(desk.reply(person, CANARY.encode()), desk.between(*world.members))
    person.read()
    desk.pull()
    desk.ack(1)
    other, _, _ = world.ask(text=CANARY)
    other.delete()
    kept = everything_under(world.team.fund.home)
    assert envelope[300:400] in kept, "the control: its ciphertext is found"
    told = kept + caplog.text.encode() + "".join(capfd.readouterr()).encode()
    secret = [person.lookup, person.token, other.lookup, other.token, str(person.identity).encode()]
    needles = [*secret, *(one.hex().encode() for one in secret), *(base64.b64encode(one)[:-4] for one in secret)]
    needles += [one for part in (CANARY, "0799123456", "گوهرشاد", "Zarmina Canary") for one in spellings(part)]
    assert min(map(len, needles)) >= 8
    assert [needle for needle in needles if needle in told] == []


@SQLITE
def test_nobody_can_join_what_was_sent_with_what_was_answered(world: World) -> None:
    person, _, _ = world.ask()
    desk = world.desks["anar"]
    desk.push(desk.reply(person, b"answer"), desk.reply(person, b"another"))
    rows = {bytes(lookup): bytes(deletion) for lookup, deletion in world.rows("lookup, deletion", "storage_envelope")}
    names = [name for row in rows.items() for name in row]
    assert len(rows) == 2
    assert len(set(names)) == 4, "a name of one stands in the other"


@SQLITE
def test_no_hour_is_kept(world: World) -> None:
    """Whole days only, in every table of the sealed side: two hours of one day leave the same rows."""
    for table, columns in ALLOWED.items():
        for column, kind in columns.items():
            for (value,) in world.rows(column, table):
                if kind == "DateField":
                    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))


def live_a_day(world: World, people: list[tuple[bytes, bytes]], text: str, monkeypatch) -> None:
    """The same shape of events with other content. What is drawn at random is drawn alike: it says nothing."""
    monkeypatch.setattr(depositing.secrets, "randbelow", lambda _: 7)
    standing = world.line.standing()
    for lookup, token in people:
        person = Person(world.line, lookup, token)
        envelope = person.seal(*world.members, text=text)
        world.line.say("relay/deposit", person.parcel(envelope, salt=standing.salt, bits=standing.bits))
        desk = world.desks["anar"]
        desk.push(desk.reply(person, text.encode()), desk.between(*world.members))
        person.read()
        desk.ack(1, 2, 3)
    Person(world.line, *people[0]).delete()
    wipe(world.fund)


def masked(path: Path, place: Path) -> bytes:
    """The whole database file with ciphertext, hashes and salts written over by zeros, laid out anew."""
    shutil.copy(path, place)
    with sqlite3.connect(place, isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        for table, columns in ALLOWED.items():
            for column, kind in columns.items():
                if kind == "BinaryField" and column != "id":
                    database.execute(f"UPDATE {table} SET {column} = zeroblob(length({column}))")
        database.execute("VACUUM")
    database.close()
    return place.read_bytes()[100:]  # the file's own header counts how often it was written


@SQLITE
def test_two_worlds_of_equal_shape_leave_equal_databases(world: World, tmp_path: Path, monkeypatch) -> None:
    """Other people, other words, and afterwards the same bytes. The control: one more envelope shows."""
    stop_writers()
    database = world.fund.folder / "fund.sqlite3"
    wipe(world.fund)
    start = database.read_bytes()
    seen = []
    for number, text in enumerate(("four of us, in Herat", "one, and she can't write", "four of us, in Herat")):
        if number:
            connections[world.fund.alias].close()
            queries._salts.clear()  # as a process that starts on these files
            database.write_bytes(start)
            for name in ("-wal", "-shm"):
                database.with_name(database.name + name).unlink(missing_ok=True)
        people = [(secrets.token_bytes(32), secrets.token_bytes(32)) for _ in range(3 + (number == 2))]
        live_a_day(world, people, text, monkeypatch)
        stop_writers()
        seen.append(masked(database, tmp_path / f"copy-{number}"))
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_stored_sizes_are_those_of_six_buckets(world: World) -> None:
    for bucket in (4096, 16384, 65536):
        world.ask(bucket=bucket)
    assert {size for (size,) in world.rows("length(blob)", "storage_envelope")} <= set(SIZES.values())
