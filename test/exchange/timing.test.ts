import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { stub, useFakeTimers, type SinonFakeTimers } from 'sinon';
import { refuse, reply, reset, silence } from './answers';
import { exchange } from './exchange';
import { serve, type Answer, type FaultServer } from './fault-server';
import { token } from './tokens';
import type { ExchangeOptions } from 'screwdriver-executor-base';

/** Saved before the clock is faked. */
const inRealTime = wait;

describe('the timing of an exchange', () => {
    const fresh = token(['build']);
    let clock: SinonFakeTimers;
    let server: FaultServer;

    beforeEach(() => {
        // Sockets work in real time.
        clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    });

    afterEach(async () => {
        clock.restore();
        await server.close();
    });

    /** Starts an exchange. The returned object gets the outcome. */
    async function begin(
        answers: Answer[],
        options: ExchangeOptions = {}
    ): Promise<{ result?: string; error?: unknown }> {
        const outcome: { result?: string; error?: unknown } = {};

        server = await serve({ answers });
        exchange(server.uri, { options }).then(
            result => (outcome.result = result),
            (error: unknown) => (outcome.error = error)
        );

        return outcome;
    }

    /** Lets that much time pass, with all its effects. */
    async function pass(milliseconds: number): Promise<void> {
        await clock.tickAsync(milliseconds);
        await inRealTime(20);
        // On a busy machine the event loop may not turn in that time, but data over a socket needs some turns.
        for (let turns = 0; turns < 200; turns += 1) await turn();
    }

    it('waits exactly as long as Retry-After says', async () => {
        const outcome = await begin([refuse(429, 'Later', { 'retry-after': '30' }), reply(200, { token: fresh })]);

        await pass(0);
        expect(server.requests).to.have.lengthOf(1);
        await pass(29_999);
        expect(server.requests).to.have.lengthOf(1);
        await pass(1);
        expect(server.requests).to.have.lengthOf(2);
        expect(outcome).to.deep.equal({ result: fresh });
    });

    it('waits for a date in Retry-After', async () => {
        const answers = [
            (...exchanged: Parameters<Answer>) => {
                refuse(503, 'Later', { 'retry-after': new Date(10_000).toUTCString() })(...exchanged);
            },
            reply(200, { token: fresh })
        ];
        const outcome = await begin(answers);

        await pass(0);
        await pass(9_999);
        expect(server.requests).to.have.lengthOf(1);
        await pass(1);
        expect(outcome).to.deep.equal({ result: fresh });
    });

    it('gives up at once when Retry-After is beyond the deadline, with what the API said', async () => {
        const outcome = await begin([refuse(429, 'Later', { 'retry-after': '60' })]);

        await pass(0);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_RATE_LIMITED', attempts: 1, retryable: true });
    });

    it('ends after five requests, with waits of at most 1.5 s, if attempts is 5', async () => {
        const outcome = await begin([refuse(500)], { attempts: 5 });

        await pass(0);
        for (const longest of [100, 200, 400, 800]) await pass(longest);
        expect(server.requests).to.have.lengthOf(5);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_SERVER', attempts: 5 });
    });

    it('survives an outage of 20 s', async () => {
        const until20 = (after: Answer): Answer => {
            return (...exchanged) => (Date.now() < 20_000 ? refuse(503) : after)(...exchanged);
        };
        const outcome = await begin([until20(reply(200, { token: fresh }))]);

        await pass(0);
        for (let second = 0; second < 20; second += 1) await pass(1_000);
        expect(outcome).to.deep.equal({});
        await pass(5_000);
        expect(outcome).to.deep.equal({ result: fresh });
    });

    it('is over, with what the API said last, once the next wait would reach beyond 60 s', async () => {
        // The longest waits: 0.1 to 3.2 s, then 5 s each.
        const chance = stub(Math, 'random').returns(0);

        try {
            const outcome = await begin([refuse(503)]);

            await pass(0);
            while (!outcome.error && Date.now() < 60_000) await pass(1_000);
            expect(Date.now()).to.be.within(55_000, 59_000);
            expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_SERVER', retryable: true });
        } finally {
            chance.restore();
        }
    });

    it('warns of nothing, however many tries there are', async () => {
        const warnings: Error[] = [];
        const warn = (warning: Error) => warnings.push(warning);

        process.on('warning', warn);
        try {
            const outcome = await begin([refuse(500)], { attempts: 15, deadline: 200_000 });

            await pass(0);
            for (let count = 0; count < 15; count += 1) await pass(5_000);
            expect(outcome.error).to.include({ attempts: 15 });
            expect(warnings).to.deep.equal([]);
        } finally {
            process.off('warning', warn);
        }
    });

    it('gives a request 20 s', async () => {
        const outcome = await begin([silence], { attempts: 1 });

        await pass(0);
        await pass(19_900);
        expect(outcome).to.deep.equal({});
        await pass(200);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_TIMEOUT', attempts: 1 });
    });

    it('gives all requests 60 s', async () => {
        const outcome = await begin([silence], { tryTimeout: 1_000_000 });

        await pass(0);
        await pass(59_999);
        expect(outcome).to.deep.equal({});
        await pass(1);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_TIMEOUT', retryable: true });
        expect((outcome.error as Error).message).to.equal('Failed to exchange build token: gave up after 60000 ms');
    });

    it('sends nothing after 60 s, however long the process was asleep', async () => {
        const outcome = await begin([refuse(503), reply(200, { token: fresh })]);

        await pass(0);
        clock.jump(3_600_000);
        await pass(0);
        expect(server.requests).to.have.lengthOf(1);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_TIMEOUT', attempts: 1, retryable: true });
    });

    it('names the failure before the deadline as the cause', async () => {
        const outcome = await begin([reset, silence], { tryTimeout: 1_000_000 });

        await pass(0);
        await pass(100);
        await pass(60_000);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_TIMEOUT', attempts: 2 });
        expect((outcome.error as Error).cause).to.include({ code: 'ECONNRESET' });
    });

    it('leaves no timer behind if it is aborted while it waits', async () => {
        const controller = new AbortController();
        const outcome = await begin([refuse(429, 'Later', { 'retry-after': '30' })], { signal: controller.signal });

        await pass(0);
        controller.abort();
        await pass(0);
        expect(outcome.error).to.include({ code: 'EXECUTOR_EXCHANGE_ABORTED', attempts: 1 });
        expect(clock.countTimers()).to.equal(0);
    });

    it('leaves no timer behind', async () => {
        const outcome = await begin([refuse(500), reply(200, { token: fresh })]);

        await pass(0);
        await pass(100);
        expect(outcome).to.deep.equal({ result: fresh });
        expect(clock.countTimers()).to.equal(0);
    });
});
