# Sourced after that of the Docker engine: where the cluster of up.sh keeps its files, and the fixed paths that a
# kubelet uses on its host.
home=$state/kubernetes
kubelet_folders=(/var/lib/kubelet /var/lib/dockershim /var/log/pods /var/log/containers)
