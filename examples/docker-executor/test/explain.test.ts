import { expect } from 'chai';
import { describeState, reasonOf } from '../explain';

const LAUNCH = '/opt/sd/launch';
const MEMORY = 'The build ran out of memory: it may use 2 GB. The annotation screwdriver.cd/ram gives more.';

/** A build's container as the engine shows it. */
function found(State: object, lastLine?: string): any {
    const StartedAt = '2026-01-01T00:00:00Z';

    return {
        info: {
            Path: LAUNCH,
            State: { OOMKilled: false, ExitCode: 0, Error: '', StartedAt, ...State },
            HostConfig: { Memory: 2 * 1024 ** 3 },
            Config: { Image: 'app:1' }
        },
        ...(lastLine && { lastLine })
    };
}

describe('docker executor: the words for a state', () => {
    it('blames memory only for a build that failed', () => {
        expect(reasonOf(found({ Status: 'exited', OOMKilled: true, ExitCode: 137 }))).to.equal(MEMORY);
        expect(reasonOf(found({ Status: 'exited', OOMKilled: true, ExitCode: 0 }))).to.equal('');
        expect(reasonOf(found({ Status: 'running', OOMKilled: true }))).to.equal('');
        expect(describeState(found({ Status: 'running', OOMKilled: true }))).to.equal(
            'The build has been running since 2026-01-01T00:00:00Z.'
        );
    });

    it('takes a dead container for one that has ended', () => {
        const killed = `The build's container ended with exit code 137: it was ended by SIGKILL.`;

        expect(reasonOf(found({ Status: 'dead', ExitCode: 137 }))).to.equal(killed);
        expect(describeState(found({ Status: 'dead', ExitCode: 137 }))).to.equal(killed);
        expect(describeState(found({ Status: 'dead' }))).to.equal(`The build's container ended with exit code 0.`);
    });

    it('gives the reason of a start that the engine could not finish', () => {
        const network = found({ Status: 'created', ExitCode: 128, Error: 'network ci not found' });
        const launch = found({
            Status: 'created',
            ExitCode: 127,
            Error: `runc create failed: exec: "${LAUNCH}": stat ${LAUNCH}: no such file or directory: unknown`
        });

        expect(reasonOf(network)).to.equal(`The build's container could not start: network ci not found`);
        expect(describeState(network)).to.equal(reasonOf(network));
        expect(reasonOf(launch)).to.match(/^The launch script \/opt\/sd\/launch cannot run in the image app:1: /);
        expect(describeState(launch)).to.equal(reasonOf(launch));
    });

    it('finds nothing wrong with a container that has not ended', () => {
        for (const Status of ['created', 'running', 'paused', 'restarting', 'removing']) {
            expect(reasonOf(found({ Status })), Status).to.equal('');
        }
    });

    it('has words of its own for each of these states, and none for exit codes', () => {
        const words = ['created', 'paused', 'restarting', 'removing'].map(Status =>
            // An exit code of the time before.
            describeState(found({ Status, ExitCode: 1 }))
        );

        expect(new Set(words).size).to.equal(words.length);
        for (const text of words)
            expect(text)
                .to.match(/^The build's container is /)
                .and.not.include('exit code');
    });

    it('tells an entry point that cannot run from a build that failed by itself', () => {
        const ended = { Status: 'exited', ExitCode: 127 };

        expect(reasonOf(found(ended, `exec ${LAUNCH}: no such file or directory`))).to.match(/^The launch script /);
        expect(reasonOf(found(ended, 'sh: make: not found'))).to.equal(
            `The build's container ended with exit code 127: a command that it called is not there.`
        );
    });
});
