#!/bin/sh
# pip install, quiet when all is well. What a machine's own pip settings make pip say about each package
# (an index that lacks it) is left out then; when it fails, everything is shown.
set -eu
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet "$@" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
grep -v 'is ignored: it is neither a file nor a directory' "$log" >&2 || true
