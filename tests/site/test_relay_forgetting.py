"""What was taken in goes when its time is over, from the disk too; and never by one hand."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest
from django.db import connections

from panah.core.intake import KEEP_DAYS, KEEP_SPREAD
from panah.proof import deskwire
from panah.site.relay.actions import LEAP, leap
from panah.site.relay.forgetting import Forgetter, forget, wipe
from panah.site.relay.queries import waiting
from panah.storage.writer import writer_for
from tests.relaylab import Push
from tests.site.relays import World


def test_an_ask_goes_when_every_live_desk_has_it_and_not_before(world: World) -> None:
    world.answer("cyrus")
    world.ask()
    for name in ("anar", "benafsha", "dilshad"):
        assert world.desks[name].ack(1) == "done"
        assert world.rows() == [(1,)], "cyrus is live and has not taken it"
    world.desks["cyrus"].ack(1)
    assert (world.rows(), world.rows("seq", "storage_acknowledgement")) == ([], [])
    assert world.desks["anar"].ack(1) == "done"


def test_no_one_member_erases_intake(world: World) -> None:
    """Whatever one says, however often, about anything: all that was sent still lies there (C4)."""
    for _ in range(5):
        world.ask()
    evil = world.desks["anar"]
    others = world.person()
    evil.answer()
    for _ in range(3):
        evil.ack(*range(1, 20))
    evil.push(evil.reply(others, b"noise"), evil.between(evil.member))
    evil.word("relay/vouch", deskwire.write_vouch(world.now.date(), [b"v" * 32]))
    world.pass_days(8)  # nobody is live any more
    evil.answer()
    evil.ack(*range(1, 20))
    forget(world.fund, world.now.date())
    assert [row.mark for row in world.desks["benafsha"].pull()] == ["s"] * 5 + ["d"]


def test_a_desk_that_was_away_still_finds_what_others_wrote(world: World) -> None:
    anar = world.desks["anar"]
    anar.push(anar.between(*world.members))
    for name in ("anar", "benafsha", "cyrus"):
        world.desks[name].ack(1)
    world.pass_days(60)
    forget(world.fund, world.now.date())
    assert len(world.desks["dilshad"].pull()) == 1
    world.desks["dilshad"].ack(1)
    assert world.rows() == []


def test_a_reply_stays_for_its_reader_whoever_acknowledges_it(world: World) -> None:
    person, desk = world.person(), world.desks["anar"]
    desk.push(desk.reply(person, b"for you"))
    for one in world.desks.values():
        one.ack(1)
    forget(world.fund, world.now.date())
    assert person.letters() == [b"for you"]


def test_who_left_is_not_waited_for(world: World) -> None:
    world.answer("dilshad")
    world.ask()
    world.desks["anar"].ack(1)
    world.desks["benafsha"].ack(1)
    assert world.rows()
    team = world.team
    rest = [key.public for name, key in team.members.items() if name != "dilshad"]
    team.say("roster", roster={"members": rest, "until": (team.now.date() + dt.timedelta(days=30)).isoformat()})
    forget(world.fund, world.now.date())
    assert world.rows() == []
    assert ("dilshad",) not in world.rows("member", "storage_answer")


def test_what_nobody_takes_goes_on_a_drawn_day(world: World) -> None:
    for _ in range(40):
        world.ask()
    days = [(row.expires - row.day).days for row in world.desks["anar"].pull()]
    assert min(days) >= KEEP_DAYS
    assert max(days) < KEEP_DAYS + KEEP_SPREAD
    assert len(set(days)) > 8, "the last day would tell the first"
    world.pass_days(KEEP_DAYS)
    forget(world.fund, world.now.date())
    assert len(world.rows()) == 40
    world.pass_days(KEEP_SPREAD)
    assert forget(world.fund, world.now.date()) == 40
    assert world.rows() == []


def test_old_counts_challenges_and_vouchers_go(world: World) -> None:
    world.ask()
    world.desks["anar"].word("relay/vouch", deskwire.write_vouch(world.now.date(), [b"v" * 32]))
    tables = ("storage_intakeday", "storage_challenge", "storage_voucher")
    assert all(world.rows("1", table) for table in tables)
    world.pass_days(2)
    forget(world.fund, world.now.date())
    assert [world.rows("1", table) for table in tables] == [[], [], []]


def test_the_host_is_told_roughly_how_much_waits(world: World) -> None:
    told = [waiting(world.fund)]
    world.ask()
    assert [*told, waiting(world.fund)] == ["none", "under 100"]


# -- the disk

PIECE = 40


def bytes_on_disk(world: World) -> bytes:
    """Everything that lies in the fund's folder and in the published one."""
    places = [path for place in (world.fund.folder, world.fund.public) for path in sorted(place.rglob("*"))]
    return b"\n".join(path.read_bytes() for path in places if path.is_file())


