import { setTimeout as after } from 'node:timers/promises';
import { expect } from 'chai';
import { executorWith, rejection } from '../support/executors';
import { startConfig } from '../support/configs';

describe('cleanUp', () => {
    it('calls its hook once for two calls at a time, and both share the outcome', async () => {
        const failure = new Error('the engine is away');
        let calls = 0;
        const executor = executorWith({
            async _cleanUp() {
                calls += 1;
                await after(5);
                throw failure;
            }
        });
        const errors = await Promise.all([executor.cleanUp(), executor.cleanUp()].map(rejection));

        expect(errors).to.deep.equal([failure, failure]);
        expect(calls).to.equal(1);
    });

    it('calls its hook again once the first call has settled', async () => {
        let calls = 0;
        const executor = executorWith({ _cleanUp: () => (calls += 1) });

        await executor.cleanUp();
        await executor.cleanUp();
        expect(calls).to.equal(2);
    });

    it('neither waits for a start nor disturbs it, unless its hook says so', async () => {
        const executor = executorWith({ _start: () => after(30).then(() => 'started') });
        let settled = false;
        const start = executor.start(startConfig()).finally(() => (settled = true));

        await executor.cleanUp();
        expect(settled).to.equal(false);
        expect(await start).to.equal('started');
    });
});
