import { ExecutorError, isRetryable, kindOf, withoutSecrets } from 'screwdriver-executor-base';
import type { Failure, ConflictException } from '@aws-sdk/client-ecs';

type Options = NonNullable<ConstructorParameters<typeof ExecutorError>[1]>;

/** What is read of an error: the SDK's, of Node, of the base. */
interface Problem {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
}

const ADMINISTRATORS = `Tell the administrators of the builds' AWS account.`;
/** A throttle may come by its own name, or within another exception. */
const THROTTLE = /^(Throttl|TooManyRequests|RequestLimitExceeded|TooManyUpdates)/;
const THROTTLE_TEXT = /rate exceeded|too many concurrent attempts|throttl/i;
/** What AWS calls credentials that are missing, or may not do this. */
const ACCESS =
    /AccessDenied|UnrecognizedClient|ExpiredToken|Signature|InvalidClientToken|MissingAuthentication|Credentials/;

/**
 * An error of AWS, or of the way to it. What it refuses stays refused; a throttle, and what is wrong with AWS, may go away.
 *
 * @param secret what was sent: AWS may quote it
 */
export function awsError(error: unknown, secret = ''): ExecutorError {
    const problem = error as Problem;

    // The base's own are told apart already, and Joi's passes as it is.
    if (problem.name === 'ExecutorError' || problem.name === 'ValidationError') return error as ExecutorError;
    if (['AbortError', 'TimeoutError'].includes(problem.name ?? '')) {
        return failure('ECS_TIMEOUT', 'AWS has not answered in time', {
            kind: 'timeout',
            retryable: true,
            userMessage: 'AWS, which runs builds, is slow to answer. Try again in some minutes.'
        });
    }
    const text = withoutSecrets(String(problem.message ?? problem.name), secret);
    const statusCode = problem.$metadata?.httpStatusCode;
    // The SDK's own error holds the answer of AWS, which may quote what it was sent.
    const cause = Object.assign(new Error(text), {
        name: problem.name,
        ...(problem.code && { code: problem.code }),
        ...(isConflict(error) && { resourceIds: error.resourceIds })
    });

    return failure(...classOf(problem, text, error), { statusCode, cause });
}

function failure(code: string, message: string, options: Options, more: Options = {}) {
    return new ExecutorError(message, { code, ...options, ...more });
}

function classOf(problem: Problem, text: string, error: unknown): [code: string, message: string, Options] {
    const { name = '', $metadata } = problem;
    const message = `AWS: ${name}: ${text}`;
    const status = $metadata?.httpStatusCode;

    if (THROTTLE.test(name) || (status === 400 && THROTTLE_TEXT.test(text))) {
        const userMessage = 'AWS takes no more requests at the moment. Start the build again in some minutes.';

        return ['ECS_THROTTLED', message, { kind: 'capacity', retryable: true, userMessage }];
    }
    if (ACCESS.test(name)) {
        const userMessage = `AWS does not let the executor run builds. ${ADMINISTRATORS}`;

        return ['ECS_ACCESS', message, { kind: 'authentication', userMessage }];
    }
    if (name === 'LimitExceededException' || name === 'ParameterLimitExceeded') {
        return ['ECS_CAPACITY', message, { kind: 'capacity', retryable: true, userMessage: noRoom(text) }];
    }
    if (status !== undefined && status >= 400 && status < 500) {
        const userMessage = `ECS does not take the build's task: ${text} Change what it names, or ask the administrators.`;

        return ['ECS_REFUSED', message, { kind: 'configuration', userMessage }];
    }
    const kind = kindOf(error);
    const isSystem = typeof problem.code === 'string' || status !== undefined;
    const [of, retryable]: [Options['kind'], boolean] =
        kind !== 'internal' ? [kind, isRetryable(error)] : isSystem ? ['engine', true] : ['configuration', false];
    const advice = retryable ? 'Start the build again in some minutes.' : ADMINISTRATORS;

    return [
        'ECS_API',
        message,
        { kind: of, retryable, userMessage: `AWS, which runs builds, has a problem. ${advice}` }
    ];
}

/** The tasks that a client token stands for already, where that is what is wrong. */
export function conflictIn(error: unknown): string[] {
    const { cause } = error as { cause?: unknown };

    return isConflict(cause) ? (cause.resourceIds ?? []) : [];
}

function isConflict(error: unknown): error is ConflictException {
    return (error as Problem | undefined)?.name === 'ConflictException';
}

/** Whether AWS does not have what it was to end or remove. */
export function isGone(error: unknown) {
    const { name = '', message = '' } = ((error as Error).cause ?? {}) as Problem;

    return name === 'ParameterNotFound' || /not found|does not exist|unable to describe|is inactive/i.test(message);
}

/** What RunTask says in an answer of 200. */
export function refused(failures: Failure[] = []) {
    const { reason = 'no reason', detail = '' } = failures[0] ?? {};
    const text = detail ? `${reason} (${detail})` : reason;
    const isFull = /^(RESOURCE|AGENT)|capacity is unavailable|limit/i.test(reason);

    return new ExecutorError(`ECS has not run the task: ${text}`, {
        code: isFull ? 'ECS_CAPACITY' : 'ECS_REFUSED',
        kind: isFull ? 'capacity' : 'configuration',
        retryable: isFull,
        userMessage: isFull ? noRoom(text) : `ECS does not run the build's task: ${text}. ${ADMINISTRATORS}`
    });
}

function noRoom(text: string) {
    return `AWS has no room for the build now: ${text}. Start it again later.`;
}

/**
 * Why a build cannot be started that has ended, or does not come up.
 *
 * @param words for the build's owner
 */
export function ended(buildId: number | string, words: string) {
    return new ExecutorError(`Build ${buildId} has not started: ${words}`, {
        code: 'ECS_BUILD_ENDED',
        kind: words.startsWith('The image ') ? 'image' : 'engine',
        userMessage: words
    });
}

export function waiting(buildId: number | string) {
    return failure('ECS_WAITING', `Build ${buildId} is waiting for its task to run`, {
        kind: 'capacity',
        retryable: true,
        userMessage: 'The build is waiting for ECS to run its task.'
    });
}

export function unconfirmed(task: string) {
    return failure('ECS_TIMEOUT', `ECS has not confirmed the end of the task ${task}`, {
        kind: 'timeout',
        retryable: true,
        userMessage: 'The build was told to end, and ECS has not confirmed that. Stop it again in some minutes.'
    });
}

/** @param what the job asks for */
export function unsupported(what: string) {
    return failure('ECS_UNSUPPORTED', `${what} is not to be had on ECS`, {
        kind: 'configuration',
        userMessage: `The job asks for ${what}, which this executor does not have. Take it out of the job's annotations.`
    });
}
