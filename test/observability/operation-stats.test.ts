import { expect } from 'chai';
import Executor, { collectStats, ExecutorError } from 'screwdriver-executor-base';
import { startConfig, stopConfig } from '../support/configs';
import { rejection } from '../support/executors';

class Counting extends Executor {
    readonly #stats = collectStats(this);
    protected override _start(config: Executor.StartConfig): Promise<unknown> {
        return new Promise(resolve => setTimeout(resolve, 20, config.buildId));
    }
    protected override _stop(): unknown {
        return Promise.reject(new ExecutorError('too long', { kind: 'timeout' }));
    }
    override stats() {
        return this.#stats();
    }
}

const NONE = { total: 0, timeouts: 0, success: 0, failure: 0, concurrent: 0, averageTime: 0 };

describe('collected stats', () => {
    it('are zero at first', () => {
        expect(new Counting().stats()).to.deep.equal({ requests: NONE });
    });

    it('count operations in progress, their outcome and their time', async () => {
        const executor = new Counting();
        const starts = [executor.start(startConfig()), executor.start(startConfig())];

        expect(executor.stats().requests).to.deep.equal({ ...NONE, total: 2, concurrent: 2 });
        await Promise.all(starts);
        const { averageTime, ...counts } = executor.stats().requests;

        expect(counts).to.deep.equal({ total: 2, timeouts: 0, success: 2, failure: 0, concurrent: 0 });
        expect(averageTime).to.be.within(15, 5_000).and.satisfy(Number.isInteger);
    });

    it('count a failure, and a timeout among the failures', async () => {
        const executor = new Counting();

        await rejection(executor.stop(stopConfig()));
        await rejection(executor.start({} as never));
        expect(executor.stats().requests).to.include({ total: 2, timeouts: 1, success: 0, failure: 2, concurrent: 0 });
    });

    it('do not count operations that the executor does not implement', async () => {
        const executor = new Counting();

        await rejection(executor.enqueueWebhook({}));
        await executor.verify(startConfig());
        expect(executor.stats()).to.deep.equal({ requests: NONE });
    });

    it('do not count the operations of another executor', async () => {
        const [executor, other] = [new Counting(), new Counting()];

        await other.start(startConfig());
        expect(executor.stats()).to.deep.equal({ requests: NONE });
        expect(other.stats().requests.total).to.equal(1);
    });

    it('refuses anything but an executor', () => {
        for (const nothing of [undefined, null, {}, 'MyExecutor', class MyExecutor {}]) {
            expect(() => collectStats(nothing as never)).to.throw(TypeError, 'Executor.collectStats(this)');
        }
    });
});
