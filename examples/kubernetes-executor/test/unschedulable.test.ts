import { expect } from 'chai';
import type { V1PodCondition } from '@kubernetes/client-node';
import { describeState, reasonOf } from '../lib/explain';
import { podWith } from './shapes';

describe('kubernetes executor: a pod that no node takes', () => {
    const scheduled = (is: Partial<V1PodCondition>, seconds = 0, asText = false) => {
        const lastTransitionTime = new Date(Date.now() - seconds * 1000);
        const condition = {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/3 nodes are available: 3 Insufficient cpu.',
            lastTransitionTime: asText ? lastTransitionTime.toISOString() : lastTransitionTime,
            ...is
        } as V1PodCondition;
        const pod = podWith({ phase: 'Pending', conditions: [condition] });

        delete pod.spec?.nodeName;

        return pod;
    };
    const REASON =
        'No node of the cluster can take the build: 0/3 nodes are available: 3 Insufficient cpu. ' +
        'Ask for less with the annotations screwdriver.cd/cpu and ram, or check its nodeLabel.';
    const WAITS = `The build's pod is waiting for a node of the cluster.`;

    for (const asText of [false, true]) {
        it(`fails after the time that it may wait, with the cluster's time as a ${asText ? 'text' : 'Date'}`, () => {
            expect(reasonOf(scheduled({}, 590, asText), 600)).to.equal('');
            expect(reasonOf(scheduled({}, 610, asText), 600)).to.equal(REASON);
        });
    }

    it('is described at once', () => {
        expect(reasonOf(scheduled({}))).to.equal(REASON);
        expect(describeState(scheduled({}))).to.equal(REASON);
    });

    it('is described even if the clock of the cluster is ahead', () => {
        expect(describeState(scheduled({}, -30))).to.equal(REASON);
        expect(reasonOf(scheduled({}, -30), 1)).to.equal('');
    });

    it('waits as if from now if the cluster does not say since when', () => {
        const pod = scheduled({});

        delete pod.status?.conditions?.[0]?.lastTransitionTime;
        expect(reasonOf(pod, 1)).to.equal('');
        expect(reasonOf(pod)).to.equal(REASON);
    });

    it('does not fail while a gate holds it back', () => {
        const gated = {
            reason: 'SchedulingGated',
            message: 'Scheduling is blocked due to non-empty scheduling gates'
        };

        expect(reasonOf(scheduled(gated, 7200))).to.equal('');
        expect(describeState(scheduled(gated, 7200))).to.equal(WAITS);
    });

    it('is no longer failed once a node has taken it', () => {
        expect(reasonOf(scheduled({ status: 'True' }, 7200))).to.equal('');
    });
});
