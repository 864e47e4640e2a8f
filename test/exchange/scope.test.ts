import { expect } from 'chai';
import { reply } from './answers';
import { exchange } from './exchange';
import { serve, type FaultServer } from './fault-server';
import { leaked, textsOf } from './leaks';
import { token } from './tokens';

describe('the scope of a token to be exchanged', () => {
    const fresh = token(['build']);
    let server: FaultServer;

    beforeEach(async () => {
        server = await serve({ answers: [reply(200, { token: fresh })] });
    });

    afterEach(() => server.close());

    for (const scope of [['build'], 'build', ['build', 'impersonated']]) {
        it(`brings a token of scope ${JSON.stringify(scope)} back unchanged, with nothing sent`, async () => {
            const own = token(scope);

            expect(await exchange(server.uri, { temporal: own })).to.equal(own);
            expect(server.connections).to.equal(0);
        });
    }

    for (const scope of [['temporal'], 'temporal', 'temporal build', ['build', 'temporal'], undefined, null, [], '']) {
        it(`exchanges a token of scope ${JSON.stringify(scope)}`, async () => {
            expect(await exchange(server.uri, { temporal: token(scope) })).to.equal(fresh);
            expect(server.requests).to.have.lengthOf(1);
        });
    }

    for (const temporal of ['opaque', 'a.b.c', 'a.bm90IEpTT04.c', 'a.bnVsbA.c', 'a.Nw.c', '...']) {
        it(`leaves ${temporal}, which cannot be read, to the API`, async () => {
            expect(await exchange(server.uri, { temporal })).to.equal(fresh);
            expect(server.requests[0]).to.include({ authorization: `Bearer ${temporal}` });
        });
    }

    for (const scope of [
        ['sdapi'],
        'sdapi',
        ['user'],
        ['user', 'admin'],
        ['pipeline'],
        ['unzip_worker'],
        ['Build'],
        7,
        {}
    ]) {
        it(`refuses a token of scope ${JSON.stringify(scope)}, with nothing sent`, async () => {
            const temporal = token(scope);
            const error = await exchange(server.uri, { temporal }).catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'EXECUTOR_TOKEN_SCOPE', kind: 'authentication', retryable: false });
            expect((error as Error).message).to.match(
                /neither a temporal .* nor a build token.*: pass the token of the/
            );
            expect(error)
                .to.have.property('userMessage')
                .that.matches(/must not have\. Tell the cluster administrators\.$/);
            expect(leaked(textsOf(error), [temporal])).to.deep.equal([]);
            expect(server.connections).to.equal(0);
        });
    }
});
