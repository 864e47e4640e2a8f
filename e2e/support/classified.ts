import assert = require('node:assert/strict');

/** Fails for an outcome that rejected with anything but an error that says what it is. */
export function assertClassified(outcomes: PromiseSettledResult<unknown>[]) {
    for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        const { reason } = outcome;

        assert.equal(reason.name, 'ExecutorError', String(reason?.stack ?? reason));
        assert.notEqual(reason.kind, 'internal', reason.stack);
        assert.equal(typeof reason.userMessage, 'string', reason.stack);
    }
}
