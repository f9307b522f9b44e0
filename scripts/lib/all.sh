# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Loads the library and the steps, and knows their order.

_lib=$(dirname "${BASH_SOURCE[0]}")
. "$_lib/common.sh"
. "$_lib/progress.sh"
. "$_lib/archive.sh"
. "$_lib/namespace.sh"
for _step in host kernel-set root kernel-meta image third-party crates programs module tree; do
    . "$_lib/../steps/$_step.sh"
done

# have_root, have_tools: true if an earlier set-up left them; sets their names.
have_root() {
    load_set && root_locate && [ -d "$ROOT" ]
}
have_tools() {
    have_root && meta_locate && [ -d "$KDIR_CACHE" ]
}

# setup_tools: the build root and the kernel's metadata, shared by all clones.
setup_tools() {
    make_dirs
    have_tools && return
    lock shared
    if ! have_root; then
        step_host
        step_root
    fi
    step_kernel_meta
    unlock
}

# setup_image: the guest's file system, shared by all clones.
setup_image() {
    image_locate
    [ -d "$IMAGE" ] && return
    lock shared
    step_image
    unlock
}

# setup_third_party: programs of others, shared by all clones.
setup_third_party() {
    third_party_locate
    if [ ! -d "$SOURCES" ] || [ ! -d "$THIRD_PARTY" ]; then
        lock shared
        step_third_party
        unlock
    fi
}

# setup_clone STEP...: steps whose results belong to this clone, a lock each.
setup_clone() {
    local step LOGS=$OUT/log
    mkdir -p "$LOGS"
    for step in "$@"; do
        lock "${OUT##*/}.$step"
        "step_$step"
        unlock
    done
}

# setup_all: everything that a guest needs. WASMK_TREE_PARTIAL=1, for work on
# one part while another does not build: the guest gets what there is.
setup_all() {
    setup_tools
    setup_image
    local step
    if [ -n "${WASMK_TREE_PARTIAL:-}" ]; then
        (setup_third_party) || true
        third_party_locate
    else
        setup_third_party
    fi
    setup_clone crates
    for step in programs module; do
        if [ -n "${WASMK_TREE_PARTIAL:-}" ]; then
            (setup_clone "$step") || true
        else
            setup_clone "$step"
        fi
    done
    setup_clone tree
}
