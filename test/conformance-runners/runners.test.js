'use strict';

const assert = require('node:assert');
const { describe, it } = require('node:test');
const { EXPECTED, flawOf } = require('./runners');

for (const runner of ['vitest', 'jest']) {
    describe(`the kit in ${runner}`, () => {
        for (const executor of Object.keys(EXPECTED)) {
            it(`says what it should of the ${executor} executor, and ends`, async () => {
                assert.strictEqual(await flawOf(runner, executor), undefined);
            });
        }
    });
}
