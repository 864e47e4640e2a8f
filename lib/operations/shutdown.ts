import { InFlight } from './in-flight';

/** See `Executor#shutDown`. */
export async function shutDown(
    executor: object,
    steps: Array<() => unknown>,
    deadline: number,
    patience: number
): Promise<void> {
    requireSteps(steps);
    requireMilliseconds(deadline);
    requirePatience(patience, deadline);
    const failures: unknown[] = [];

    for (const step of [() => InFlight.of(executor).finish(deadline, patience), ...steps]) {
        try {
            await step();
        } catch (error) {
            failures.push(error);
        }
    }
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} steps of the shutdown failed`);
    if (failures.length === 1) throw failures[0];
}

function requireSteps(steps: unknown): void {
    // Spread, so that holes count as missing steps.
    if (Array.isArray(steps) && [...(steps as unknown[])].every(step => typeof step === 'function')) return;
    throw new TypeError('shutDown(steps, deadline): steps must be an array of functions');
}

/** Node's timers fire at once for delays above 2 ** 31 - 1. */
function requireMilliseconds(deadline: unknown): void {
    if (typeof deadline === 'number' && deadline > 0 && deadline < 2 ** 31) return;
    throw new TypeError(
        'shutDown(steps, deadline): deadline must be a number of milliseconds, above 0 and below 2 ** 31'
    );
}

function requirePatience(patience: unknown, deadline: number): void {
    if (typeof patience === 'number' && patience >= 0 && patience <= deadline) return;
    throw new TypeError(
        'shutDown(steps, deadline, patience): patience must be a number of milliseconds from 0 to the deadline'
    );
}
