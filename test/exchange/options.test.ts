import { Agent, type IncomingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { validate } from '../../dist/validation/schema';
import { refuse, reply } from './answers';
import { exchange } from './exchange';
import { serve, type FaultServer } from './fault-server';
import { leaked, textsOf } from './leaks';
import { token } from './tokens';

const REFUSED: Array<[string, Record<string, unknown>]> = [
    ['attempts', { attempts: 0 }],
    ['attempts', { attempts: 1.5 }],
    ['attempts', { attempts: '5' }],
    ['tryTimeout', { tryTimeout: 1.5 }],
    ['tryTimeout', { tryTimeout: '1000' }],
    ['tryTimeout', { tryTimeout: 0 }],
    ['tryTimeout', { tryTimeout: 2 ** 31 }],
    ['deadline', { deadline: -1 }],
    ['deadline', { deadline: Infinity }],
    ['deadline', { deadline: 1e12 }],
    ['bufferMinutes', { bufferMinutes: -1 }],
    ['bufferMinutes', { bufferMinutes: NaN }],
    ['bufferMinutes', { bufferMinutes: '5' }],
    ['signal', { signal: {} }],
    ['agent', { agent: 'proxy' }],
    ['ca', { ca: 7 }],
    ['unlessRunning', { unlessRunning: 'true' }],
    ['timeout', { timeout: 1000 }]
];

describe('the arguments of an exchange', () => {
    let server: FaultServer;

    beforeEach(async () => {
        server = await serve({ answers: [reply(200, { token: token(['build']) })] });
    });

    afterEach(() => server.close());

    for (const [name, options] of REFUSED) {
        it(`refuse the option ${name}: ${String(options[name])}, before anything is sent`, async () => {
            const error = await exchange(server.uri, { options }).catch((reason: unknown) => reason);

            expect(error).to.include({ name: 'ValidationError', isJoi: true });
            expect((error as Error).message).to.include(`"${name}"`);
            expect(server.connections).to.equal(0);
        });
    }

    it('refuse options that are not an object', async () => {
        for (const options of [null, 'fast'] as unknown as object[]) {
            const error = await exchange(server.uri, { options }).catch((reason: unknown) => reason);

            expect(error).to.include({ name: 'ValidationError', message: '"options" must be of type object' });
        }
    });

    for (const options of [
        { attempts: 1, tryTimeout: 2 ** 31 - 1, deadline: 2 ** 31 - 1 },
        { bufferMinutes: 0, signal: new AbortController().signal, agent: new Agent(), ca: 'PEM' },
        { bufferMinutes: 0.5, ca: Buffer.from('PEM') },
        { unlessRunning: true, ca: ['PEM', Buffer.from('PEM')] }
    ]) {
        it(`may be ${inspect(options, { depth: 0 })}`, () => {
            expect(() => validate('exchangeOptions', options)).to.not.throw();
        });
    }

    it('show no token that was passed as options', async () => {
        const temporal = token(['temporal']);

        for (const options of [
            temporal,
            { ca: { temporal } },
            { signal: temporal },
            { agent: temporal },
            { [temporal]: 1 }
        ] as object[]) {
            const error = await exchange(server.uri, { temporal, options: options }).catch((reason: unknown) => reason);

            expect(error).to.include({ isJoi: true });
            expect(leaked(textsOf(error), [temporal])).to.deep.equal([]);
        }
    });

    it('put the number of buildId into the path, however it is written', async () => {
        for (const buildId of [7, '7', '007', '7.0']) await exchange(server.uri, { buildId });
        expect(server.requests.map(({ path }) => path)).to.deep.equal(Array(4).fill('/v4/builds/7/token'));
    });

    it('drop a slash at the end of apiUri, and keep a path prefix', async () => {
        await exchange(`${server.uri}/`);
        await exchange(`${server.uri}/screwdriver//`);
        expect(server.requests.map(({ path }) => path)).to.deep.equal([
            '/v4/builds/7/token',
            '/screwdriver/v4/builds/7/token'
        ]);
    });

    for (const path of ['/v4', '/v4/', '/sd/V4//']) {
        it(`have no version in the apiUri: the resulting 404 says so for ${path}`, async () => {
            const api = await serve({ answers: [refuse(404)] });
            const error = await exchange(api.uri + path).catch((reason: unknown) => reason);

            expect(error).to.include({ code: 'EXECUTOR_EXCHANGE_NOT_FOUND', statusCode: 404, attempts: 1 });
            expect((error as Error).message).to.match(/ \(apiUri must not contain the version, \/v4\)$/);
            await api.close();
        });
    }

    for (const [path, status] of [
        ['', 404],
        ['/v4x', 404],
        ['/v4/sd', 404],
        ['/v4', 403]
    ] as const) {
        it(`are not blamed for a ${status} if the path of apiUri is "${path}"`, async () => {
            const api = await serve({ answers: [refuse(status)] });
            const error = await exchange(api.uri + path).catch((reason: unknown) => reason);

            expect(error).to.have.property('message').that.does.not.include('version');
            await api.close();
        });
    }

    it('become the headers and the body of one request', async () => {
        let headers: IncomingHttpHeaders = {};
        const api = await serve({
            answers: [
                (request, response) => {
                    ({ headers } = request);
                    reply(200, { token: token(['build']) })(request, response);
                }
            ]
        });

        await exchange(api.uri);
        expect(headers).to.include({
            accept: 'application/json',
            'accept-encoding': 'identity',
            'content-type': 'application/json',
            'content-length': String('{"buildTimeout":75}'.length),
            'user-agent': 'screwdriver-executor-base'
        });
        await api.close();
    });
});
