"""Where each fund lives, and its own database.

One database alias per fund: a SQLite file in the fund's folder, or one schema in PostgreSQL. So no
table needs a fund column, no query can mix two funds, and a folder can be handed over whole.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import connections

from panah.errors import N_, InputError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")


@dataclass(frozen=True, slots=True)
class FundHome:
    """The places of one fund on this machine."""

    home: Path
    slug: str

    @property
    def folder(self) -> Path:
        """Private: database, log key, secrets. Mode 0700."""
        return self.home / "funds" / self.slug

    @property
    def public(self) -> Path:
        """Published files; any web server or mirror may serve it."""
        return self.home / "public" / self.slug

    @property
    def own(self) -> Path:
        """Published pages that only the fund's own site shows, and that no mirror may copy: ask, offer, mailbox."""
        return self.home / "own" / self.slug

    @property
    def log(self) -> Path:
        """Checkpoint, tiles and entry bundles (C2SP tlog-tiles)."""
        return self.public / "log"

    @property
    def alias(self) -> str:
        """Name of the Django database connection."""
        return f"fund_{self.slug}"

    @property
    def log_key(self) -> Path:
        """Seed of the log's signing key, mode 0600."""
        return self.folder / "log.key"


def list_funds(home: Path) -> list[FundHome]:
    """Give the funds under `home`, by name."""
    folder = home / "funds"
    if not folder.is_dir():
        return []
    return [FundHome(home, entry.name) for entry in sorted(folder.iterdir()) if SLUG.fullmatch(entry.name)]


def attach(fund: FundHome, database: str = "") -> None:
    """Register the fund's connection. `database` empty: SQLite; else a `postgresql://` address."""
    if not SLUG.fullmatch(fund.slug):
        raise InputError(N_("A fund's short name has small letters, digits and hyphens only."))
    place = _postgresql(fund, database) if database else _sqlite(fund)
    known = connections.databases.get(fund.alias)
    if known is not None and any(known[part] != place[part] for part in ("NAME", "HOST", "PORT")):
        connections[fund.alias].close()  # a fund of the same name elsewhere (restore, tests)
        del connections[fund.alias]
    connections.databases[fund.alias] = place


def migrate(fund: FundHome) -> None:
    """Bring the fund's tables to this version; harmless when they are, and when several processes start at once."""
    connection = connections[fund.alias]
    if connection.vendor != "postgresql":
        call_command("migrate", database=fund.alias, verbosity=0, interactive=False)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_schema(fund)])
        try:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{_schema(fund)}"')
            call_command("migrate", database=fund.alias, verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_schema(fund)])


def _schema(fund: FundHome) -> str:
    return fund.alias.replace("-", "_")


def _common() -> dict[str, object]:
    return {
        "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "",
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
    }  # fmt: skip


def _sqlite(fund: FundHome) -> dict[str, object]:
    # WAL + FULL: a commit that returned is on the disk. IMMEDIATE: the write lock is taken at BEGIN, so
    # two writers queue instead of failing half-way with "database is locked" (research: money §2).
    return _common() | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(fund.folder / "fund.sqlite3"),
        "OPTIONS": {
            "timeout": 60,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON;PRAGMA journal_size_limit=67108864;",
        },
    }


def _postgresql(fund: FundHome, address: str) -> dict[str, object]:
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise InputError(
            N_("PANAH_DATABASE is not a PostgreSQL address."),
            hint=N_("Write postgresql://user:password@host:port/name, or leave it empty for SQLite."),
        )
    return _common() | {
        "ENGINE": "panah.storage.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Every request asks the same few things: the server plans each once per session.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": f"-c search_path={_schema(fund)} -c synchronous_commit=on",
            "application_name": f"panah {os.getpid()}",  # so that an operator finds who waits, and who sequences
        },
    }