def pieces_of(envelopes: list[bytes]) -> list[bytes]:
    """Parts of ciphertext from all over each envelope; SQLite cuts rows into pages."""
    return [one[at : at + PIECE] for one in envelopes for at in range(300, len(one) - 3000, 1500)]


@pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)
def test_what_was_deleted_is_in_no_file_any_more(world: World) -> None:
    """C13. The control: before deleting, each piece is found."""
    owner, first, _ = world.ask()
    _, second, _ = world.ask(bucket=64 * 1024)
    stays = world.ask()[1]
    reply = world.desks["anar"].reply(owner, b"answer")
    world.desks["anar"].push(reply)
    gone = pieces_of([first, second, reply.envelope])
    before = bytes_on_disk(world)
    assert all(piece in before for piece in gone)
    owner.delete()
    for name in ("anar", "benafsha"):
        world.desks[name].ack(2)
    assert any(piece in bytes_on_disk(world) for piece in gone), "the journal still has it"
    assert wipe(world.fund)
    after = bytes_on_disk(world)
    assert not [piece for piece in gone if piece in after]
    assert all(piece in after for piece in pieces_of([stays]))


@pytest.mark.parametrize("closed_world", ["sqlite"], indirect=True)
def test_the_running_site_wipes_by_itself(world: World) -> None:
    owner, envelope, _ = world.ask()
    owner.delete()
    assert wal_of(world).read_bytes()
    forgetter = Forgetter(world.fund, world.now.date)
    forgetter.stop()
    left = bytes_on_disk(world)
    assert not [piece for piece in pieces_of([envelope]) if piece in left]


def wal_of(world: World) -> Path:
    return world.fund.folder / "fund.sqlite3-wal"


@pytest.mark.parametrize("closed_world", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_postgresql_vacuums_what_went(world: World) -> None:
    owner, _, _ = world.ask()
    owner.delete()
    assert wipe(world.fund)
    with connections[world.fund.alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM storage_envelope")
        assert cursor.fetchone() == (0,)


def test_numbers_are_never_given_twice(world: World) -> None:
    """A desk that asks for what comes after the last it saw must not miss what came after a deletion."""
    desk = world.desks["anar"]
    seen = []
    for _ in range(3):
        owner, _, _ = world.ask()
        seen += [row.seq for row in desk.pull(max(seen, default=0))]
        owner.delete()
    assert all(earlier < later for earlier, later in itertools.pairwise(seen))
    assert len(seen) == 3


def test_a_restored_fund_gives_numbers_that_no_desk_has_seen(closed_world: World) -> None:
    desk = closed_world.desks["anar"]
    for _ in range(2):
        writer_for(closed_world.fund).submit(leap)
        [number] = desk.push(desk.between(*closed_world.members))
        assert len(desk.pull(number - LEAP)) == 1
    assert number > 2 * LEAP


def test_pushes_go_back_to_the_same_rows(world: World) -> None:
    desk = world.desks["anar"]
    one = desk.between(*world.members)
    other = Push(one.lookup, one.deletion, desk.between(*world.members).envelope)
    assert len(set(desk.push(one, other, one))) == 2
