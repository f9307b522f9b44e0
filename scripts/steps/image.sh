# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "image": the guest's read-only file system, its stock kernel and a small
# initramfs. What this tree builds is not in it: see the step "tree".

IMAGE_RECIPE=1

image_packages() {
    echo bash coreutils mount util-linux kmod procps iproute2 psmisc strace
    echo curl nginx-light python3 apache2-utils wrk socat netcat-openbsd busybox
}

image_locate() {
    IMAGE=$CACHE/image-$({ echo "$IMAGE_RECIPE $ROOT $SET_release"; image_packages; cat "$CLONE"/scripts/guest/initramfs "$CLONE"/scripts/steps/image-inner.sh; } | hash_of)
}

image_make() {
    local temp=$CACHE/tmp/image pkgs line p
    ns_command
    "${NS[@]}" rm -rf "$temp"
    mkdir -p "$temp/debs"
    private_apt
    [ -n "$(apt-cache "${APT[@]}" madison "linux-binary-$SET_release")" ] || apt-get "${APT[@]}" -q update
    for p in binary modules; do
        (cd "$temp/debs" && apt-get "${APT[@]}" -q download "linux-$p-$SET_release=$SET_version")
    done
    pkgs=$(image_packages | tr ' \n' ',,' | tr -s ,)
    local -a opts=() sources=()
    while IFS= read -r line; do opts+=("--aptopt=$line"); done < <(transport_options)
    mapfile -t sources < <(sources_lines | head -n 1)
    TMPDIR=$CACHE/tmp "${NS[@]}" mmdebstrap --verbose --mode=root --variant=essential --architectures=amd64 \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        "${opts[@]}" --include="${pkgs%,}" "$SUITE" "$temp/root" "${sources[@]}"
    IMAGE=$temp in_root / bash /wasmk/scripts/steps/image-inner.sh "$SET_release"
    "${NS[@]}" rm -rf "$temp/root" "$temp/debs"
    publish "$temp" "$IMAGE"
}

step_image() {
    image_locate
    [ -d "$IMAGE" ] && return
    run_step image "mmdebstrap making the guest's file system (1 to 2 minutes)" \
        "check the archive named by this host's apt configuration and free disk space, and run again; if a kernel package is gone from the archive: scripts/setup --update" image_make
}
