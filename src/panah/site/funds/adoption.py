"""Taking in what the world knows of a log and this machine forgot: leaves signed after a backup was made.

A restored site that went on from its backup would sign a second history. So it reads the longest log that
mirrors hold, refuses one that does not continue its own, and carries out every missing leaf in order:
by the same functions as the first time, each compared byte for byte with the leaf it must become.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core.fund import State
from panah.errors import N_, FatalError, PanahError, RefusedError
from panah.proof import canonical, leaf
from panah.proof.checkpoint import Checkpoint, open_checkpoint
from panah.proof.note import VerifyKey, decode_base64
from panah.proof.tiles import MAX_BUNDLE, WIDTH, TileWriter, entries_path, parse_bundle
from panah.rails.registry import HAND
from panah.site.funds import rules
from panah.site.funds.authority import signers_of
from panah.site.funds.effects import EFFECTS
from panah.site.funds.record import remember, remember_listed
from panah.site.funds.recovery import note_living_team
from panah.site.funds.rules import apply_due
from panah.site.funds.setting import Setting
from panah.site.funds.texts import Attached, check_attached
from panah.site.gifts.booking import Arrival, book, parts_of, reach_goal, take_out
from panah.site.gifts.relisting import await_line
from panah.site.gifts.retelling import await_fact
from panah.site.gifts.returning import take_as_sent
from panah.storage.batch import GIFT_COLUMNS, Batch, left_of, read_gift
from panah.storage.durable import write_file, write_files
from panah.storage.rows import GiftRow, new_gift_id
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.verify.sources import Source

_OTHER: Final = N_(
    "The log at %(place)s does not continue this one: they part at leaf %(leaf)s. One of the two is a second history."
)
_UNSIGNED: Final = N_("The log at %(place)s is not what its checkpoint says.")
_STUCK: Final = N_("Leaf %(index)s can't be carried out again on this backup.")
_HINT: Final = N_("Keep both, sign nothing, and find out whose it is: panah verify shows where they part.")


def rebuild_log(fund: FundHome) -> int:
    """Write the log's files from the database; give its size. Raises `FatalError` when they don't match its head."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size, note FROM storage_loghead WHERE id = 1")
        size, note = cursor.fetchone()
        cursor.execute("SELECT body FROM storage_entry WHERE leaf < %s ORDER BY leaf", [size])
        leaves = [bytes(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT vkey FROM storage_fund WHERE id = 1")
        key = VerifyKey.parse(cursor.fetchone()[0])
    _write_log(fund, leaves, bytes(note), key)
    return int(size)


def _write_log(fund: FundHome, leaves: list[bytes], note: bytes, key: VerifyKey) -> None:
    head = open_checkpoint(note, [key])
    writer = TileWriter()
    files = list(writer.append(leaves))
    files += writer.partials()
    if (writer.size, writer.root()) != (head.size, head.root):
        raise FatalError(N_("The database's leaves do not add up to its signed head."))
    write_files((fund.log / path, data) for path, data in files)
    write_file(fund.log / "checkpoint", note)


def adopt(fund: FundHome, source: Source, now: dt.datetime) -> int:
    """Continue this fund's log with what `source` has more; give how many leaves were taken in.

    Raises `FatalError` when the two logs part, and `ProofError` for one that is not signed by this log's key.
    """
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size FROM storage_loghead WHERE id = 1")
        size = int(cursor.fetchone()[0])
        cursor.execute("SELECT vkey, origin FROM storage_fund WHERE id = 1")
        vkey, origin = cursor.fetchone()
        cursor.execute("SELECT body FROM storage_entry WHERE leaf < %s ORDER BY leaf", [size])
        own = [bytes(row[0]) for row in cursor.fetchall()]
    note = source.read("log/checkpoint", 64 * 1024)
    theirs = _read_leaves(source, Checkpoint.parse(note.decode().split("\n\n")[0] + "\n").size)
    keys = [vkey, *(body["vkey"] for body in map(leaf.parse, theirs[size:]) if leaf.kind(body) == "key")]
    head = open_checkpoint(note, [VerifyKey.parse(one) for one in keys])
    shared = min(size, head.size)
    writer = TileWriter()
    list(writer.append(theirs))
    if head.origin != origin or writer.root() != head.root:
        raise FatalError(_UNSIGNED, hint=_HINT, place=source.name)
    if own[:shared] != theirs[:shared]:
        parted = next(index for index in range(shared) if own[index] != theirs[index])
        raise FatalError(_OTHER, hint=_HINT, place=source.name, leaf=parted)
    for index in range(size, head.size):
        try:
            _take_leaf(fund, source, index, theirs[index], now)
        except (_PartedError, RefusedError) as error:
            raise FatalError(_STUCK, hint=_HINT, index=index) from error
    if head.size > size:
        writer_for(fund).submit(partial(_set_head, size=head.size, note=note))
        rebuild_log(fund)
    _take_down_missing(fund, source, head.size)
    return max(0, head.size - size)


def _take_down_missing(fund: FundHome, source: Source, size: int) -> None:
    """Withdraw every text and picture that a copy, which knows its leaf, does not show any more.

    A takedown has no leaf. One member may have withdrawn what endangers somebody after the backup was made:
    what is not shown elsewhere is not shown here either, until two restore it.
    """
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT body FROM storage_entry WHERE kind = 'update' AND leaf < %s", [size])
        known = {leaf.parse(bytes(row[0]))["id"] for row in cursor.fetchall()}
        cursor.execute("SELECT id FROM storage_update WHERE NOT withdrawn")
        texts = [row[0] for row in cursor.fetchall() if row[0] in known]
        cursor.execute('SELECT sha256, "update" FROM storage_updateimage WHERE NOT withdrawn')
        pictures = [row[0] for row in cursor.fetchall() if row[1] in known]
    gone = [("storage_update", "id", name) for name in texts if not _shows(source, f"updates/{name}.json")]
    gone += [("storage_updateimage", "sha256", name) for name in pictures if not _shows(source, f"images/{name}.jpg")]

    def take_down(batch: Batch) -> None:
        for table, column, name in gone:
            batch.execute(f"UPDATE {table} SET withdrawn = %s WHERE {column} = %s", [True, name])
        batch.counter.face += 1

    if gone:
        writer_for(fund).submit(take_down)


def _shows(source: Source, path: str) -> bool:
    try:
        source.read(path)
    except FileNotFoundError:
        return False
    return True


def _read_leaves(source: Source, size: int) -> list[bytes]:
    leaves: list[bytes] = []
    for begin in range(0, size, WIDTH):
        width = min(WIDTH, size - begin)
        try:
            data = source.read("log/" + entries_path(begin // WIDTH, width), MAX_BUNDLE)
            leaves += parse_bundle(data, width)
        except FileNotFoundError:
            leaves += parse_bundle(source.read("log/" + entries_path(begin // WIDTH), MAX_BUNDLE), WIDTH)[:width]
    return leaves


def _set_head(batch: Batch, size: int, note: bytes) -> None:
    batch.counter.next_leaf = size
    batch.counter.face += 1
    batch.execute("UPDATE storage_loghead SET size = %s, note = %s WHERE id = 1", [size, note])


def _take_leaf(fund: FundHome, source: Source, index: int, data: bytes, now: dt.datetime) -> None:
    body = leaf.parse(data)
    attached = _fetch_text(source, body) if leaf.kind(body) == "update" else Attached()
    setting = Setting(fund, dt.date.fromisoformat(body["day"]), attached)
    writer_for(fund).submit(partial(_carry_leaf, index=index, data=data, body=body, setting=setting, today=now.date()))


def _fetch_text(source: Source, body: dict[str, Any]) -> Attached:
    """Fetch an update's file and pictures; one that was withdrawn since is simply not there any more."""
    try:
        file = source.read(f"updates/{body['id']}.json", 1024 * 1024)
        images = canonical.decode(file, limit=1024 * 1024)["images"]
        attached = Attached(file, tuple(source.read(f"images/{image['sha256']}.jpg") for image in images))
        check_attached(body, attached)
    except (PanahError, FileNotFoundError):
        return Attached()
    return attached


class _PartedError(Exception):
    """Rolls the transaction back; a `PanahError` would only refuse the job and keep what it did so far."""


def _carry_leaf(batch: Batch, index: int, data: bytes, body: dict[str, Any], setting: Setting, today: dt.date) -> None:
    """Do once more what led to this leaf, or find the waiting entry that was meant to become it (job)."""
    number = _find_waiting(batch, index, data)
    if number is None:
        number = batch.counter.next_entry
        batch.follows_log = True
        try:
            apply_due(batch, setting.today, seen=setting.today)
            _repeat(batch, body, setting, today, data)
        finally:
            batch.follows_log = False
        made = batch.query("SELECT body FROM storage_entry WHERE id = %s", [number])
        if not made or bytes(made[0][0]) != data:
            raise _PartedError
    batch.execute("UPDATE storage_entry SET leaf = %s, body = %s WHERE id = %s", [index, data, number])


def _find_waiting(batch: Batch, index: int, data: bytes) -> int | None:
    rows = batch.query("SELECT id, body, gift_ref, leaf FROM storage_entry WHERE leaf IS NULL OR leaf = %s", [index])
    found = None
    for number, stored, gift, place in rows:
        own = bytes(stored)
        body = canonical.decode(own)
        if body.get("gift") == 0:
            leaves = batch.query("SELECT leaf FROM storage_entry WHERE gift_ref = %s AND kind = 'gift'", [gift])
            own = canonical.encode(body | {"gift": leaves[0][0]}) if leaves and leaves[0][0] is not None else b""
        if place is not None and own != data:
            raise _PartedError  # this machine had given the place to something else
        if own == data and found is None:
            found = int(number)
    return found


def _repeat(batch: Batch, body: dict[str, Any], setting: Setting, today: dt.date, data: bytes) -> None:
    kind = leaf.kind(body)
    if kind == "gift":
        _await_word(batch, data, body, _repeat_gift(batch, body, today))
        if body["rail"] in HAND and "list" in body:
            remember_listed(batch, body, today)
    elif kind in {"gift-void", "count"}:
        _await_word(batch, data, body, _repeat_change(batch, kind, body))
    else:
        signers = signers_of(body, batch.rules.roster, setting.today)
        if kind == "update" and not setting.attached.file:
            batch.add_entry(body)  # withdrawn since: the leaf stays, the text is gone
        elif kind == "key":
            rules.take_key(batch, body)  # its seed may be put back later, with the other keys
        else:
            EFFECTS[kind](batch, body, setting)
        if kind == "gift-return":
            take_as_sent(batch)
        note_living_team(batch, kind)
        remember(batch, body, body, signers, setting.today)


def _await_word(batch: Batch, data: bytes, body: dict[str, Any], gift: str) -> None:
    await_line(batch, data, body, gift)
    await_fact(batch, data, body, gift)


def _repeat_gift(batch: Batch, body: dict[str, Any], today: dt.date) -> str:
    rc = decode_base64(body["rc"])
    found = batch.query(f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE rc = %s ORDER BY twin, id", [rc])
    row = next((one for one in map(read_gift, found) if one.status in {"promised", "refused", "claimed"}), None)
    if row is None:  # promised after the backup; its bank reference is lost, the giver's code still finds it
        row = GiftRow(
            new_gift_id(today), body["rail"], body["cur"], body["amount"], False, rc, None, today, twin=bool(found)
        )
        batch.add_gift(row)
    batch.counter.claimed -= row.claimed
    row.claimed, row.rate, row.source = 0, body.get("rate", ""), body.get("source", "")
    day = dt.date.fromisoformat(body["day"])
    book(batch, row, Arrival(body["amount"], body["counted"], day, body.get("list", "")), today)
    return row.id


def _repeat_change(batch: Batch, kind: str, body: dict[str, Any]) -> str:
    gift = batch.query("SELECT gift_ref FROM storage_entry WHERE leaf = %s AND kind = 'gift'", [body["gift"]])
    row = batch.gift(gift[0][0]) if gift else None
    if row is None:
        raise _PartedError
    before = left_of(row)
    if kind == "count":
        row.counted += body["counted"]
        batch.counter.counted += body["counted"]
        batch.counter.held -= body["counted"]
        batch.change_gift(row)
    elif body["counted"] != parts_of(row, body["amount"])[1]:
        raise _PartedError
    else:
        take_out(batch, row, body["amount"])
    batch.add_entry(body, before=before)
    if batch.counter.state == State.OPEN:
        reach_goal(batch)
    return row.id
