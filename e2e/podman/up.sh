#!/bin/bash
# A separate Podman that speaks the Docker API (root, Debian 12): a socket in the user's cache folder, nothing on the
# network and no network made, so containers have the network `none` or `host`. Prints the variables to set:
#     vars=$(e2e/podman/up.sh) && eval "$vars" && npm run e2e:podman; e2e/podman/down.sh
# A second call finds the running engine. `--restart` kills it first as a crash would: its containers continue.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/state.sh"

require_tools 'podman docker-registry busybox-static dumb-init patchelf curl' podman curl

start_engine() {
    mkdir -p "$podman_home"
    # The monitors of the containers leave files in their working directory.
    cd "$podman_home"
    nohup "${own_podman[@]}" system service --time 0 "unix://$docker_socket" \
        > "$podman_home/podman.log" 2>&1 < /dev/null &
    echo $! > "$podman_pid"
    for _ in $(seq 1 300); do
        if engine_answers; then return; fi
        is_running $! || break
        sleep 0.1
    done
    echo "the engine did not start: $podman_home/podman.log" >&2
    tail -n 5 "$podman_home/podman.log" >&2
    exit 1
}

[ "${1:-}" != --restart ] || end_process "$podman_pid" KILL
engine_answers || start_engine
echo "export DOCKER_HOST=unix://$docker_socket"
# Includes the folder, since a later caller may have another ENGINES_HOME, or none.
echo "export DOCKER_RESTART='ENGINES_HOME=$state $here/up.sh --restart'"
