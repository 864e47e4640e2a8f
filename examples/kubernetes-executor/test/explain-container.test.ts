import { expect } from 'chai';
import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';
import { reasonOf } from '../lib/explain';
import { RUNNING, SECRET, podOf, podPreparing, terminated, waiting } from './shapes';

const CREATE =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    'unable to start container process: ';
const GONE = '/opt/sd/launch: no such file or directory';

/** A pod whose build's container does not exist yet. */
const pending = (state: V1ContainerState) => podOf(state, { phase: 'Pending' });
const failed = (state: V1ContainerState) => podOf(state, { phase: 'Failed' });

function table(cases: [string, V1Pod, string][]) {
    for (const [title, pod, reason] of cases) it(title, () => expect(reasonOf(pod)).to.equal(reason));
}

describe('kubernetes executor: why a container failed', () => {
    describe('the launcher, if the runtime names it', () => {
        const words = (cause: string) =>
            `The program /opt/sd/launch cannot run in the image node:22: ${cause}. ` +
            `The job tools must hold it, and the image the shell that it needs.`;

        table([
            [
                'containerd and runc',
                failed(terminated(128, 'StartError', `${CREATE}exec: "/opt/sd/launch": stat ${GONE}: unknown`)),
                words(`stat ${GONE}`)
            ],
            [
                'containerd and runc, inside the container',
                failed(
                    terminated(
                        128,
                        'StartError',
                        `${CREATE}error during container init: exec: "/opt/sd/launch": permission denied: unknown`
                    )
                ),
                words('permission denied')
            ],
            [
                'Docker',
                failed(
                    terminated(
                        127,
                        'ContainerCannotRun',
                        `OCI runtime create failed: container_linux.go:380: starting container process caused: ` +
                            `exec: "/opt/sd/launch": stat ${GONE}: unknown`
                    )
                ),
                words(`stat ${GONE}`)
            ],
            [
                'old Docker, which quotes twice',
                failed(
                    terminated(
                        127,
                        'ContainerCannotRun',
                        `oci runtime error: container_linux.go:235: starting container process caused ` +
                            `"exec: \\"/opt/sd/launch\\": stat ${GONE}": unknown`
                    )
                ),
                words(`stat ${GONE}`)
            ],
            [
                'CRI-O and runc',
                pending(
                    waiting(
                        'CreateContainerError',
                        `container create failed: time="2024-05-28T10:30:28Z" level=error msg="runc create failed: unable ` +
                            `to start container process: exec: \\"/opt/sd/launch\\": permission denied"`
                    )
                ),
                words('permission denied')
            ],
            [
                'CRI-O and crun',
                pending(
                    waiting(
                        'CreateContainerError',
                        'container create failed: executable file `/opt/sd/launch` not found: No such file or directory'
                    )
                ),
                words('not found: No such file or directory')
            ],
            [
                'what runc prints if the shell is missing, in a pod that reports its last lines',
                failed(terminated(255, 'Error', `at work\nexec ${GONE}\nover\n`)),
                words('no such file or directory')
            ]
        ]);
    });

    describe('anything else that keeps it from starting, in the words of the node', () => {
        const device = 'failed to generate container "50f0ec402f6e" spec: failed to generate spec: not a device node';
        const mount = `${CREATE}error during container init: error mounting "/var/lib/x" to rootfs at "/opt/sd/launch": mkdir /src: not a directory: unknown`;
        const root = `container has runAsNonRoot and image will run as root (pod: "sd-build-7_default(37b2)", container: build)`;
        const ours = `"${SECRET}" not found`;
        const late = 'failed to create containerd task: context deadline exceeded';

        table([
            [
                'a device',
                pending(waiting('CreateContainerError', device)),
                `The build's container cannot be started: ${device}.`
            ],
            [
                'a mount',
                failed(terminated(128, 'StartError', mount)),
                `The build's container cannot be started: ${mount}.`
            ],
            [
                'a user',
                pending(waiting('CreateContainerConfigError', root)),
                `The build's container cannot be started: ${root}.`
            ],
            [
                'a key that a ConfigMap lacks',
                pending(waiting('CreateContainerConfigError', `couldn't find key x in ConfigMap builds/ours`)),
                `The build's container cannot be started: couldn't find key x in ConfigMap builds/ours.`
            ],
            ['but not the Secret of its token', pending(waiting('CreateContainerConfigError', `secret ${ours}`)), ''],
            [
                'nor that Secret on a node that asks for it each time',
                pending(waiting('CreateContainerConfigError', `secrets ${ours}`)),
                ''
            ],
            ['nor what all containers wait for', pending(waiting('ContainerCreating')), ''],
            [
                'of the job tools',
                podPreparing('job-tools', waiting('CreateContainerError', device)),
                `The container of the job tools cannot be started: ${device}.`
            ],
            [
                'that is not tried again, although it was a timeout',
                failed(terminated(128, 'StartError', late)),
                `The build's container cannot be started: ${late}.`
            ],
            [
                'but not what a build prints last',
                failed(terminated(1, 'Error', `secret ${ours}`)),
                `The build's container ended with exit code 1.`
            ],
            [
                'of the job tools, whose image has no cp',
                podPreparing(
                    'job-tools',
                    terminated(128, 'StartError', 'exec: "cp": executable file not found in $PATH: unknown'),
                    'Failed'
                ),
                'The container of the job tools cannot be started: ' +
                    'exec: "cp": executable file not found in $PATH: unknown.'
            ],
            [
                'of one that the cluster has added',
                podPreparing('log-agent', waiting('CreateContainerError', 'no command specified')),
                'The init container log-agent cannot be started: no command specified.'
            ]
        ]);
    });

    describe('by each word of a node', () => {
        const START = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];
        const HOOK = ['PreCreateHookError', 'PreStartHookError'];
        const PULL = ['ErrImagePull', 'ImagePullBackOff'];
        const REGISTRY = ['ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'];

        for (const word of [...START, ...HOOK]) {
            it(word, () => expect(reasonOf(pending(waiting(word)))).to.match(/ is not started yet, .* again: \w+\.$/));
        }
        for (const word of ['StartError', 'ContainerCannotRun']) {
            it(word, () => expect(reasonOf(failed(terminated(128, word)))).to.match(/ cannot be started: /));
        }
        for (const word of ['InvalidImageName', 'ErrImageNeverPull']) {
            it(word, () => expect(reasonOf(pending(waiting(word)))).to.match(/ is not available: /));
        }
        for (const word of [...PULL, ...REGISTRY]) {
            it(word, () => expect(reasonOf(pending(waiting(word)))).to.match(/ is not there yet: /));
        }
    });

    describe('how it ended', () => {
        const unknown = terminated(
            137,
            'ContainerStatusUnknown',
            'The container could not be located when the pod was terminated'
        );

        table([
            [
                'out of its own memory, not of the memory of a sidecar',
                failed(terminated(137, 'OOMKilled')),
                'The build ran out of memory: it may use 2048Mi. Request more with the annotation screwdriver.cd/ram.'
            ],
            [
                'by itself, after a step had run out of memory: the launcher has told the API',
                podOf(terminated(0, 'OOMKilled')),
                ''
            ],
            ['not at all, although it ran out of memory before', podOf({ ...RUNNING }), ''],
            [
                'by a signal',
                failed(terminated(137, 'Error')),
                `The build's container ended with exit code 137: it was ended by SIGKILL.`
            ],
            [
                'with its own exit code',
                failed(terminated(255, 'Error')),
                `The build's container ended with exit code 255.`
            ],
            [
                'in an unknown way',
                failed(unknown),
                `The build's container was lost by its node: how it ended is not known. Start the build again.`
            ],
            [
                'in an unknown way, before the build',
                podPreparing('job-tools', unknown, 'Failed'),
                `The container of the job tools was lost by its node: how it ended is not known. Start the build again.`
            ]
        ]);
    });
});
