#!/bin/bash
# Ends the cluster of up.sh and its Docker engine, with all that ran there, and leaves the host as it was. The binaries of
# build.sh stay. It removes the folders that a kubelet has at fixed places: only for hosts without another one.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../docker/state.sh"
home=$state/kubernetes

[ -d "$home" ] || exit 0
for name in kubelet controllers scheduler apiserver etcd; do end_process "$home/$name.pid"; done
"$here/../docker/down.sh"
awk -v home="$home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount
find /sys/fs/cgroup -depth -type d -path '*/kubepods*' -exec rmdir {} + 2> /dev/null || true
[ ! -f "$home/sysctl" ] || sysctl -q -p "$home/sysctl"
rm -rf "$home" /var/lib/kubelet /var/lib/dockershim /var/log/pods /var/log/containers
