"""What every command shares: files in, files out, passphrases, and words on the screen.

Promises: a file is written whole or not at all; keys are readable by their owner alone; nothing that
others wrote reaches the terminal with control or direction marks that could disguise it.
"""

from __future__ import annotations

import getpass
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from panah.errors import N_, InputError, PanahError

if TYPE_CHECKING:
    from panah.core.charter import Problem

LONGEST: Final = 33 * 1024 * 1024  # the largest statement (a bank list) and its signatures
_SHOWN_MARKS: Final = frozenset("\n\u200c\u200d")  # Persian half-spaces belong to the word


def spoken(text: str) -> str:
    """Give text that is safe to show: control and direction marks as escapes."""
    return "".join(
        c if c in _SHOWN_MARKS or unicodedata.category(c) not in {"Cc", "Cf"} else f"\\u{ord(c):04x}" for c in text
    )


def say(text: str = "") -> None:
    """Print to standard output."""
    print(spoken(text))


def say_error(error: PanahError) -> None:
    """Print what is wrong and what to do, to standard error."""
    print(f"panah: {spoken(error.text())}", file=sys.stderr)
    if error.hint_text():
        print(f"       {spoken(error.hint_text())}", file=sys.stderr)


def read_bytes(path: Path) -> bytes:
    """Read a file that a person named."""
    with path.open("rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise InputError(N_("%(path)s is too large."), path=path.name)
    return data


def read_text(path: Path) -> str:
    """Read a UTF-8 text file that a person named."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            N_("%(path)s is not a UTF-8 text file."), hint=N_("Save it as UTF-8 in your editor."), path=path.name
        ) from error


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file that must not exist yet."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise InputError(
            N_("%(path)s exists already."), hint=N_("Choose another name with --out."), path=path.name
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, text: str) -> None:
    """Write a file whole, or leave what was there."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.new")
    scratch.unlink(missing_ok=True)
    write_new(scratch, text.encode(), 0o644)
    scratch.replace(path)


def ask_passphrase(file: Path | None, *, twice: bool = False) -> str:
    """Get a passphrase: from `--passphrase-file`, from PANAH_PASSPHRASE_FILE, or typed unseen."""
    named = file or (Path(os.environ["PANAH_PASSPHRASE_FILE"]) if "PANAH_PASSPHRASE_FILE" in os.environ else None)
    if named:
        return read_text(named).strip("\r\n")
    if not sys.stdin.isatty():
        raise InputError(
            N_("A passphrase is needed, and nobody is there to type it."),
            hint=N_("Name a file with --passphrase-file or PANAH_PASSPHRASE_FILE."),
        )
    passphrase = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Once more: ") != passphrase:
        raise InputError(N_("The two passphrases are not the same."), hint=N_("Start again."))
    return passphrase


def say_problem(problem: Problem, file: TextIO) -> None:
    """Print one problem of a charter: where, what, what to do."""
    print(f"{spoken(problem.path)}: {spoken(problem.text())}", file=file)
    if problem.hint_text():
        print(f"    {spoken(problem.hint_text())}", file=file)
