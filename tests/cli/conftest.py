"""Members for the command line: keys made cheaply, files in a folder of their own."""

from __future__ import annotations

import pyrage
import pytest

from panah.cli.main import main
from panah.seal.memberkey import new_member, unlock

PASSPHRASE = "five words nobody guesses easily"
HEAD = b"age-encryption.org/v1\n-> scrypt %s 18\n%s\n--- " % (b"A" * 22, b"A" * 43)
"""The beginning of a key file, as far as anybody looks at it before opening."""


@pytest.fixture(scope="session")
def team():
    return [new_member(name) for name in ("lale", "omid", "roshan")]


@pytest.fixture
def at(tmp_path, monkeypatch):
    """A folder to work in, with a passphrase file, as a script would have it."""
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("PANAH_PASSPHRASE_FILE", str(tmp_path / "pass"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def keys(at, team, monkeypatch):
    """lale.key, omid.key, roshan.key: age files whose scrypt is left out, since a second each is too slow."""
    plain = {}

    def decrypt(data, passphrase):
        if passphrase != PASSPHRASE or data not in plain:
            raise pyrage.DecryptError("no")
        return plain[data]

    for member in team:
        with monkeypatch.context() as patch:
            patch.setattr(pyrage.passphrase, "encrypt", lambda inner, _: HEAD + inner[::-1])
            data = member.lock(PASSPHRASE)
        plain[data] = data.removeprefix(HEAD)[::-1]
        (at / f"{member.name}.key").write_bytes(data)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", decrypt)
    assert unlock((at / "omid.key").read_bytes(), PASSPHRASE) == team[1]
    return team


@pytest.fixture
def run(capsys):
    """Run one command; gives (exit code, standard output, standard error)."""

    def go(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:  # argparse
            code = left.code
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return go
