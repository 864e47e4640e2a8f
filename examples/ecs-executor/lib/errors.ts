import { ExecutorError, isRetryable, kindOf, withoutSecrets, type ErrorKind } from 'screwdriver-executor-base';
import type { Failure } from '@aws-sdk/client-ecs';

/** What is read of an error of the SDK or of Node. */
interface Problem {
    name?: string;
    message?: string;
    code?: string;
    resourceIds?: string[];
    $metadata?: { httpStatusCode?: number };
}

type Verdict = [code: string, kind: ErrorKind, retryable: boolean, userMessage: string];

const LATER = 'Start the build again in a few minutes.';
const TELL = `Tell the administrators of the builds' AWS account.`;

/** By the name and the message of an error. */
const KNOWN: [RegExp, Verdict][] = [
    [/^(AbortError|TimeoutError)\b/, ['ECS_TIMEOUT', 'timeout', true, `AWS, which runs builds, is too slow. ${LATER}`]],
    [
        // A throttle has a name of its own, or stands in the message of another exception.
        /^(Throttl|TooManyRequests|RequestLimitExceeded|TooManyUpdates)|rate exceeded|too many concurrent attempts/i,
        ['ECS_THROTTLED', 'capacity', true, `AWS does not accept more requests at the moment. ${LATER}`]
    ],
    [
        /^\w*(AccessDenied|UnrecognizedClient|ExpiredToken|Signature|InvalidClientToken|MissingAuth|Credentials)/,
        ['ECS_ACCESS', 'authentication', false, `AWS does not let the executor run builds. ${TELL}`]
    ],
    [
        /^(Parameter)?LimitExceeded/,
        ['ECS_CAPACITY', 'capacity', true, `A limit of the AWS account is reached. ${LATER}`]
    ]
];

/**
 * Classifies an error of the SDK. Errors of the base, and Joi's, are returned as they are.
 *
 * @param secret a part of the request, which AWS may quote
 */
export function awsError(error: unknown, secret = ''): ExecutorError {
    const { message = '', code = '', resourceIds, $metadata } = error as Problem;
    // The SDK calls a broken connection a TimeoutError.
    const isBroken = ['ECONNRESET', 'EPIPE'].includes(code);
    const name = isBroken ? 'Error' : ((error as Problem).name ?? 'Error');

    if (name === 'ExecutorError' || name === 'ValidationError') return error as ExecutorError;
    const text = withoutSecrets(message, secret);
    const statusCode = $metadata?.httpStatusCode;
    // A copy: the SDK's own error contains the whole answer, which may quote the request.
    const cause = Object.assign(new Error(text), { name, statusCode, resourceIds, ...(code && { code }) });

    return failure(`AWS: ${name}: ${text}`, verdictOf(`${name}: ${text}`, cause), { statusCode, cause });
}

function verdictOf(text: string, cause: Error & { statusCode: number | undefined }): Verdict {
    const { message, statusCode = 0 } = cause;
    const known = KNOWN.find(([words]) => words.test(text))?.[1];

    if (known) return known;
    if (statusCode >= 400 && statusCode < 500) {
        return ['ECS_REFUSED', 'configuration', false, `AWS rejects the build's task: ${message} ${TELL}`];
    }
    const [kind, retryable] = [kindOf(cause), isRetryable(cause)];
    const userMessage = `AWS, which runs builds, has a problem. ${retryable ? LATER : TELL}`;

    return ['ECS_API', kind === 'internal' ? 'configuration' : kind, retryable, userMessage];
}

function failure(message: string, [code, kind, retryable, userMessage]: Verdict, more: object = {}) {
    return new ExecutorError(message, { code, kind, retryable, userMessage, ...more });
}

/** The tasks that a client token already stands for, if the error is about that. */
export function conflictIn(error: unknown): string[] {
    const { name, resourceIds = [] } = causeOf(error);

    return name === 'ConflictException' ? resourceIds : [];
}

/** Whether AWS does not have what a request should end or remove. */
export function isGone(error: unknown) {
    const { name, message = '' } = causeOf(error);

    return name === 'ParameterNotFound' || /not found|does not exist|unable to describe|is inactive/i.test(message);
}

function causeOf(error: unknown): Problem {
    return (error as { cause?: Problem }).cause ?? {};
}

/** RunTask can answer 200 and still have run nothing. */
export function refused(failures: Failure[] = []) {
    const { reason = 'no reason', detail } = failures[0] ?? {};
    const text = detail ? `${reason} (${detail})` : reason;

    return failure(
        `ECS has not run the task: ${text}`,
        /^(RESOURCE|AGENT)|capacity is unavailable|limit/i.test(reason)
            ? ['ECS_CAPACITY', 'capacity', true, `AWS has no room for the build at the moment: ${text}. ${LATER}`]
            : ['ECS_REFUSED', 'configuration', false, `ECS cannot run the build: ${text}. ${TELL}`]
    );
}

/** @param words why the build has ended without having run, for its owner */
export function ended(buildId: number | string, words: string) {
    const kind = words.startsWith('The image ') ? 'image' : 'engine';

    return failure(`Build ${buildId} has not started: ${words}`, ['ECS_BUILD_ENDED', kind, false, words]);
}

export function waiting(buildId: number | string) {
    const userMessage = 'The build is waiting for ECS to run its task.';

    return failure(`Build ${buildId} is waiting for its task`, ['ECS_WAITING', 'capacity', true, userMessage]);
}

export function unconfirmed(task: string) {
    const userMessage = 'ECS has not confirmed the end of the build. Stop it again in a few minutes.';

    return failure(`ECS has not confirmed the end of ${task}`, ['ECS_TIMEOUT', 'timeout', true, userMessage]);
}

/** @param what the job asks for */
export function unsupported(what: string) {
    const userMessage = `This executor does not support ${what}. Remove it from the job's annotations.`;

    return failure(`Not supported on ECS: ${what}`, ['ECS_UNSUPPORTED', 'configuration', false, userMessage]);
}
