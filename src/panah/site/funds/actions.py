"""Founding a fund, and carrying out what its members signed.

Promises: nothing that needs two members is done with one, or by the server alone; every signature is
checked against the roster in force before anything is read that it could change; a statement is carried
out once. A fund is founded whole or not at all: a founding that was cut off is simply repeated.
"""

from __future__ import annotations

import datetime as dt
import secrets
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.db import connections, transaction

from panah.core.charter import Charter, CharterError
from panah.core.statement import Signed, check_signers
from panah.errors import N_, InputError, RefusedError
from panah.proof import canonical, leaf
from panah.proof.note import SigningKey, encode_base64
from panah.proof.signature import signing_bytes, verified_signers
from panah.site.funds.authority import signers_of
from panah.site.funds.effects import EFFECTS
from panah.site.funds.record import identity_of, remember
from panah.site.funds.recovery import note_living_team
from panah.site.funds.rules import apply_due
from panah.site.funds.setting import Setting
from panah.site.funds.texts import Attached
from panah.site.gifts.banking import ListOutcome, book_list
from panah.site.gifts.queries import fund_rules
from panah.storage.durable import write_file
from panah.storage.funds import FundHome, attach, migrate
from panah.storage.logkey import make_log_key
from panah.storage.models import Counter, Entry, Fund, LogHead, Statement
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.rows import FundRules

STALE: Final = dt.timedelta(days=30)
"""An older statement is signed anew: a forgotten file must not act by surprise a year later."""

AHEAD: Final = dt.timedelta(days=1)
"""East of Greenwich it is tomorrow already."""


def found(fund: FundHome, signed: Signed, now: dt.datetime, database: str = "") -> Charter:
    """Make a fund from a charter that every founding member signed: log key, database, leaf 0.

    Raises `CharterError`, `RefusedError` or `ProofError` before anything is made.
    """
    charter = _check_charter(signed, now.date())
    attach(fund, database)
    if fund.folder.is_dir() and _is_founded(fund):
        raise RefusedError(N_("There is a fund of this name already."), hint=N_("Choose another with --slug."))
    key = _log_key(fund, charter.origin)
    body = leaf.check(signed.complete(vkey=key.vkey))
    if "fake" in charter.rails and not fake_secret(fund):
        write_file(fund.folder / "fake.secret", secrets.token_hex(32).encode() + b"\n", mode=0o600)
    migrate(fund)
    _write_rows(fund, charter, body, now.date())
    return charter


def _check_charter(signed: Signed, today: dt.date) -> Charter:
    body = signed.body
    leaf.check(signed.complete(vkey="-") | {"sig": [["nobody", "-"]]})
    charter = Charter.from_body(body)
    if problems := charter.problems(today):
        raise CharterError(problems)
    members = charter.roster.keys
    signers = verified_signers(signed.complete(), members)
    check_signers("charter", signers, members, day=today, until=charter.roster.until)
    return charter


def _is_founded(fund: FundHome) -> bool:
    connection = connections[fund.alias]
    if connection.vendor == "sqlite" and not (fund.folder / "fund.sqlite3").is_file():
        return False
    tables = connection.introspection.table_names()
    return "storage_fund" in tables and Fund.objects.using(fund.alias).exists()


def _log_key(fund: FundHome, origin: str) -> SigningKey:
    if fund.log_key.is_file():  # a founding that was cut off
        return SigningKey(origin, bytes.fromhex(fund.log_key.read_text().strip()))
    return make_log_key(fund, origin)


def _write_rows(fund: FundHome, charter: Charter, body: dict[str, Any], today: dt.date) -> None:
    data = leaf.encode(body)
    terms = charter.terms()
    with transaction.atomic(using=fund.alias):
        Fund(
            slug=fund.slug, origin=charter.origin, charter=terms, roster=terms["roster"],
            leaf0=sha256(data).digest(), vkey=body["vkey"],
        ).save(using=fund.alias, force_insert=True)  # fmt: skip
        Counter(state="draft", goal=terms["goal"], minimum=terms["minimum"], next_entry=2).save(
            using=fund.alias, force_insert=True
        )
        LogHead().save(using=fund.alias, force_insert=True)
        Entry(id=1, kind="charter", body=data).save(using=fund.alias, force_insert=True)
        Statement(
            id=identity_of(body), kind="charter", body=data.decode(), day=today,
            signers=sorted(name for name, _ in body["sig"]),
        ).save(using=fund.alias, force_insert=True)  # fmt: skip


