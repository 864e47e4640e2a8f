#!/bin/bash
# A Kubernetes cluster of one node for hosts without one (root, Debian 12): etcd, API server, scheduler, controller manager
# and a kubelet on the Docker engine of e2e/docker/up.sh, all on 127.0.0.1. Prints the variables to set:
#     vars=$(e2e/kubernetes/up.sh) && eval "$vars" && npm run e2e:kubernetes; e2e/kubernetes/down.sh
# A second call finds the running cluster. `--restart` kills the API server and the kubelet first, as a crash would.
# There is no pod network here: pods need `hostNetwork: true`.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../docker/state.sh"
. "$here/state.sh"
api=https://127.0.0.1:26443

require_tools 'docker.io docker-registry busybox-static dumb-init patchelf curl jq etcd-server openssl' dockerd curl jq etcd openssl
bin=$("$here/build.sh")
mkdir -p "$home"/{certificates,kubelet,logs}
umask 077

# start NAME PROGRAM ARGUMENT...
start() {
    local name=$1
    shift
    end_process "$home/$name.pid"
    nohup "$@" >> "$home/logs/$name.log" 2>&1 < /dev/null &
    echo $! > "$home/$name.pid"
}

# ask PATH: the API's answer
ask() {
    curl -sk --max-time 5 -H "Authorization: Bearer $(cat "$home/token")" "$api$1"
}

# wait_for WHAT COMMAND...
wait_for() {
    local what=$1
    shift
    local end=$((SECONDS + 180))
    while [ $SECONDS -lt $end ]; do
        "$@" > /dev/null 2>&1 && return
        sleep 0.1
    done
    echo "$what: not there after three minutes, see $home/logs" >&2
    exit 1
}

is_ready() { [ "$(ask /readyz)" = ok ]; }
has_node() { ask /api/v1/nodes/localhost | jq -e '.status.conditions[] | select(.type == "Ready" and .status == "True")'; }
has_account() { ask /api/v1/namespaces/default/serviceaccounts/default | jq -e .metadata.uid; }

make_credentials() {
    openssl genrsa -out "$home/accounts.key" 2048 2> /dev/null
    openssl rsa -in "$home/accounts.key" -pubout -out "$home/accounts.pub" 2> /dev/null
    openssl rand -hex 16 > "$home/token"
    echo "$(cat "$home/token"),admin,1,\"system:masters\"" > "$home/tokens.csv"
    cat > "$home/kubeconfig" << CONFIG
apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "$api", insecure-skip-tls-verify: true}}]
users: [{name: e2e, user: {token: "$(cat "$home/token")"}}]
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
current-context: e2e
CONFIG
}

start_api() {
    start apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:22379 --bind-address=127.0.0.1 \
        --advertise-address=127.0.0.1 --secure-port=26443 --cert-dir="$home/certificates" \
        --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=RBAC --token-auth-file="$home/tokens.csv" \
        --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$home/accounts.pub" \
        --service-account-signing-key-file="$home/accounts.key" --allow-privileged=true --endpoint-reconciler-type=none
    wait_for 'the API server' is_ready
}

start_controllers() {
    # The scheduler soon retries a pod that waits for a node once there is one.
    cat > "$home/scheduler.yaml" << CONFIG
apiVersion: kubescheduler.config.k8s.io/v1beta1
kind: KubeSchedulerConfiguration
clientConnection: {kubeconfig: "$home/kubeconfig"}
leaderElection: {leaderElect: false}
podInitialBackoffSeconds: 1
podMaxBackoffSeconds: 1
CONFIG
    start scheduler "$bin/kube-scheduler" --config="$home/scheduler.yaml" --bind-address=127.0.0.1 \
        --secure-port=26444 --port=0
    start controllers "$bin/kube-controller-manager" --kubeconfig="$home/kubeconfig" --bind-address=127.0.0.1 \
        --secure-port=26445 --port=0 --leader-elect=false \
        --service-account-private-key-file="$home/accounts.key"
}

start_kubelet() {
    cat > "$home/kubelet.yaml" << CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
port: 26250
readOnlyPort: 0
healthzBindAddress: 127.0.0.1
healthzPort: 26248
cgroupDriver: cgroupfs
failSwapOn: false
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
evictionHard:
  {nodefs.available: "1%", imagefs.available: "1%", nodefs.inodesFree: "1%", memory.available: "50Mi"}
imageGCHighThresholdPercent: 99
imageGCLowThresholdPercent: 98
makeIPTablesUtilChains: false
nodeStatusUpdateFrequency: 2s
CONFIG
    start kubelet "$bin/kubelet" --config="$home/kubelet.yaml" --kubeconfig="$home/kubeconfig" \
        --root-dir="$home/kubelet" --cert-dir="$home/kubelet/pki" --hostname-override=localhost \
        --container-runtime=docker --docker-endpoint="unix://$docker_socket" \
        --pod-infra-container-image=pause:local --volume-plugin-dir="$home/plugins"
    wait_for 'the node' has_node
}

# The image of a pod's sandbox: a process that does nothing until it gets a signal.
add_pause_image() {
    local root=$home/pause
    export DOCKER_HOST=unix://$docker_socket
    docker image inspect pause:local > /dev/null 2>&1 && return
    mkdir -p "$root"
    cp /bin/busybox "$root"/
    # Pods may have their own user.
    chmod -R a+rX "$root"
    tar -C "$root" --owner=0 --group=0 -c . | docker import -c \
        'ENTRYPOINT ["/busybox", "sh", "-c", "trap \"exit 0\" TERM INT; while :; do /busybox sleep 86400 & wait $!; done"]' \
        - pause:local > /dev/null
}

# A host has room for one kubelet.
claim_host() {
    local folder
    [ ! -f "$home/own-folders" ] || return 0
    for folder in "${kubelet_folders[@]}"; do
        [ ! -e "$folder" ] || {
            echo "$folder is there: this host has a kubelet of its own. Name its cluster in KUBECONFIG." >&2
            exit 1
        }
    done
    # The kubelet changes these, and down.sh restores them.
    sysctl vm.overcommit_memory kernel.panic kernel.panic_on_oops > "$home/sysctl"
    touch "$home/own-folders"
}

start_cluster() {
    claim_host
    "$here/../docker/up.sh" > /dev/null
    add_pause_image
    [ -f "$home/kubeconfig" ] || make_credentials
    start etcd etcd --data-dir "$home/etcd" --listen-client-urls http://127.0.0.1:22379 \
        --advertise-client-urls http://127.0.0.1:22379 --listen-peer-urls http://127.0.0.1:22380 --unsafe-no-fsync
    start_api
    start_controllers
    start_kubelet
    wait_for 'the default service account' has_account
}

if [ "${1:-}" = --restart ]; then
    for name in apiserver kubelet; do end_process "$home/$name.pid" KILL; done
    start_api
    start_kubelet
elif ! { [ -f "$home/token" ] && is_ready && has_node > /dev/null; }; then
    start_cluster
fi
echo "export KUBECONFIG=$home/kubeconfig"
echo "export KUBERNETES_RESTART='ENGINES_HOME=$state $here/up.sh --restart'"
echo "export DOCKER_HOST=unix://$docker_socket"
echo "export POD_TEMPLATE='{\"spec\":{\"hostNetwork\":true}}'"
