"""Pulled switches as a published file, so that a restored fund does not lift what one member has stopped.

A pause has no leaf. `switches.json` holds the signed statements behind the switches that are pulled now, as members
signed them; a copy of the pages carries it. A restored fund carries out each that it does not know, after checking its
signature. A copy can only leave one out, not make one up; and resuming takes two members, so nothing is lifted here.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from panah.core.statement import check_signers
from panah.errors import N_, PanahError, ProofError, RefusedError
from panah.proof import canonical, leaf
from panah.proof.signature import roster_keys, verified_signers
from panah.site.funds.freezing import switch
from panah.site.funds.record import identity_of, remember
from panah.site.funds.setting import Setting
from panah.site.funds.texts import Attached
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome
    from panah.verify.sources import Source

FILE: Final = "switches.json"
_LIMIT: Final = 256 * 1024


def pulled(cursor: Any, *, gifts: bool, intake: bool, rails: frozenset[str]) -> bytes:
    """Give the file of what is pulled now: for each switch the newest day's pauses, in canonical JSON."""
    cursor.execute("SELECT body FROM storage_statement WHERE kind = 'pause' ORDER BY day, id")
    newest: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (text,) in cursor.fetchall():
        body: dict[str, Any] = canonical.decode(text.encode())
        rail = str(body.get("rail", ""))
        if (rail in rails) if rail else (gifts if body["what"] == "gifts" else intake):
            same = newest.setdefault((body["what"], rail), [])
            same[:] = [one for one in same if one["day"] == body["day"]] + [body]
    said = [body for switch_of in sorted(newest) for body in newest[switch_of]]
    return canonical.encode({"paused": said})


def adopt_switches(fund: FundHome, source: Source, today: dt.date) -> int | None:
    """Pull every switch that a copy shows as pulled and nobody here knows of; None for a copy without the file.

    What no member of the roster signed is passed by. Raises `ProofError` for a file that can't be read.
    """
    try:
        data = source.read(FILE, _LIMIT)
    except FileNotFoundError:
        return None
    try:
        said = canonical.decode(data, limit=_LIMIT)["paused"]
        bodies = [leaf.check(body, statement=True) for body in said]
    except (PanahError, KeyError, TypeError) as error:
        raise ProofError(N_("The file of pulled switches at %(place)s can't be read."), place=source.name) from error
    job = partial(_pull, bodies=bodies, setting=Setting(fund, today, Attached()))
    return writer_for(fund).submit(job)


def _pull(batch: Batch, bodies: list[dict[str, Any]], setting: Setting) -> int:
    roster: Any = batch.rules.roster
    done = 0
    for body in bodies:
        is_ours = body["o"] == batch.rules.origin and body["t"].endswith("/pause")
        if not is_ours or batch.query("SELECT 1 FROM storage_statement WHERE id = %s", [identity_of(body)]):
            continue
        try:
            signers = verified_signers(body, roster_keys(roster))
            check_signers("pause", signers, roster_keys(roster), day=setting.today, until=setting.today)
            switch(batch, body, setting)
        except (ProofError, RefusedError):
            continue  # a closed fund takes nothing, and a rail may have gone from the charter
        remember(batch, body, body, signers, setting.today)
        done += 1
    return done
