import { expect } from 'chai';
import { reasonOf } from '../lib/explain';
import { podOf, podPreparing, waiting } from './shapes';

const NAME = '"build_sd-build-7_default_37b2_0"';

describe('kubernetes executor: what a loaded node says about a container that it will make later', () => {
    const cases = [
        ['CreateContainerError', 'context deadline exceeded'],
        [
            'CreateContainerError',
            `failed to reserve container name ${NAME}: name ${NAME} is reserved for "7c54f31e3fc8"`
        ],
        ['CreateContainerConfigError', 'failed to sync secret cache: timed out waiting for the condition'],
        ['CreateContainerConfigError', 'failed to sync configmap cache: timed out waiting for the condition'],
        ['CreateContainerConfigError', 'services have not yet been read at least once, cannot construct envvars'],
        ['CreateContainerConfigError', 'failed to prepare subPath for volumeMount "data" of container "build"'],
        ['CreateContainerConfigError', 'secret "theirs" not found'],
        ['CreateContainerConfigError', 'configmap "ours" not found'],
        // CRI-O, containerd and Docker about what an earlier try has left.
        ['CreateContainerError', `the container name ${NAME} is already in use by 7c54f31e3fc8. You have to remove it`],
        ['CreateContainerError', `error reserving ctr name ${NAME} for id 7c54f31e3fc8: name is reserved`],
        ['CreateContainerError', `Error response from daemon: Conflict. The container name ${NAME} is already in use`],
        ['RunContainerError', 'failed to create containerd task: device or resource busy']
    ] as const;

    for (const [reason, message] of cases) {
        it(`is a reason only once it has tried for long enough: ${message}`, () => {
            const pod = podOf(waiting(reason, message), { phase: 'Pending', startTime: new Date() });

            expect(reasonOf(pod, 300)).to.equal('');
            expect(reasonOf(pod)).to.equal(
                `The build's container is not started yet, the cluster tries again: ${message}.`
            );
        });
    }

    it('also for the job tools', () => {
        const pod = podPreparing('job-tools', waiting(...cases[0]));

        expect(reasonOf(pod)).to.match(/^The container of the job tools is not started yet/);
    });
});
