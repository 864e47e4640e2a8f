import { ExecutorError } from '../errors/executor-error';
import { withoutSecrets } from '../errors/mask';
import { validate } from '../validation/schema';
import { parse, quote, reach, tokenFrom } from './answer';
import { causeOf, reasonOf, statusFailure, type Failure } from './failure';
import { isFailure, persist } from './persist';
import { buildPath } from './request';
import { needsExchange } from './token-scope';
import type { ExchangeConfig } from '../config';
import type { Tries } from '../operations/call';
import type { ExchangeOptions } from './exchange';
import type { Answer } from './request';

/** Options of `reportFailure`. */
export interface ReportOptions extends Omit<ExchangeOptions, 'bufferMinutes'> {
    /**
     * Whether to report only a build that has never run, as far as the API knows: a launcher that ended with 0 may have
     * sent its last report, unless it has not even reported RUNNING. @default false
     */
    unlessRunning?: boolean | undefined;
}

/** The statuses of a build that has never run, and that the API lets change. */
const WAITING = ['QUEUED', 'BLOCKED', 'FROZEN'];
/**
 * The statuses of a build whose failure can be reported. The API also accepts FAILURE for an UNSTABLE build, but
 * changes nothing.
 */
const UNFINISHED = [...WAITING, 'RUNNING'];

/** Minutes for a token that only one request needs. */
const MINUTES = 5;

/** See `Executor#reportFailure`. Gives up when one of the signals aborts. */
export async function reportFailure(
    config: ExchangeConfig,
    reason: string,
    options: ReportOptions = {},
    signals: readonly AbortSignal[],
    tries: Tries
): Promise<boolean> {
    validate('exchange', config);
    validate('exchangeOptions', options);
    if (typeof reason !== 'string' || reason === '')
        throw new TypeError('reason must be a non-empty string for the owner of the build');
    const { token, apiUri } = config;
    const { agent, ca } = options;
    const end = performance.now() + (options.deadline ?? 60_000);

    async function ask<Result extends string | boolean>(
        method: 'GET' | 'POST' | 'PUT',
        path: string,
        body: object | undefined,
        judge: (answer: Answer) => Result | Failure
    ): Promise<Result> {
        const deadline = Math.max(1, Math.ceil(end - performance.now()));
        const request = { method, apiUri, path, token, body, agent, ca };
        const outcome = await persist(request, judge, { ...options, deadline }, signals, tries);

        if (isFailure(outcome)) throw reportError(outcome, token);

        return outcome;
    }
    const build = buildPath(config);
    const isReportable = needsExchange(token)
        ? ask('POST', `${build}/token`, { buildTimeout: MINUTES }, answer => isWaiting(answer, apiUri))
        : ask('GET', build, undefined, answer => isIn(options.unlessRunning ? WAITING : UNFINISHED, answer));

    if (!(await isReportable)) return false;

    return ask('PUT', build, { status: 'FAILURE', statusMessage: withoutSecrets(reason, token) }, isAccepted);
}

/** A temporal token cannot read its build. The API exchanges it while the build waits to run. */
function isWaiting(answer: Answer, apiUri: string): boolean | Failure {
    if (answer.statusCode === 403) return false;
    const outcome = tokenFrom(answer, apiUri);

    return typeof outcome === 'string' ? true : outcome;
}

function isIn(statuses: string[], { statusCode, body, retryAfter }: Answer): boolean | Failure {
    const answer = parse(body);

    if (statusCode === 200) return statuses.includes(String(reach(answer as object, 'status')));

    return statusFailure(statusCode, quote(answer, statusCode), retryAfter);
}

/** The API answers 403 for a build that has ended in the meantime. */
function isAccepted({ statusCode, body, retryAfter }: Answer): boolean | Failure {
    if (statusCode === 200 || statusCode === 403) return statusCode === 200;

    return statusFailure(statusCode, quote(parse(body), statusCode), retryAfter);
}

function reportError(failure: Failure, token: string): ExecutorError {
    const { kind, retryable, statusCode, attempts } = failure;

    return new ExecutorError(`Failed to report the failure of the build: ${reasonOf(failure, token)}`, {
        code: 'EXECUTOR_REPORT',
        kind,
        retryable,
        statusCode,
        attempts,
        userMessage: 'Screwdriver could not be told that the build has failed. Stop the build.',
        cause: causeOf(failure, token)
    });
}
