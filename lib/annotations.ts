import { reservedJobAnnotations } from './data-schema';

const PREFIX = 'screwdriver.cd/';
const BETA = 'beta.';

/** The annotations that every release of Screwdriver knows; others are looked up in screwdriver-data-schema. */
const BUILT_IN = new Set([
    'screwdriver.cd/cpu',
    'screwdriver.cd/ram',
    'screwdriver.cd/disk',
    'screwdriver.cd/diskSpeed',
    'screwdriver.cd/timeout',
    'screwdriver.cd/executor',
    'screwdriver.cd/buildPeriodically',
    'screwdriver.cd/repoManifest',
    'screwdriver.cd/dockerEnabled',
    'screwdriver.cd/dockerCpu',
    'screwdriver.cd/dockerRam',
    'screwdriver.cd/rootlessBuildkitEnabled',
    'screwdriver.cd/buildkitCpu',
    'screwdriver.cd/buildkitRam',
    'screwdriver.cd/nodeLabel',
    'screwdriver.cd/terminationGracePeriodSeconds'
]);

/** A job's annotations as they stand in a config: `{ 'screwdriver.cd/cpu': 'HIGH' }`. */
export type Annotations = Record<string, unknown>;

/** A job's annotations by their short name: `{ cpu: 'HIGH' }`. */
export type ParsedAnnotations = Record<string, any>;

/** Limits for {@link buildTimeoutFrom}, in minutes. */
export interface BuildTimeoutOptions {
    /** Minutes for a build that asks for none, or for nonsense. @default 90 */
    default?: number;
    /** The most that a build can get, the default included. @default Infinity */
    max?: number;
}

function isKnown(key: string): boolean {
    return BUILT_IN.has(key) || (key.startsWith(PREFIX) && reservedJobAnnotations().includes(key));
}

/** See `Executor#parseAnnotations`. */
export function parseAnnotations(annotations: Annotations | null | undefined): ParsedAnnotations {
    const parsed: ParsedAnnotations = {};
    const plain = new Set<string>();

    for (const [key, value] of Object.entries(annotations ?? {})) {
        const isBeta = key.startsWith(BETA);
        const name = isBeta ? key.slice(BETA.length) : key;

        if (!isKnown(name) || (isBeta && plain.has(name))) continue;
        if (!isBeta) plain.add(name);
        parsed[name.slice(PREFIX.length)] = value;
    }

    return parsed;
}

/**
 * The minutes that a build may take: its `screwdriver.cd/timeout` annotation (plain or `beta.`), a number or a numeric
 * string above zero, at most `max`. Anything else counts as no annotation and gives `default`.
 *
 * Fractions of a minute are kept; the token exchange rounds them up.
 */
export function buildTimeoutFrom(
    annotations: Annotations | null | undefined,
    { default: fallback = 90, max = Infinity }: BuildTimeoutOptions = {}
): number {
    const minutes = positiveNumber(parseAnnotations(annotations).timeout) ?? fallback;

    return Math.min(minutes, max);
}

/** The value of a finite number above zero or of a string that holds one; otherwise undefined. */
export function positiveNumber(value: unknown): number | undefined {
    const isText = typeof value === 'string' && value.trim() !== '';
    const number = typeof value === 'number' || isText ? Number(value) : NaN;

    return Number.isFinite(number) && number > 0 ? number : undefined;
}
