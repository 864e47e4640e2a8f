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
    /** Its arguments, without the token: process lists and the engine's records show arguments. */
    args: string[];
    /** What to add to its environment: the token, and `SD_BUILD_TIMEOUT` if there is a `buildTimeout`. */
    env: { SD_TOKEN: string; [name: string]: string };
    /**
     * The same as one line for a POSIX shell. **It contains the token**: feed it to a shell's standard input or write
     * it to a file of mode 0600; never put it into arguments or logs.
     */
    shellLine: string;
}

/**
 * The launch contract: how the engine runs the build's launcher, as command, arguments and environment (preferred) and
 * as a shell line.
 *
 * With `jobTools: 'official'` the command is a shell under the image's dumb-init. It creates the pipe for the log, runs
 * `launch` and `logservice`, and ends with launch's exit code, which is 0 even if the build failed. See
 * `docs/job-tools.md` and {@link OFFICIAL_LAUNCH}.
 *
 * @param config the build's config with the build's own token, not the temporal one
 * @param mountPoint where the volume with the job tools is mounted in the build's container: `/opt/sd`
 * @param options the job's timeout, the addresses of store and UI, other flags, and which job tools to run
 * @throws Joi's ValidationError for a config without a usable token, apiUri or buildId
 * @throws TypeError for a mount point that is not a path, or an invalid option
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

/** The line in the README. */
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
 * The store exists: the options have been checked. With `-c` dumb-init sends signals only to the shell, which passes
 * one on to launch.
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

/** Launcher and log service append their paths to the URI. */
function trimmed(uri: string): string {
    return uri.replace(/\/+$/, '');
}

/** Quotes a word for a POSIX shell, if needed. */
function quote(word: string): string {
    return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
