#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# Runs in the build root: kernel-meta-inner.sh RELEASE SOURCE-PACKAGE JOBS.
# Leaves the finished headers tree in /kdir/kdir.
set -euo pipefail
release=$1 source=$2 jobs=$3
headers=/usr/src/linux-headers-$release
src=/kdir/src obj=/kdir/obj new=/kdir/kdir

echo "unpacking $source"
mkdir -p "$src" "$obj"
tar -C "$src" --strip-components=1 -xf "/usr/src/$source.tar.xz"
cp "$headers/.config" "$obj/.config"

build() {
    make -C "$src" O="$obj" ARCH=x86 CROSS_COMPILE=x86_64-linux-gnu- CC=x86_64-linux-gnu-gcc-14 HOSTCC=gcc-14 \
        KERNELRELEASE="$release" -j"$jobs" "$@"
}
build rustavailable
build olddefconfig
if ! cmp -s "$headers/.config" "$obj/.config"; then
    diff "$headers/.config" "$obj/.config" || true
    echo "the configuration came out different: these tools are not those that built $release"
    exit 1
fi
build modules_prepare

# What our objects would export against what the stock kernel exports.
sed -n 's/.*EXPORT_SYMBOL_RUST_GPL(\(.*\));/\1/p' "$obj"/rust/exports_*_generated.h | LC_ALL=C sort -u >/kdir/ours
awk '{ print $2 }' "$headers/Module.symvers" | LC_ALL=C sort -u >/kdir/all
grep -E '^_R|^rust_helper_' /kdir/all >/kdir/theirs
missing=$(LC_ALL=C comm -23 /kdir/ours /kdir/all)
extra=$(LC_ALL=C comm -13 /kdir/ours /kdir/theirs)
if [ -n "$missing$extra" ]; then
    printf '%s\n' "$missing" "$extra" | head -n 10
    echo "Rust symbols differ from those of the stock kernel $release: this set is not supported"
    exit 1
fi
echo "$(wc -l </kdir/theirs) exported Rust symbols are those of the stock kernel"

# The private headers tree: Debian's own, with real scripts/ and rust/.
cp -a "$headers" "$new"
rm "$new/scripts" "$new/tools"
cp -aL "$headers/scripts" "$new/scripts"
ln -s "$(readlink -f "$headers/tools")" "$new/tools"
cp "$obj/scripts/target.json" "$new/scripts/"
mkdir "$new/rust"
cp "$obj"/rust/*.rmeta "$obj"/rust/*.so "$new/rust/"
sed -i 's|^KBUILD_OUTPUT=.*|KBUILD_OUTPUT=/kdir|' "$new/Makefile"
