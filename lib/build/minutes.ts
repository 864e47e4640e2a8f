import { ExecutorError } from '../errors/executor-error';
import { withoutSecrets } from '../errors/mask';

/** Minutes for a build that asks for none. */
export const DEFAULT_BUILD_TIMEOUT = 90;

/** The value of a finite number above zero or of a string that holds one; otherwise undefined. */
export function positiveNumber(value: unknown): number | undefined {
    const isText = typeof value === 'string' && value.trim() !== '';
    const number = typeof value === 'number' || isText ? Number(value) : NaN;

    return Number.isFinite(number) && number > 0 ? number : undefined;
}

/**
 * A build's timeout in whole minutes, rounded up: neither the API nor the launcher takes a fraction.
 *
 * @param token is masked where the value quotes it
 * @throws ExecutorError `EXECUTOR_BUILD_TIMEOUT` if it is not a number above zero
 */
export function wholeMinutes(buildTimeout: unknown, token: string): number {
    const minutes = positiveNumber(buildTimeout);

    if (minutes !== undefined) return Math.ceil(minutes);

    throw new ExecutorError(`Invalid buildTimeout value: ${withoutSecrets(inWords(buildTimeout), token)}`, {
        code: 'EXECUTOR_BUILD_TIMEOUT',
        kind: 'configuration',
        userMessage: 'The timeout of the build must be a number of minutes above zero.'
    });
}

/** What was given in its place, for an error. Not the content of an object: it may hold anything. */
export function inWords(value: unknown): string {
    return Object(value) === value ? Object.prototype.toString.call(value) : String(value);
}
