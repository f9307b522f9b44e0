# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Runs checks and suites, counts what passed and failed, says so last.

PASSED=0
FAILED=0

# count_output FILE: adds up what a suite printed. Three forms are known: cargo's
# "test result: ... N passed; N failed", "NAME: N passed, N failed", and the
# official suite's "...: N scripts, N assertions passed, N failed".
count_output() {
    awk '
        /^test result: / { for (i = 2; i < NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } next }
        match($0, /^[A-Za-z0-9_. ()\/-]+: [0-9]+ passed, [0-9]+ failed/) ||
        match($0, /: [0-9]+ scripts, [0-9]+ assertions passed, [0-9]+ failed/) {
            n = split($0, w, /[ ,]+/)
            for (i = 2; i <= n; i++) {
                if (w[i] == "passed") p += w[i - 1 - (w[i - 1] == "assertions")]
                if (w[i] == "failed") f += w[i - 1]
            }
        }
        END { print p + 0, f + 0 }' "$1"
}

# suite NAME SECONDS COMMAND...: runs a suite whose output tells its counts. One
# that ends badly without telling of a failure counts as one failure.
suite() {
    local name=$1 limit=$2 out rc=0 p f start=$SECONDS
    shift 2
    out=$(mktemp)
    printf '== %s\n' "$name"
    timeout --foreground -s KILL "$limit" "$@" 2>&1 </dev/null | tee "$out" || rc=${PIPESTATUS[0]}
    read -r p f < <(count_output "$out")
    rm -f "$out"
    if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    [ "$rc" -ne 137 ] || printf '== %s ran longer than %s s and was ended\n' "$name" "$limit"
    # No counts at all means that nothing was tested.
    if [ "$rc" -eq 0 ] && [ $((p + f)) -eq 0 ]; then
        printf '== %s told no counts\n' "$name"
        f=1
    fi
    printf '== %s: %s passed, %s failed (%s s)\n' "$name" "$p" "$f" $((SECONDS - start))
    PASSED=$((PASSED + p)) FAILED=$((FAILED + f))
}

# check NAME COMMAND...: one check, passed if COMMAND succeeds.
check() {
    local name=$1 start=$SECONDS
    shift
    printf '== %s\n' "$name"
    if "$@" </dev/null 2>&1; then
        PASSED=$((PASSED + 1))
        printf '== %s: passed (%s s)\n' "$name" $((SECONDS - start))
    else
        FAILED=$((FAILED + 1))
        printf '== %s: FAILED (%s s)\n' "$name" $((SECONDS - start))
    fi
}

# totals: the last line, the counts for a caller that asked, the exit status.
totals() {
    if [ -n "${WASMK_TOTALS:-}" ]; then printf '%s %s\n' "$PASSED" "$FAILED" >>"$WASMK_TOTALS"; fi
    printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ]
}
