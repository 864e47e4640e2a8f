import { expect } from 'chai';
import Executor from 'screwdriver-executor-base';
import type { V1ContainerState } from '@kubernetes/client-node';
import { reasonOf } from '../lib/explain';
import { podOf, terminated } from './shapes';

/** The pod of a build with the official job tools, or only a `launch`, whose container is in this state. */
function podOn(program: string, state: V1ContainerState) {
    const pod = podOf(state, { phase: 'Failed' });

    for (const container of pod.spec?.containers ?? []) if (container.name === 'build') container.command = [program];

    return pod;
}
const official = (state: V1ContainerState) => reasonOf(podOn('/opt/sd/dumb-init', state));
const own = (state: V1ContainerState) => reasonOf(podOn('/opt/sd/launch', state));

const words = (program: string, cause: string) =>
    `The program ${program} cannot run in the image node:22: ${cause}. ` +
    `The job tools must hold it, and the image the shell that it needs.`;

describe('kubernetes executor: why the official job tools could not run a launcher', () => {
    it('they do not exist', () => {
        const stat = 'stat /opt/sd/dumb-init: no such file or directory';
        const message = `OCI runtime create failed: exec: "/opt/sd/dumb-init": ${stat}: unknown`;

        expect(official(terminated(127, 'ContainerCannotRun', message))).to.equal(words('/opt/sd/dumb-init', stat));
    });

    it('the image has no shell', () => {
        expect(official(terminated(2, 'Error', '[dumb-init] /bin/sh: No such file or directory\n'))).to.equal(
            'The image node:22 has no /bin/sh, which the launcher needs.'
        );
    });

    it('the launch script does not exist, or is not for this machine', () => {
        expect(official(terminated(127, 'Error', 'build: line 36: /opt/sd/launch: not found\n'))).to.equal(
            words('/opt/sd/launch', 'not found')
        );
        expect(official(terminated(126, 'Error', ''))).to.equal(words('/opt/sd/launch', 'exit code 126'));
    });

    it('a folder that it needs is not writable, in the words of the base', () => {
        const entries = Object.entries(Executor.OFFICIAL_LAUNCH.exitCodes);

        expect(entries).to.have.length.above(0);
        for (const [code, reason] of entries) expect(official(terminated(Number(code), 'Error'))).to.equal(reason);
    });

    it('but not if it was killed, since it may have reported before', () => {
        expect(official(terminated(143, 'Error'))).to.equal(
            `The build's container ended with exit code 143: it was ended by SIGTERM.`
        );
    });

    it('and a launch script alone has its own exit codes', () => {
        for (const code of [2, 73, 126, 127]) {
            expect(own(terminated(code, 'Error', '[dumb-init] /bin/sh: No such file or directory'))).to.equal(
                `The build's container ended with exit code ${code}.`
            );
        }
    });
});
