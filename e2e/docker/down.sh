#!/bin/bash
# Ends the engine of up.sh with all that ran on it and leaves the host as it was.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/state.sh"

if engine_answers; then
    DOCKER_HOST=unix://$docker_socket docker ps -aq |
        DOCKER_HOST=unix://$docker_socket xargs -r docker rm -f > /dev/null
fi
end_process "$docker_pid"
awk -v home="$docker_home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount
rm -rf "$docker_home"
find /sys/fs/cgroup -depth -type d -path '*/docker*' -exec rmdir {} + 2> /dev/null || true
