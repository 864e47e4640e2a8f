import { ExecutorError } from '../errors/executor-error';

/** The reason for aborting a start whose build is stopped. */
export function stopped(): ExecutorError {
    return new ExecutorError('The build was stopped', { code: 'EXECUTOR_STOPPED', kind: 'cancelled' });
}

/** The error of a start while an earlier, stopped start of the build is still running. */
export function stopping(): ExecutorError {
    return new ExecutorError('The build was stopped, and the hook of its last start has not settled yet', {
        code: 'EXECUTOR_STOPPING',
        kind: 'engine',
        retryable: true,
        userMessage: 'An earlier start of the build has not ended yet. Start it again in a minute.'
    });
}

/** The reason for aborting hooks when their time runs out, and the error of starts after that. */
export function shutDown(): ExecutorError {
    return new ExecutorError('The executor is shutting down', {
        code: 'EXECUTOR_SHUTDOWN',
        kind: 'cancelled',
        retryable: true,
        userMessage: 'Screwdriver is being restarted. Start the build again.'
    });
}

/** The error for operations that did not end in time. */
export function tooLate(operations: string[], deadline: number): ExecutorError {
    const names = [...new Set(operations)].join(', ');

    return new ExecutorError(
        `${operations.length} operation(s) did not end within ${deadline} ms of the shutdown: ${names}`,
        { code: 'EXECUTOR_SHUTDOWN_TIMEOUT', kind: 'timeout' }
    );
}
