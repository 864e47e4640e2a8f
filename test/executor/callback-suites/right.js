'use strict';

const assert = require('node:assert');
const { describe, it } = require('mocha');
const Executor = require('screwdriver-executor-base');

const executor = Object.assign(new Executor(), { _startPeriodic: async () => 'started' });

describe('_startPeriodic', () => {
    it('starts', async () => {
        assert.strictEqual(await executor.startPeriodic({}), 'started');
    });

    it('starts, told by a callback', done => {
        executor.startPeriodic({}, (error, result) => {
            assert.deepStrictEqual([error, result], [null, 'started']);
            done();
        });
    });
});

describe('_stopPeriodic', () => {
    it('comes after it', () => {});
});
