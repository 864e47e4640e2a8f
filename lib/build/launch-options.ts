import { isPlainUri } from '../validation/plain-uri';
import { OFFICIAL_MOUNT_POINT } from './official';

/** What the launcher is to know beyond the README's line, and of which image the job tools are. */
export interface LaunchOptions {
    /** Minutes that the build may take: whole ones for the launcher, rounded up. It takes 90 for a build without. */
    buildTimeout?: number | string | undefined;
    /** URI of the Screwdriver store, without `/v1`: where the log of the build goes. Required with `'official'`. */
    store?: string | undefined;
    /** URI of the Screwdriver UI, for links in the build. */
    ui?: string | undefined;
    /** Other flags of the launcher by name: `{ 'cache-strategy': 'disk', 'cache-compress': true }`. */
    flags?: Readonly<Record<string, string | number | boolean>> | undefined;
    /**
     * `'launch'`: job tools with a `launch` that is the whole contract. `'official'`: those of Screwdriver's own image,
     * `screwdrivercd/launcher`, mounted at `/opt/sd`.
     *
     * @default 'launch'
     */
    jobTools?: 'launch' | 'official' | undefined;
}

/** What has a place of its own; and the token must not stand in an argument. */
const OWN_FLAGS = ['token', 'api-uri', 'store-uri', 'ui-uri', 'build-timeout'];
const OFFICIAL_FLAGS = ['emitter', 'workspace', 'meta-space'];

/** @throws TypeError for an option, or a mount point, that no launcher could be run with */
export function requireLaunchOptions(mountPoint: unknown, { store, ui, flags, jobTools }: LaunchOptions): void {
    const isOfficial = jobTools === 'official';

    if (typeof mountPoint !== 'string' || mountPoint === '' || mountPoint.includes('\0')) {
        throw new TypeError('mountPoint must be the path at which the job-tools volume is mounted, such as /opt/sd');
    }
    if (!isOfficial && jobTools !== undefined && jobTools !== 'launch') {
        throw new TypeError("jobTools must be 'launch' or 'official'");
    }
    if (isOfficial && !new RegExp(`^${OFFICIAL_MOUNT_POINT}/*$`).test(mountPoint)) {
        throw new TypeError(`mountPoint must be ${OFFICIAL_MOUNT_POINT}, for which the official job tools are made`);
    }
    if (isOfficial && store === undefined) {
        throw new TypeError('store must be given: without one the official job tools wait for ever');
    }
    for (const [name, uri] of Object.entries({ store, ui })) {
        if (uri !== undefined && !isPlainUri(uri)) {
            throw new TypeError(`${name} must be an http or https URI without credentials, query and fragment`);
        }
    }
    for (const [name, value] of Object.entries(flags ?? {})) {
        if (!/^[a-z][a-z0-9-]*$/.test(name) || OWN_FLAGS.includes(name)) {
            throw new TypeError(`flags must not have ${name}: it is no flag, or has a place of its own`);
        }
        if (isOfficial && OFFICIAL_FLAGS.includes(name)) {
            throw new TypeError(
                `flags must not have ${name}: with the official job tools its path is found at run time`
            );
        }
        if (!['string', 'number', 'boolean'].includes(typeof value) || String(value).includes('\0')) {
            throw new TypeError(`The flag ${name} must be text, a number or a boolean`);
        }
    }
}
