# Sourced: where the engine of up.sh keeps all its files, and how to call it.
podman_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
. "$podman_here/../docker/state.sh"
podman_home=$state/podman
# Replaces Docker's, for `engine_answers`.
docker_socket=$podman_home/podman.sock
podman_pid=$podman_home/podman.pid
# Shares nothing with another Podman of this host.
own_podman=(env "CONTAINERS_CONF=$podman_here/containers.conf" "CONTAINERS_REGISTRIES_CONF=$podman_here/registries.conf"
    podman --root "$podman_home/data" --runroot "$podman_home/run" --tmpdir "$podman_home/tmp"
    --network-config-dir "$podman_home/networks" --storage-driver overlay)
