import { read } from './read';
import { rowOf } from './statuses';
import { verdictOfText } from './texts';
import { verdictOf, type Verdict } from './codes';

/**
 * What went wrong, in one word. A closed set: a new kind is a new major version.
 *
 * `configuration` the config or the executor's options are wrong; `image` the build's image is not available;
 * `capacity` no room for the build now; `engine` the engine or the API failed; `authentication` a credential was
 * refused; `timeout` it took too long; `cancelled` somebody asked to stop; `internal` anything else.
 */
export const ERROR_KINDS = [
    'configuration',
    'image',
    'capacity',
    'engine',
    'authentication',
    'timeout',
    'cancelled',
    'internal'
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** What a log or a metric needs to know of an error. Has no message, since a message may contain a secret. */
export interface ErrorSummary {
    name: string;
    kind: ErrorKind;
    /** Whether the same call may succeed later. */
    retryable: boolean;
    code?: string;
    /** The code of the error behind it, such as `ECONNREFUSED`. */
    causeCode?: string;
    /** For an error of Joi's, the invalid paths in the config, such as `build.id`, without their values. */
    paths?: string[];
    /** The HTTP status behind the error, if there was one. */
    statusCode?: number;
}

/** How many levels of `cause` to follow: clients wrap the errors of other clients. */
const DEEPEST = 5;

/**
 * The kind of an error: its own `kind` if it has one, otherwise derived from what other clients put on their errors.
 */
export function kindOf(error: unknown): ErrorKind {
    return classify(error)[0];
}

/**
 * Whether the same call may succeed later: the error's own `retryable` if it has a kind, otherwise derived like the
 * kind.
 */
export function isRetryable(error: unknown): boolean {
    return classify(error)[1];
}

/** See {@link ErrorSummary}. Leaves out everything that is not a word or a number of the usual form. */
export function summaryOf(error: unknown): ErrorSummary {
    const [kind, retryable] = classify(error);
    const name = read(error, 'name');
    const code = codeOf(error);
    const causeCode = codeOf(read(error, 'cause'));
    const paths = pathsOf(error);
    const statusCode = statusOf(error);

    return {
        name: typeof name === 'string' && /^[A-Z]\w{0,63}$/i.test(name) ? name : 'Error',
        kind,
        retryable,
        ...(code !== undefined && { code }),
        ...(causeCode !== undefined && { causeCode }),
        ...(paths.length > 0 && { paths }),
        ...(statusCode !== undefined && { statusCode })
    };
}

function codeOf(error: unknown): string | undefined {
    const code = read(error, 'code');

    return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined;
}

function pathsOf(error: unknown): string[] {
    if (read(error, 'name') !== 'ValidationError') return [];
    try {
        const details = (read(error, 'details') ?? []) as Array<{ path: unknown[] }>;

        return details.map(({ path }) => path.map(keyOf).join('.')).filter(path => path !== '');
    } catch {
        // Another library's error with the same name, or a hostile one.
        return [];
    }
}

/** Anything longer than a short word may be a secret that was used as a key. */
function keyOf(key: unknown): string {
    return /^(?!eyJ)\w{1,32}$/.test(String(key)) ? String(key) : '***';
}

function classify(error: unknown, depth = 0): Verdict {
    const kind = read(error, 'kind') as ErrorKind;

    if (ERROR_KINDS.includes(kind)) return [kind, read(error, 'retryable') === true];

    const message = textOf(error);
    const verdict =
        verdictOfText(message) ??
        byCode(read(error, 'code')) ??
        byStatus(statusOf(error)) ??
        byCode(read(error, 'name'));
    const inner = read(error, 'cause') ?? read(read(error, 'errors'), '0');

    // Only the cause tells whether Node's abort comes from `AbortSignal.timeout`, from a shutdown or from a caller.
    if (verdict && !(verdict[0] === 'cancelled' && hasClassification(inner))) return verdict;

    return inner && depth < DEEPEST ? classify(inner, depth + 1) : ['internal', false];
}

/** Whether the reason of an abort has a meaning of its own. */
function hasClassification(reason: unknown): boolean {
    return ERROR_KINDS.includes(read(reason, 'kind') as ErrorKind) || read(reason, 'name') === 'TimeoutError';
}

function byCode(code: unknown): Verdict | undefined {
    return typeof code === 'string' ? verdictOf(code) : undefined;
}

function byStatus(status: number | undefined): Verdict | undefined {
    if (status === undefined || status < 400) return undefined;
    const [, , kind, retryable] = rowOf(status);

    return [kind, retryable];
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
