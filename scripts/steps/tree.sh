# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "tree": what this tree builds, as one archive that each guest unpacks
# over its read-only file system. Making it again takes no time.

tree_make() {
    local dir=$OUT/tree.part
    rm -rf "$dir"
    mkdir -p "$dir"/usr/{bin,lib/wasmk,share/wasmk}
    tree_copy "$OUT/target/release/wasmctl" "$dir/usr/bin/"
    tree_copy "$OUT/kmod/wasmk-stripped.ko" "$dir/usr/lib/wasmk/wasmk.ko"
    tree_copy "$OUT/examples" "$dir/usr/share/wasmk/"
    third_party_copy "$dir/usr/share/wasmk/examples"
    tree_guest "$dir"
    tar -C "$dir" --owner=0 --group=0 -cf "$OUT/tree.tar.part" .
    mv "$OUT/tree.tar.part" "$OUT/tree.tar"
    rm -rf "$dir"
}

tree_copy() {
    [ -e "$1" ] || [ -z "${WASMK_TREE_PARTIAL:-}" ] || return 0
    cp -r "$1" "$2"
}

# The guest's own two programs.
tree_guest() {
    cp "$CLONE"/scripts/guest/{init,agent.py} "$1/usr/lib/wasmk/"
    chmod 755 "$1/usr/lib/wasmk/init"
}

step_tree() {
    local value
    value=$({
        cat "$OUT/programs.stamp" "$OUT/module.stamp" 2>/dev/null || true
        echo "$THIRD_PARTY"
        cat "$CLONE"/examples/third-party/checks.sh "$CLONE"/examples/third-party/*/check
        tree_stamp "$OUT/target/release/wasmctl" "$OUT/kmod/wasmk-stripped.ko" "$OUT/examples"
        cat "$CLONE"/scripts/guest/{init,agent.py} "$CLONE"/scripts/steps/{third-party,tree}.sh
    } | hash_of)
    fresh "$OUT/tree.stamp" "$value" && [ -f "$OUT/tree.tar" ] && return
    tree_make || die "tree: cannot pack the build in $OUT; see the message above"
    printf %s "$value" >"$OUT/tree.stamp"
}
