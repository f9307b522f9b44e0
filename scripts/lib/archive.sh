# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
# shellcheck shell=bash
# The Debian archive: its address and transport options come from this host's
# own apt configuration; no address is written down here.

SUITE=trixie

# archive_uri: the address from which this host takes Debian itself.
archive_uri() {
    local codename line
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # shellcheck disable=SC2016
    line=$(apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
        awk -v c="$codename" '$1 == "Packages" && $3 == "main" && ($2 == c || $2 == "trixie" || $2 == "stable") { print $4; exit }')
    [ -n "$line" ] || die "no Debian archive in this host's apt configuration: /etc/apt names no 'main' component for '$codename'"
    printf '%s\n' "$line"
}

# keyring: the file with Debian's archive keys, which must know $SUITE's.
keyring() {
    local f
    for f in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
        [ -f "$f" ] && { echo "$f"; return; }
    done
    die "Debian's archive keys are missing; install the package debian-archive-keyring"
}

# sources_lines: the sources of the build root, one a line.
sources_lines() {
    local uri key
    uri=$(archive_uri)
    key=$(keyring)
    echo "deb [signed-by=$key] $uri $SUITE main"
    echo "deb [signed-by=$key] $uri $SUITE-backports main"
}

# transport_options: this host's proxies and certificate settings for apt.
transport_options() {
    apt-config dump Acquire::http Acquire::https 2>/dev/null | grep -E '::(Proxy|CaInfo|CaPath|Verify|SslCert|SslKey|Timeout)' || true
}

# private_apt [DIR]: prepares an apt state of our own, so that looking into
# $SUITE neither needs root nor changes this host. Sets APT to its options.
private_apt() {
    local dir=${1:-$CACHE/apt}
    mkdir -p "$dir"/{lists/partial,archives/partial}
    : >"$dir/status"
    sources_lines >"$dir/sources.list"
    cat >"$dir/apt.conf" <<EOF
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::State::extended_states "$dir/extended_states";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "amd64";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Architectures;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
EOF
    APT=(-c "$dir/apt.conf")
}
