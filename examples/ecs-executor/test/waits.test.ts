import { expect } from 'chai';
import { setMaxListeners } from 'node:events';
import { Pace } from '../lib/pace';
import { Poller } from '../lib/poller';
import type { Task } from '@aws-sdk/client-ecs';

const never = new AbortController().signal;

// Of all waits of these tests.
setMaxListeners(0, never);

describe('ECS executor: the pace', () => {
    it('gives a burst at once, and the rest as fast as it may', async () => {
        const pace = new Pace(3, 100);
        const begun = performance.now();

        await Promise.all(Array.from({ length: 13 }, () => pace.turn(true, never)));

        // Ten more than the burst, ten milliseconds each.
        expect(performance.now() - begun).to.be.above(90);
    });

    it('lets starts go before what is to be removed', async () => {
        const pace = new Pace(1, 100);
        const order: string[] = [];
        const turns = [false, false, true, true].map(isUrgent =>
            pace.turn(isUrgent, never).then(() => order.push(isUrgent ? 'start' : 'removal'))
        );

        await Promise.all(turns);
        expect(order).to.deep.equal(['removal', 'start', 'start', 'removal']);
    });

    it('gives up a turn with its signal, and nobody else waits for it', async () => {
        const pace = new Pace(1, 100);
        const controller = new AbortController();

        await pace.turn(true, never);
        const given = pace.turn(true, controller.signal).catch((error: Error) => error.message);
        const next = pace.turn(true, never);

        controller.abort(new Error('enough'));
        expect(await given).to.equal('enough');
        await next;
    });
});

describe('ECS executor: the poller', () => {
    const isAny = () => true;

    it('asks for a hundred tasks at a time, each once', async () => {
        const asked: string[][] = [];
        const poller = new Poller(
            arns => (asked.push(arns), Promise.resolve(arns.map(taskArn => ({ taskArn })))),
            5,
            0
        );
        const arns = Array.from({ length: 150 }, (_, index) => `task-${index}`);

        await Promise.all([...arns, ...arns].map(arn => poller.until(arn, isAny, never)));

        expect(asked.map(({ length }) => length)).to.deep.equal([100, 50]);
    });

    it('goes on after an error that may pass, and rejects with another', async () => {
        const errors = [{ retryable: true }, { retryable: false }];
        let looks = 0;
        const poller = new Poller(() => Promise.reject(errors[looks++]), 1, 0);

        expect(await poller.until('task', isAny, never).catch((error: unknown) => error)).to.equal(errors[1]);
        expect(looks).to.equal(2);
    });

    it('takes a task for forgotten that is not there for too long', async () => {
        const poller = new Poller(() => Promise.resolve([]), 1, 20);
        const begun = performance.now();

        expect(await poller.until('task', isAny, never)).to.equal(undefined);
        expect(performance.now() - begun).to.be.above(19);
    });

    it('looks no more once nobody waits, and again for the next one', async () => {
        let looks = 0;
        const task: Task = { taskArn: 'task', lastStatus: 'PENDING' };
        const poller = new Poller(() => Promise.resolve((looks++, [task])), 1, 0);
        const controller = new AbortController();
        const waits = poller.until('task', ({ lastStatus }) => lastStatus === 'RUNNING', controller.signal);

        controller.abort(new Error('enough'));
        expect(await waits.catch((error: Error) => error.message)).to.equal('enough');
        const before = looks;

        await new Promise(resolve => setTimeout(resolve, 20));
        expect(looks).to.equal(before);
        task.lastStatus = 'RUNNING';
        expect(await poller.until('task', ({ lastStatus }) => lastStatus === 'RUNNING', never)).to.equal(task);
    });
});
