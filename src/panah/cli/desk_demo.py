"""The demo's desk: one demo member's, with invented cases and offers, beside the demo fund.

Made once, in a folder that is moved into its place when it is whole; it runs in the process that serves the demo and
ends with it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from panah.core.casework_life import Status
from panah.desk.cases import actions
from panah.desk.offers import actions as offers
from panah.desk.process.supervisor import Supervisor, listen
from panah.desk.vault.desk import Desk, open_desk
from panah.desk.vault.founding import found_desk
from panah.desk.vault.home import Home
from panah.seal import recovery
from panah.seal.memberkey import unlock
from panah.verify.audit import Audit
from panah.verify.kept import Kept
from panah.verify.sources import open_source

MEMBER: Final = "anar"
_CASES: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    (
        "Teacher with two children",
        {"lang": "fa", "text": "معلم هستم و با دو فرزندم باید خانه را عوض کنیم. سه هفته جا لازم داریم.",
         "needs": ["shelter", "food"], "household": [{"who": "mother", "age": 38}, {"who": "son", "age": 9},
         {"who": "daughter", "age": 6}], "safe": "written messages, in the evening"},
        "verified",
    ),
    (
        "Student, invitation letter",
        {"lang": "en", "text": "I have a place at a university and need an invitation letter for the visa office.",
         "needs": ["invitation-letter", "documents"], "household": [{"who": "student", "age": 24}]},
        "asked",
    ),
    (
        "Journalist, insulin",
        {"lang": "prs", "text": "برادرم به انسولین ضرورت دارد و دواخانه‌ها بسته اند.", "needs": ["medicine"],
         "household": [{"who": "journalist", "age": 41}, {"who": "brother", "age": 29}]},
        "supported",
    ),
)  # fmt: skip
_OFFERS: Final = (
    ("invitation-letter", "Our institute can invite two researchers for a year.", 2),
    ("host-home", "A room with its own door, for one family, until summer.", 4),
)


@contextlib.contextmanager
def demo_desk(home: Path, slug: str, address: str, say: Any) -> Iterator[None]:
    """Serve the demo's desk meanwhile; `say` is called with its start link."""
    folder = _made(home, slug)
    if folder is None:
        yield  # the demo was made by somebody else, or its keys were moved: the site runs on
        return
    desk = Home(folder)
    desk.write("fund.json", json.dumps(asdict(replace(desk.fund(), site=address)), indent=1).encode())
    with contextlib.closing(listen(0)) as door:
        supervisor = Supervisor(door, folder, idle=30, lang="en")
        thread = threading.Thread(target=supervisor.run, args=(lambda: say(supervisor.start_link),), name="desk")
        thread.daemon = True
        thread.start()
        try:
            yield
        finally:
            supervisor.stop()
            thread.join(15)


def _made(home: Path, slug: str) -> Path | None:
    folder, keys = home / "demo" / "desk", home / "demo"
    if folder.exists():
        return folder
    if not (keys / f"{MEMBER}.key").exists() or not (keys / f"{MEMBER}.passphrase").exists():
        return None
    scratch = keys / ".new-desk"
    shutil.rmtree(scratch, ignore_errors=True)
    now = dt.datetime.now(dt.UTC)
    source = open_source(str(home / "public" / slug))
    fingerprint = Audit(source, Kept(), exports=False).run(today=now.date()).facts["fingerprint"]
    passphrase = (keys / f"{MEMBER}.passphrase").read_text("utf-8").strip()
    key_file = (keys / f"{MEMBER}.key").read_bytes()
    plan, _ = recovery.make(2, 3)  # nobody keeps the shares of an invented team
    found_desk(Home(scratch), source, fingerprint, key_file, unlock(key_file, passphrase), plan, now.date())
    desk = open_desk(scratch, passphrase, now)
    _invent(desk, now)
    desk.keep_snapshot()
    desk.close()
    scratch.rename(folder)
    return folder


def _invent(desk: Desk, now: dt.datetime) -> None:
    day = now.date().isoformat()
    for number, (label, said, status) in enumerate(_CASES):
        case = actions.open_by_hand(desk, said | {"day": day}, now, members=("benafsha",), label=label)
        for step in ("verified", "supported")[: {"asked": 0, "verified": 1, "supported": 2}[status]]:
            actions.set_status(desk, case, Status(step), now)
        due = (now.date() + dt.timedelta(days=2 + 5 * number)).isoformat()
        actions.put(desk, case, "task", now, text="Ask how they are", due=due, who=MEMBER)
    for kind, text, capacity in _OFFERS:
        offers.add_offer(desk, kind, {"lang": "en", "text": text, "capacity": capacity, "day": day}, now)
