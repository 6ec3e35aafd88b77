"""What members and operators do in the simulation: statements, the log, backups and coming back from one."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.db import connections

from panah.errors import RefusedError
from panah.site.funds.adoption import adopt, rebuild_log
from panah.site.gifts.booking import parts_of
from panah.site.gifts.replaying import await_replay
from panah.storage.batch import GIFT_COLUMNS, read_gift
from panah.storage.lease import LeaseLostError
from panah.storage.sequencer import sequence
from panah.verify.sources import open_source
from tests.simulation.machine import START, Crash
from tests.simulation.world import World


class Team(World):
    """A world with members who sign, and operators who keep the machine."""

    backup: bytes = b""
    backup_at = START
    restored = 0

    # -- the log

    def step_sequence(self) -> None:
        """Extend the log; between its steps the other process may act, and be the one that goes on."""
        here = self.machine.active

        def between(name: str) -> None:
            self.machine.tick()
            if self.chance.random() >= 0.12:
                return
            self.machine.switch("b" if here == "a" else "a")
            self.note("meanwhile", name, self.machine.active)
            try:
                self.chance.choice([self.step_give_fake, self.step_deliver, self.finish_log])()
            except Crash:
                self.machine.die()
            finally:
                self.machine.switch(here)

        try:
            self.note("log", sequence(self.fund, steps=between))
        except LeaseLostError:
            self.note("log lost the lease")

    def finish_log(self) -> None:
        self.note("log", sequence(self.fund))

    def step_other_process(self) -> None:
        self.machine.switch("b" if self.machine.active == "a" else "a")

    # -- statements

    def step_statement(self) -> None:
        chosen = self.chance.choice([
            self._return_gift, self._return_gift, self._hand_on, self._hand_on, self._pause, self._freeze,
            self._fee, self._wind,
        ])  # fmt: skip
        chosen()

    def _gifts(self, where: str) -> list[tuple[int, object]]:
        found = self.rows(
            f"SELECT e.leaf, {', '.join('g.' + name.strip() for name in GIFT_COLUMNS.split(','))}"
            " FROM storage_gift g JOIN storage_entry e ON e.gift_ref = g.id AND e.kind = 'gift'"
            f" WHERE e.leaf IS NOT NULL AND {where} ORDER BY e.leaf"
        )
        return [(row[0], read_gift(row[1:])) for row in found]

    def _return_gift(self) -> None:
        gone = self.going_back()
        gifts = [one for one in self._gifts("g.remains > 0 AND NOT g.twin") if one[1].id not in gone]
        if not gifts:
            return
        place, row = self.chance.choice(gifts)
        amount = self.chance.choice([row.remains, max(1, row.remains // 2)])
        self.returned.add(row.id)
        self.say("gift-return", gift=place, amount=amount, counted=parts_of(row, amount)[1])

    def _hand_on(self) -> None:
        gone = self.going_back()
        gifts = [one for one in self._gifts("g.booked > g.counted") if one[1].id not in gone]
        if gifts:
            place, row = self.chance.choice(gifts)
            self.returned.add(row.id)
            to = self.chance.choice(["pass-on", "reserve"])
            sibling = {"sibling": "Paper Boat"} if to == "pass-on" else {}
            self.say("overflow", gift=place, amount=row.booked - row.counted, to=to, **sibling)

    def _pause(self) -> None:
        rail = self.chance.choice([{}, {"rail": "fake"}, {"rail": "card"}])
        if self.say("pause", what="gifts", **rail) and self.chance.random() < 0.9:
            self.pass_time(60)
            self.say("resume", what="gifts", **rail)

    def _freeze(self) -> None:
        rail = self.chance.choice(["card", "bank"])
        amount = self.chance.choice([500, 5000])
        if self.say("freeze", rail=rail, cur="EUR", amount=amount):
            self.say("thaw", rail=rail, cur="EUR", amount=amount, to="release")
            self.say("resume", what="gifts", rail=rail)

    def _fee(self) -> None:
        self.say("fee", rail="bank", cur="EUR", amount=self.chance.randrange(1, 300))

    def _wind(self) -> None:
        if self.chance.random() < 0.15:
            self.say("life", to="winding")
        elif self.chance.random() < 0.3:
            self.say("close")

    # -- backups

    def step_backup(self) -> None:
        connection = connections[self.fund.alias]
        connection.ensure_connection()
        self.backup, self.backup_at = connection.connection.serialize(), self.now

    def step_restore(self) -> None:
        """The disk burns. What is left is last night's backup, the log's key, and what mirrors copied."""
        if not self.backup:
            return
        mirror = self.fund.home / f"mirror{len(self.log)}"
        shutil.copytree(self.fund.public, mirror)
        self.burn()
        for name in ("a", "b"):
            self.machine.switch(name)
            self.machine.die()
        self.machine.switch("a")
        self.restored += 1
        self.come_back(mirror)

    def burn(self) -> None:
        """Lose the disk, and lay the backup out."""
        connections[self.fund.alias].close()
        shutil.rmtree(self.fund.public)
        database = self.fund.folder / "fund.sqlite3"
        for path in self.fund.folder.glob("fund.sqlite3*"):
            path.unlink()
        database.write_bytes(self.backup)

    def come_back(self, mirror: Path) -> None:
        """Restore as `panah site restore` does, and again from the start when that was cut off."""
        while True:
            try:
                rebuild_log(self.fund)
                await_replay(self.fund, self.backup_at)
                self.note("adopted", adopt(self.fund, open_source(str(mirror)), self.now))
                break
            except Crash:
                self.note("restore was cut off")
                self.machine.die()
                self.burn()
        # Members tell everything once more, and so does the demo's provider. Stripe does not, it is asked one day:
        # only what its lists lack is sent again by hand, and some of the rest was never got rid of.
        self.queue = [one for one in self.history if one[0] != "card" or self._comes_again(one[1])]
        if self.lines:
            self.send_list(self.lines)

    def _comes_again(self, event: dict[str, object]) -> bool:
        return "dispute" in str(event["type"]) or self.chance.random() < 0.3

    def finish(self) -> None:
        """Let everything come to its end, with nothing in the way."""
        self.stripe.troubles.clear()
        self.machine.fuse = 0
        for _ in range(10):
            self.pass_time(90_000)
            self.call_providers()
            waiting, self.queue = self.queue, []
            self.queue = [one for one in waiting if not self.deliver(*one)]
            self.hear_stripe()
        if self.lines:
            self.send_list(self.lines)
        try:
            sequence(self.fund)
        except RefusedError as error:
            raise AssertionError("a quiet fund can't extend its log") from error
