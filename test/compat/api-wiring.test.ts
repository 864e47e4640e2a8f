import assert = require('node:assert');
import { expected } from './differences';
import { inChild } from './in-child';
import type { Event } from './child/recording';

describe("screwdriver-models' build drives the executors, over 11.1.0 and over this package", () => {
    let upstream: any;
    let ours: any;

    before(async () => {
        [upstream, ours] = await Promise.all([inChild('upstream', 'drive-models'), inChild('ours', 'drive-models')]);
    });

    for (const name of ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router']) {
        it(`${name}: starts, runs and ends, and is stopped after a failed start`, () => {
            const calls = ours[name].filter((event: Event) => event.called);

            assert.deepStrictEqual(ours[name], expected(upstream[name]));
            assert.deepStrictEqual(
                calls.slice(0, 3).map(({ value }: Event) => value),
                ['QUEUED', 'RUNNING', 'SUCCESS']
            );
            assert.ok(calls.at(-1).error);
        });
    }
    it('queue gets a token of scope sdapi, the others a temporal one', () => {
        const queued = ours.queue.find((event: Event) => event.request);
        const pod = ours.k8s.find((event: Event) => event.request);

        assert.match(queued.headers.authorization, /13\.sdapi/);
        assert.match(JSON.stringify(pod.body), /13\.temporal/);
    });
});
