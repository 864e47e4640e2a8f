'use strict';

const assert = require('node:assert/strict');

/** What the promise rejects with. */
async function rejection(promise) {
    const outcome = await promise.then(
        value => ({ value }),
        error => ({ error })
    );

    assert.ok('error' in outcome, 'it resolved');

    return outcome.error;
}

module.exports = { rejection };
