import { ExecutorError, isRetryable, kindOf, withoutSecrets } from 'screwdriver-executor-base';

/** What is read of an error: the client's, of Node, of a plug-in, of the base. */
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
 * An error of the cluster or of the way to it. A refused request stays refused, and a kubeconfig that does not fit stays
 * so; anything else may go away.
 *
 * @param error the client's
 * @param secret what was sent to the cluster, which may quote it, encoded as well
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
    // Many pods at once: the cluster could not count one of them against its quota.
    if (statusCode === 409) return problem(text.includes('resourcequotas') ? 'capacity' : 'engine', true);

    return problem('engine', statusCode === 429 || statusCode >= 500);
}

/** What is wrong where there was no answer. */
function verdictOf(error: Failure): [kind: Classification['kind'], retryable: boolean] {
    const kind = kindOf(error);

    if (kind !== 'internal') return [kind, isRetryable(error)];

    // Only an error of the system has a code. The client's own are about the kubeconfig, or a plug-in that it names, and
    // EPROTO is a server that speaks no TLS, or wants a certificate.
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
 * Whether it is the request that the cluster does not take, by its schema, an admission plug-in or a webhook, and not
 * the one who asks.
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

/** The HTTP status of an error: the client's calls and its watches name it differently. */
export function statusOf(error: unknown): number | undefined {
    const { code, statusCode = code } = error as Failure;

    return typeof statusCode === 'number' ? statusCode : undefined;
}

/**
 * Whether what was to be made is there already: a 409 may also be a conflict that passes.
 *
 * @param error of the cluster
 */
export function isExisting(error: unknown) {
    return statusOf(error) === 409 && statusIn((error as Failure).cause).reason === 'AlreadyExists';
}

/**
 * Whether a request has certainly not come to the cluster, so that it has done nothing there.
 *
 * @param error of the cluster
 */
export function isUnsent(error: unknown) {
    const { code } = ((error as Failure).cause ?? {}) as Failure;

    return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String(code));
}

/** The client's error quotes what the cluster has answered: it is the cause of the one that callers get. */
function hideSecrets(failure: Failure, secret: string) {
    for (const key of ['message', 'stack', 'body'] as const) {
        const text = failure[key];

        if (typeof text === 'string') failure[key] = withoutSecrets(text, secret);
    }
}

function reason(failure: Failure) {
    return String(statusIn(failure).message ?? failure.body ?? failure.message).trim();
}

/** The `Status` of Kubernetes in an answer; empty where the answer is not in its words. */
function statusIn(error: unknown): { message?: string; reason?: string } {
    try {
        return (JSON.parse(String((error as Failure).body)) ?? {}) as { message?: string; reason?: string };
    } catch {
        return {};
    }
}

/** The base's own are told apart already, and Joi's passes as it is. */
function isClassified(error: unknown): error is ExecutorError {
    const { name, isJoi } = error as { name?: string; isJoi?: boolean };

    return isJoi === true || name === 'ExecutorError';
}
