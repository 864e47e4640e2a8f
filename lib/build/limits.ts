import { ExecutorError } from '../errors/executor-error';
import { parseAnnotations } from './annotations';
import { describeValue, positiveNumber } from './minutes';
import type { Annotations } from '../config';

/** What a job may request of one resource, in the engine's own unit. Numbers or numeric strings. */
export interface ResourceLimits {
    /** The values of the annotation's words: `{ LOW: 2, HIGH: 6 }`. Case does not matter. */
    words?: Record<string, number | string> | null | undefined;
    /** For a job without a valid request. */
    default: number | string;
    /** The minimum for any job. @default 0 */
    min?: number | string | null | undefined;
    /** The most that a job can get, the default included. @default Infinity */
    max?: number | string | null | undefined;
}

/** Limits for {@link gracePeriodFrom} in seconds: numbers or numeric strings. */
export interface GracePeriodOptions {
    /** The minimum for every build, whatever its job requests. @default 60 */
    default?: number | string | null | undefined;
    /** The most that a job can get, the default included. @default Infinity */
    max?: number | string | null | undefined;
}

/**
 * The CPU and memory of a job, from its annotations `screwdriver.cd/cpu` and `screwdriver.cd/ram` (plain or `beta.`).
 * Each is one of the words or a number above zero. For any other text or number, and for null, it is `default`. The result
 * is between `min` and `max`.
 *
 * @throws ExecutorError `EXECUTOR_ANNOTATION` for an annotation that is neither text nor a number, such as an object: a
 * mistake in the job that its owner should hear of
 * @throws ExecutorError `EXECUTOR_LIMITS` for limits that are not numbers, or a `min` above `max`: they come from the
 * executor's configuration, and must not be guessed. Null and undefined count as not given
 */
export function limitsFrom(
    annotations: Annotations | null | undefined,
    limits: { cpu: ResourceLimits; ram: ResourceLimits }
): { cpu: number; ram: number } {
    const { cpu, ram } = parseAnnotations(annotations);

    return { cpu: amountOf('cpu', cpu, limits?.cpu), ram: amountOf('ram', ram, limits?.ram) };
}

function amountOf(name: 'cpu' | 'ram', asked: unknown, limits: ResourceLimits | undefined): number {
    const limit = (key: string, value: unknown, fallback?: number) => limitOf(`${name}.${key}`, value, fallback);
    const [min, max] = [limit('min', limits?.min, 0), limit('max', limits?.max, Infinity)];
    const words = new Map(
        Object.entries(limits?.words ?? {}).map(([word, value]) => [word.toUpperCase(), limit(`words.${word}`, value)])
    );
    const fallback = limit('default', limits?.default);

    if (min > max) throw invalid(`${name}.min`, min, 'It must not be above max');
    requireTextOrNumber(name, asked);
    const amount = positiveNumber(asked) ?? (typeof asked === 'string' ? words.get(asked.toUpperCase()) : undefined);

    return Math.min(Math.max(amount ?? fallback, min), max);
}

/** The API passes on whatever the job has there. Null is what an empty value in YAML is. */
function requireTextOrNumber(name: 'cpu' | 'ram', asked: unknown): void {
    if (asked === undefined || asked === null || typeof asked === 'string' || typeof asked === 'number') return;
    const text = `The annotation screwdriver.cd/${name} must be a word or a number, not ${describeValue(asked)}.`;

    throw new ExecutorError(text, { code: 'EXECUTOR_ANNOTATION', kind: 'configuration', userMessage: text });
}

/**
 * The whole seconds that a build has to end: the larger of `default` and its annotation
 * `screwdriver.cd/terminationGracePeriodSeconds` (plain or `beta.`), at most `max`. An invalid annotation is ignored.
 *
 * @throws ExecutorError `EXECUTOR_LIMITS` for a limit that is not a number
 */
export function gracePeriodFrom(
    annotations: Annotations | null | undefined,
    options?: GracePeriodOptions | null
): number {
    const asked = positiveNumber(parseAnnotations(annotations).terminationGracePeriodSeconds) ?? 0;
    const fallback = limitOf('default', options?.default, 60);

    return Math.min(Math.ceil(Math.max(asked, fallback)), limitOf('max', options?.max, Infinity));
}

/** The number of a limit, zero or above; the fallback if it is not given. */
function limitOf(name: string, value: unknown, fallback?: number): number {
    const given = value ?? fallback;
    const isZero = given === 0 || (typeof given === 'string' && /^0+(\.0*)?$/.test(given));
    const number = isZero ? 0 : given === Infinity ? Infinity : positiveNumber(given);

    if (number !== undefined) return number;

    throw invalid(name, value, 'It must be a number, zero or above');
}

function invalid(name: string, value: unknown, rule: string): ExecutorError {
    return new ExecutorError(`Invalid limit ${name}: ${describeValue(value)}. ${rule}`, {
        code: 'EXECUTOR_LIMITS',
        kind: 'configuration',
        userMessage: 'The executor is configured with an invalid limit for builds. Tell the cluster administrators.'
    });
}
