import { expect } from 'chai';
import { runNode } from '../support/child';

describe('NODE_DEBUG=screwdriver-executor', () => {
    const program = `
        const Executor = require('screwdriver-executor-base');
        class MyExecutor extends Executor {
            async _start({ buildId }) { return buildId !== 13; }
            async _verify() { return 'The image is not there.'; }
            async _stop() { throw Object.assign(new Error('secret'), { code: 'ETIMEDOUT' }); }
            async _startTimer() { throw Object.assign(new Error('secret'), { statusCode: 403 }); }
            async _stopTimer() { throw new TypeError('secret', { cause: { code: 'ENOTFOUND' } }); }
        }
        const executor = new MyExecutor();
        const config = { buildId: 12, jobId: 1, pipelineId: 2, apiUri: 'http://localhost', token: 'secret', container: 'a' };
        executor.start(config)
            .then(() => executor.stop({ buildId: 12, apiUri: 'http://localhost' })).catch(() => {})
            .then(() => executor.startTimer()).catch(() => {})
            .then(() => executor.stopTimer()).catch(() => {})
            .then(() => executor.stop({ buildId: 12, apiUri: 'secret' })).catch(() => {})
            .then(() => executor.start({ ...config, buildId: 13 }))
            .then(() => executor.verify(config));
    `;

    it('prints a line per event', async () => {
        const { stderr } = await runNode(program, [], { NODE_DEBUG: 'screwdriver-executor' });
        const lines = stderr
            .trim()
            .split('\n')
            .map(line => line.replace(/^SCREWDRIVER-EXECUTOR \d+: /, '').replace(/\d+ ms/, 'N ms'));

        expect(lines).to.deep.equal([
            'MyExecutor.start buildId=12 jobId=1 pipelineId=2 started',
            'MyExecutor.start buildId=12 jobId=1 pipelineId=2 ok after N ms',
            'MyExecutor.stop buildId=12 started',
            'MyExecutor.stop buildId=12 failure after N ms (ETIMEDOUT, timeout, retryable)',
            'MyExecutor.startTimer started',
            'MyExecutor.startTimer failure after N ms (Error, 403, authentication)',
            'MyExecutor.stopTimer started',
            'MyExecutor.stopTimer failure after N ms (TypeError, ENOTFOUND, engine, retryable)',
            'MyExecutor.stop buildId=12 started',
            'MyExecutor.stop buildId=12 failure after N ms (ValidationError, apiUri, configuration)',
            'MyExecutor.start buildId=13 jobId=1 pipelineId=2 started',
            'MyExecutor.start buildId=13 jobId=1 pipelineId=2 requeue after N ms',
            'MyExecutor.verify buildId=12 jobId=1 pipelineId=2 started',
            'MyExecutor.verify buildId=12 jobId=1 pipelineId=2 fail-build after N ms'
        ]);
    });

    it('prints the requests of an exchange, and how long it waited', async () => {
        const exchange = `
            const Executor = require('screwdriver-executor-base');
            const { startConfig, startTokenApi } = require('screwdriver-executor-base/testing');
            startTokenApi().then(async api => {
                api.failNext(503);
                await new Executor().exchangeTokenForBuild(startConfig(api));
                await new Executor().exchangeTokenForBuild(startConfig(api));
                await api.close();
            });
        `;
        const { stderr } = await runNode(exchange, [], { NODE_DEBUG: 'screwdriver-executor' });
        const [, twice, , once] = stderr.trim().split('\n');

        expect(twice).to.match(/ ok after \d+ ms in 2 attempts with [1-9]\d* ms of waiting$/);
        expect(once).to.match(/ ok after \d+ ms in 1 attempt$/);
    });

    it('prints nothing if it is not set', async () => {
        expect(await runNode(program)).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    });
});
