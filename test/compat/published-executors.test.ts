import assert = require('node:assert');
import { expected } from './differences';
import { inChild } from './in-child';
import { allScenarios } from './scenarios';
import type { Event } from './child/recording';

const NAMES = ['docker', 'jenkins', 'k8s', 'k8s-vm', 'nomad', 'queue', 'router', 'base'];

/** Every scenario runs on 11.1.0 and on this package in separate processes. The traces must be equal. */
describe('The published executors', () => {
    let upstream: any;
    let ours: any;

    before(async () => {
        [upstream, ours] = await Promise.all([inChild('upstream', 'run-scenarios'), inChild('ours', 'run-scenarios')]);
    });

    for (const name of NAMES) {
        describe(`${name}, over 11.1.0 and over this package`, () => {
            for (const scenario of Object.keys(allScenarios()).filter(title => title.startsWith(`${name}: `))) {
                it(scenario, () => {
                    assert.notStrictEqual(upstream[scenario].length, 0);
                    assert.deepStrictEqual(ours[scenario], expected(upstream[scenario]));
                });
            }
        });
    }

    describe('the reach of the scenarios', () => {
        for (const name of NAMES.filter(executor => executor !== 'base')) {
            it(`${name} starts, verifies and stops a build on its engine`, () => {
                const trace = ours[`${name}: starts, verifies and stops a build with what the API passes`];

                assert.deepStrictEqual(
                    trace.filter((event: Event) => event.called).map(({ called, error }: Event) => [called, error]),
                    [
                        ['start', undefined],
                        ['verify', undefined],
                        ['stop', undefined]
                    ]
                );
                assert.ok(trace.filter((event: Event) => event.request).length >= 2);
            });
            it(`${name} fails if its engine fails`, () => {
                const calls = ours[`${name}: finds the engine gone`].filter((event: Event) => event.called === 'start');

                assert.ok(calls[0].error);
            });
        }
        it('no scenario ends early', () => {
            const ended = Object.entries<Event[]>(ours).filter(([, trace]) =>
                trace.some(({ noted }) => /early/.test(noted))
            );

            assert.deepStrictEqual(ended, []);
        });
    });
});
