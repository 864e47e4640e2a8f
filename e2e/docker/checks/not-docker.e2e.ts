import assert = require('node:assert/strict');
import { describe, it } from 'mocha';
import DockerExecutor = require('../../../examples/docker-executor/lib/executor');
import { rejection } from '../../support/rejection';
import { onFakeEngine } from '../on-fake-engine';
import type { Answer } from '../fake-engine';

const page =
    (status: number): Answer =>
    response => {
        response.writeHead(status, { 'content-type': 'text/html' });
        response.end('<html>Not what you are looking for</html>');
    };

describe('an address that is not that of a Docker engine', () => {
    const build = onFakeEngine();

    for (const status of [200, 404]) {
        for (const operation of ['start', 'stop', 'verify', 'status'] as const) {
            it(`makes ${operation} reject for good if it answers with a page and ${status}`, async () => {
                await build.use({ 'GET /containers/sd-build-7/json': page(status) });
                const { code, kind, retryable } = await rejection(build[operation]());

                assert.deepEqual(
                    { code, kind, retryable },
                    { code: 'DOCKER_ENGINE', kind: 'configuration', retryable: false }
                );
            });
        }
    }

    it('is reported when the executor is created if its certificates are missing', async () => {
        await build.use({});
        const { DOCKER_HOST, DOCKER_CERT_PATH } = process.env;

        Object.assign(process.env, { DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_CERT_PATH: '/nowhere' });
        try {
            assert.throws(() => new DockerExecutor({ jobTools: 'launch' }), {
                code: 'DOCKER_CONFIG',
                message: /ENOENT.*nowhere/
            });
        } finally {
            for (const [name, value] of Object.entries({ DOCKER_HOST, DOCKER_CERT_PATH })) {
                if (value === undefined) delete process.env[name];
                else process.env[name] = value;
            }
        }
    });
});
