# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# Step "third-party": programs that nobody here wrote (examples/third-party),
# built from Debian's source packages. Neither the sources nor the programs
# are part of this tree; both are kept in the cache, the programs under a key
# of all that they are made of, so that clones share them.

# Source packages, and packages of tools that only these builds need.
THIRD_PARTY_SOURCES="bzip2 quickjs sqlite3"
THIRD_PARTY_TOOLS="tcl8.6 libtcl8.6"
THIRD_PARTY_RECIPE=1

# third_party_source_lines: sources.list with the suite's source packages.
third_party_source_lines() {
    sources_lines | sed -n "/ $SUITE main\$/{p;s/^deb /deb-src /p}"
}

# third_party_fetch: apt verifies all that it brings by the archive's keys.
third_party_fetch() {
    local temp=$CACHE/tmp/sources name
    rm -rf "$temp"
    mkdir -p "$temp/tools"
    private_apt "$CACHE/apt-sources"
    third_party_source_lines >"$CACHE/apt-sources/sources.list"
    echo "reading the lists of $SUITE's source packages"
    apt-get "${APT[@]}" -q update
    for name in $THIRD_PARTY_SOURCES; do
        mkdir "$temp/$name"
        (cd "$temp/$name" && apt-get "${APT[@]}" -qq --only-source --download-only source "$name")
        set -- "$temp/$name"/*.dsc
        [ $# = 1 ] && [ -f "$1" ] || { echo "the suite has no source package $name"; return 1; }
        echo "$name $(sed -n 's/^Version: //p' "$1")" >>"$temp/versions"
    done
    # shellcheck disable=SC2086
    (cd "$temp/tools" && apt-get "${APT[@]}" -qq download $THIRD_PARTY_TOOLS)
    publish "$temp" "$SOURCES"
    rm -rf "$CACHE/apt-sources"
}

third_party_locate() {
    SOURCES=$CACHE/sources-$(echo "$THIRD_PARTY_RECIPE $SUITE $THIRD_PARTY_SOURCES $THIRD_PARTY_TOOLS" | hash_of)
    THIRD_PARTY=$CACHE/third-party-$({
        echo "$THIRD_PARTY_RECIPE $ROOT"
        cat "$SOURCES/versions" 2>/dev/null || true
        cd "$CLONE/examples/third-party" && find . -type f ! -name 'check*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
    } | hash_of)
}

third_party_build() {
    local temp=$CACHE/tmp/third-party
    rm -rf "$temp"
    mkdir -p "$temp"
    IMAGE='' in_root / /wasmk/examples/third-party/build "/host$SOURCES" "/host$temp"
    publish "$temp" "$THIRD_PARTY"
}

# third_party_copy DIR: the programs and the scripts that check them, for a guest.
third_party_copy() {
    local from=$CLONE/examples/third-party name
    [ -e "$THIRD_PARTY" ] || [ -z "${WASMK_TREE_PARTIAL:-}" ] || return 0
    mkdir -p "$1"
    cp -r "$THIRD_PARTY/." "$1"
    for name in $THIRD_PARTY_SOURCES; do cp "$from/$name/check" "$1/checks/$name/"; done
    cp "$from/checks.sh" "$1/checks/"
}

step_third_party() {
    third_party_locate
    if [ ! -d "$SOURCES" ]; then
        run_step sources "the archive's source packages of $THIRD_PARTY_SOURCES (28 MB)" \
            "check that the archive named by this host's apt configuration has source packages of $SUITE, and run again" \
            third_party_fetch
        third_party_locate
    fi
    [ -d "$THIRD_PARTY" ] && return
    run_step third-party "clang building $THIRD_PARTY_SOURCES (1 to 2 minutes)" \
        "if it does not name a file of examples/third-party: scripts/setup --update fetches the sources again" \
        third_party_build
}
