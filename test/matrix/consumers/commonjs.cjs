'use strict';

const assert = require('node:assert');
const Executor = require('screwdriver-executor-base');
const { ExecutorError, buildTimeoutFrom, launch } = require('screwdriver-executor-base');

class Engine extends Executor {
    constructor(options) {
        super();
        this.host = options.host;
    }

    _start({ buildId }) {
        return Promise.resolve(`${buildId} on ${this.host}`);
    }
}

async function main() {
    const engine = new Engine({ host: 'engine.example' });
    const config = { buildId: 15, container: 'node:20', apiUri: 'http://127.0.0.1', token: 'abcdefg' };

    assert.strictEqual(require('screwdriver-executor-base/index'), Executor);
    assert.strictEqual(await engine.start(config), '15 on engine.example');
    await assert.rejects(engine.start({ ...config, jobName: 'no name' }), { isJoi: true });
    await assert.rejects(engine.stop(config), { message: 'Not implemented' });
    assert.deepStrictEqual(engine.parseAnnotations({ 'screwdriver.cd/cpu': 'HIGH' }), { cpu: 'HIGH' });
    assert.strictEqual(buildTimeoutFrom(null), 90);
    assert.ok(new ExecutorError('x') instanceof Error);
    assert.strictEqual(launch(config, '/opt/sd').command, '/opt/sd/launch');
    const refused = { attempts: 1, deadline: 2000 };

    await assert.rejects(engine.exchangeTokenForBuild({ ...config, apiUri: 'http://127.0.0.1:1' }, 90, refused), {
        code: 'EXECUTOR_EXCHANGE_NETWORK'
    });
    console.log('consumed');
}

main();
