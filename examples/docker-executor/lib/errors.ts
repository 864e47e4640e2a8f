import { ExecutorError, kindOf, type StartConfig } from 'screwdriver-executor-base';
import { cannotRun, isAbout } from './explain';

/** An error of dockerode, or of the connection to the engine. */
type EngineAnswer = { statusCode?: number; code?: string; message?: string };

const CHECK_NAME = 'check its name and tag, and that this engine may pull it';
/** What registries and the engine say about images that no retry can pull, and what that means. */
const FINAL = [
    [
        /no matching manifest|no match for platform|no image found in manifest list|cannot be used on this platform/i,
        'it is made for other platforms'
    ],
    [
        /distribution\.manifest\.v1\+|schema version 1\b/i,
        'it is stored in a format that engines no longer take (manifest schema 1)'
    ],
    [/x509: /, 'this engine does not trust its registry'],
    [/not found|manifest unknown|(?<!permission )denied|unauthorized|no basic auth credentials/i, CHECK_NAME],
    [/invalid (reference format|repository name|tag)|must be lowercase/i, CHECK_NAME]
] as [RegExp, string][];
const BUSY = /toomanyrequests|too many requests|\bHTTP 429\b/i;
const PASSING_PROBLEM = 'The engine that runs builds has a problem. Start the build again in some minutes.';
const LASTING_PROBLEM = 'The engine that runs builds cannot be used as it is set up. Tell its administrators.';

/**
 * An error of the engine or of the connection to it. A refused request and a wrong address are final. A conflict with
 * somebody else's work may pass, and so may all other errors.
 *
 * @param error of dockerode
 */
export function engineError(error: unknown): ExecutorError {
    if (isClassified(error)) return error;
    const { statusCode, code } = error as EngineAnswer;
    // A missing socket may belong to an engine that is restarting.
    const isMisled = !statusCode && code !== 'ENOENT' && kindOf(error) === 'configuration';
    const retryable = statusCode ? statusCode === 409 || statusCode >= 500 : !isMisled;

    return new ExecutorError(
        statusCode ? `Docker answered ${statusCode}: ${reason(error)}` : `Docker: ${reason(error)}`,
        {
            code: 'DOCKER_ENGINE',
            kind: isMisled ? 'configuration' : 'engine',
            retryable,
            statusCode,
            userMessage: retryable ? PASSING_PROBLEM : LASTING_PROBLEM,
            cause: error
        }
    );
}

/** @param error from reading the engine's address */
export function configError(error: unknown) {
    return new ExecutorError(
        `The engine's address cannot be used: ${reason(error)}. See DOCKER_HOST, or the option docker`,
        {
            code: 'DOCKER_CONFIG',
            kind: 'configuration',
            userMessage: LASTING_PROBLEM,
            cause: error
        }
    );
}

/** Something else answers at the engine's address: a sign-in page, another server. */
export function notDocker() {
    return new ExecutorError('The server at the address of the engine is not Docker: check DOCKER_HOST', {
        code: 'DOCKER_ENGINE',
        kind: 'configuration',
        userMessage: LASTING_PROBLEM
    });
}

/** @param what did not come in time */
export function timeoutError(what: string) {
    return new ExecutorError(`Docker: ${what}`, {
        code: 'DOCKER_TIMEOUT',
        kind: 'timeout',
        retryable: true,
        userMessage: PASSING_PROBLEM
    });
}

/** Why a start is given up: the build was stopped meanwhile, here or by another process. */
export function cancelledError(buildId: number | string, cause?: unknown) {
    return new ExecutorError(`The start of build ${buildId} was cancelled`, {
        code: 'DOCKER_START_CANCELLED',
        kind: 'cancelled',
        userMessage: 'The build was stopped before it had started.',
        cause
    });
}

/**
 * Why a build's containers could not be made or started.
 *
 * @param entryPoint path of the program that the container should run
 */
export function startError(error: unknown, { buildId, container }: StartConfig, entryPoint: string): ExecutorError {
    if (isClassified(error)) return error;
    const { statusCode } = error as EngineAnswer;
    const text = reason(error);
    const missing = /no such image: (\S+)/i.exec(text)?.[1];

    if (statusCode === 404 && missing) return imageError(missing, error);
    if (/no such container|marked for removal/i.test(text)) return cancelledError(buildId, error);
    if (isAbout(entryPoint, text)) {
        return new ExecutorError(`Build ${buildId}: ${entryPoint} cannot run in ${container}: ${text}`, {
            code: 'DOCKER_LAUNCH',
            kind: 'image',
            statusCode,
            userMessage: cannotRun(entryPoint, container),
            cause: error
        });
    }

    return engineError(error);
}

/**
 * Why a build cannot be started: it has ended, and the API does not know that it ever ran.
 *
 * @param words for the build's owner
 */
export function endedError(buildId: number | string, words: string) {
    return new ExecutorError(`Build ${buildId} has ended before the API knew that it ran: ${words}`, {
        code: 'DOCKER_BUILD_ENDED',
        kind: 'engine',
        userMessage: words
    });
}

/**
 * Why an image is missing, as the engine explains it. If it does not, the engine itself is the cause.
 *
 * @param error of the request, or the text of an error in the progress of a pull
 */
export function imageError(image: string, error: unknown): ExecutorError {
    if (isClassified(error)) return error;
    const { statusCode } = error as EngineAnswer;
    const text = reason(error);

    if (error instanceof Error && !('statusCode' in error)) {
        return engineError(new Error(`the pull of ${image} did not end: ${text}`, { cause: error }));
    }
    // The image's name may contain any of the words.
    const words = text.replaceAll(image, '');
    const isBusy = BUSY.test(words);
    const known = FINAL.find(([pattern]) => pattern.test(words))?.[1];
    const final = isBusy ? undefined : (known ?? (statusCode === 404 && CHECK_NAME));

    return new ExecutorError(`Image ${image} cannot be pulled: ${text}`, {
        code: 'DOCKER_IMAGE',
        kind: 'image',
        retryable: !final,
        statusCode,
        userMessage: final
            ? `The image ${image} is not available: ${final}.`
            : `The image ${image} could not be pulled${isBusy ? ': its registry is busy' : ''}. Start the build again later.`,
        cause: error instanceof Error ? error : undefined
    });
}

/**
 * Whether the engine says that the object does not exist.
 *
 * @param error of dockerode, which itself says so for every 404
 */
export function isGone(error: unknown) {
    const text = reason(error);
    const statusCode = statusOf(error);

    // Podman answers 500 if somebody removes a container while Podman is stopping it.
    return statusCode === 404 ? /no such/i.test(text) : statusCode === 500 && /no such container/i.test(text);
}

/** Whether another container already has the name. */
export function isNameTaken(error: unknown) {
    // Podman answers 500.
    return [409, 500].includes(statusOf(error) ?? 0) && /name .* already in use/i.test(reason(error));
}

/** The status of the answer from which dockerode made the error. */
export function statusOf(error: unknown) {
    return (error as EngineAnswer).statusCode;
}

/** Joi's errors are passed on unchanged, too. */
function isClassified(error: unknown): error is ExecutorError {
    const { isJoi, name } = error as { isJoi?: boolean; name?: string };

    return isJoi === true || name === 'ExecutorError';
}

/** The engine's own message, without dockerode's introduction. */
function reason(error: unknown) {
    return String((error as EngineAnswer).message ?? error)
        .replace(/^\(HTTP code \d+\) .*? - /, '')
        .trim();
}
