# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "kernel-meta": Debian's headers packages lack the Rust metadata that an
# out-of-tree Rust module needs. It is made again from the same source by the
# same compilers, and accepted only if every Rust symbol that the stock kernel
# exports comes out under the same name. The result is a private headers tree.

META_RECIPE=1

meta_locate() {
    KDIR_CACHE=$CACHE/kdir-$({ echo "$META_RECIPE $ROOT"; cat "$CLONE/scripts/steps/kernel-meta-inner.sh"; } | hash_of)
}

meta_make() {
    local work=$CACHE/tmp/meta
    ns_command
    "${NS[@]}" rm -rf "$work"
    mkdir -p "$work"
    KDIR_CACHE=$work IMAGE='' in_root / bash /wasmk/scripts/steps/kernel-meta-inner.sh \
        "$SET_release" "$SET_source" "$(nproc)"
    if [ -n "${WASMK_KEEP_SOURCE:-}" ]; then publish "$work/src" "$CACHE/$SET_source"; fi
    publish "$work/kdir" "$KDIR_CACHE"
    "${NS[@]}" rm -rf "$work"
}

step_kernel_meta() {
    meta_locate
    [ -d "$KDIR_CACHE" ] && return
    run_step kernel-meta "make modules_prepare of $SET_source (2 to 5 minutes)" \
        "if it says that symbols differ, this kernel set is not supported; otherwise free disk space (3 GB) and run again" meta_make
}
