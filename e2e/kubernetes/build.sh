#!/bin/bash
# Builds Kubernetes 1.20.2 (API server, scheduler, controller manager, kubelet) from Debian 12's source package, for
# hosts without a cluster: about ten minutes on two cores, once. Prints the folder of the binaries.
set -euo pipefail
state=${ENGINES_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/executor-engines}
bin=$state/kubernetes-bin
work=$state/kubernetes-build

if [ -x "$bin/kubelet" ]; then
    echo "$bin"
    exit 0
fi

for tool in go rsync make apt-get; do
    command -v "$tool" > /dev/null || {
        echo "$tool is missing: apt-get install -y --no-install-recommends golang-go rsync make golang-github-modern-go-reflect2-dev" >&2
        exit 1
    }
done

# A separate apt configuration with source packages enabled, so that the host's configuration is unchanged.
fetch_source() {
    local mirror
    mkdir -p "$work"/apt/lists/partial "$work"/apt/cache/archives/partial
    mirror=$({
        sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) bookworm .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
        sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources
    } 2> /dev/null | sed -n 1p) || true
    [ -n "$mirror" ] || {
        echo 'no Debian 12 (bookworm) package source is configured on this host' >&2
        exit 1
    }
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$work/apt/sources.list"
    cat > "$work/apt/apt.conf" << CONF
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$work/apt/lists";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "root";
CONF
    (
        cd "$work"
        export APT_CONFIG=$work/apt/apt.conf
        apt-get update -qq
        apt-get source -qq --download-only kubernetes
    ) >&2
}

# The bundled reflect2 1.0.1 crashes with Go 1.18 and later: each new pod would make the API server panic.
replace_reflect2() {
    local bundled=$1/vendor/github.com/modern-go/reflect2
    rm -f "$bundled"/*.go "$bundled"/*.s
    cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$bundled"/
    rm -f "$bundled"/*_test.go
}

compile() {
    cat > "$work/version" << VERSION
KUBE_GIT_COMMIT='faecb196815e248d3ecfb03c680a4507229c2a56'
KUBE_GIT_TREE_STATE='archive'
KUBE_GIT_VERSION='v1.20.2'
KUBE_GIT_MAJOR='1'
KUBE_GIT_MINOR='20'
VERSION
    (
        cd "$1"
        export GOPATH=$work/go GOCACHE=$work/cache HOME=$work GO111MODULE=off GOFLAGS='' GOPROXY=off CGO_ENABLED=0
        export KUBE_GIT_VERSION_FILE=$work/version KUBE_VERBOSE=0
        make WHAT='cmd/kube-apiserver cmd/kube-scheduler cmd/kube-controller-manager cmd/kubelet' GOLDFLAGS='-s -w'
    ) > "$work/build.log" 2>&1 || {
        tail -n 20 "$work/build.log" >&2
        exit 1
    }
}

echo 'Building Kubernetes 1.20.2: about ten minutes, once' >&2
source=$work/go/src/k8s.io/kubernetes
mkdir -p "$source"
fetch_source
tar xzf "$work"/kubernetes_*.orig.tar.gz -C "$source" --strip-components=1
replace_reflect2 "$source"
compile "$source"
mkdir -p "$bin.new"
cp "$source"/_output/bin/kube* "$bin.new"/
mv "$bin.new" "$bin"
chmod -R u+w "$work"
rm -rf "$work"
echo "$bin"
