"""`panah site backup`: a copy that can be taken while gifts come in, and reading one again (`site_restore.py`).

A backup holds databases, site.toml and imported exchange rates; published files and the log's are made again from them.
The keys stay out unless asked for: with them the file can sign in the fund's name.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from panah.cli import terminal
from panah.cli.site_home import hold_home, home_of, is_served, open_fund, take_home
from panah.errors import N_, InputError, ProofError
from panah.storage.durable import make_folder, write_file
from panah.storage.funds import FundHome, list_funds
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers

FORMAT: Final = "panah/1/backup"
_STRANGE: Final = N_("This backup holds a file that no backup of ours has: %(name)s.")
_NAME: Final = re.compile(
    r"site\.toml|rates\.csv|funds/[a-z0-9][a-z0-9-]{0,38}/(fund\.sqlite3|fund\.pgdump|log(-[0-9]+)?\.key|fake\.secret)"
)
_KEYS: Final = ("log*.key", "fake.secret")


def register(inner: Any) -> None:
    """Add the command."""
    backup = inner.add_parser("backup", help="write a backup of all funds; the site may go on running")
    backup.add_argument("--out", type=Path, required=True, help="file to write (must not exist)")
    backup.add_argument("--with-keys", action="store_true", help="put the log's keys in: guard the file like a key")
    take_home(backup, fund=False)
    backup.set_defaults(run=_backup)


# -- backup


def _backup(arguments: argparse.Namespace) -> None:
    home = home_of(arguments)
    if not list_funds(home):
        raise InputError(N_("There is no fund under %(home)s."), home=str(home))
    if arguments.out.exists():
        raise InputError(
            N_("%(path)s exists already."), hint=N_("Choose another name with --out."), path=str(arguments.out)
        )
    if not is_served(home):  # else the running site's own sequencer writes the log, and two must not
        with hold_home(home):
            for fund in list_funds(home):
                open_fund(home, fund.slug)
                sequence(fund)
            stop_writers()
    files: dict[str, bytes] = {}
    for name in ("site.toml", "rates.csv"):
        if (home / name).is_file():
            files[name] = (home / name).read_bytes()
    for fund in list_funds(home):
        open_fund(home, fund.slug)
        files |= _copy_database(fund)
        if arguments.with_keys:
            paths = [path for pattern in _KEYS for path in sorted(fund.folder.glob(pattern))]
            files |= {f"funds/{fund.slug}/{path.name}": path.read_bytes() for path in paths}
    terminal.write_new(arguments.out, _pack(files), 0o600)
    with unpacked(arguments.out) as folder:
        heads = [check_copy(fund) for fund in list_funds(folder)]
    keys = "with the keys: guard it like a key" if arguments.with_keys else "without the log's keys: keep those apart"
    terminal.say(f"Backup: {arguments.out}, read again and whole; {keys}.")
    for head in heads:
        terminal.say(f"  {head}")


def _copy_database(fund: FundHome) -> dict[str, bytes]:
    if not settings.PANAH_DATABASE:
        with tempfile.TemporaryDirectory(dir=fund.folder) as scratch:
            path = Path(scratch) / "copy.sqlite3"
            # SQLite's own backup: a consistent copy, also while the site commits.
            with (
                contextlib.closing(sqlite3.connect(fund.folder / "fund.sqlite3")) as source,
                contextlib.closing(sqlite3.connect(path)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            return {f"funds/{fund.slug}/fund.sqlite3": path.read_bytes()}
    schema = fund.alias.replace("-", "_")
    dump = run_postgresql("pg_dump", "--format=custom", "--no-owner", f"--schema={schema}")
    return {f"funds/{fund.slug}/fund.pgdump": dump}


def run_postgresql(program: str, *options: str, given: bytes = b"") -> bytes:
    """Run one of PostgreSQL's programs on the site's database; give what it prints."""
    parts = urlsplit(settings.PANAH_DATABASE)
    environment = os.environ | {
        "PGHOST": unquote(parts.hostname or ""), "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""), "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }  # fmt: skip
    try:
        done = subprocess.run([program, *options], env=environment, input=given, capture_output=True, check=True)  # noqa: S603
    except FileNotFoundError as error:
        raise InputError(
            N_("%(program)s is not installed here."),
            hint=N_("On Debian: apt install postgresql-client."),
            program=program,
        ) from error
    except subprocess.CalledProcessError as error:
        raise InputError(N_("%(program)s failed."), hint=N_("Is PANAH_DATABASE right?"), program=program) from error
    return done.stdout


def _pack(files: dict[str, bytes]) -> bytes:
    manifest = {
        "format": FORMAT,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "files": {name: sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
        for name, data in [("manifest.json", json.dumps(manifest, indent=1).encode()), *sorted(files.items())]:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


# -- reading one


def unpack(path: Path) -> tuple[dict[str, bytes], dt.datetime]:
    """Read a backup: known names only, every hash as its manifest says; give when it was made, too.

    Raises `InputError` or `ProofError`.
    """
    files: dict[str, bytes] = {}
    try:
        with gzip.open(path) as whole, tarfile.open(fileobj=whole) as tar:
            for entry in tar:
                source = tar.extractfile(entry) if entry.isfile() else None
                if source is None or not (entry.name == "manifest.json" or _NAME.fullmatch(entry.name)):
                    raise InputError(_STRANGE, name=entry.name[:80])
                files[entry.name] = source.read()
            while whole.read(1 << 16):  # tar stops at its own end: a file that is cut off after it would not be seen
                pass
        manifest = json.loads(files.pop("manifest.json"))
        made = dt.datetime.fromisoformat(manifest["made"])
    except (tarfile.TarError, zlib.error, EOFError, OSError, KeyError, ValueError) as error:
        raise InputError(N_("%(path)s is not a backup of Panah, or it is cut off."), path=path.name) from error
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    if manifest.get("format") != FORMAT or manifest.get("files") != hashes:
        raise ProofError(N_("This backup is damaged: a file in it is not what its list says."))
    return files, made


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Lay a backup out in a folder for a moment."""
    files, _ = unpack(path)
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch), files)
        yield Path(scratch)


def lay_out(home: Path, files: dict[str, bytes]) -> None:
    """Write a backup's files under a home."""
    for name, data in files.items():
        target = home / name
        make_folder(target.parent)
        write_file(target, data, mode=0o600)
        if name.startswith("funds/"):
            target.parent.chmod(0o700)


def check_copy(fund: FundHome) -> str:
    """See that a copy is whole; say what it holds."""
    path = fund.folder / "fund.sqlite3"
    if not path.is_file():
        return f"{fund.slug}: a PostgreSQL dump of {(fund.folder / 'fund.pgdump').stat().st_size} bytes"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise ProofError(N_("The copy of the database is damaged."))
        size = copy.execute("SELECT size FROM storage_loghead").fetchone()[0]
        waiting = copy.execute("SELECT count(*) FROM storage_entry WHERE leaf IS NULL OR leaf >= ?", [size]).fetchone()[
            0
        ]
    return f"{fund.slug}: {size} leaves in the log, {waiting} entries wait for it"
