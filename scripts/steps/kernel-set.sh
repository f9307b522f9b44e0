# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "kernel-set": which kernel image, headers, source and toolchain belong
# together. Looked up once, recorded in $CACHE/kernel-set, refused if they do
# not match: Rust symbol names depend on the exact compiler.

# The kernel series whose Rust interfaces kmod/ is written for.
SERIES=${WASMK_KERNEL_SERIES:-7.3}

apt_field() { # apt_field PACKAGE[=VERSION] FIELD
    apt-cache "${APT[@]}" show "$1" 2>/dev/null | sed -n "s/^$2: //p" | head -n 1
}

# The version of PACKAGE that $SUITE proper (not backports) offers.
suite_version() {
    apt-cache "${APT[@]}" madison "$1" | awk -F' *[|] *' -v s="$SUITE/" 'index($3, s) { print $2; exit }'
}

# set_check RELEASE: prints why this kernel is no usable set, or writes it to $2.
set_check() {
    local rel=$1 into=$2 dir=$CACHE/tmp/set.$$ version source rustc bindgen gcc want
    version=$(apt_field "linux-image-$rel" Version)
    source=linux-source-$(printf %s "$version" | cut -d. -f1,2)
    [ -n "$version" ] || { echo "the suite has no such image"; return 1; }
    case $SERIES in any | "${source#linux-source-}") ;; *)
        echo "its Rust interfaces are those of ${source#linux-source-}, and the module is written for $SERIES"
        return 1 ;;
    esac
    local p
    for p in "linux-headers-$rel" "$source" "linux-modules-$rel" "linux-binary-$rel"; do
        apt-cache "${APT[@]}" madison "$p" | awk -F' *[|] *' '{ print $2 }' | grep -qxF "$version" ||
            { echo "$p $version is not in the suite"; return 1; }
    done
    rustc=$(suite_version rustc)
    bindgen=$(suite_version bindgen)
    gcc=$(suite_version gcc-14)
    rm -rf "$dir" && mkdir -p "$dir"
    (cd "$dir" && apt-get "${APT[@]}" -qq download "linux-headers-$rel=$version" && dpkg-deb -x ./*.deb .) >&2 ||
        { echo "its headers package cannot be fetched"; return 1; }
    local config=$dir/usr/src/linux-headers-$rel/.config
    grep -qx CONFIG_RUST=y "$config" || { echo "it is built without Rust"; return 1; }
    want=$(sed -n 's/^CONFIG_RUSTC_VERSION_TEXT="rustc \([^ ]*\).*/\1/p' "$config")
    [ "${rustc%%[+-]*}" = "$want" ] || { echo "it was built by rustc $want, and $SUITE has $rustc"; return 1; }
    want=$(sed -n 's/^CONFIG_BINDGEN_VERSION_TEXT="bindgen \([^ "]*\).*/\1/p' "$config")
    [ "${bindgen%%-*}" = "$want" ] || { echo "it was built with bindgen $want, and $SUITE has $bindgen"; return 1; }
    want=$(sed -n 's/^CONFIG_CC_VERSION_TEXT=".*(Debian \(.*\)) .*"/\1/p' "$config")
    [ "$gcc" = "$want" ] || { echo "it was built by gcc-14 $want, and $SUITE has $gcc"; return 1; }
    rm -rf "$dir"
    cat >"$into" <<EOF
release=$rel
version=$version
source=$source
rustc=$rustc
bindgen=$bindgen
gcc=$gcc
EOF
}

set_resolve() {
    private_apt
    echo "reading the package lists of $SUITE and $SUITE-backports"
    apt-get "${APT[@]}" -q update
    local rel why
    for rel in $(apt-cache "${APT[@]}" search --names-only '^linux-image-[0-9][^ ]*-cloud-amd64$' |
        sed -n 's/^linux-image-\([^ ]*\) .*/\1/p' | grep -v unsigned | sort -rV); do
        [ -z "${WASMK_KERNEL:-}" ] || [ "$rel" = "$WASMK_KERNEL" ] || continue
        if why=$(set_check "$rel" "$CACHE/tmp/kernel-set"); then
            echo "the kernel set is $rel"
            mv "$CACHE/tmp/kernel-set" "$CACHE/kernel-set"
            return
        fi
        echo "not usable: $rel: $why"
        # Older series than ours cannot match either.
        case $rel in 6.*) break ;; esac
    done
    echo "no supported kernel set in $SUITE-backports${WASMK_KERNEL:+ named $WASMK_KERNEL}"
    return 1
}

# load_set: reads the recorded set into SET_release, SET_version, ...
load_set() {
    [ -f "$CACHE/kernel-set" ] || return 1
    local k v
    while IFS='=' read -r k v; do printf -v "SET_$k" %s "$v"; done <"$CACHE/kernel-set"
}

step_kernel_set() {
    if load_set && { [ -z "${WASMK_KERNEL:-}" ] || [ "$SET_release" = "$WASMK_KERNEL" ]; }; then return; fi
    run_step kernel-set "the archive's package lists" \
        "the module needs a cloud kernel of series $SERIES whose image, headers, source and compilers agree; see the reasons above, or name one with WASMK_KERNEL=RELEASE" \
        set_resolve
    load_set
    say "kernel-set: $SET_release, rustc $SET_rustc"
}
