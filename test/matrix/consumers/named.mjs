import assert from 'node:assert';
import { createRequire } from 'node:module';
import Executor, { ExecutorError, buildTimeoutFrom, launch } from 'screwdriver-executor-base';
import * as everything from 'screwdriver-executor-base';

assert.strictEqual(createRequire(import.meta.url)('screwdriver-executor-base'), Executor);
assert.strictEqual(everything.default, Executor);
assert.strictEqual(Executor.ExecutorError, ExecutorError);
assert.strictEqual(buildTimeoutFrom({ 'screwdriver.cd/timeout': '30' }), 30);
assert.deepStrictEqual(launch({ token: 'abc', apiUri: 'http://127.0.0.1', buildId: 1 }, '/opt/sd').env, {
    SD_TOKEN: 'abc'
});
console.log('consumed');
