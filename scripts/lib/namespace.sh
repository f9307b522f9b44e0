# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Entering the build root: a private mount namespace and chroot. Root needs no
# more; an ordinary user gets a user namespace with his own sub-uid range.

NS_EXTRA=()

# ns_command: sets NS to the words that run a command as (namespace) root.
ns_command() {
    if [ "$(id -u)" = 0 ]; then
        NS=(unshare --mount --propagation private "${NS_EXTRA[@]}")
    else
        NS=(unshare --user --map-root-user --map-auto --mount --propagation private "${NS_EXTRA[@]}")
    fi
}

# ns_probe: says what is missing when namespaces cannot be had.
ns_probe() {
    ns_command
    local why
    why=$("${NS[@]}" sh -c 'mount -t tmpfs none /mnt' 2>&1) && return
    if [ "$(id -u)" = 0 ]; then
        die "cannot make a mount namespace ($why); in a container, start it with CAP_SYS_ADMIN (docker run --privileged)"
    fi
    command -v newuidmap >/dev/null ||
        die "as an ordinary user the set-up needs newuidmap: as root, 'apt-get install uidmap'; or run this as root"
    grep -q "^$(id -un):" /etc/subuid 2>/dev/null ||
        die "user $(id -un) has no sub-uids: as root, 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)'; or run this as root"
    die "unprivileged user namespaces do not work here ($why); as root, 'sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0', or run this as root"
}

# The variables that a registry client may need; all others stay outside.
host_environment() {
    local v
    for v in $(compgen -e); do
        case $v in
        http_proxy | https_proxy | no_proxy | all_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | ALL_PROXY | \
            CARGO_REGISTRIES_* | CARGO_REGISTRY_* | CARGO_HTTP_* | CARGO_NET_* | CARGO_SOURCE_* | \
            TERM | COLUMNS | LINES | CI | WASMK_ACCEL | WASMK_CPU | WASMK_TEST_* | WASMK_PREFIX | RUST_BACKTRACE | PROPTEST_*)
            printf '%s\0' "$v=${!v}"
            ;;
        esac
    done
}

# enter_words DIR COMMAND...: sets ENTER to the words that run COMMAND inside
# the build root $ROOT, in DIR there. The clone is /wasmk, its output /out, the
# host's own tree /host.
enter_words() {
    local dir=$1
    shift
    ns_command
    local -a env=()
    mapfile -d '' env < <(host_environment)
    ENTER=("${NS[@]}" bash "$CLONE/scripts/lib/enter.sh" "$ROOT" "$CLONE" "$OUT" "$CACHE" "${KDIR_CACHE:-}" "${IMAGE:-}" "$dir"
        "${env[@]}" "$@")
}

in_root() {
    enter_words "$@"
    "${ENTER[@]}"
}

# in_root_exec: the same in this process's place, and with a process namespace:
# when it is killed, so is everything that it started.
in_root_exec() {
    local NS_EXTRA=(--pid --fork --kill-child=KILL)
    enter_words "$@"
    exec env WASMK_OWN_PROC=1 "${ENTER[@]}"
}
