import { expect } from 'chai';
import type { V1Pod } from '@kubernetes/client-node';
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
    describe('is derived only from the container of the build', () => {
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

    it('is derived from a Date or a text', () => {
        const startedAt = new Date('2025-05-05T15:29:28Z');

        expect(describeState(podOf({ running: { startedAt } }))).to.equal(
            'The build has been running since 2025-05-05T15:29:28.000Z.'
        );
    });

    it('includes that the cluster may have removed it', () => {
        expect(reasonOf(undefined)).to.equal(GONE);
        expect(describeState(undefined)).to.equal(GONE);
        expect(GONE).to.match(/^The build has no pod on this cluster: .*drained.*eviction.*deletion/);
    });

    describe('is derived from its init containers before the build begins', () => {
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
            ['one that runs beside the build is restarted', podPreparing('log-agent', terminated(1, 'Error')), '']
        ];

        for (const [title, pod, reason] of cases) it(title, () => expect(reasonOf(pod)).to.equal(reason));

        it('but not once it has begun', () => {
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

    it('is described without the tokens that a container has printed', () => {
        const jwt = `eyJhbGciOiJSUzI1NiJ9.${'c'.repeat(40)}.${'s'.repeat(40)}`;
        const pod = podOf(waiting('CreateContainerError', `cannot make it with SD_TOKEN=${jwt}`));

        for (const text of [describeState(pod), reasonOf(pod)]) {
            expect(text).to.include('SD_TOKEN=***');
            expect(text).to.not.match(/eyJ|cccc|ssss/);
        }
    });
});
