import { expect } from 'chai';
import type { V1PodStatus } from '@kubernetes/client-node';
import { describeState, reasonOf } from '../lib/explain';
import { DONE, LAUNCHER_ENDED, RUNNING, podOf } from './shapes';

/** A time on the morning of the tests. */
const at = (time: string) => new Date(`2025-05-05T${time}Z`);

describe('kubernetes executor: a pod that the cluster ended', () => {
    const deadline: V1PodStatus = { phase: 'Failed', reason: 'DeadlineExceeded', startTime: at('10:00:00') };
    const eviction: V1PodStatus = {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory. ',
        conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: at('10:00:00') }]
    };
    const drain: V1PodStatus = {
        phase: 'Failed',
        conditions: [
            {
                type: 'DisruptionTarget',
                status: 'True',
                reason: 'EvictionByEvictionAPI',
                message: 'Eviction API: evicting',
                lastTransitionTime: at('10:00:00')
            }
        ]
    };
    const after = (time: string, status: V1PodStatus) =>
        podOf({ terminated: { exitCode: 0, reason: 'Completed', finishedAt: at(time) } }, status);

    // The pod's deadline is 5700 seconds after its start.
    const cases: [string, V1PodStatus, string, string, RegExp][] = [
        ['its deadline', deadline, '11:34:59', '11:35:00', /longer than its pod may, 5700 seconds/],
        ['its eviction', eviction, '09:59:59', '10:00:00', /evicted the build's pod: The node was low on/],
        ['a drain', drain, '09:59:59', '10:00:00', /ended the build's pod: EvictionByEvictionAPI/]
    ];

    for (const [end, status, before, later, reason] of cases) {
        it(`has done its work if its launcher ended with exit code 0 before ${end}`, () => {
            expect(reasonOf(after(before, status))).to.equal('');
            expect(describeState(after(before, status))).to.equal(LAUNCHER_ENDED);
        });

        it(`has not if that was not before ${end}, since launchers end so when they are told to`, () => {
            expect(reasonOf(after(later, status))).to.match(reason);
            expect(describeState(after(later, status))).to.match(reason);
        });
    }

    it('has not if the time of its end is unknown', () => {
        const { conditions, ...status } = eviction;

        expect(conditions).to.have.length(1);
        expect(reasonOf(after('09:59:59', status))).to.match(/evicted/);
        expect(reasonOf(podOf(DONE, eviction))).to.match(/evicted/);
    });
});

describe('kubernetes executor: a pod that is being ended', () => {
    const ending = (secondsLeft: number, asText = false) => {
        const pod = podOf(RUNNING);
        const end = new Date(Date.now() + secondsLeft * 1000);

        Object.assign(pod.metadata ?? {}, {
            deletionTimestamp: asText ? end.toISOString() : end,
            deletionGracePeriodSeconds: 30
        });

        return { pod, since: new Date(end.getTime() - 30_000).toISOString() };
    };

    for (const asText of [false, true]) {
        it(`is described so, with the time of the order as a ${asText ? 'text' : 'Date'}`, () => {
            const { pod, since } = ending(20, asText);

            expect(describeState(pod)).to.equal(`The build's pod is being ended, since ${since}.`);
        });
    }

    it('is described as not confirmed if its node exceeds the grace time', () => {
        const { pod, since } = ending(-10);

        expect(describeState(pod)).to.equal(
            `The build's pod is being ended, since ${since}. ` +
                'Its node has not confirmed that it has ended: it may be lost.'
        );
    });

    it('has no reason to fail the build, which was stopped', () => {
        const { pod } = ending(20);
        const waiting = { waiting: { reason: 'InvalidImageName' } };

        expect(reasonOf(pod)).to.equal('');
        Object.assign(pod.status ?? {}, podOf(waiting, { phase: 'Pending' }).status);
        expect(reasonOf(pod)).to.equal('');
    });

    it('is described by how it ended once it has ended', () => {
        const { pod } = ending(20);

        Object.assign(pod.status ?? {}, podOf(DONE, { phase: 'Succeeded' }).status);
        expect(describeState(pod)).to.equal(LAUNCHER_ENDED);
    });
});
