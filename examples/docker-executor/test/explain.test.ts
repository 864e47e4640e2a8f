import { expect } from 'chai';
import { OFFICIAL_LAUNCH } from 'screwdriver-executor-base';
import { describeState, reasonOf } from '../lib/explain';

const LAUNCH = '/opt/sd/launch';
const DUMB_INIT = '/opt/sd/dumb-init';
const MEMORY = 'ran out of memory: it may use 2 GB. Request more with the annotation screwdriver.cd/ram.';

/** A build's container as the engine shows it. */
function found(State: object, lastLine?: string, Path = LAUNCH): any {
    const StartedAt = '2026-01-01T00:00:00Z';

    return {
        info: {
            Path,
            State: { OOMKilled: false, ExitCode: 0, Error: '', StartedAt, ...State },
            HostConfig: { Memory: 2 * 1024 ** 3 },
            Config: { Image: 'app:1' }
        },
        ...(lastLine && { lastLine })
    };
}

describe('docker executor: the description of a state', () => {
    it('distinguishes a build that ran out of memory from a step whose end its launcher has reported to the API', () => {
        const [build, step] = [137, 0].map(ExitCode => found({ Status: 'exited', OOMKilled: true, ExitCode }));

        expect(reasonOf(build)).to.equal(`The build ${MEMORY}`);
        expect(describeState(build)).to.equal(`The build ${MEMORY}`);
        expect(reasonOf(step)).to.equal('');
        expect(describeState(step)).to.equal(`A step of the build ${MEMORY}`);
        expect(reasonOf(found({ Status: 'running', OOMKilled: true }))).to.equal('');
        expect(describeState(found({ Status: 'running', OOMKilled: true }))).to.equal(
            'The build has been running since 2026-01-01T00:00:00Z.'
        );
    });

    it('treats a dead container as ended', () => {
        const killed = `The build's container ended with exit code 137: it was ended by SIGKILL.`;

        expect(reasonOf(found({ Status: 'dead', ExitCode: 137 }))).to.equal(killed);
        expect(describeState(found({ Status: 'dead', ExitCode: 137 }))).to.equal(killed);
        expect(describeState(found({ Status: 'dead' }))).to.match(/^The build's container has ended\./);
    });

    it('treats exit code 0 neither as a success nor as a failure', () => {
        const ended = found({ Status: 'exited' });

        expect(reasonOf(ended)).to.equal('');
        expect(describeState(ended)).to.equal(
            `The build's container has ended. Its launcher has reported the result to the API.`
        );
    });

    it('finds nothing wrong with a build that is being ended', () => {
        for (const State of [{ Status: 'running' }, { Status: 'exited', ExitCode: 137 }]) {
            const ending = { ...found(State), isEnding: true };

            expect(reasonOf(ending)).to.equal('');
            expect(describeState(ending)).to.equal('The build is being ended.');
        }
    });

    it('explains the exit codes of the official job tools only', () => {
        const ended = { Status: 'exited', ExitCode: 73 };

        expect(reasonOf(found(ended, undefined, DUMB_INIT))).to.equal(OFFICIAL_LAUNCH.exitCodes[73]);
        expect(reasonOf(found(ended))).to.equal(`The build's container ended with exit code 73.`);
    });

    it('gives the reason why the engine could not finish a start', () => {
        const network = found({ Status: 'created', ExitCode: 128, Error: 'network ci not found' });
        const launch = found({
            Status: 'created',
            ExitCode: 127,
            Error: `runc create failed: exec: "${LAUNCH}": stat ${LAUNCH}: no such file or directory: unknown`
        });

        expect(reasonOf(network)).to.equal(`The build's container could not start: network ci not found`);
        expect(describeState(network)).to.equal(reasonOf(network));
        expect(reasonOf(launch)).to.match(/^\/opt\/sd\/launch of the job tools cannot run in the image app:1: /);
        expect(describeState(launch)).to.equal(reasonOf(launch));
    });

    it('finds nothing wrong with a container that has not ended', () => {
        for (const Status of ['created', 'running', 'paused', 'restarting', 'removing']) {
            expect(reasonOf(found({ Status })), Status).to.equal('');
        }
    });

    it('has a different text for each of these states, without an exit code', () => {
        const words = ['created', 'paused', 'restarting', 'removing'].map(Status =>
            // An exit code from an earlier run.
            describeState(found({ Status, ExitCode: 1 }))
        );

        expect(new Set(words).size).to.equal(words.length);
        for (const text of words)
            expect(text)
                .to.match(/^The build's container is /)
                .and.not.include('exit code');
    });

    it('distinguishes an entry point that cannot run from a build that failed by itself', () => {
        const ended = { Status: 'exited', ExitCode: 127 };

        expect(reasonOf(found(ended, `exec ${LAUNCH}: no such file or directory`))).to.match(
            /^\/opt\/sd\/launch of the job tools cannot run /
        );
        expect(
            reasonOf(found({ ...ended, ExitCode: 2 }, '[dumb-init] /bin/sh: No such file or directory', DUMB_INIT))
        ).to.match(/^\/opt\/sd\/dumb-init of the job tools cannot run .* lacks the shell/);
        expect(reasonOf(found(ended, 'sh: make: not found'))).to.equal(
            `The build's container ended with exit code 127: a command that it called was not found.`
        );
    });
});
