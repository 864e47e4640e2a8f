import { buildIdFrom } from './build-id';
import type { ExchangeConfig } from '../config';
import { validate } from '../validation/schema';
import { requireLaunchOptions, type LaunchOptions } from './launch-options';
import { wholeMinutes } from './minutes';
import { OFFICIAL_SCRIPT } from './official';

/** How to run a build's launcher: see {@link launch}. */
export interface Launch {
    /** Path of the program to run. */
    command: string;
    /** Its arguments. The token is not among them: arguments show in process lists and in an engine's own records. */
    args: string[];
    /** What it needs in its environment, beside what the engine gives: the token, and `SD_BUILD_TIMEOUT` if asked for. */
    env: { SD_TOKEN: string; [name: string]: string };
    /**
     * The same as one line for a POSIX shell. **It shows the token**: feed it to a shell's standard input or write it
     * to a file of mode 0600; never put it into arguments or logs.
     */
    shellLine: string;
}

/**
 * The launch contract: how the engine runs the build's launcher, as command, arguments and environment (to be
 * preferred) and as a shell line.
 *
 * With `jobTools: 'official'` the command is a shell under the image's dumb-init. It makes the pipe for the log, runs
 * `launch` and `logservice` on it, and ends with launch's exit code: 0 whatever became of the build. See
 * `docs/job-tools.md` and {@link OFFICIAL_LAUNCH}.
 *
 * @param config the build's config with the build's own token, not the temporal one
 * @param mountPoint where the job-tools container's volume is mounted in the build's container: `/opt/sd`
 * @param options the job's timeout, the addresses of store and UI, other flags, and whose job tools they are
 * @throws Joi's ValidationError for a config without a usable token, apiUri or buildId
 * @throws TypeError for a mount point that is not a path, or an option that no launcher could be run with
 * @throws ExecutorError `EXECUTOR_BUILD_TIMEOUT` for a timeout that is not a number of minutes above zero
 */
export function launch(config: ExchangeConfig, mountPoint: string, options: LaunchOptions = {}): Launch {
    validate('exchange', config);
    requireLaunchOptions(mountPoint, options);
    const { token } = config;
    const { buildTimeout, jobTools } = options;
    const [command, ...args] =
        jobTools === 'official' ? officialWords(config, options) : words(config, mountPoint, options);
    const env = {
        SD_TOKEN: token,
        ...(buildTimeout !== undefined && { SD_BUILD_TIMEOUT: String(wholeMinutes(buildTimeout, token)) })
    };
    const settings = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);

    return { command, args, env, shellLine: [...settings, ...[command, ...args].map(quote)].join(' ') };
}

/** The README's line. */
function words({ apiUri, buildId }: ExchangeConfig, mountPoint: string, options: LaunchOptions): [string, ...string[]] {
    const { store } = options;

    return [
        `${mountPoint.replace(/\/+$/, '')}/launch`,
        ...['--api-uri', apiUri],
        ...(store === undefined ? [] : ['--store-uri', trimmed(store)]),
        ...otherFlags(options),
        buildIdFrom({ buildId })
    ];
}

/**
 * There is a store: the options have been checked. With `-c` dumb-init passes signals to the shell alone, which passes one
 * on to launch.
 */
function officialWords({ apiUri, buildId }: ExchangeConfig, options: LaunchOptions): [string, ...string[]] {
    return [
        '/opt/sd/dumb-init',
        ...['-c', '--', '/bin/sh', '-c', OFFICIAL_SCRIPT, 'build'],
        ...[trimmed(apiUri), trimmed(options.store!), buildIdFrom({ buildId })],
        ...otherFlags(options)
    ];
}

function otherFlags({ ui, flags = {} }: LaunchOptions): string[] {
    return [
        ...(ui === undefined ? [] : ['--ui-uri', trimmed(ui)]),
        ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
    ];
}

/** Launcher and log service append their paths to it. */
function trimmed(uri: string): string {
    return uri.replace(/\/+$/, '');
}

/** A word that a POSIX shell takes as it stands. */
function quote(word: string): string {
    return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
