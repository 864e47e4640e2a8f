import assert = require('node:assert/strict');

/** Fails if the outcome is a rejection with an unclassified error. */
export function assertClassified(outcomes: PromiseSettledResult<unknown>[]) {
    for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        const { reason } = outcome;

        assert.equal(reason.name, 'ExecutorError', String(reason?.stack ?? reason));
        assert.notEqual(reason.kind, 'internal', reason.stack);
        assert.equal(typeof reason.userMessage, 'string', reason.stack);
    }
}
