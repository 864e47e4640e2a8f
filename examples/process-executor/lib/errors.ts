import Executor = require('screwdriver-executor-base');

/** The executor's own errors. Their codes begin with `PROCESS_`; those of the base, with `EXECUTOR_`, pass through. */

export function noTimeout(given: object): Error {
    return new Executor.ExecutorError(
        `The annotation screwdriver.cd/timeout must be a number of minutes, not ${Array.isArray(given) ? 'a list' : 'an object'}`,
        {
            code: 'PROCESS_ANNOTATION',
            kind: 'configuration',
            userMessage: 'The annotation screwdriver.cd/timeout must be a number of minutes. Correct screwdriver.yaml.'
        }
    );
}

/** The error for a failed launch, which says who can fix it. */
export function launchFailed(path: string, cause: NodeJS.ErrnoException, environment: object): Error {
    if (cause.code === 'E2BIG') return environmentTooLarge(cause, environment);
    if (cause.code === 'ETXTBSY') return launcherBusy(path, cause);
    if (Executor.kindOf(cause) === 'capacity') return noRoom(cause);

    return launcherUnusable(path, cause);
}

/** The error for a failure with the folders and files of a build. */
export function folderFailed(cause: NodeJS.ErrnoException): Error {
    if (cause instanceof Executor.ExecutorError || !cause.code) return cause;
    if (Executor.kindOf(cause) === 'capacity') return noRoom(cause);

    return new Executor.ExecutorError(
        `The folder or the log of the build cannot be made: ${cause.message}. See the option workspaceRoot`,
        {
            code: 'PROCESS_WORKSPACE',
            kind: 'configuration',
            userMessage: 'The build could not be started. Tell the cluster administrators.',
            cause
        }
    );
}

export function notOurs(folder: string): Error {
    return new Executor.ExecutorError(`The folder ${folder} was not made by an executor, or its record is broken`, {
        code: 'PROCESS_WORKSPACE',
        kind: 'configuration',
        userMessage: 'The build could not be started. Tell the cluster administrators.'
    });
}

/** Processes, files, memory or disk have run out. */
function noRoom(cause: NodeJS.ErrnoException): Error {
    return new Executor.ExecutorError(`The machine has no room for the build at the moment (${cause.code})`, {
        code: 'PROCESS_CAPACITY',
        kind: 'capacity',
        retryable: true,
        userMessage: 'The machine that runs builds is full. Start the build again later.',
        cause
    });
}

export function launcherBusy(path: string, cause?: NodeJS.ErrnoException): Error {
    return new Executor.ExecutorError(`The launcher ${path} is being written`, {
        code: 'PROCESS_LAUNCHER_BUSY',
        kind: 'engine',
        retryable: true,
        userMessage: 'The build could not be started: its tools are being replaced. Start it again in a minute.',
        cause
    });
}

function environmentTooLarge(cause: NodeJS.ErrnoException, environment: object): Error {
    const [[name, size] = ['', 0]] = Object.entries(environment)
        .map(([key, value]): [string, number] => [key, Buffer.byteLength(String(value))])
        .sort(([, one], [, other]) => other - one);

    return new Executor.ExecutorError(
        `The environment of the build is too large for the system (${cause.code}): ${name} alone has ${size} bytes. ` +
            'It is made of the option environment and a few variables of the executor',
        {
            code: 'PROCESS_ENVIRONMENT',
            kind: 'configuration',
            userMessage: 'The build could not be started. Tell the cluster administrators.',
            cause
        }
    );
}

function launcherUnusable(path: string, cause: NodeJS.ErrnoException): Error {
    return new Executor.ExecutorError(
        `The launcher ${path} cannot be run (${cause.code}): the option jobTools must be a folder with an executable ` +
            'named launch, and the interpreter in its first line must be there',
        {
            code: 'PROCESS_LAUNCHER',
            kind: 'configuration',
            userMessage: 'The build could not be started. Tell the cluster administrators.',
            cause
        }
    );
}
