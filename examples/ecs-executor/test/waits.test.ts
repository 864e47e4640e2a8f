import { expect } from 'chai';
import { setMaxListeners } from 'node:events';
import sinon = require('sinon');
import { ExecutorError } from 'screwdriver-executor-base';
import { Pace } from '../lib/pace';
import { Poller } from '../lib/poller';
import type { Task } from '@aws-sdk/client-ecs';

const never = new AbortController().signal;

// All waits of these tests listen to it.
setMaxListeners(0, never);

describe('ECS executor: the pace', () => {
    it('gives a burst at once, and then keeps the rate', async () => {
        const pace = new Pace(3, 100);
        const begun = performance.now();

        await Promise.all(Array.from({ length: 3 }, () => pace.turn(never)));
        await Promise.all(Array.from({ length: 10 }, () => pace.turn(never)));

        // Ten milliseconds for each turn after the burst.
        expect(performance.now() - begun).to.be.above(90);
    });

    it('gives the turns in order', async () => {
        const pace = new Pace(1, 100);
        const order: number[] = [];

        await Promise.all([1, 2, 3].map(nth => pace.turn(never).then(() => order.push(nth))));

        expect(order).to.deep.equal([1, 2, 3]);
    });

    it("rejects with the signal's reason", async () => {
        const pace = new Pace(1, 0.001);
        const controller = new AbortController();

        await pace.turn(never);
        const given = pace.turn(controller.signal).catch((error: Error) => error.message);

        controller.abort(new Error('enough'));
        expect(await given).to.equal('enough');
    });
});

describe('ECS executor: the poller', () => {
    const isAny = () => true;
    const often = { pollEvery: 1, settleSeconds: 0 };

    it('asks for a hundred tasks at a time', async () => {
        const asked: string[][] = [];
        const poller = new Poller(
            arns => (asked.push(arns), Promise.resolve(arns.map(taskArn => ({ taskArn })))),
            often
        );
        const arns = Array.from({ length: 150 }, (_, index) => `task-${index}`);

        await Promise.all([...arns, 'task-149'].map(arn => poller.until(arn, isAny, never)));

        expect(asked.map(({ length }) => length)).to.deep.equal([100, 50]);
    });

    it('continues after a retryable error, and rejects with another', async () => {
        const errors = [true, false].map(retryable => new ExecutorError('no', { kind: 'engine', retryable }));
        let looks = 0;
        const poller = new Poller(() => Promise.reject(errors[looks++]), often);

        expect(await poller.until('task', isAny, never).catch((error: unknown) => error)).to.equal(errors[1]);
        expect(looks).to.equal(2);
    });

    it('resolves with undefined if ECS has not known the task for too long', async () => {
        const poller = new Poller(() => Promise.resolve([]), { pollEvery: 1, settleSeconds: 0.02 });
        const begun = performance.now();

        expect(await poller.until('task', isAny, never)).to.equal(undefined);
        expect(performance.now() - begun).to.be.above(19);
    });

    it('counts that time from the last look that saw the task', async () => {
        let looks = 0;
        // A hundred seconds pass with each look, and every second one does not see the task.
        const clock = sinon.stub(performance, 'now').callsFake(() => looks * 100_000);
        const poller = new Poller(() => Promise.resolve(looks++ % 2 ? [] : [{ taskArn: 'task' }]), {
            pollEvery: 1,
            settleSeconds: 150
        });

        try {
            expect(await poller.until('task', () => looks > 6, never)).to.deep.equal({ taskArn: 'task' });
        } finally {
            clock.restore();
        }
    });

    it("rejects with the signal's reason, and serves others after that", async () => {
        const task: Task = { taskArn: 'task', lastStatus: 'PENDING' };
        const poller = new Poller(() => Promise.resolve([task]), often);
        const controller = new AbortController();
        const waits = poller.until('task', () => false, controller.signal);

        controller.abort(new Error('enough'));
        expect(await waits.catch((error: Error) => error.message)).to.equal('enough');
        expect(await poller.until('task', isAny, never)).to.equal(task);
    });

    it('ends its look when it is closed', async () => {
        const poller = new Poller(() => Promise.resolve([]), { pollEvery: 1_000_000, settleSeconds: 0 });
        const waits = poller.until('task', isAny, never).catch((error: Error) => error.name);

        poller.close();
        expect(await waits).to.equal('AbortError');
    });
});
