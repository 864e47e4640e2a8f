# Sourced, after that of the Docker engine: where the cluster of up.sh keeps what it has, and what a kubelet has at fixed
# places of its host.
home=$state/kubernetes
kubelet_folders=(/var/lib/kubelet /var/lib/dockershim /var/log/pods /var/log/containers)
