import { reservedJobAnnotations, type RESERVED_NAMES } from '../validation/data-schema';
import { ExecutorError } from '../errors/executor-error';
import { withoutSecrets } from '../errors/mask';
import { DEFAULT_BUILD_TIMEOUT, inWords, positiveNumber } from './minutes';
import type { Annotations } from '../config';

const PREFIX = 'screwdriver.cd/';
const BETA = 'beta.';

/** The annotations that every release of Screwdriver knows; others are looked up in screwdriver-data-schema. */
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
 * A job's annotations by their short name: `{ cpu: 'HIGH' }`. The values are what users have written: look at them
 * before you use them. An annotation that only a newer screwdriver-data-schema knows is there too, without a type.
 */
export type ParsedAnnotations = { [Name in (typeof NAMES)[number] | (typeof RESERVED_NAMES)[number]]?: unknown };

/** Limits for {@link buildTimeoutFrom}, in minutes: numbers, or strings that hold one, as configuration has them. */
export interface BuildTimeoutOptions {
    /** Minutes for a build that asks for none, or for nonsense. @default 90 */
    default?: number | string | null | undefined;
    /** The most that a build can get, the default included. @default Infinity */
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
 * The minutes that a build may take: its `screwdriver.cd/timeout` annotation (plain or `beta.`), a number or a numeric
 * string above zero, at most `max`. Anything else counts as no annotation and gives `default`.
 *
 * Fractions of a minute are kept; the token exchange rounds them up.
 *
 * @throws ExecutorError `EXECUTOR_BUILD_TIMEOUT` for a limit that is not a number or numeric string above zero: it comes
 *   from whoever configured the executor, and must not be guessed. Null and undefined count as not given
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
        `Invalid ${name} of buildTimeoutFrom: ${withoutSecrets(inWords(value), '')}. It must be a number of minutes above zero`,
        {
            code: 'EXECUTOR_BUILD_TIMEOUT',
            kind: 'configuration',
            userMessage: 'The executor has a wrong limit for timeouts. Tell the cluster administrators.'
        }
    );
}
