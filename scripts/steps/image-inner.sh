#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# Runs in the build root: image-inner.sh RELEASE. Turns /image/root and
# /image/debs into /image/{vmlinuz,initrd,base.erofs,modules}.
set -euo pipefail
release=$1
root=/image/root

for deb in /image/debs/*.deb; do dpkg-deb -x "$deb" /image/kernel; done
modules=/image/kernel/usr/lib/modules/$release
vmlinuz=$(find /image/kernel -name "vmlinuz*" -type f | head -n 1)
[ -n "$vmlinuz" ] || { echo "the kernel package holds no vmlinuz"; exit 1; }
cp "$vmlinuz" /image/vmlinuz
depmod -b /image/kernel/usr "$release"

mkdir -p "$root/usr/lib/modules"
cp -a "$modules" "$root/usr/lib/modules/"
rm -f "$root/usr/lib/modules/$release/vmlinuz" "$root/usr/lib/modules/$release/build" "$root/usr/lib/modules/$release/source"
rm -rf "${root:?}"/{var/cache,var/log,dev}/*
mkdir -p "$root"/var/log/nginx "$root"/var/cache/nginx
echo wasmk >"$root/etc/hostname"
printf '127.0.0.1 localhost wasmk\n::1 localhost\n' >"$root/etc/hosts"
# The network interface is loopback only; services are started by hand.
rm -f "$root/etc/resolv.conf"
# Times stay: Python would compile its library again at each start.
mkfs.erofs --quiet /image/base.erofs "$root"

# The initramfs: busybox and the modules that mount the rest, in load order.
init=/image/initramfs
mkdir -p "$init"/{bin,modules,proc,sys,dev,ro,rw,new}
cp /usr/bin/busybox "$init/bin/busybox"
cp /wasmk/scripts/guest/initramfs "$init/init"
n=10
for m in virtio_blk erofs overlay; do
    modprobe -d /image/kernel/usr -S "$release" --show-depends "$m" | while read -r verb path _; do
        [ "$verb" = insmod ] || continue
        name=$(basename "$path")
        ls "$init"/modules/*-"${name%.xz}" >/dev/null 2>&1 && continue
        count=$(find "$init/modules" -type f | wc -l)
        target=$init/modules/$((n + count))-${name%.xz}
        case $name in *.xz) xz -dc "$path" >"$target" ;; *) cp "$path" "$target" ;; esac
    done
done
(cd "$init" && find . | LC_ALL=C sort | cpio --quiet -o -H newc >/image/initrd)
rm -rf "$init" /image/kernel
