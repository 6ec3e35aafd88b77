"""The command line answers in words and exit codes, whatever it is given."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest

from panah import __version__
from panah.cli import main as cli
from panah.cli import terminal
from panah.errors import FatalError


def test_alone_it_lists_the_commands(run):
    code, out, _ = run()
    assert code == 0
    assert "member" in out
    assert "site" in out


def test_it_tells_its_version(run):
    assert run("--version")[:2] == (0, f"panah {__version__}\n")


def test_an_unknown_command_is_refused(run):
    code, _, err = run("fly")
    assert code == 2
    assert "fly" in err


def test_a_missing_file_is_a_sentence_with_its_name(run, at):
    code, out, err = run("member", "check", "nowhere.toml")
    assert (code, out) == (2, "")
    assert "nowhere.toml" in err
    assert "Traceback" not in err


def test_a_folder_and_a_file_of_another_encoding_are_told_apart(run, at):
    (at / "latin.toml").write_bytes(b"name = '\xe9'")
    assert "UTF-8" in run("member", "check", "latin.toml")[2]
    assert run("member", "check", at)[0] == 2


def test_a_rule_that_says_no_gives_sentence_and_hint(run, monkeypatch):
    def refuse(_):
        raise FatalError("The log %(name)s forked.", hint="Stop.", name="x")

    parser = cli.build_parser([])
    parser.set_defaults(run=refuse)
    monkeypatch.setattr(cli, "build_parser", lambda _: parser)
    assert run() == (2, "", "panah: The log x forked.\n       Stop.\n")


def test_an_interrupted_command_ends_quietly(run, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "build_parser", stop)
    assert run() == (130, "", "")


def test_a_site_command_without_its_parts_names_what_to_install(run, monkeypatch):
    def load(path):
        raise ModuleNotFoundError("No module named 'django'", name="django")

    monkeypatch.setattr(importlib, "import_module", load)
    code, _, err = run("site", "status")
    assert code == 2
    assert "django" in err
    assert "panah[site]" in err


def test_a_broken_install_of_ours_is_not_hidden(monkeypatch):
    def load(path):
        raise ModuleNotFoundError("No module named 'panah.storage'", name="panah.storage")

    monkeypatch.setattr(importlib, "import_module", load)
    with pytest.raises(ModuleNotFoundError):
        cli.main(["site"])


def test_the_command_line_alone_loads_no_django():
    program = "import sys; from panah.cli.main import main; main([]); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")


def test_a_reader_that_leaves_early_is_no_error():
    program = (
        "import sys; from panah.cli import main as cli, terminal; parser = cli.build_parser([]);"
        "parser.set_defaults(run=lambda _: sys.stdin.read() or terminal.say('x' * 9999));"
        "cli.build_parser = lambda _: parser; sys.exit(cli.main([]))"
    )
    pipe, buffered = subprocess.PIPE, os.environ | {"PYTHONUNBUFFERED": ""}
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe, env=buffered) as child:
        child.stdout.close()
        child.stdin.close()
        assert child.stderr.read() == b""
        assert child.wait() == 141


def test_marks_that_disguise_a_text_are_shown_as_escapes():
    assert terminal.spoken("a\x1b[31m\u202eb\x9bc") == "a\\u001b[31m\\u202eb\\u009bc"
    assert terminal.spoken("می\u200cشود\n") == "می\u200cشود\n"


def test_a_passphrase_is_never_read_from_a_pipe(monkeypatch, at):
    monkeypatch.delenv("PANAH_PASSPHRASE_FILE")
    with pytest.raises(terminal.InputError, match="nobody is there"):
        terminal.ask_passphrase(None)


def test_a_file_is_replaced_whole_and_a_new_one_never_overwrites(at):
    terminal.replace(at / "a.json", "one")
    terminal.replace(at / "a.json", "two")
    assert (at / "a.json").read_text() == "two"
    with pytest.raises(terminal.InputError, match="exists already"):
        terminal.write_new(at / "a.json", b"three")
    assert sorted(path.name for path in at.iterdir()) == ["a.json", "pass"]
