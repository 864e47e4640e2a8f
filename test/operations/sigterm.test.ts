import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { ROOT } from '../support/child';

/** Starts builds on an engine over HTTP. If the engine does not answer, only the signal ends the start. */
const PROGRAM = `
    const { createServer } = require('node:http');
    const { once } = require('node:events');
    const Executor = require('screwdriver-executor-base');

    const engine = createServer((request, response) => {
        if (request.url === '/slow') setTimeout(() => response.end('started'), 300);
    });

    class Engine extends Executor {
        async _start({ buildId, container }, { signal }) {
            const { port } = engine.address();
            const answer = await fetch('http://127.0.0.1:' + port + '/' + container, { signal });

            return await answer.text();
        }

        async _stop() {}

        async _cleanUp() {
            await this.shutDown(
                [
                    () => { throw new Error('a step that fails'); },
                    () => console.log('engine closed'),
                    () => { engine.closeAllConnections(); engine.close(); }
                ],
                DEADLINE
            );
        }
    }

    const executor = new Engine();

    process.once('SIGTERM', () => {
        // The API may receive the signal twice.
        for (const call of [1, 2]) executor.cleanUp().catch(error => console.log('cleanUp', call, error.message));
    });
    process.on('exit', code => console.log('exit', code, process.getActiveResourcesInfo().filter(name => /Timeout|TCP/.test(name))));

    (async () => {
        await once(engine.listen(0, '127.0.0.1'), 'listening');
        for (const [index, container] of ['slow', 'slow', 'never', 'never'].entries()) {
            executor
                .start({ buildId: index + 1, container, apiUri: 'http://127.0.0.1', token: 'a.b.c' })
                .then(result => console.log(index + 1, result), error => console.log(index + 1, error.code, Executor.kindOf(error)));
        }
        console.log('starting');
    })();
`;

describe('a process that gets SIGTERM in the middle of starts', function () {
    this.timeout(60_000);

    it('waits for those that end, aborts the others, and ends by itself with nothing left open', async () => {
        const child = spawn(process.execPath, ['-e', PROGRAM.replace('DEADLINE', '2_500')], {
            cwd: ROOT,
            stdio: ['ignore', 'pipe', 'pipe'],
            timeout: 30_000,
            killSignal: 'SIGKILL'
        });
        const output = Promise.all([text(child.stdout), text(child.stderr)]);

        await once(child.stdout, 'data');
        child.kill('SIGTERM');
        const begun = performance.now();
        const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
        const [stdout, stderr] = await output;

        expect(stderr).to.equal('');
        expect([code, signal]).to.deep.equal([0, null]);
        expect(performance.now() - begun).to.be.above(1_900);
        expect(stdout.trim().split('\n')).to.include.members([
            '1 started',
            '2 started',
            '3 EXECUTOR_SHUTDOWN cancelled',
            '4 EXECUTOR_SHUTDOWN cancelled',
            'engine closed',
            'cleanUp 1 a step that fails',
            'cleanUp 2 a step that fails',
            'exit 0 []'
        ]);
        expect(stdout.indexOf('4 EXECUTOR_SHUTDOWN')).to.be.below(stdout.indexOf('engine closed'));
        expect(stdout.match(/engine closed/g)).to.have.lengthOf(1);
    });
});
