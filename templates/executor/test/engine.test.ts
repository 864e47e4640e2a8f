import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Engine } from '../lib/engine';
import { EngineServer } from './engine-server';

const env = { SD_TOKEN: 'a-build-token' };
const task = { image: 'node:20', command: '/opt/sd/launch', args: ['12'], env, cpu: 1, memory: 2 };
const { signal } = new AbortController();

describe('the client of the engine', () => {
    let server: EngineServer;
    let engine: Engine;

    before(async () => {
        server = await EngineServer.start();
        engine = new Engine(server.uri, 5000);
    });
    after(() => server.close());

    it('tries again when the engine has no room for a moment', async () => {
        server.failures.push([429, 'slow down'], [503, 'restarting']);
        await engine.run('build-1', task, signal);

        assert.equal(server.containers.get('build-1')?.image, 'node:20');
    });

    it('gives up after three tries, with what the engine said', async () => {
        server.failures.push([503, 'no'], [503, 'no'], [503, 'no room']);
        await assert.rejects(engine.run('build-2', task, signal), { kind: 'engine', message: /503 no room$/ });
    });

    it('does not repeat what the engine refuses', async () => {
        const { requests } = server;

        server.failures.push([400, 'no such image']);
        await assert.rejects(engine.run('build-3', task, signal), { retryable: false, message: /400 no such image$/ });
        assert.equal(server.requests, requests + 1);
    });

    it('hides the token that the engine quotes', async () => {
        server.failures.push([400, 'bad variable SD_TOKEN=a-build-token']);
        await assert.rejects(engine.run('build-4', task, signal), (error: Error) => {
            assert.match(error.message, /SD_TOKEN=\*\*\*/);
            assert.ok(!inspect(error).includes('a-build-token'));

            return true;
        });
    });

    it('waits no longer than its limit', async () => {
        server.silent = true;
        await assert.rejects(new Engine(server.uri, 100).find('build-5', signal), { kind: 'timeout', retryable: true });
        server.silent = false;
    });

    it('ends with its signal', async () => {
        server.silent = true;
        await assert.rejects(engine.find('build-6', AbortSignal.abort(new Error('stopped'))), { message: 'stopped' });
        server.silent = false;
    });
});
