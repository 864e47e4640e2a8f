#!/bin/bash
# A separate Docker engine for hosts without one (root, Debian 12): a socket in the user's cache folder, nothing on the
# network, no bridge and no iptables rules, so containers have the network `none` or `host`. Prints the variables to set:
#     vars=$(e2e/docker/up.sh) && eval "$vars" && npm run e2e:docker; e2e/docker/down.sh
# A second call finds the running engine. `--restart` kills it first as a crash would.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/state.sh"

require_tools 'docker.io docker-registry busybox-static dumb-init patchelf curl jq' dockerd curl jq

start_engine() {
    mkdir -p "$docker_home"
    nohup dockerd -H "unix://$docker_socket" --data-root "$docker_home/data" --exec-root "$docker_home/exec" \
        -p "$docker_pid" --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --bridge=none \
        --add-runtime within-limits="$here/runc-within-limits" --default-runtime within-limits \
        > "$docker_home/dockerd.log" 2>&1 < /dev/null &
    for _ in $(seq 1 300); do
        if engine_answers; then return; fi
        is_running $! || break
        sleep 0.1
    done
    echo "the engine did not start: $docker_home/dockerd.log" >&2
    tail -n 5 "$docker_home/dockerd.log" >&2
    exit 1
}

# containerd dies with its parent. If nobody reaps it, the next engine would wait in vain because of its id.
crash_engine() {
    end_process "$docker_pid" KILL
    end_process "$docker_home/exec/containerd/containerd.pid" KILL
}

[ "${1:-}" != --restart ] || crash_engine
engine_answers || start_engine
echo "export DOCKER_HOST=unix://$docker_socket"
# Includes the folder, since a later caller may have another ENGINES_HOME, or none.
echo "export DOCKER_RESTART='ENGINES_HOME=$state $here/up.sh --restart'"
