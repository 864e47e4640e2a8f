import { ERROR_KINDS, type ErrorKind } from './errors';
import { read } from './read';

/** What a log or a metric needs of an error, and no more: a message may hold a secret. */
export interface ErrorSummary {
    name: string;
    kind: ErrorKind;
    /** Whether the same call may succeed later. */
    retryable: boolean;
    code?: string;
    /** The HTTP status behind the error, where there was one. */
    statusCode?: number;
}

type Verdict = [kind: ErrorKind, retryable: boolean];

/** How far to follow `cause`: a client wraps what another client wrapped. */
const DEEPEST = 5;

/** Codes of Node, got, request, axios and undici, and the names of errors that have none. */
const CODES: Array<[codes: RegExp, verdict: Verdict]> = [
    [/^(ABORT_ERR|AbortError|ERR_CANCELED|CancelError|CanceledError|UND_ERR_ABORTED)$/, ['cancelled', false]],
    [/^(ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|TimeoutError|UND_ERR_\w+_TIMEOUT)$/, ['timeout', true]],
    [/^(EMFILE|ENFILE|ENOMEM|ENOSPC|EDQUOT|EAGAIN|ENOBUFS)$/, ['capacity', true]],
    [/CERT|SSL|TLS|^UNABLE_TO_|SELF_SIGNED/, ['configuration', false]],
    [/^(ECONNREFUSED|ECONNRESET|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_SOCKET)$/, ['engine', true]],
    // The name may be wrong, or its server may not answer for it yet.
    [/^ENOTFOUND$/, ['engine', true]],
    [/^(ENOENT|EACCES|EPERM|ENOTDIR|EISDIR|ENOEXEC|ERR_INVALID_URL|ERR_INVALID_ARG_\w+)$/, ['configuration', false]],
    [/^ValidationError$/, ['configuration', false]]
];

/** Engines tell these by text alone, under whatever status. */
const TEXTS: Array<[text: RegExp, verdict: Verdict]> = [
    [
        /no such image|manifest (unknown|for )|pull access denied|ErrImagePull|ImagePullBackOff|InvalidImageName|invalid reference format/i,
        ['image', false]
    ],
    [/exceeded quota|insufficient (cpu|memory)|no space left|out of memory|toomanyrequests/i, ['capacity', true]]
];

/** What kind of error it is: its own `kind` where it has one, otherwise by what foreign clients put on theirs. */
export function kindOf(error: unknown): ErrorKind {
    return classify(error)[0];
}

/** Whether the same call may succeed later: the error's own `retryable` where it has one, otherwise by its kind. */
export function isRetryable(error: unknown): boolean {
    return classify(error)[1];
}

/** See {@link ErrorSummary}. What is no word or number of the usual form is left out. */
export function summaryOf(error: unknown): ErrorSummary {
    const [kind, retryable] = classify(error);
    const name = read(error, 'name');
    const code = read(error, 'code');
    const statusCode = statusOf(error);

    return {
        name: typeof name === 'string' && /^[A-Z]\w{0,63}$/i.test(name) ? name : 'Error',
        kind,
        retryable,
        ...(typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) && { code }),
        ...(statusCode !== undefined && { statusCode })
    };
}

function classify(error: unknown, depth = 0): Verdict {
    const kind = read(error, 'kind') as ErrorKind;

    if (ERROR_KINDS.includes(kind)) return [kind, read(error, 'retryable') === true];

    const message = textOf(error);
    const verdict =
        TEXTS.find(([text]) => text.test(message))?.[1] ??
        byCode(read(error, 'code')) ??
        byStatus(statusOf(error)) ??
        byCode(read(error, 'name'));
    const inner = read(error, 'cause') ?? read(read(error, 'errors'), '0');

    // Node tells an abort by `AbortSignal.timeout` from one by a caller in the cause alone.
    if (verdict && !(verdict[0] === 'cancelled' && read(inner, 'name') === 'TimeoutError')) return verdict;

    return inner && depth < DEEPEST ? classify(inner, depth + 1) : ['internal', false];
}

function byCode(code: unknown): Verdict | undefined {
    return typeof code === 'string' ? CODES.find(([codes]) => codes.test(code))?.[1] : undefined;
}

function byStatus(status: number | undefined): Verdict | undefined {
    switch (status) {
        case undefined:
            return undefined;
        case 401:
        case 403:
        case 407:
            return ['authentication', false];
        case 408:
        case 504:
            return ['timeout', true];
        case 429:
        case 507:
            return ['capacity', true];
        case 501:
            return ['engine', false];
        // The engine is busy with the same thing, or has it already.
        case 409:
        case 423:
            return ['engine', false];
        default:
    }
    if (status >= 500) return ['engine', true];

    return status >= 400 ? ['configuration', false] : undefined;
}

/**
 * The status, wherever a client puts it: got and request on `statusCode`, axios on `status`, all of them on their
 * `response`, the Kubernetes client on `code`. After JSON, Screwdriver's own clients have it only in the message.
 */
function statusOf(error: unknown): number | undefined {
    const response = read(error, 'response');
    const inMessage = /^[1-5]\d\d\b/.exec(textOf(error))?.[0];
    const places = [
        read(error, 'statusCode'),
        read(error, 'status'),
        read(response, 'statusCode'),
        read(response, 'status'),
        read(error, 'code'),
        inMessage && Number(inMessage)
    ];

    return places.find(
        (status): status is number => Number.isInteger(status) && (status as number) >= 100 && (status as number) < 600
    );
}

function textOf(error: unknown): string {
    const message = typeof error === 'string' ? error : read(error, 'message');

    return typeof message === 'string' ? message : '';
}
