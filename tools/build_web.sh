#!/bin/sh
# Build the browser bundles of web/ into src/panah/site/assets. The network is needed once, for npm's
# packages; after that only when web/package-lock.json changes. node and npm come from .venv.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH
[ -x .venv/bin/node ] || { echo "panah: no .venv/bin/node here: run 'make setup' first" >&2; exit 1; }

stamp=web/node_modules/.panah-lock
if ! cmp -s web/package-lock.json "$stamp"; then
    echo "Installing what the browser side is built with (once) ..."
    rm -f "$stamp"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! (cd web && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    cp web/package-lock.json "$stamp"
fi
cd web
exec node build.ts
