'use strict';

const assert = require('node:assert/strict');

/** Fails for an outcome that rejected with anything but an error that says what it is. */
function assertClassified(outcomes) {
    for (const { status, reason } of outcomes) {
        if (status === 'fulfilled') continue;
        assert.equal(reason.name, 'ExecutorError', String(reason?.stack ?? reason));
        assert.notEqual(reason.kind, 'internal', reason.stack);
        assert.equal(typeof reason.userMessage, 'string', reason.stack);
    }
}

module.exports = { assertClassified };
