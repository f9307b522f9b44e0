#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# The inner half of in_root(): runs as root of a private mount namespace.
# enter.sh ROOT CLONE OUT CACHE KDIR IMAGE DIR [NAME=VALUE]... COMMAND...
set -euo pipefail
root=$1 clone=$2 out=$3 cache=$4 kdir=$5 image=$6 dir=$7
shift 7

bind() { # bind SOURCE TARGET [OPTION]
    mount --rbind "$1" "$root$2"
}
mount --rbind "$root" "$root" # a mount of its own, for the mounts below
if [ -n "${WASMK_OWN_PROC:-}" ]; then mount -t proc proc "$root/proc"; else bind /proc /proc; fi
bind /dev /dev
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=755 run "$root/run"
bind "$clone" /wasmk
bind "$out" /out
bind "$cache/cargo" /cargo
[ -z "$kdir" ] || bind "$kdir" /kdir
[ -z "$image" ] || bind "$image" /image
bind / /host
# Name resolution and trust are the host's.
for f in /etc/resolv.conf /etc/hosts; do
    if [ -e "$f" ] && [ -e "$root$f" ]; then mount --bind "$(readlink -f "$f")" "$root$f"; fi
done
ca=
for f in "${SSL_CERT_FILE:-}" "${CURL_CA_BUNDLE:-}" /etc/ssl/certs/ca-certificates.crt; do
    if [ -n "$f" ] && [ -f "$f" ]; then
        ca=/run/ca-certificates.crt
        : >"$root$ca"
        mount --bind "$(readlink -f "$f")" "$root$ca"
        break
    fi
done
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
    CARGO_HOME=/cargo CARGO_TARGET_DIR=/out/target WASMK_INSIDE=1 WASMK_HOST=/host \
    ${ca:+SSL_CERT_FILE=$ca CARGO_HTTP_CAINFO=$ca GIT_SSL_CAINFO=$ca} \
    sh -c 'cd "$1" && shift && exec env "$@"' sh "$dir" "$@"
