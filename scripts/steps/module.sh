# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "module": wasmk.ko for the stock kernel of the set.

module_build() {
    mkdir -p "$OUT/kmod"
    IMAGE='' in_root /wasmk make --no-print-directory kmod KDIR=/kdir MO=/out/kmod JOBS="$(nproc)" OFFLINE=1 \
        ${WASMK_ARENA_MB:+"WASMK_ARENA_MB=$WASMK_ARENA_MB"}
    # What the guest loads, and what an installation would have.
    IMAGE='' in_root /out/kmod strip --strip-debug -o wasmk-stripped.ko wasmk.ko
}

step_module() {
    local value
    value=$({ echo "$KDIR_CACHE${WASMK_ARENA_MB:+ $WASMK_ARENA_MB}"; cd "$CLONE"; tree_stamp Kbuild Makefile Cargo.toml Cargo.lock crates kmod scripts/kbuild; } | hash_of)
    fresh "$OUT/module.stamp" "$value" && [ -f "$OUT/kmod/wasmk-stripped.ko" ] && return
    run_step module "make building wasmk.ko" "this is a compile error in this tree; mend it and run again" module_build
    printf %s "$value" >"$OUT/module.stamp"
}
