import { ExecutorError, isRetryable, kindOf, withoutSecrets } from 'screwdriver-executor-base';

/** The parts that are read of an error of the client, Node, a plug-in or the base. */
interface Failure {
    name?: string;
    message?: string;
    stack?: string;
    /** The HTTP status, or a name. */
    code?: string | number;
    statusCode?: number;
    body?: string;
    cause?: unknown;
}

/**
 * An error of the cluster or of the connection to it. A refused request and a wrong kubeconfig are permanent. Any other
 * error may go away.
 *
 * @param error the client's
 * @param secret what was sent to the cluster, which may quote it, even encoded
 */
export function clusterError(error: unknown, secret = ''): ExecutorError {
    const failure = error as Failure;

    if (isClassified(error)) return error;
    if (['AbortError', 'TimeoutError'].includes(failure.name ?? '')) return tooLate(error);
    hideSecrets(failure, secret);
    const statusCode = statusOf(error);
    const text = reason(failure);

    return new ExecutorError(statusCode ? `Kubernetes answered ${statusCode}: ${text}` : `Kubernetes: ${text}`, {
        ...(statusCode ? classOf(statusCode, text) : problem(...verdictOf(failure))),
        statusCode,
        cause: error
    });
}

type Classification = NonNullable<ConstructorParameters<typeof ExecutorError>[1]>;

/** @param text the cluster's */
function classOf(statusCode: number, text: string): Classification {
    const namespace = statusCode === 404 && /^namespaces "(.+)" not found/.exec(text)?.[1];

    if (statusCode === 403 && /exceeded quota|status unknown for quota/.test(text)) {
        return {
            code: 'KUBERNETES_QUOTA',
            kind: 'capacity',
            retryable: true,
            userMessage: 'The quota of the cluster for builds is used up. Start the build again later.'
        };
    }
    if (namespace) {
        return {
            code: 'KUBERNETES_REFUSED',
            kind: 'configuration',
            userMessage: `The cluster has no namespace ${namespace}, in which builds run. Tell its administrators.`
        };
    }
    if (isRefused(statusCode, text)) {
        return {
            code: 'KUBERNETES_REFUSED',
            kind: 'configuration',
            userMessage:
                `The cluster does not take the build's pod: ${text} ` +
                `Change what it names, or show this to the cluster's administrators.`
        };
    }
    if (statusCode === 401 || statusCode === 403) {
        return {
            code: 'KUBERNETES_CLUSTER',
            kind: 'authentication',
            userMessage:
                `The cluster does not let the executor run builds. Tell the cluster's administrators: ` +
                `to start the build again does not help until they have changed that.`
        };
    }
    // With many pods at once, the cluster could not count one of them against its quota.
    if (statusCode === 409) return problem(text.includes('resourcequotas') ? 'capacity' : 'engine', true);

    return problem('engine', statusCode === 429 || statusCode >= 500);
}

/** What is wrong if there was no answer. */
function verdictOf(error: Failure): [kind: Classification['kind'], retryable: boolean] {
    const kind = kindOf(error);

    if (kind !== 'internal') return [kind, isRetryable(error)];

    // Only an error of the system has a code. The client's own errors are about the kubeconfig or a plug-in that it
    // names. EPROTO means that a server does not speak TLS, or requires a certificate.
    return typeof error.code === 'string' && error.code !== 'EPROTO' ? ['engine', true] : ['configuration', false];
}

function problem(kind: Classification['kind'], retryable: boolean): Classification {
    return {
        code: 'KUBERNETES_CLUSTER',
        kind,
        retryable,
        userMessage: `The cluster that runs builds has a problem. ${
            retryable ? 'Start the build again in some minutes.' : `Tell the cluster's administrators.`
        }`
    };
}

/**
 * Whether the cluster refuses the request itself, by its schema, an admission plug-in or a webhook, and not the client.
 */
function isRefused(statusCode: number, text: string) {
    if (statusCode === 400 || statusCode === 422) return true;

    return statusCode === 403 && /is forbidden: (?!User ")|denied (the )?request/.test(text);
}

function tooLate(cause: unknown) {
    return new ExecutorError('Kubernetes did not finish in time', {
        code: 'KUBERNETES_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        userMessage: 'The cluster that runs builds is slow to answer. Try again in some minutes.',
        cause
    });
}

/** The HTTP status of an error. The client's calls and its watches name it differently. */
export function statusOf(error: unknown): number | undefined {
    const { code, statusCode = code } = error as Failure;

    return typeof statusCode === 'number' ? statusCode : undefined;
}

/**
 * Whether the object already exists. A 409 may also be a temporary conflict.
 *
 * @param error of the cluster
 */
export function isExisting(error: unknown) {
    return statusOf(error) === 409 && statusIn((error as Failure).cause).reason === 'AlreadyExists';
}

/**
 * Whether the client's account may not do what it has asked for.
 *
 * @param error of the cluster
 */
export function isDenied(error: unknown) {
    return statusOf(error) === 403 && (error as ExecutorError).kind === 'authentication';
}

/**
 * Whether a request has certainly not reached the cluster, so that it has done nothing there.
 *
 * @param error of the cluster
 */
export function isUnsent(error: unknown) {
    const { code } = ((error as Failure).cause ?? {}) as Failure;

    return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(code));
}

/** The client's error quotes the cluster's answer, and it is the cause of the error that callers get. */
function hideSecrets(failure: Failure, secret: string) {
    for (const key of ['message', 'stack', 'body'] as const) {
        const text = failure[key];

        if (typeof text === 'string') failure[key] = withoutSecrets(text, secret);
    }
}

function reason(failure: Failure) {
    return String(statusIn(failure).message ?? failure.body ?? failure.message).trim();
}

/** The `Status` of Kubernetes in an answer, or an empty object if the answer is not one. */
function statusIn(error: unknown): { message?: string; reason?: string } {
    try {
        return (JSON.parse(String((error as Failure).body)) ?? {}) as { message?: string; reason?: string };
    } catch {
        return {};
    }
}

/** The base's own errors are already classified, and Joi's are passed on unchanged. */
function isClassified(error: unknown): error is ExecutorError {
    const { name, isJoi } = error as { name?: string; isJoi?: boolean };

    return isJoi === true || name === 'ExecutorError';
}
