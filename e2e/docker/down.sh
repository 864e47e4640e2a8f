#!/bin/bash
# Ends the engine of up.sh and everything that ran on it, and leaves the host as it was.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/state.sh"

# A crash leaves unfinished containers and the processes that monitor them. No engine knows of these.
end_orphans() {
    local file pid
    for file in $(grep -lsF "$docker_home/exec/containerd/containerd.sock" /proc/[0-9]*/cmdline); do
        pid=${file//[^0-9]/}
        # shellcheck disable=SC2046
        kill -KILL $(cat "/proc/$pid/task/"*/children 2> /dev/null) "$pid" 2> /dev/null || true
    done
}

if engine_answers; then
    DOCKER_HOST=unix://$docker_socket docker ps -aq |
        DOCKER_HOST=unix://$docker_socket xargs -r docker rm -f > /dev/null
fi
end_process "$docker_pid"
end_orphans
awk -v home="$docker_home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount
rm -rf "$docker_home"
find /sys/fs/cgroup -depth -type d -path '*/docker*' -exec rmdir {} + 2> /dev/null || true
