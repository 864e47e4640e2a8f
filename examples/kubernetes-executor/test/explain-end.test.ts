import { expect } from 'chai';
import type { V1PodCondition, V1PodStatus } from '@kubernetes/client-node';
import { describeState, reasonOf } from '../lib/explain';
import { RUNNING, podOf, podPreparing, podWith, terminated, waiting } from './shapes';

describe('kubernetes executor: what becomes of a pod', () => {
    describe('is reported if the cluster ended it', () => {
        const ENDED = `The cluster ended the build's pod`;
        const disruption = (reason: string, message: string): V1PodCondition => ({
            type: 'DisruptionTarget',
            status: 'True',
            reason,
            message
        });
        const cases: [V1PodStatus, string][] = [
            [
                {
                    reason: 'OutOfcpu',
                    message: `Pod was rejected: Node didn't have enough resource: cpu, requested: 150, used: 11388, capacity: 11500`
                },
                `${ENDED}: OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu, requested: 150, used: 11388, capacity: 11500.`
            ],
            [
                {
                    reason: 'OutOfmemory',
                    message: `Pod Node didn't have enough resource: memory, requested: 2, used: 1, capacity: 2`
                },
                `${ENDED}: OutOfmemory: Pod Node didn't have enough resource: memory, requested: 2, used: 1, capacity: 2.`
            ],
            [
                {
                    reason: 'UnexpectedAdmissionError',
                    message:
                        'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices devic.es/cdrom, which is unexpected'
                },
                `${ENDED}: UnexpectedAdmissionError: Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices devic.es/cdrom, which is unexpected.`
            ],
            [
                { reason: 'NodeAffinity', message: 'Pod was rejected: Predicate NodeAffinity failed' },
                `${ENDED}: NodeAffinity: Pod was rejected: Predicate NodeAffinity failed.`
            ],
            [
                { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' },
                `${ENDED}: NodeShutdown: Pod was rejected as the node is shutting down.`
            ],
            [
                { reason: 'Preempting', message: 'Preempted in order to admit critical pod' },
                `${ENDED}: Preempting: Preempted in order to admit critical pod.`
            ],
            [
                { reason: 'Evicted', message: 'Usage of EmptyDir volume "job-tools" exceeds the limit "1Ki". ' },
                `The cluster evicted the build's pod: Usage of EmptyDir volume "job-tools" exceeds the limit "1Ki".`
            ],
            [
                { conditions: [disruption('DeletionByPodGC', 'PodGC: node no longer exists')] },
                `${ENDED}: DeletionByPodGC: PodGC: node no longer exists.`
            ],
            [{ reason: 'OutOfpods' }, `${ENDED}: OutOfpods.`],
            [{}, `${ENDED}.`]
        ];

        for (const [status, reason] of cases) {
            it(status.reason ?? status.conditions?.[0]?.reason ?? 'without a word', () => {
                const pod = podWith({ phase: 'Failed', ...status });

                expect(reasonOf(pod)).to.equal(`${reason} Start the build again.`);
                expect(describeState(pod)).to.equal(`${reason} Start the build again.`);
            });
        }

        it('and not by the signal that the container got', () => {
            const killed = terminated(143, 'Error');
            const message = 'Pod was terminated in response to imminent node shutdown.';
            const eviction = disruption('EvictionByEvictionAPI', 'Eviction API: evicting');

            expect(reasonOf(podOf(killed, { phase: 'Failed', reason: 'Terminated', message }))).to.equal(
                `${ENDED}: Terminated: ${message} Start the build again.`
            );
            expect(reasonOf(podOf(killed, { phase: 'Failed', conditions: [eviction] }))).to.equal(
                `${ENDED}: EvictionByEvictionAPI: Eviction API: evicting. Start the build again.`
            );
        });

        it('while its container seems to run on a lost node', () => {
            const message = 'Node node-1 which was running pod sd-build-7 is unresponsive';
            const text = `${ENDED}: NodeLost: ${message}. Start the build again.`;

            expect(reasonOf(podOf(RUNNING, { phase: 'Running', reason: 'NodeLost', message }))).to.equal(text);
            expect(
                reasonOf(podOf(RUNNING, { phase: 'Failed', conditions: [disruption('DeletionByPodGC', '')] }))
            ).to.equal(`${ENDED}: DeletionByPodGC. Start the build again.`);
        });

        it('but not while it may still end by itself', () => {
            const conditions = [disruption('EvictionByEvictionAPI', 'Eviction API: evicting')];

            expect(reasonOf(podOf(RUNNING, { phase: 'Running', conditions }))).to.equal('');
        });

        it('but not if it only meant to, and the build failed by itself', () => {
            const conditions = [{ ...disruption('PreemptionByScheduler', 'preempting'), status: 'False' }];

            expect(reasonOf(podOf(terminated(7, 'Error'), { phase: 'Failed', conditions }))).to.equal(
                `The build's container ended with exit code 7.`
            );
        });

        it('at its deadline, before the build could run, with what kept it from running', () => {
            const status = { phase: 'Failed', reason: 'DeadlineExceeded' };
            const pull = waiting('ImagePullBackOff', 'Back-off pulling image "node:22"');
            const unprepared = podWith({
                ...status,
                conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }]
            });

            expect(reasonOf(podOf(pull, status), 300)).to.match(/^The image node:22 is not there yet/);
            expect(reasonOf(podPreparing('job-tools', waiting('ErrImagePull', 'not found'), 'Failed'), 300)).to.match(
                /^The image launcher:stable is not available/
            );
            expect(reasonOf(unprepared, 300, 'failed to set up network')).to.equal(
                `The node did not get the build's pod ready: failed to set up network.`
            );
            expect(reasonOf(unprepared, 300)).to.equal(
                'The build did not come up within the 5700 seconds that its pod may take.'
            );
        });

        it('at the end of its clock', () => {
            const pod = podOf(terminated(137, 'Error'), { phase: 'Failed', reason: 'DeadlineExceeded' });

            Object.assign(pod.metadata?.annotations ?? {}, { 'screwdriver.cd/timeout': '2.5' });
            Object.assign(pod.spec ?? {}, { activeDeadlineSeconds: 1 });
            expect(reasonOf(pod)).to.equal('The build took longer than its timeout of 2.5 minutes.');
        });

        it('at its deadline', () => {
            const status = { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node' };

            expect(reasonOf(podOf(terminated(137, 'Error'), status))).to.equal(
                'The build was ended: it took longer than its pod may, 5700 seconds.'
            );
        });
    });
});
