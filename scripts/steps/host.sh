# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "host": the few programs that this machine itself must have.

# Machines that can run the set-up at all.
host_check() {
    [ "$(uname -m)" = x86_64 ] || die "this machine is $(uname -m); wasmk builds and runs on x86-64 only"
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die "this is not a Debian system (no apt-get); the set-up needs Debian 12 or 13"
    local free
    free=$(df -Pk "$CACHE" | awk 'NR == 2 { print int($4 / 1048576) }')
    [ "$free" -ge 9 ] || [ -e "$CACHE/kernel-set" ] ||
        die "only $free GiB are free at $CACHE and the set-up needs 9; free some or set WASMK_CACHE"
}

host_missing() {
    command -v mmdebstrap >/dev/null || echo mmdebstrap
    command -v unshare >/dev/null || echo util-linux
    command -v xz >/dev/null || echo xz-utils
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || [ -e /usr/share/keyrings/debian-archive-keyring.pgp ] ||
        echo debian-archive-keyring
    [ "$(id -u)" = 0 ] || command -v newuidmap >/dev/null || echo uidmap
}

host_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=600 update
    apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
}

step_host() {
    host_check
    local missing
    missing=$(host_missing | tr '\n' ' ')
    if [ -n "${missing% }" ]; then
        [ "$(id -u)" = 0 ] ||
            die "missing on this machine: ${missing% }. As root: apt-get install ${missing% }; then run this again"
        # shellcheck disable=SC2086
        run_step host "apt-get installing ${missing% }" \
            "see that 'apt-get update' and 'apt-get install ${missing% }' work on this machine" host_install $missing
    fi
    ns_probe
}
