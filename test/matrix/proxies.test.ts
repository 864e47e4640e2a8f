import assert = require('node:assert');
import path = require('node:path');
import { ROOT } from '../support/child';
import { freePort } from '../support/free-port';
import { NEWEST, place, run } from './tools';

const CERTIFICATES = path.join(ROOT, 'test', 'exchange', 'certificates');

/** Whether Node's own agents respect the environment. */
function heeds(version: string): boolean {
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);

    return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

for (const { name, node, version } of NEWEST) {
    describe(`an exchange behind a proxy, on Node.js ${name}`, () => {
        async function exchange(env: NodeJS.ProcessEnv): Promise<unknown> {
            // The environment names the proxy before the proxy exists.
            const port = await freePort();
            const proxy = {
                HTTPS_PROXY: `http://127.0.0.1:${port}`,
                NO_PROXY: '',
                PROXY_PORT: String(port),
                CERTIFICATES
            };

            return JSON.parse(
                await run(node, [path.join(place('consumers'), 'proxy.cjs')], {
                    env: { ...proxy, ...env, NODE_NO_WARNINGS: '1' }
                })
            );
        }

        it('goes through the agent of https-proxy-agent', async () => {
            assert.deepStrictEqual(await exchange({ AGENT: '1' }), { token: 'fresh', asked: ['api'] });
        });

        it('ignores HTTPS_PROXY alone', async () => {
            assert.deepStrictEqual(await exchange({}), { token: 'fresh', asked: [] });
        });

        const through = heeds(version) ? ['api'] : [];

        it(`${heeds(version) ? 'respects' : 'ignores'} NODE_USE_ENV_PROXY`, async () => {
            assert.deepStrictEqual(await exchange({ NODE_USE_ENV_PROXY: '1' }), { token: 'fresh', asked: through });
        });

        it('respects NO_PROXY', async () => {
            const env = { NODE_USE_ENV_PROXY: '1', NO_PROXY: '127.0.0.1' };

            assert.deepStrictEqual(await exchange(env), { token: 'fresh', asked: [] });
        });
    });
}
