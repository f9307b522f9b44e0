# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=sh
# What the checks share. Sourced by checks/NAME/check, which runs on any machine with a runner:
#
#   RUN       the command that runs a program with grants; "wasmctl run" unless set (hostrun takes the same flags)
#   PROGRAMS  the directory with the programs; where they were built unless set
set -eu
checks=$(cd "$(dirname "$0")" && pwd)
RUN=${RUN:-wasmctl run}
PROGRAMS=${PROGRAMS:-$(cd "$checks/../.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run OPTIONS... PROGRAM ARGUMENTS...: PROGRAM is a file's name in $PROGRAMS.
run() {
    # The runner's options end with the first word that is none.
    options=
    while [ $# -gt 0 ]; do
        case $1 in
        --*)
            options="$options $1 $2"
            shift 2
            ;;
        *) break ;;
        esac
    done
    program=$PROGRAMS/$1
    shift
    # shellcheck disable=SC2086
    $RUN $options "$program" "$@"
}

# ok WORDS...: a check has passed.
ok() {
    echo "ok $*"
}

# fail WORDS...: one has not, which ends the script.
fail() {
    echo "FAILED $*" >&2
    exit 1
}

# same A B WORDS...: two files are equal.
same() {
    cmp "$1" "$2" || { shift 2; fail "$@"; }
    shift 2
    ok "$@"
}

# status_is STATUS COMMAND...: the command's exit status is STATUS.
status_is() {
    want=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" = "$want" ] || fail "exit status $status, not $want: $*"
}
