import { ExecutorError } from '../errors/executor-error';
import { withoutSecrets } from '../errors/mask';

/** Minutes for a build without a timeout. */
export const DEFAULT_BUILD_TIMEOUT = 90;

/** The value of a finite number above zero or of a numeric string; otherwise undefined. */
export function positiveNumber(value: unknown): number | undefined {
    const isText = typeof value === 'string' && value.trim() !== '';
    const number = typeof value === 'number' || isText ? Number(value) : NaN;

    return Number.isFinite(number) && number > 0 ? number : undefined;
}

/**
 * A build's timeout in whole minutes, rounded up: neither the API nor the launcher accepts fractions.
 *
 * @param token is masked if the value contains it
 * @throws ExecutorError `EXECUTOR_BUILD_TIMEOUT` if it is not a number above zero
 */
export function wholeMinutes(buildTimeout: unknown, token: string): number {
    const minutes = positiveNumber(buildTimeout);

    if (minutes !== undefined) return Math.ceil(minutes);

    throw new ExecutorError(`Invalid buildTimeout value: ${describeValue(buildTimeout, token)}`, {
        code: 'EXECUTOR_BUILD_TIMEOUT',
        kind: 'configuration',
        userMessage: 'The timeout of the build must be a number of minutes above zero.'
    });
}

/**
 * An invalid value, for an error. Without secrets, and without the content of an object, which may be anything.
 *
 * @param token is masked, too
 */
export function describeValue(value: unknown, token = ''): string {
    return withoutSecrets(Object(value) === value ? Object.prototype.toString.call(value) : String(value), token);
}
