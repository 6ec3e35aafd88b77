#!/bin/sh
# Run the benches, never two at a time: they measure.
# usage: tools/bench.sh [NAME] [OPTION…]   NAME is pages, gifts, verify, paint or seal; without one, all of them
set -eu
cd "$(dirname "$0")/.."
name=all
case "${1:-}" in "" | -*) ;; *) name=$1; shift ;; esac
exec .venv/bin/python -m "benches.$name" "$@"
