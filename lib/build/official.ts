/** The only possible mount point of the official job tools: the path is compiled into them. */
export const OFFICIAL_MOUNT_POINT = '/opt/sd';

/** Figures of {@link launch} with `jobTools: 'official'`, for an executor's grace period and for `verify`. */
export const OFFICIAL_LAUNCH = {
    /**
     * Seconds from the first TERM (or INT) to the one that the launcher gets; part of the grace period. By then the API
     * knows why the build was stopped, before the launcher reports its own view.
     */
    termDelaySeconds: 5,
    /** The meaning of exit codes of the container's shell, besides those of the launcher itself. */
    exitCodes: { 73: 'The build cannot write to /tmp, where the launcher keeps its steps.' } as Readonly<
        Record<number, string>
    >
} as const;

const NO_TMP = 73;

/**
 * The script that runs launcher and log service in parallel, for any POSIX shell. Its arguments are the addresses of
 * the API and the store, the build's id, then the other arguments of the launcher.
 *
 * It replaces the image's own entry point and run.sh, which need sudo, lose an early TERM and have the token among
 * their arguments. Its variables begin with `sd_`, so that they do not collide with those of the image.
 */
export const OFFICIAL_SCRIPT = `\
# Fails where this folder cannot have the pipe for log lines.
pipe_in() {
    [ -p "$1/emitter" ] || mkfifo -m 666 "$1/emitter"
}

(: >> /tmp/step.sh) 2> /dev/null || {
    echo "${OFFICIAL_LAUNCH.exitCodes[NO_TMP]}" >&2
    exit ${NO_TMP}
}
sd_dir=/sd
{
    pipe_in /sd ||
        { mkdir -p -m 777 /sd && pipe_in /sd; } ||
        { sudo -n sh -c "mkdir -p /sd && chmod 777 /sd" && pipe_in /sd; }
} < /dev/null > /dev/null 2>&1 || {
    sd_dir=$(mktemp -d "\${TMPDIR:-/tmp}/sd.XXXXXX" || mktemp -d /tmp/sd.XXXXXX) && pipe_in "$sd_dir" || exit
    echo "This container cannot have a folder /sd: the build works in $sd_dir."
}
export SD_BASE_COMMAND_PATH="$sd_dir/commands/"
sd_api=$1 sd_store=$2 sd_build=$3 sd_stopped= sd_interrupted=
shift 3

${OFFICIAL_MOUNT_POINT}/launch --emitter "$sd_dir/emitter" --workspace "$sd_dir/workspace" --meta-space "$sd_dir/meta" \\
    --api-uri "$sd_api" --store-uri "$sd_store" "$@" "$sd_build" &
sd_launch=$!

# However many signals come, launch gets one TERM: a second one would end the teardown step that runs.
stop() {
    sd_interrupted=1
    if [ -z "$sd_stopped" ]; then
        sd_stopped=1
        { sleep ${OFFICIAL_LAUNCH.termDelaySeconds}; kill -TERM "$sd_launch"; } 2> /dev/null &
    fi
}
trap stop TERM INT

(
    ${OFFICIAL_MOUNT_POINT}/logservice --emitter "$sd_dir/emitter" --build-log-folder "$sd_dir" \\
        --api-uri "$sd_api" --store-uri "$sd_store" --build "$sd_build" && exit
    # It was killed or does not exist. A launch that has not opened the pipe yet would wait for its reader forever.
    sleep 1
    for sd_file in /proc/"$sd_launch"/fd/*; do
        [ "$sd_file" -ef "$sd_dir/emitter" ] && exit
    done
    echo "The log service has ended before the launcher could write to it." >&2
    kill -TERM "$sd_launch"
) &
sd_logs=$!

# Gives sd_code: how the process has ended. Each signal ends one wait; 127 says that an earlier one has told it.
wait_for() {
    sd_code=127 sd_interrupted=1
    while [ -n "$sd_interrupted" ]; do
        sd_interrupted=
        wait "$1"
        set -- "$1" $?
        [ "$2" = 127 ] || sd_code=$2
    done
}

wait_for "$sd_launch"
sd_exit=$sd_code
# A log service that opens the pipe only now would wait for its writer for minutes.
while kill -0 "$sd_logs"; do
    : <> "$sd_dir/emitter"
    sleep 1
done 2> /dev/null &
wait_for "$sd_logs"
exit "$sd_exit"
`;
