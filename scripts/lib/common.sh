# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Names, places and messages shared by every script. Sourced, never run.
#
# Everything that is built or fetched lives under one cache directory outside
# the clone, $WASMK_CACHE. It may be deleted at any time.

set -euo pipefail
umask 022
# An ordinary user's PATH may lack chroot and its like.
PATH=$PATH:/usr/sbin:/sbin

CLONE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${WASMK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wasmk}
LOGS=$CACHE/log

# The prefix of every message; `scripts/vm` sets its own.
WASMK_PREFIX=${WASMK_PREFIX:-setup}

# say WORDS...: one message line on stderr.
say() {
    printf '%s: %s\n' "$WASMK_PREFIX" "$*" >&2
}

# die WORDS...: says why and ends this script. 125 is "set-up failed" to callers.
die() {
    say "$@"
    exit 125
}

# hash_of: the first 12 hex digits of the SHA-256 of standard input.
hash_of() {
    sha256sum | cut -c1-12
}

# tree_stamp PATH...: a hash over names, sizes and times of all files below.
tree_stamp() {
    find "$@" \( -name .git -o -name target \) -prune -o -type f -printf '%p %s %T@\n' 2>/dev/null | LC_ALL=C sort | hash_of
}

# fresh STAMPFILE VALUE: true if the stamp file holds exactly VALUE.
fresh() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# publish TEMP FINAL: makes a finished result visible at once, or not at all.
publish() {
    if [ -e "$2" ]; then
        mv -T "$2" "$2.old.$$"
        mv -T "$1" "$2"
        rm -rf "$2.old.$$"
    else
        mv -T "$1" "$2"
    fi
}

# lock NAME: waits for the lock NAME and holds it until unlock, or the end of
# this shell. One lock at a time.
LOCK_FD=
lock() {
    local file=$CACHE/lock.$1
    exec {LOCK_FD}>>"$file"
    if ! flock -w 3 "$LOCK_FD"; then
        say "waiting for another set-up that holds $file"
        flock "$LOCK_FD"
    fi
}

unlock() {
    exec {LOCK_FD}>&-
    LOCK_FD=
}

# A directory of this clone's own below the cache, so that two clones never
# write into one another's output.
OUT=$CACHE/clone-$(printf %s "$CLONE" | hash_of)

make_dirs() {
    mkdir -p "$CACHE" "$LOGS" "$CACHE/tmp" "$CACHE/cargo" "$OUT" ||
        die "cannot write to the cache directory $CACHE; set WASMK_CACHE to one you can write to"
    CACHE=$(cd "$CACHE" && pwd -P)
    [ -f "$OUT/clone" ] || printf '%s\n' "$CLONE" >"$OUT/clone"
}
