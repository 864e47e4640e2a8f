import assert from 'node:assert';
import { createRequire } from 'node:module';
import Executor, { buildTimeoutFrom, ExecutorError, launch, OPERATIONS } from 'screwdriver-executor-base';

class Engine extends Executor {
    _start(config) {
        return config.buildId;
    }
}

const config = { buildId: 12, container: 'node:20', apiUri: 'http://127.0.0.1', token: 'a.b.c' };

assert.strictEqual(await new Engine().start(config), 12);
assert.strictEqual(createRequire(import.meta.url)('screwdriver-executor-base'), Executor);
assert.deepStrictEqual(
    [ExecutorError, launch, buildTimeoutFrom, OPERATIONS],
    [Executor.ExecutorError, Executor.launch, Executor.buildTimeoutFrom, Executor.OPERATIONS]
);
