#!/bin/sh
# Run every bench after the other, never two at a time: they measure.
# usage: tools/bench.sh [NAME…]   NAME is a module of benches/ that can be run; without one, all of them
set -eu
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
    # A bench can be run and is no lab: labs make what others measure.
    set -- $(grep -l '__name__ == "__main__"' benches/*.py | grep -v '_lab\.py$' | sed 's|benches/||; s|\.py$||')
fi
for name in "$@"; do
    echo "== benches.$name"
    .venv/bin/python -m "benches.$name"
done
