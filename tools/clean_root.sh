#!/usr/bin/env bash
# Prove on an empty Debian 12 that the newcomer's commands work: `make run`, again without a network, `make test`.
#
# usage (as root): tools/clean_root.sh bootstrap|run|test|all [FOLDER]
#
# The root is made with debootstrap in FOLDER (kept, so a second call starts faster) from the mirror that this
# machine's apt uses. This machine's settings for pip, npm and certificates go along, nothing else does: no
# program, no Python, no Node. Mounts and processes live in namespaces of their own and end with this script.
set -euo pipefail
step=${1:-all}
folder=$(realpath -m "${2:-/tmp/panah-clean-root}")
root=$folder/root
repo=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
port=8765
say() { echo "clean-root: $*"; }
fail() { echo "clean-root: $*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || fail "debootstrap and chroot take root"
case "$step" in bootstrap | run | test | all) ;; *) fail "no step called $step" ;; esac

bootstrap() {
    local mirror
    command -v debootstrap >/dev/null || fail "debootstrap is missing: apt install debootstrap"
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Codename: bookworm' 'Component: main' | head -n 1)
    [ -n "$mirror" ] || fail "apt here knows no Debian 12: run apt-get update, or set one up"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/debootstrap.log" 2>&1 ||
        { tail -n 20 "$folder/debootstrap.log" >&2; fail "debootstrap failed"; }
    copy_settings
    # Packages must not start servers in there.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    inside root / "apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install make git python3-venv" \
        >"$folder/apt.log" 2>&1 || { tail -n 20 "$folder/apt.log" >&2; fail "apt failed in the clean root"; }
    inside root / "useradd --create-home --shell /bin/bash newcomer"
    copy_user_settings
    touch "$root/.bootstrapped"
}

copy_settings() {
    local file
    # Debian's own sources only: what else this machine subscribes to is no part of a plain Debian.
    rm -f "$root/etc/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if [ -e "$file" ] && grep -q 'bookworm' "$file" && grep -qw 'main' "$file" && grep -q '/debian' "$file"; then
            install -D -m 644 "$file" "$root$file"
        fi
    done
    for file in /etc/pip.conf /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$file" ] || install -D -m 644 "$file" "$root$file"
    done
    if [ -d /usr/local/share/ca-certificates ]; then
        mkdir -p "$root/usr/local/share/ca-certificates"
        cp -rL /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
    fi
}

copy_user_settings() {
    local user
    for user in root home/newcomer; do
        [ ! -e ~/.npmrc ] || install -D -m 644 ~/.npmrc "$root/$user/.npmrc"
        [ ! -e ~/.config/pip/pip.conf ] || install -D -m 644 ~/.config/pip/pip.conf "$root/$user/.config/pip/pip.conf"
    done
    inside root / "chown -R newcomer: ~newcomer"
}

# Folders that pip's settings name (a local index) are shown inside, read-only.
index_folders() {
    { python3 -m pip config list 2>/dev/null || true; } | grep -oE "(file://)?/[^' ]+" | sed 's|^file://||' | while read -r path; do
        [ ! -d "$path" ] || echo "$path"
    done | sed -E 's|^(/[^/]+/[^/]+)/.*|\1|' | sort -u
}

# inside USER FOLDER COMMAND: run it in the root, with nothing of this machine's environment but its registries' settings.
inside() {
    local settings=() name
    while IFS= read -r name; do settings+=("$name=${!name}"); done < <(
        compgen -e | grep -E '^(PIP_|NPM_CONFIG_|npm_config_|NODE_EXTRA_CA_CERTS$|SSL_CERT_FILE$|REQUESTS_CA_BUNDLE$|https?_proxy$|HTTPS?_PROXY$|no_proxy$|NO_PROXY$)' || true)
    export ROOT=$root ACCOUNT=$1 START=$2 COMMAND=$3 FOLDERS
    FOLDERS=$(index_folders)
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child ${NO_NETWORK:+--net} bash -euc '
        [ -z "${NO_NETWORK:-}" ] || ip link set lo up
        mount -t proc proc "$ROOT/proc"
        mount --rbind /dev "$ROOT/dev"
        mount --make-rslave "$ROOT/dev"
        mount -t tmpfs tmpfs "$ROOT/tmp"
        chmod 1777 "$ROOT/tmp"
        for path in $FOLDERS; do
            mkdir -p "$ROOT$path"
            mount --bind -o ro "$path" "$ROOT$path"
        done
        exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@" \
            runuser -u "$ACCOUNT" -- bash -euc "export HOME=~$ACCOUNT; cd $START; $COMMAND"
    ' clean-root ${settings[@]+"${settings[@]}"}
}

fresh_clone() { # USER: what is committed, nothing else
    local home=$root/home/newcomer
    [ "$1" != root ] || home=$root/root
    rm -rf "$home/panah"
    git clone --quiet --no-hardlinks "file://$repo" "$home/panah"
    inside root / "chown -R $1: ~$1"
}

# Start `make run`, wait for its line, ask for the page, press Ctrl-C, and see that it gave the port back.
one_run='
set -m
make run PANAH_PORT='$port' >run.log 2>&1 &
for _ in $(seq 900); do
    grep -q "^site: http://127.0.0.1:'$port'/" run.log && break
    kill -0 $! 2>/dev/null || { cat run.log; echo "make run ended by itself"; exit 1; }
    sleep 1
done
cat run.log
python3 -c "
import urllib.request
with urllib.request.urlopen(\"http://127.0.0.1:'$port'/\", timeout=20) as page:
    print(page.status, len(page.read()), \"bytes of page\")"
kill -INT -- -$!
wait $! || true
python3 -c "
import socket
with socket.socket() as again:
    again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    again.bind((\"127.0.0.1\", '$port'))"
'

run_step() {
    fresh_clone newcomer
    say "make run, first time"
    time inside newcomer '~/panah' "$one_run"
    say "make run, second time, without any network"
    time NO_NETWORK=yes inside newcomer '~/panah' "$one_run"
}

test_step() {
    fresh_clone root
    say "make test"
    time inside root '~/panah' 'make test'
}

[ "$step" = bootstrap ] || [ -e "$root/.bootstrapped" ] || bootstrap
case "$step" in
    bootstrap) bootstrap ;;
    run) run_step ;;
    test) test_step ;;
    all) run_step; test_step ;;
esac
say "$step: holds"
