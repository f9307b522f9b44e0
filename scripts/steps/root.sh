# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "root": the build root, a small Debian that holds every compiler and
# the emulator. Nothing but this tree is needed to build wasmk.

# Changed when the way this root is made changes.
ROOT_RECIPE=1

root_packages() {
    # Versions that must be those which built the kernel.
    echo "rustc=$SET_rustc rust-src=$SET_rustc libstd-rust-dev=$SET_rustc libstd-rust-dev-wasm32=$SET_rustc"
    echo "cargo=$SET_rustc rustfmt=$SET_rustc rust-clippy=$SET_rustc bindgen=$SET_bindgen gcc-14=$SET_gcc"
    echo "linux-headers-$SET_release=$SET_version $SET_source=$SET_version"
    # The kernel's own build.
    echo build-essential flex bison libelf-dev libssl-dev libdw-dev zlib1g-dev libclang-dev bc python3 perl
    echo kmod cpio rsync pahole binutils xz-utils zstd file
    # Guest programs, and the registry client's needs.
    echo clang lld llvm wasi-libc libclang-rt-dev-wasm32 wabt git ca-certificates
    # The virtual machine.
    echo qemu-system-x86 erofs-utils busybox-static mmdebstrap
}

# root_locate: sets ROOT, keyed by the set and by what is installed.
root_locate() {
    ROOT=$CACHE/root-$({ echo "$ROOT_RECIPE"; root_packages; } | hash_of)
}

root_make() {
    local temp=$ROOT.part pkgs line
    local -a opts=()
    ns_command
    "${NS[@]}" rm -rf "$temp"
    pkgs=$(root_packages | tr ' \n' ',,' | tr -s ,)
    while IFS= read -r line; do opts+=("--aptopt=$line"); done < <(transport_options)
    local -a sources=()
    mapfile -t sources < <(sources_lines)
    # --mode=root: we are root, of this machine or of a namespace of our own.
    TMPDIR=$CACHE/tmp "${NS[@]}" mmdebstrap --verbose --mode=root --variant=apt --architectures=amd64 \
        "${opts[@]}" --include="${pkgs%,}" "$SUITE" "$temp" "${sources[@]}"
    "${NS[@]}" sh -c '
        set -e
        cd "$1"
        mkdir -p wasmk out cargo kdir image host
        rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/*
        : >>etc/resolv.conf; : >>etc/hosts' sh "$temp"
    publish "$temp" "$ROOT"
}

step_root() {
    # The archive may have moved on since the set was recorded.
    rm -f "$CACHE/kernel-set"
    step_kernel_set
    root_locate
    run_step root "mmdebstrap downloading and unpacking the build root (2.8 GB, 2 minutes or so)" \
        "check the archive named by this host's apt configuration (apt-get update must work), free disk space, and run again" root_make
}
