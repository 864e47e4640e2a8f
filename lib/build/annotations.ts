import { reservedJobAnnotations, type RESERVED_NAMES } from '../validation/data-schema';
import { ExecutorError } from '../errors/executor-error';
import { DEFAULT_BUILD_TIMEOUT, describeValue, positiveNumber } from './minutes';
import type { Annotations } from '../config';

const PREFIX = 'screwdriver.cd/';
const BETA = 'beta.';

/** The annotations of every Screwdriver release. Others come from screwdriver-data-schema. */
const NAMES = [
    'cpu',
    'ram',
    'disk',
    'diskSpeed',
    'timeout',
    'executor',
    'buildPeriodically',
    'repoManifest',
    'dockerEnabled',
    'dockerCpu',
    'dockerRam',
    'rootlessBuildkitEnabled',
    'buildkitCpu',
    'buildkitRam',
    'nodeLabel',
    'terminationGracePeriodSeconds'
] as const;

export const BUILT_IN = new Set<string>(NAMES.map(name => `${PREFIX}${name}`));

/**
 * A job's annotations by short name: `{ cpu: 'HIGH' }`. Users write the values: check them before you use them.
 * Annotations that only a newer screwdriver-data-schema knows are included, without a type.
 */
export type ParsedAnnotations = { [Name in (typeof NAMES)[number] | (typeof RESERVED_NAMES)[number]]?: unknown };

/** Limits for {@link buildTimeoutFrom} in minutes: numbers or numeric strings, as in configuration. */
export interface BuildTimeoutOptions {
    /** Minutes for a build without a valid timeout. @default 90 */
    default?: number | string | null | undefined;
    /** The maximum for any build, including the default. @default Infinity */
    max?: number | string | null | undefined;
}

function isReserved(key: string): boolean {
    return BUILT_IN.has(key) || (key.startsWith(PREFIX) && reservedJobAnnotations().includes(key));
}

/** See `Executor#parseAnnotations`. */
export function parseAnnotations(annotations: Annotations | null | undefined): ParsedAnnotations {
    const parsed: Record<string, unknown> = {};

    for (const [key, value] of Object.entries(annotations ?? {})) {
        const name = key.startsWith(BETA) ? key.slice(BETA.length) : key;

        if (isReserved(name)) parsed[name.slice(PREFIX.length)] = value;
    }

    return parsed;
}

/**
 * The minutes that a build may take: its annotation `screwdriver.cd/timeout` (plain or `beta.`), if that is a number or
 * a numeric string above zero, otherwise `default`; in any case at most `max`.
 *
 * Keeps fractions of a minute; the token exchange rounds them up.
 *
 * @throws ExecutorError `EXECUTOR_BUILD_TIMEOUT` for a limit that is not a number or numeric string above zero: it
 * comes from the executor's configuration, and must not be guessed. Null and undefined count as not given
 */
export function buildTimeoutFrom(
    annotations: Annotations | null | undefined,
    options?: BuildTimeoutOptions | null
): number {
    const fallback = limitOf('default', options) ?? DEFAULT_BUILD_TIMEOUT;
    const max = limitOf('max', options) ?? Infinity;
    const minutes = positiveNumber(parseAnnotations(annotations).timeout) ?? fallback;

    return Math.min(minutes, max);
}

function limitOf(name: keyof BuildTimeoutOptions, options: BuildTimeoutOptions | null | undefined): number | undefined {
    const value = options?.[name] ?? undefined;
    const limit = value === Infinity ? value : positiveNumber(value);

    if (value === undefined || limit !== undefined) return limit;

    throw new ExecutorError(
        `Invalid ${name} of buildTimeoutFrom: ${describeValue(value)}. It must be a number of minutes above zero`,
        {
            code: 'EXECUTOR_BUILD_TIMEOUT',
            kind: 'configuration',
            userMessage:
                'The executor is configured with an invalid limit for timeouts. Tell the cluster administrators.'
        }
    );
}
