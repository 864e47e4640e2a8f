import { expect } from 'chai';
import type { V1Pod, V1PodCondition, V1PodStatus } from '@kubernetes/client-node';
import { GONE, describeState, reasonOf } from '../lib/explain';
import {
    DONE,
    LAUNCHER_ENDED,
    PREPARED,
    RUNNING,
    container,
    podOf,
    podPreparing,
    podWith,
    terminated,
    waiting
} from './shapes';

describe('kubernetes executor: what becomes of a pod', () => {
    describe('is told from the container of the build, and of no other', () => {
        const cases: [string, V1Pod, string, string][] = [
            [
                'prepared',
                podPreparing('job-tools', RUNNING),
                '',
                `The build's pod is being prepared on a node of the cluster.`
            ],
            ['running', podOf(RUNNING), '', 'The build has been running since 2025-05-05T15:29:28Z.'],
            ['over, with a sidecar that runs', podOf(DONE), '', LAUNCHER_ENDED],
            [
                'over, after a step had run out of memory',
                podOf(terminated(0, 'OOMKilled')),
                '',
                'A step of the build ran out of memory: it may use 2048Mi. Request more with the annotation screwdriver.cd/ram.'
            ],
            [
                'over, with a sidecar that failed',
                podWith({
                    phase: 'Failed',
                    containerStatuses: [container('a-proxy', terminated(1, 'Error')), container('build', DONE)]
                }),
                '',
                LAUNCHER_ENDED
            ],
            [
                'failed, with a sidecar that runs',
                podOf(terminated(7, 'Error')),
                `The build's container ended with exit code 7.`,
                `The build's container ended with exit code 7.`
            ],
            [
                'running, with a sidecar that ran out of memory',
                podWith({
                    phase: 'Running',
                    containerStatuses: [container('a-proxy', terminated(137, 'OOMKilled')), container('build', RUNNING)]
                }),
                '',
                'The build has been running since 2025-05-05T15:29:28Z.'
            ],
            [
                'not there yet',
                podWith({ phase: 'Pending' }),
                '',
                `The build's pod is being prepared on a node of the cluster.`
            ]
        ];

        for (const [title, pod, reason, state] of cases) {
            it(title, () => {
                expect(reasonOf(pod)).to.equal(reason);
                expect(describeState(pod)).to.equal(state);
            });
        }
    });

    it('is told from a Date as from a text', () => {
        const startedAt = new Date('2025-05-05T15:29:28Z');

        expect(describeState(podOf({ running: { startedAt } }))).to.equal(
            'The build has been running since 2025-05-05T15:29:28.000Z.'
        );
    });

    it('includes that the cluster may have taken it away', () => {
        expect(reasonOf(undefined)).to.equal(GONE);
        expect(describeState(undefined)).to.equal(GONE);
        expect(GONE).to.match(/^The build has no pod on this cluster: .*drained.*eviction.*deletion/);
    });

    describe('is said where the cluster ended it', () => {
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

        it('and not from the signal that the container got for it', () => {
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

        it('while its container seems to run on a node that is lost', () => {
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

        it('but not where it had meant to, and the build failed by itself', () => {
            const conditions = [{ ...disruption('PreemptionByScheduler', 'preempting'), status: 'False' }];

            expect(reasonOf(podOf(terminated(7, 'Error'), { phase: 'Failed', conditions }))).to.equal(
                `The build's container ended with exit code 7.`
            );
        });

        it('at its deadline, before the build could run, for what kept it from that', () => {
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

    describe('is told from its init containers before the build begins', () => {
        const cases: [string, V1Pod, string][] = [
            [
                'the job tools cannot be copied',
                podPreparing('job-tools', terminated(1, 'Error'), 'Failed'),
                'The job tools could not be copied out of launcher:stable: exit code 1.'
            ],
            [
                'the job tools run out of memory',
                podPreparing('job-tools', terminated(137, 'OOMKilled'), 'Failed'),
                'The job tools could not be copied out of launcher:stable: exit code 137: it ran out of memory.'
            ],
            [
                'one that the cluster has added fails',
                podPreparing('istio-init', terminated(2, 'Error'), 'Failed'),
                'The init container istio-init failed: exit code 2.'
            ],
            [
                'one that goes on beside the build is started again',
                podPreparing('log-agent', terminated(1, 'Error')),
                ''
            ]
        ];

        for (const [title, pod, reason] of cases) it(title, () => expect(reasonOf(pod)).to.equal(reason));

        it('and no more once it has begun', () => {
            const pod = podOf(terminated(7, 'Error'), {
                phase: 'Failed',
                initContainerStatuses: [container('istio-init', terminated(137, 'ContainerStatusUnknown'))]
            });

            expect(reasonOf(pod)).to.equal(`The build's container ended with exit code 7.`);
        });

        it('whose statuses may come before those of the containers', () => {
            const initContainerStatuses = [container('job-tools', terminated(1, 'Error'))];

            expect(reasonOf(podWith({ phase: 'Pending', initContainerStatuses }))).to.match(/^The job tools could not/);
            expect(reasonOf(podWith({ phase: 'Pending', containerStatuses: [container('build', PREPARED)] }))).to.equal(
                ''
            );
        });
    });

    it('is told without the tokens that a container has printed', () => {
        const jwt = `eyJhbGciOiJSUzI1NiJ9.${'c'.repeat(40)}.${'s'.repeat(40)}`;
        const pod = podOf(waiting('CreateContainerError', `cannot make it with SD_TOKEN=${jwt}`));

        for (const text of [describeState(pod), reasonOf(pod)]) {
            expect(text).to.include('SD_TOKEN=***');
            expect(text).to.not.match(/eyJ|cccc|ssss/);
        }
    });
});
