#!/bin/sh
# Make .venv with the Python given, or say in one sentence what is missing.
set -eu
python=${1:-python3}
cd "$(dirname "$0")/.."
say() { echo "panah: $*" >&2; exit 1; }
command -v "$python" >/dev/null 2>&1 || say "no $python here: on Debian, apt install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    say "$("$python" --version) is too old, Panah needs 3.11 or newer: make PYTHON=python3.11 ..."
"$python" -c 'import venv, ensurepip' 2>/dev/null || say "Python's venv is missing: on Debian, apt install python3-venv"
# A half-made folder (disk full, Ctrl-C) must not be taken for a ready one.
rm -rf .venv
"$python" -m venv .venv || { rm -rf .venv; say "could not make .venv with $python"; }
