import Executor = require('screwdriver-executor-base');
import type { Build } from './build';

/** The executor's own errors. Their codes begin with `PROCESS_`; those of the base, with `EXECUTOR_`, pass through. */

export function alreadyActive(build: Build): Error {
    return new Executor.ExecutorError(`${String(build)}: it cannot be started a second time`, {
        code: 'PROCESS_BUILD_ACTIVE',
        kind: 'configuration',
        userMessage: 'The build runs already.'
    });
}

export function closed(buildId: string): Error {
    return new Executor.ExecutorError(`Build ${buildId} cannot be started: the executor was shut down`, {
        code: 'PROCESS_CLOSED',
        kind: 'cancelled',
        retryable: true,
        userMessage: 'The build was not started: Screwdriver is being restarted. Start the build again.'
    });
}

export function cancelled(buildId: string): Error {
    return new Executor.ExecutorError(`Build ${buildId} was ended while it started`, {
        code: 'PROCESS_START_CANCELLED',
        kind: 'cancelled',
        userMessage: 'The start of the build was cancelled.'
    });
}

export function launcherUnusable(path: string, cause: NodeJS.ErrnoException): Error {
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