def fake_secret(fund: FundHome) -> bytes:
    """Give the secret that signs the fake rail's events; empty when this fund has none."""
    secret = _fake_secrets.get(fund, b"")
    if not secret:
        path = fund.folder / "fake.secret"
        secret = bytes.fromhex(path.read_text().strip()) if path.is_file() else b""
        if secret:  # written once, when the fund is founded
            _fake_secrets[fund] = secret
    return secret


_fake_secrets: dict[FundHome, bytes] = {}


def prepare_key(fund: FundHome) -> str:
    """Make a next key for the log; give its public half, for two members to sign a `key` statement."""
    return make_log_key(fund, fund_rules(fund).origin).vkey


def carry_out(fund: FundHome, signed: Signed, now: dt.datetime, attached: Attached | None = None) -> ListOutcome | None:
    """Do what a signed statement says, once; a bank list answers with what became of its lines.

    Raises `ProofError` for a bad signature or shape and `RefusedError` for a rule; nothing has changed then.
    """
    kind = signed.kind
    if kind not in EFFECTS and kind != "bank-list":
        raise InputError(N_("A statement of the kind %(kind)s is not carried out here."), kind=kind[:40])
    if not signed.sig:
        raise RefusedError(N_("Nobody has signed this statement."), hint=N_("Sign it: panah member sign FILE."))
    body = leaf.check(signed.complete(), statement=kind in leaf.MESSAGES)
    if kind not in leaf.MESSAGES:
        canonical.decode(leaf.encode(body))  # fits a leaf
    rules = fund_rules(fund)
    signers = _check_authority(rules, body, now.date())
    setting = Setting(fund, now.date(), attached or Attached())
    if kind == "bank-list":
        # Every line counts once by itself, so a list that was cut off may come again.
        outcome = book_list(fund, body, encode_base64(sha256(signing_bytes(body)).digest()), now)
        _submit(fund, partial(remember, body=body | {"lines": []}, name=body, signers=signers, today=now.date()))
        return outcome
    _submit(fund, partial(_carry_out, rules=rules, body=body, signers=signers, setting=setting))
    return None


def _submit(fund: FundHome, job: Any) -> None:
    writer_for(fund).submit(job)


def _check_authority(rules: FundRules, body: dict[str, Any], today: dt.date) -> frozenset[str]:
    if body["o"] != rules.origin:
        raise RefusedError(
            N_("This statement is for %(other)s; this fund is %(origin)s."),
            other=body["o"],
            origin=rules.origin,
        )
    signers = signers_of(body, rules.roster, today)
    day = dt.date.fromisoformat(body.get("day", today.isoformat()))
    if not today - STALE <= day <= today + AHEAD:
        raise RefusedError(
            N_("This statement is dated %(day)s; it can be carried out within 30 days, not before its day."),
            hint=N_("Write it anew with today's date, and sign it again."),
            day=day.isoformat(),
        )  # fmt: skip
    return signers


def _carry_out(batch: Batch, rules: FundRules, body: dict[str, Any], signers: frozenset[str], setting: Setting) -> None:
    if batch.rules.roster != rules.roster:
        raise RefusedError(N_("The roster changed a moment ago."), hint=N_("Try once more."))
    if batch.query("SELECT 1 FROM storage_statement WHERE id = %s", [identity_of(body)]):
        raise RefusedError(
            N_("This statement was carried out already."),
            hint=N_("Two equal fees of one day, for example, are written as one sum."),
        )
    EFFECTS[leaf.kind(body)](batch, body, setting)
    note_living_team(batch, leaf.kind(body))
    remember(batch, body, body, signers, setting.today)


def bring_into_force(fund: FundHome, now: dt.datetime) -> bool:
    """Apply amendments whose day has come; tell whether the rules changed. Harmless to call at any time."""
    in_force = fund_rules(fund).charter
    for row in Statement.objects.using(fund.alias).filter(kind="amend"):
        change = canonical.decode(row.body.encode())
        is_new = any(in_force.get(key) != value for key, value in change["set"].items())
        if is_new and change["from"] <= now.date().isoformat():
            return writer_for(fund).submit(partial(apply_due, today=now.date()))
    return False
