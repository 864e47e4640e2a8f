#!/bin/bash
# Ends the engine of up.sh and everything that ran on it, and cleans up the host.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/state.sh"

# A Podman that was killed during a start does not know what it had begun to run.
end_orphans() {
    local file pid
    for file in $(grep -lsF "$podman_home/tmp/exits" /proc/[0-9]*/cmdline || true); do
        pid=${file//[^0-9]/}
        # shellcheck disable=SC2046
        kill -KILL $(cat "/proc/$pid/task/"*/children 2> /dev/null) "$pid" 2> /dev/null || true
    done
}

if [ -d "$podman_home" ]; then
    # Needs no running engine, since each call of Podman is one.
    "${own_podman[@]}" rm --all --force --time 0 > /dev/null || true
fi
end_process "$podman_pid"
end_orphans
awk -v home="$podman_home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount
rm -rf "$podman_home"
find /sys/fs/cgroup -depth -type d -path '*/libpod_parent*' -exec rmdir {} + 2> /dev/null || true
