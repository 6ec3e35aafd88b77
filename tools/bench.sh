#!/bin/sh
# Run every benches/bench_*.py after the other, never two at a time: they measure.
set -eu
cd "$(dirname "$0")/.."
found=""
for file in benches/bench_*.py; do
    [ -e "$file" ] || continue
    found=yes
    echo "== $file"
    .venv/bin/python "$file" "$@"
done
[ -n "$found" ] || echo "panah: there are no benches yet (benches/bench_*.py)"
