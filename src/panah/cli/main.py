"""`panah`: one command line for members, verifiers and hosts.

Exit codes: 0 done or holds, 1 something fails or is missing, 2 can't be read or was refused. Bad input ends
in a sentence and a hint, never in a traceback; a traceback is a fault of ours.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from panah import __version__
from panah.cli import bank, card, export, member, mirror, terminal, verify, watch
from panah.core.charter import CharterError
from panah.errors import N_, InputError, PanahError

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN: Final[tuple[Any, ...]] = (verify, watch, mirror, export, member, bank, card)
"""Modules whose commands need the default install alone; each has `register(commands)`."""

# Looked up by name and only when asked for: the default install has no Django, and whoever runs
# `panah verify` should not load a web site. The one place in Panah where a module is imported by name.
LATER: Final = {
    "site": ("panah.cli.site", "run a fund's public site (needs panah[site])"),
    "desk": ("panah.cli.desk", "read and answer what people send, on your own machine (needs panah[desk])"),
}

_CODE_BROKEN_PIPE: Final = 141  # what a shell reports for a program that lost its reader
_CODE_INTERRUPTED: Final = 130


def build_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; of the modules in `LATER` only the one that `words` asks for is loaded."""
    parser = argparse.ArgumentParser(
        prog="panah",
        description="Raise in public, help in private, prove the books.",
        epilog="panah COMMAND --help tells more.",
    )
    parser.add_argument("--version", action="version", version=f"panah {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for module in PLAIN:
        module.register(commands)
    for name, (path, summary) in LATER.items():
        if words[:1] == [name]:
            _load(path).register(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


def _load(path: str) -> Any:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "panah" and error.name != path:
            raise  # a broken install of ours, not a missing extra
        raise InputError(
            N_("This command needs parts that are not installed: %(missing)s."),
            hint=N_("Install them with: pip install 'panah[site]'"),
            missing=error.name,
        ) from error


def _run(given: Sequence[str]) -> int:
    parser = build_parser(given)
    arguments = parser.parse_args(given)
    if "run" not in arguments:
        parser.print_help()
        return 0 if not given else 2
    code = int(arguments.run(arguments) or 0)
    sys.stdout.flush()  # here, where a reader that has left is no error
    return code


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    try:
        return _run(list(sys.argv[1:] if words is None else words))
    except CharterError as error:
        terminal.say_error(error)
        for problem in error.problems:
            terminal.say_problem(problem, sys.stderr)
    except PanahError as error:
        terminal.say_error(error)
    except BrokenPipeError:
        # Whoever read our output has left; closing stdout later must not complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CODE_BROKEN_PIPE
    except OSError as error:
        sentence = N_("%(path)s: %(why)s.") if error.filename else N_("The system says: %(why)s.")
        data = {"path": error.filename, "why": error.strerror or "failed"}
        terminal.say_error(InputError(sentence, **data))
    except KeyboardInterrupt:
        return _CODE_INTERRUPTED
    return 2


if __name__ == "__main__":
    sys.exit(main())
