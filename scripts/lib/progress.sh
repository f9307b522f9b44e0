# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Runs one long step with a log, a live line, and a useful last word on failure.

# ticker LOG NAME WHAT: shows the elapsed time and the last log line until killed.
ticker() {
    local start=$SECONDS last=0 line width
    # The lock is not ours to hold.
    [ -z "${LOCK_FD:-}" ] || exec {LOCK_FD}>&-
    width=$(tput cols 2>/dev/null || echo 80)
    while sleep 1; do
        local t=$((SECONDS - start))
        line=$(tail -c 400 "$1" 2>/dev/null | tr '\r' '\n' | tr -cd '\n -~' | grep -v '^ *$' | tail -n 1) || line=
        if [ -t 2 ]; then
            line="$WASMK_PREFIX: $2: $t s, $3: $line"
            printf '\r\033[K%s' "${line:0:$((width - 1))}" >&2
        elif [ $((t - last)) -ge 15 ]; then
            last=$t
            printf '%s\n' "$WASMK_PREFIX: $2: $t s, waiting for $3: ${line:0:100}" >&2
        fi
    done
}

# run_step NAME WHAT HINT COMMAND...: runs COMMAND with its output in a log.
# WHAT says what is being waited for, HINT what to do when it fails.
run_step() {
    local name=$1 what=$2 hint=$3 log=$LOGS/$1.log tick rc=0 start=$SECONDS
    shift 3
    : >"$log"
    [ -t 2 ] || say "$name: $what ..."
    ticker "$log" "$name" "$what" &
    tick=$!
    # shellcheck disable=SC2064
    trap "kill $tick 2>/dev/null || true" EXIT
    # In a subshell, so that `set -e` acts inside a function given as COMMAND.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    rc=$?
    set -e
    kill "$tick" 2>/dev/null || true
    wait "$tick" 2>/dev/null || true
    trap - EXIT
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    if [ "$rc" -ne 0 ]; then
        say "$name failed after $((SECONDS - start)) s while: $what. The last lines of $log:"
        tail -n 15 "$log" | sed "s/^/$WASMK_PREFIX:   | /" >&2
        say "$name: $hint"
        exit 125
    fi
    say "$name: done in $((SECONDS - start)) s"
}
