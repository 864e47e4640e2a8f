import { getEventListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { ExecutorError } from 'screwdriver-executor-base';
import { refuse, reply, silence, trickle } from './answers';
import { exchange } from './exchange';
import { serve, type FaultServer, type ServerOptions } from './fault-server';
import { leaked, textsOf } from './leaks';
import { until } from './provoke';
import { token } from './tokens';

const aborted = { code: 'EXECUTOR_EXCHANGE_ABORTED', kind: 'cancelled', retryable: false };

describe('aborting an exchange', () => {
    const fresh = token(['build']);
    let server: FaultServer;

    afterEach(() => server.close());

    /** Aborts once the moment has come. Gives what the exchange rejected with, and the milliseconds from the abort. */
    async function abortAt(moment: () => boolean, faulty: ServerOptions, tls = false): Promise<[unknown, number]> {
        const controller = new AbortController();

        server = await serve(faulty);
        const uri = tls ? server.uri.replace('http:', 'https:') : server.uri;
        const rejection = exchange(uri, { options: { signal: controller.signal } }).catch((reason: unknown) => reason);

        await until('the moment has come', moment);
        const begun = performance.now();

        controller.abort();
        const error = await rejection;
        const took = performance.now() - begun;

        expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([]);

        return [error, took];
    }

    const MOMENTS: Array<[string, ServerOptions, (faulty: FaultServer) => boolean, boolean?]> = [
        ['before the answer', { answers: [silence] }, ({ requests }) => requests.length === 1],
        ['in the body', { answers: [trickle(200, 'x'.repeat(1000), 5)] }, ({ pending }) => pending === 1],
        ['in a refusal', { answers: [trickle(503, 'x'.repeat(1000), 5)] }, ({ pending }) => pending === 1],
        ['in the TLS handshake', { connection: socket => socket.resume() }, ({ sockets }) => sockets.size === 1, true]
    ];

    for (const [when, faulty, moment, tls] of MOMENTS) {
        it(`${when} rejects at once, closes the connection and tries no more`, async () => {
            const [error, took] = await abortAt(() => moment(server), faulty, tls);

            expect(error).to.include({ ...aborted, attempts: 1 });
            expect(took).to.be.below(5_000);
            await until('the connection is closed', () => server.sockets.size === 0);
            await wait(300);
            expect(server.connections).to.equal(1);
        });
    }

    it('between two requests rejects at once and sends no more', async () => {
        const retryAfter = { 'retry-after': '30' };
        let looks = 0;
        // Once the server has answered, the client has some turns of the event loop to read it and to begin its wait.
        const isWaiting = () => server.requests.length === 1 && server.pending === 0 && (looks += 1) > 20;
        const [error, took] = await abortAt(isWaiting, {
            answers: [refuse(503, 'Later', retryAfter), reply(200, { token: fresh })]
        });

        expect(error).to.include({ ...aborted, attempts: 1 });
        expect(took).to.be.below(5_000);
        await wait(300);
        expect(server.requests).to.have.lengthOf(1);
    });

    it('before the call sends nothing', async () => {
        server = await serve({ answers: [reply(200, { token: fresh })] });
        const error = await exchange(server.uri, { options: { signal: AbortSignal.abort() } }).catch(
            (reason: unknown) => reason
        );

        expect(error).to.include({ ...aborted, attempts: 0 });
        expect(server.connections).to.equal(0);
    });

    it('keeps name, message and code of the reason as its cause, and no token', async () => {
        server = await serve({ answers: [reply(200, { token: fresh })] });
        const temporal = token(['temporal']);
        const reason = Object.assign(new Error(`${temporal} is stopped`), { code: 'STOPPED', config: { temporal } });

        for (const [given, cause] of [
            [reason, { name: 'Error', message: '*** is stopped', code: 'STOPPED' }],
            [
                Object.assign(new Error('x'), { name: `E ${temporal}`, code: `${token(['build'])}:${temporal}` }),
                { name: 'E ***', message: 'x', code: '***:***' }
            ],
            [Object.assign(new Error('x'), { name: 7 }), { name: 'Error', message: 'x' }],
            [undefined, { name: 'AbortError', message: 'This operation was aborted' }]
        ] as const) {
            const options = { signal: AbortSignal.abort(given) };
            const error = await exchange(server.uri, { temporal, options }).catch((thrown: unknown) => thrown as Error);

            expect(error).to.include(aborted);
            expect((error as Error).cause)
                .to.be.an('error')
                .that.includes(cause);
            expect(leaked(textsOf(error), [temporal])).to.deep.equal([]);
        }
    });

    for (const [title, reason, retryable] of [
        ['a shutdown', new ExecutorError('x', { code: 'EXECUTOR_SHUTDOWN', kind: 'cancelled', retryable: true }), true],
        ['a timeout', new DOMException('x', 'TimeoutError'), true],
        ['an end for good', new ExecutorError('x', { kind: 'cancelled' }), false],
        ['an error of no kind', Object.assign(new Error('x'), { code: 'ECONNRESET' }), false]
    ] as const) {
        it(`${retryable ? 'is' : 'is not'} retryable if its reason is ${title}`, async () => {
            server = await serve({ answers: [silence] });
            const options = { signal: AbortSignal.abort(reason) };
            const error = (await exchange(server.uri, { options }).catch((thrown: unknown) => thrown)) as ExecutorError;

            expect(error).to.include({ ...aborted, retryable });
            expect(error.userMessage).to.match(retryable ? /Start the build again\.$/ : /cancelled\.$/);
        });
    }

    it('after the token has arrived changes nothing', async () => {
        const controller = new AbortController();

        server = await serve({ answers: [reply(200, { token: fresh })] });
        expect(await exchange(server.uri, { options: { signal: controller.signal } })).to.equal(fresh);
        expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([]);
        controller.abort();
    });

    it('ends all the exchanges that share the signal, without a warning', async () => {
        const controller = new AbortController();
        const warnings: Error[] = [];
        const warn = (warning: Error) => warnings.push(warning);

        process.on('warning', warn);
        try {
            server = await serve({ answers: [silence] });
            const all = Array.from({ length: 30 }, () =>
                exchange(server.uri, { options: { signal: controller.signal } }).catch((reason: unknown) => reason)
            );

            await until('all wait', () => server.requests.length === 30);
            controller.abort();
            for (const error of await Promise.all(all)) expect(error).to.include(aborted);
            await until('the connections are closed', () => server.sockets.size === 0);
            expect(warnings).to.deep.equal([]);
        } finally {
            process.off('warning', warn);
        }
    });
});
