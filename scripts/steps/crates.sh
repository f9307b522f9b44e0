# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "crates": fetches the crates that the lock files name. The registry and
# how to reach it are this host's choice (its cargo configuration, CARGO_*
# variables, proxies, certificates); every build after this is offline.

# host_registry_config: the parts of the host's cargo configuration that say
# where crates come from; build settings stay out of the build root.
host_registry_config() {
    local home=${CARGO_HOME:-$HOME/.cargo} f
    for f in "$home/config.toml" "$home/config"; do
        [ -f "$f" ] || continue
        awk '/^[ \t]*\[/ { keep = $0 ~ /^[ \t]*\[(source|registries|registry|http|net)[].]/ } keep' "$f"
        break
    done
}

crates_locks() {
    (cd "$CLONE" && ls Cargo.lock examples/Cargo.lock 2>/dev/null) || true
}

crates_fetch() {
    local lock
    rm -f "$CACHE/cargo/config"
    host_registry_config >"$CACHE/cargo/config.toml.part"
    mv "$CACHE/cargo/config.toml.part" "$CACHE/cargo/config.toml"
    for lock in $(crates_locks); do
        IMAGE='' in_root / cargo fetch --locked --manifest-path "/wasmk/$(dirname "$lock")/Cargo.toml"
    done
}

step_crates() {
    local value
    [ -f "$CLONE/Cargo.lock" ] || die "crates: this tree has no Cargo.lock; restore it from version control"
    # Manifests count too: a lock file that no longer fits them must be noticed.
    value=$(cd "$CLONE" && { echo "$ROOT"; find . -name target -prune -o \( -name Cargo.toml -o -name Cargo.lock \) -print | LC_ALL=C sort | xargs cat; } | hash_of)
    fresh "$OUT/crates.stamp" "$value" && [ -d "$CACHE/cargo/registry" ] && return
    run_step crates "the crate registry" \
        "if it names the network or a certificate: cargo must reach its registry with this host's settings (\$CARGO_HOME/config.toml, CARGO_*, proxies, SSL_CERT_FILE); if it names the lock file: Cargo.lock does not match the manifests" \
        crates_fetch
    printf %s "$value" >"$OUT/crates.stamp"
}
