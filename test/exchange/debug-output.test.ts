import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { refuse, reply, reset } from './answers';
import { serve } from './fault-server';
import { leaked } from './leaks';
import { token } from './tokens';

/**
 * Exchanges a token with the API at each of the addresses, inside and outside of a start. Tokens and addresses are
 * arguments.
 */
const SCRIPT = `
const Executor = require('screwdriver-executor-base');
const { SECRET: token, URIS } = process.env;
class Plain extends Executor {
    _start(config) {
        return this.exchangeTokenForBuild(config.token, 45, { attempts: 2 });
    }
}
(async () => {
    for (const apiUri of URIS.split(' ')) {
        const config = { token, apiUri, buildId: 7, container: 'node:20' };
        await new Plain().start(config).catch(error => console.log(error));
        await new Plain().exchangeTokenForBuild(config, token).catch(error => console.log(error));
    }
    await new Plain().exchangeTokenForBuild(token + 'x').catch(error => console.log(error));
})();
`;

describe('NODE_DEBUG=screwdriver-executor', () => {
    it('reports exchanges without any part of a token', async () => {
        const [temporal, fresh] = [token(['temporal']), token(['build'])];
        const answers = [refuse(401), refuse(500), reply(200, { token: fresh }), reply(200, { jwt: fresh }), reset];
        const servers = await Promise.all(answers.map(answer => serve({ answers: [answer] })));
        const env = {
            ...process.env,
            NODE_DEBUG: 'screwdriver-executor',
            SECRET: temporal,
            URIS: servers.map(({ uri }) => uri).join(' ')
        };
        const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', SCRIPT], { env });

        await Promise.all(servers.map(server => server.close()));
        expect(stderr).to.match(/exchangeTokenForBuild.*failure/);
        expect(stderr).to.match(/exchangeTokenForBuild.* ok after /);
        expect(stdout).to.match(/EXECUTOR_EXCHANGE_NETWORK/);
        expect(stdout).to.match(/EXECUTOR_TOKEN_UNKNOWN/);
        expect(stdout).to.match(/EXECUTOR_BUILD_TIMEOUT/);
        expect(leaked([stdout, stderr], [temporal, fresh])).to.deep.equal([]);
    }).timeout(30_000);
});
