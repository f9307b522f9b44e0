# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "programs": wasmctl and the guest programs, built in the build root.

programs_build() {
    echo "building wasmctl"
    IMAGE='' in_root /wasmk/userspace-cli cargo build --release --locked --offline --bins
    echo "building the guest programs"
    rm -rf "$OUT/examples.part"
    mkdir -p "$OUT/examples.part"
    CARGO_NET_OFFLINE=true IMAGE='' in_root /wasmk/examples env CARGO_TARGET_DIR=/out/target-examples ./build /out/examples.part
    publish "$OUT/examples.part" "$OUT/examples"
}

step_programs() {
    local value
    value=$({ echo "$ROOT"; cd "$CLONE"; tree_stamp Cargo.toml Cargo.lock crates userspace-cli examples; } | hash_of)
    fresh "$OUT/programs.stamp" "$value" && return
    run_step programs "cargo building wasmctl and the guest programs" \
        "this is a compile error in this tree; mend it and run again" programs_build
    printf %s "$value" >"$OUT/programs.stamp"
}
