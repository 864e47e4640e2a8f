'use strict';

const assert = require('node:assert');
const Executor = require('screwdriver-executor-base');
const { ExecutorError, launch } = require('screwdriver-executor-base');
const { startConfig, startTokenApi } = require('screwdriver-executor-base/testing');

class Engine extends Executor {
    async _start(config) {
        const token = await this.exchangeTokenForBuild(config.token);

        return launch({ ...config, token }, '/opt/sd').command;
    }

    _stop() {
        throw new ExecutorError('gone', { code: 'ENGINE_GONE' });
    }
}

async function main() {
    const api = await startTokenApi();

    try {
        const engine = new Engine();
        const config = startConfig(api);

        assert.strictEqual(await engine.start(config), '/opt/sd/launch');
        await assert.rejects(engine.stop(config), { code: 'ENGINE_GONE' });
        await assert.rejects(engine.status(config), { name: 'Error', message: 'Not implemented' });
        await assert.rejects(engine.start({}), { name: 'ValidationError' });
        assert.strictEqual(require('screwdriver-executor-base/index'), Executor);
        assert.strictEqual(require('screwdriver-executor-base/package.json').version, '12.0.0');
    } finally {
        await api.close();
    }
}

main();
