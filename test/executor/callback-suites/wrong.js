'use strict';

const assert = require('node:assert');
const { describe, it } = require('mocha');
const Executor = require('screwdriver-executor-base');

const executor = Object.assign(new Executor(), { _startPeriodic: async () => 'started' });

// As executor-queue's suite has it: `done` is no argument of describe, and the assertion calls what does not exist.
describe('_startPeriodic', done => {
    it('starts', () =>
        executor.startPeriodic({}, (error, result) => {
            assert.calledWithArgs(result, 'started');
            done();
        }));
});

describe('_stopPeriodic', () => {
    it('comes after it', () => {});
});
