import type { ExchangeConfig } from '../config';
import { validate } from '../validation/schema';

/** How to run a build's launcher: see {@link launch}. */
export interface Launch {
    /** Path of the launch script. */
    command: string;
    /** Its arguments. The token is not among them: arguments show in process lists and in an engine's own records. */
    args: string[];
    /** What it needs in its environment, beside what the engine gives. */
    env: { SD_TOKEN: string };
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
 * @param config the build's config with the build's own token, not the temporal one
 * @param mountPoint where the job-tools container's volume is mounted in the build's container: `/opt/sd`
 * @throws Joi's ValidationError for a config without a usable token, apiUri or buildId
 * @throws TypeError for a mount point that is no path
 */
export function launch(config: ExchangeConfig, mountPoint: string): Launch {
    validate('exchange', config);
    if (typeof mountPoint !== 'string' || mountPoint === '' || mountPoint.includes('\0')) {
        throw new TypeError('mountPoint must be the path at which the job-tools volume is mounted, such as /opt/sd');
    }
    const { token, apiUri, buildId } = config;
    const command = `${mountPoint.replace(/\/+$/, '')}/launch`;
    const args = ['--api-uri', apiUri, String(Number(buildId))];

    return {
        command,
        args,
        env: { SD_TOKEN: token },
        shellLine: `SD_TOKEN=${quote(token)} ${[command, ...args].map(quote).join(' ')}`
    };
}

/** A word that a POSIX shell takes as it stands. */
function quote(word: string): string {
    return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
