import { ExecutorError } from '../errors/executor-error';

/** Why a start is aborted whose build is stopped. */
export function stopped(): ExecutorError {
    return new ExecutorError('The build was stopped', { code: 'EXECUTOR_STOPPED', kind: 'cancelled' });
}

/** Why a build cannot be started whose last start was stopped, and still runs. */
export function stopping(): ExecutorError {
    return new ExecutorError('The build was stopped, and the hook of its last start has not settled yet', {
        code: 'EXECUTOR_STOPPING',
        kind: 'engine',
        retryable: true,
        userMessage: 'An earlier start of the build has not ended yet. Start it again in a minute.'
    });
}

/** Why hooks are aborted when their time runs out, and why builds cannot be started any more. */
export function shutDown(): ExecutorError {
    return new ExecutorError('The executor is shutting down', {
        code: 'EXECUTOR_SHUTDOWN',
        kind: 'cancelled',
        retryable: true,
        userMessage: 'Screwdriver is being restarted. Start the build again.'
    });
}

/** What did not end in time. */
export function tooLate(operations: string[], deadline: number): ExecutorError {
    const names = [...new Set(operations)].join(', ');

    return new ExecutorError(
        `${operations.length} operation(s) did not end within ${deadline} ms of the shutdown: ${names}`,
        { code: 'EXECUTOR_SHUTDOWN_TIMEOUT', kind: 'timeout' }
    );
}
