#!/bin/bash
# Ends the cluster of up.sh, its Docker engine and everything that ran there, and leaves the host as it was. The
# binaries of build.sh stay.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../docker/state.sh"
. "$here/state.sh"

[ -d "$home" ] || exit 0
for name in kubelet controllers scheduler apiserver etcd; do end_process "$home/$name.pid"; done
"$here/../docker/down.sh"
awk -v home="$home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount
find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2> /dev/null || true
[ ! -f "$home/sysctl" ] || sysctl -q -p "$home/sysctl"
# Only if up.sh did not find any there: those of another kubelet have the volumes of its pods.
[ ! -f "$home/own-folders" ] || rm -rf "${kubelet_folders[@]}"
rm -rf "$home"
