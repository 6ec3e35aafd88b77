#!/bin/sh
# Install the Debian packages that tests and benches drive as outside programs; only those missing.
# usage: tools/apt.sh test [bench]
set -eu
missing=""
for group in "$@"; do
    case "$group" in
        # age: opens what we seal, and seals what we open.
        # libatomic1: the node inside Playwright's wheel is linked to it.
        # nginx: serves our files with the snippets of deploy/.
        # gcc, libc6-dev: the recorder of tests/power; strace: the order of syncs.
        test) names="chromium age fonts-noto-core gcc hledger ledger libatomic1 libc6-dev nginx postgresql strace" ;;
        bench) names="nginx wrk" ;;
        *) echo "panah: tools/apt.sh knows the groups test and bench, not '$group'" >&2; exit 2 ;;
    esac
    for name in $names; do
        state=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$name" 2>/dev/null || true)
        case "$state" in ii*) ;; *) missing="$missing $name" ;; esac
    done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "panah: this is no Debian. The tests drive these programs, install them your way:$missing" >&2
    exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
    root=""
elif command -v sudo >/dev/null 2>&1; then
    root="sudo"
else
    echo "panah: the tests need Debian's packages$missing, and installing takes root." >&2
    echo "       As root, once: apt install$missing" >&2
    exit 1
fi
echo "Installing Debian's packages for the tests (once):$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Several hundred lines when it works; all of them when it does not.
if ! { $root apt-get -q update && $root apt-get -qy --no-install-recommends install $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
