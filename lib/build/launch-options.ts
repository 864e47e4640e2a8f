import { isPlainUri } from '../validation/plain-uri';
import { OFFICIAL_MOUNT_POINT } from './official';

/** What the launcher needs beyond the line in the README, and which job tools to run. */
export interface LaunchOptions {
    /** Minutes that the build may take, rounded up to whole ones. Without it the launcher uses 90. */
    buildTimeout?: number | string | undefined;
    /** URI of the Screwdriver store, without `/v1`, for the log of the build. Required with `'official'`. */
    store?: string | undefined;
    /** URI of the Screwdriver UI, for links in the build. */
    ui?: string | undefined;
    /** Other flags of the launcher by name: `{ 'cache-strategy': 'disk', 'cache-compress': true }`. */
    flags?: Readonly<Record<string, string | number | boolean>> | undefined;
    /**
     * `'launch'`: job tools that need only their program `launch`. `'official'`: those of Screwdriver's own image,
     * `screwdrivercd/launcher`, mounted at `/opt/sd`.
     *
     * @default 'launch'
     */
    jobTools?: 'launch' | 'official' | undefined;
}

/** Flags that `launch` sets itself. The token must not be in an argument at all. */
const OWN_FLAGS = ['token', 'api-uri', 'store-uri', 'ui-uri', 'build-timeout'];
const OFFICIAL_FLAGS = ['emitter', 'workspace', 'meta-space'];

/** @throws TypeError for an invalid option or mount point */
export function requireLaunchOptions(mountPoint: unknown, { store, ui, flags, jobTools }: LaunchOptions): void {
    const isOfficial = jobTools === 'official';

    if (typeof mountPoint !== 'string' || mountPoint === '' || mountPoint.includes('\0')) {
        throw new TypeError('mountPoint must be the path at which the job-tools volume is mounted, such as /opt/sd');
    }
    if (!isOfficial && jobTools !== undefined && jobTools !== 'launch') {
        throw new TypeError("jobTools must be 'launch' or 'official'");
    }
    if (isOfficial && !new RegExp(`^${OFFICIAL_MOUNT_POINT}/*$`).test(mountPoint)) {
        throw new TypeError(
            `mountPoint must be ${OFFICIAL_MOUNT_POINT}, for which the official job tools are compiled`
        );
    }
    if (isOfficial && store === undefined) {
        throw new TypeError('store is required: without it the official job tools wait forever');
    }
    for (const [name, uri] of Object.entries({ store, ui })) {
        if (uri !== undefined && !isPlainUri(uri)) {
            throw new TypeError(`${name} must be an http or https URI without credentials, query or fragment`);
        }
    }
    for (const [name, value] of Object.entries(flags ?? {})) {
        if (!/^[a-z][a-z0-9-]*$/.test(name) || OWN_FLAGS.includes(name)) {
            throw new TypeError(`flags must not contain ${name}: it is not the name of a flag, or launch sets it`);
        }
        if (isOfficial && OFFICIAL_FLAGS.includes(name)) {
            throw new TypeError(`flags must not contain ${name}: the official job tools find its path at run time`);
        }
        if (!['string', 'number', 'boolean'].includes(typeof value) || String(value).includes('\0')) {
            throw new TypeError(`The flag ${name} must be a string, a number or a boolean`);
        }
    }
}
