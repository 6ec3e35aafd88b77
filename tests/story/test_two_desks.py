"""A plea, two desks, an answer, and a member who is shut out: against a real site process, over HTTP, with real keys."""

from __future__ import annotations

import base64
import datetime as dt
import urllib.request
from pathlib import Path

import pyrage
import pytest

from panah.desk.cases import actions, people, queries
from panah.desk.vault.desk import Desk, replay
from panah.desk.vault.following import Known
from panah.desk.vault.home import Fund, Home
from panah.desk.vault.keyring import Keyring
from panah.desk.vault.store import Store
from panah.desk.vault.sync import sync
from panah.desk.vault.transport import HttpTransport
from panah.errors import InputError, RefusedError
from panah.proof import mailboxwire, relaywire
from panah.proof.relaywire import NOTHING, Deposit
from panah.seal import mailbox
from panah.seal.envelope import close
from panah.seal.letter import Letter
from panah.seal.receipt import new_code
from panah.seal.unseal import open_envelope, read_identities
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source
from tests.fund_world import Team
from tests.sitelab import running_site
from tests.story.test_running_site import ORIGIN, make_fund

TEXT = "در خانه را دو بار زدند. ما چهار نفریم."


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def fingerprint(address: str) -> str:
    return str(Audit(open_source(address), Kept(), exports=False).run(today=now().date()).facts["fingerprint"])


def desk_of(folder: Path, team: Team, name: str, address: str, leaf0: str, recovery: str) -> Desk:
    """A desk that knows nothing yet but where the fund is; its passphrase is left out, which takes a second on purpose."""
    home = Home(folder / name)
    home.found(Fund(ORIGIN, leaf0, address, recovery), b"-")
    desk = Desk(home, Keyring(team.members[name]), Known(), Store(home.stream))
    replay(desk, warm=True)
    return desk


def post(address: str, path: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/octet-stream"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/{path}", body, headers), timeout=60) as answer:
        return bytes(answer.read())


def send_ask(address: str, desk: Desk, box: mailbox.Mailbox) -> str:
    """Seal as the browser does, with the work that the relay asks for."""
    body = {
        "lang": "prs", "who": "self", "text": TEXT, "household": [{"who": "daughter", "age": 9}],
        "mailbox": {"recipient": box.recipient, "deletion": base64.b64encode(box.deletion_hash).decode()},
    }  # fmt: skip
    letter = Letter(ORIGIN, "ask", desk.roster.version, body, box.address)
    sealed = close(letter, desk.roster.intake(now().date()))
    standing = relaywire.read_standing(HttpTransport(address).get("relay/standing"))
    work = relaywire.find_work(standing.salt, sealed, relaywire.bits_for(standing.bits, len(sealed)))
    names = relaywire.sent_of(box.lookup), relaywire.sent_of(box.deletion)
    deposit = relaywire.write_deposit(Deposit(*names, NOTHING, work, sealed))
    return relaywire.read_answer(post(address, "relay/deposit", deposit))


def read_box(address: str, desk: Desk, box: mailbox.Mailbox) -> list[Letter]:
    slots = mailboxwire.read_box(post(address, "mailbox/read", mailboxwire.write_read(box.lookup))).slots
    found = []
    for slot in slots:
        try:
            keys, mine = desk.rosters.key, read_identities([box.identity])
            found.append(open_envelope(slot, mine, origin=ORIGIN, keys=keys, mailbox=box.address))
        except InputError:
            continue  # a dummy
    return found


def test_two_desks_answer_a_plea_and_who_is_removed_opens_nothing_new(tmp_path: Path) -> None:
    team = make_fund(tmp_path / "home")
    recovery = str(pyrage.x25519.Identity.generate().to_public())
    with running_site(team.fund.home) as site:
        line, leaf0 = HttpTransport(site.address), fingerprint(site.address)
        anar, benafsha = (desk_of(tmp_path, team, name, site.address, leaf0, recovery) for name in ("anar", "benafsha"))
        box = mailbox.derive(new_code(), bytes.fromhex(leaf0))
        assert sync(anar, line, now()).until is None  # one member who answers does not open intake
        assert send_ask(site.address, anar, box) == "closed"
        assert sync(benafsha, line, now()).answered
        assert send_ask(site.address, anar, box) == "taken"
        for desk in (anar, benafsha):
            sync(desk, line, now())
            assert [one.body["text"] for one in queries.inbox(desk)] == [TEXT]
        [letter] = queries.inbox(anar)
        case = actions.open_case(anar, letter.source, now(), members=["benafsha"])
        sync(anar, line, now())
        sync(benafsha, line, now())
        assert benafsha.case(case).household
        address = base64.b64encode(box.address).decode()
        actions.send_reply(benafsha, case, address, "پیام شما رسید. چه ساعتی می‌توانید حرف بزنید؟", now())
        sync(benafsha, line, now())
        told = {one.kind: one for one in read_box(site.address, anar, box)}
        assert set(told) == {"collected", "reply"}
        assert told["reply"].body["text"].startswith("پیام شما رسید")
        sync(anar, line, now())
        people.remove(anar, case, "benafsha", now())
        actions.note(anar, case, "only for who is left", now())
        sync(anar, line, now())
        before = len(benafsha.state.opened)
        sync(benafsha, line, now())
        opened = [one for one in benafsha.state.opened.values() if one.circle == case]
        assert [one.body["what"]["type"] for one in opened][-1] == "remove"
        assert len(benafsha.state.opened) == before + 1
        assert benafsha.case(case).notes == []
        with pytest.raises(RefusedError):
            actions.note(benafsha, case, "still here?", now())
        anar.close()
        benafsha.close()
