# Sourced: where the engine of up.sh keeps all its files, and how to end one of its processes.
state=${ENGINES_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/executor-engines}
docker_home=$state/docker
docker_socket=$docker_home/docker.sock
docker_pid=$docker_home/docker.pid

engine_answers() {
    curl -fsS -o /dev/null --unix-socket "$docker_socket" http://docker/_ping 2> /dev/null
}

# is_running PID: a zombie is not, since the first process of a container may be slow to reap it.
is_running() {
    local status
    status=$(sed -n 's/^State:[[:space:]]*\([A-Z]\).*/\1/p' "/proc/$1/status" 2> /dev/null) || true
    [ -n "$status" ] && [ "$status" != Z ]
}

# end_process FILE [SIGNAL]: ends the process whose id is in the file, with KILL if ten seconds are not enough. After a
# restart of the host another process may have the id: ours have the folder in their arguments.
end_process() {
    local pid
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    if ! grep -qsaF "$state" "/proc/$pid/cmdline"; then
        rm -f "$1"
        return
    fi
    kill "-${2:-TERM}" "$pid" 2> /dev/null || true
    for _ in $(seq 1 100); do
        is_running "$pid" || break
        sleep 0.1
    done
    if is_running "$pid"; then kill -KILL "$pid" 2> /dev/null || true; fi
    rm -f "$1"
}

require_tools() { # PACKAGES TOOL...: says what to install where a tool is missing
    local packages=$1 tool
    shift
    for tool in "$@"; do
        command -v "$tool" > /dev/null && continue
        echo "$tool is missing: apt-get update && apt-get install -y --no-install-recommends $packages" >&2
        exit 1
    done
}
