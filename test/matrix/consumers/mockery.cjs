'use strict';

// As in the suites of the published executors: a clean cache, `fs` replaced by two stubs, the base required again.

const assert = require('node:assert');
const mockery = require('mockery');

mockery.enable({ useCleanCache: true, warnOnUnregistered: false });
mockery.registerMock('fs', { existsSync: () => true, readFileSync: () => 'token' });

const Executor = require('screwdriver-executor-base');
const fs = require('fs');

class Engine extends Executor {
    constructor() {
        super();
        this.token = fs.readFileSync('/var/run/secrets/token');
    }

    _start() {
        return Promise.resolve(this.token);
    }
}

async function main() {
    const config = { buildId: 15, container: 'node:20', apiUri: 'http://127.0.0.1', token: 'abcdefg' };

    assert.strictEqual(await new Engine().start(config), 'token');
    await assert.rejects(new Engine().start({ ...config, container: undefined }), { isJoi: true });
    mockery.resetCache();
    assert.notStrictEqual(require('screwdriver-executor-base'), Executor);
    mockery.deregisterAll();
    mockery.disable();
    console.log('consumed');
}

main();
