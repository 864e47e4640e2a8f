import { expect } from 'chai';
import { describe as describeTask, reasonOf } from '../lib/explain';
import type { Container, Task } from '@aws-sdk/client-ecs';

/** AWS's own words, from its guide (stopped-task-errors, api_failures_messages), its API model and its agent. */
describe('ECS executor: reasons', () => {
    const EXITED = {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited'
    } as const;

    const CASES: [what: string, task: Partial<Task>, RegExp][] = [
        [
            'failed job tools, rather than the end of the task that they cause',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason: 'Container job-tools exited with non zero exit code',
                containers: [container('job-tools', { exitCode: 1 }), container('build')]
            },
            /^The job tools could not be copied: exit code 1\.$/
        ],
        [
            'too little memory',
            {
                ...EXITED,
                containers: [
                    container('job-tools', { exitCode: 0 }),
                    container('build', {
                        exitCode: 137,
                        reason: 'OutOfMemoryError: Container killed due to memory usage'
                    })
                ]
            },
            /^The build's container ran out of memory\. The annotation screwdriver\.cd\/ram requests more\.$/
        ],
        [
            'a missing image, on EC2',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason: 'Task failed to start',
                containers: [
                    container('build', {
                        image: 'node:none',
                        reason:
                            'CannotPullContainerError: Error response from daemon: manifest for node:none not found: ' +
                            'manifest unknown: manifest unknown'
                    })
                ]
            },
            /^The image node:none cannot be pulled: CannotPullContainerError: .* manifest unknown\.$/
        ],
        [
            'a missing image, on Fargate, from the reason of the task',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason:
                    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ' +
                    'docker.io/library/node:none: docker.io/library/node:none: not found'
            },
            /^The image of the build cannot be pulled: CannotPullContainerError: pull image manifest/
        ],
        [
            'a missing entry point, on Fargate, although another error is quoted',
            {
                ...EXITED,
                containers: [
                    container('build', {
                        reason:
                            'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime ' +
                            'task: failed to create shim task: OCI runtime create failed: runc create failed: unable to ' +
                            'start container process: exec: "/opt/sd/dumb-init": stat /opt/sd/dumb-init: no such file or directory'
                    })
                ]
            },
            /^The build's container cannot be started: CannotStartContainerError: .*dumb-init: no such file or directory\.$/
        ],
        [
            'a container that cannot be created',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason: 'Task failed to start',
                containers: [
                    container('build', {
                        reason: 'CannotCreateContainerError: API error (400): invalid reference format: repository name must be lowercase'
                    })
                ]
            },
            /^The build's container cannot be started: CannotCreateContainerError: /
        ],
        [
            'a secret that ECS cannot read',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason:
                    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ' +
                    'failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): ' +
                    'RequestCanceled: request context canceled caused by: context deadline exceeded'
            },
            /^ECS could not prepare the build's task: ResourceInitializationError: .* tell the administrators\.$/
        ],
        [
            'a network that cannot be created',
            {
                stopCode: 'TaskFailedToStart',
                stoppedReason: 'Unexpected EC2 error while attempting to Create Network Interface in subnet subnet-1'
            },
            /^The build's task could not be started: Unexpected EC2 error/
        ],
        [
            'no room, with a capacity provider',
            { stopCode: 'TaskFailedToStart', stoppedReason: 'RESOURCE:MEMORY' },
            /^The build's task could not be started: RESOURCE:MEMORY\.$/
        ],
        [
            'an interruption of Spot',
            {
                stopCode: 'SpotInterruption',
                stoppedReason: 'Your Spot Task was interrupted.',
                containers: [container('build', { exitCode: 143 })]
            },
            /^AWS has taken back the machine of the build, which can be started again: Your Spot Task was interrupted\.$/
        ],
        [
            'an instance that is terminated',
            { stopCode: 'TerminationNotice', stoppedReason: 'Host EC2 (instance i-0123) terminated.' },
            /^AWS has taken back .*: Host EC2 \(instance i-0123\) terminated\.$/
        ],
        [
            'a stop by somebody',
            { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' },
            /^The build was stopped: Task stopped by user\.$/
        ],
        [
            'the timeout, from the deadline container',
            {
                ...EXITED,
                containers: [
                    container('deadline', { exitCode: 0 }),
                    container('build', { exitCode: 137 }),
                    container('job-tools', { exitCode: 0 })
                ]
            },
            /^The build took longer than its timeout, and its task was ended\.$/
        ],
        [
            'another exit code',
            {
                ...EXITED,
                containers: [container('build', { exitCode: 143 }), container('deadline', { exitCode: 137 })]
            },
            /^The build's container ended with exit code 143 \(ended by SIGTERM\)\.$/
        ],
        ['that ECS gives no reason', { containers: [] }, /^The build's task has ended: ECS gives no reason\.$/],
        ['nothing for an exit code of 0', { ...EXITED, containers: [container('build', { exitCode: 0 })] }, /^$/]
    ];

    for (const [what, task, text] of CASES) {
        it(`explains ${what}`, () => {
            expect(reasonOf(stopped(task), 60)).to.match(text);
        });
    }

    it('says what a task waits for once it has waited too long', () => {
        const createdAt = new Date(Date.now() - 100_000);
        const waiting = (lastStatus: string): Task => ({
            lastStatus,
            desiredStatus: 'RUNNING',
            createdAt,
            containers: []
        });

        expect(reasonOf(waiting('PROVISIONING'), 600)).to.equal('');
        expect(reasonOf(waiting('PROVISIONING'), 60)).to.match(/not begun after 10\d seconds: ECS is looking for room/);
        expect(reasonOf(waiting('PENDING'), 60)).to.match(/: ECS is pulling its images/);
        expect(describeTask(waiting('PENDING'))).to.match(/^The build is waiting: ECS is pulling/);
    });

    it('has no reason for a build that runs, is being ended, or has ended with 0', () => {
        const startedAt = new Date();
        const runs: Task = {
            lastStatus: 'RUNNING',
            desiredStatus: 'RUNNING',
            startedAt,
            createdAt: new Date(0),
            containers: [container('build', { lastStatus: 'RUNNING' })]
        };

        expect(reasonOf(runs, 0)).to.equal('');
        expect(describeTask(runs)).to.equal(`The build has been running since ${startedAt.toISOString()}.`);
        expect(reasonOf({ ...runs, desiredStatus: 'STOPPED' }, 0)).to.equal('');
        expect(describeTask({ ...runs, desiredStatus: 'STOPPED' })).to.equal('The build is being ended.');
        expect(describeTask(stopped({ ...EXITED, containers: [container('build', { exitCode: 0 })] }))).to.match(
            /^The build has ended/
        );
    });

    function container(name: string, more: Partial<Container> = {}): Container {
        return { name, image: `${name}-image`, lastStatus: 'STOPPED', ...more };
    }

    function stopped(task: Partial<Task>): Task {
        return { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', ...task };
    }
});
