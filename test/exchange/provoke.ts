import { Agent as HttpAgent, globalAgent as httpAgent } from 'node:http';
import { globalAgent as httpsAgent } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import Executor = require('screwdriver-executor-base');
import { exchange } from './exchange';
import { leaked, textsOf, watched } from './leaks';
import { serve, type FaultServer, type ServerOptions } from './fault-server';
import { token } from './tokens';
import type { ErrorCode, ErrorKind, ExchangeOptions } from 'screwdriver-executor-base';

/** A fault of an exchange and its expected outcome. */
export interface Fault extends ServerOptions {
    /** The subject of the test's title. */
    title: string;
    /** @default two tries, 5 s each */
    options?: ExchangeOptions | undefined;
    /** Replaces the server's address. */
    apiUri?: ((server: FaultServer) => string) | undefined;
    /** Secrets that the answers hold. */
    secrets?: string[] | undefined;
    /** The expected token or error. */
    outcome: string | Failure;
    /** Requests that the exchange must make. */
    attempts: number;
    /** Connections that must be opened. @default one for all attempts with a complete answer */
    connections?: number | undefined;
    /** Maximum growth of the process in bytes. */
    growth?: number | undefined;
}

export interface Failure {
    code: ErrorCode;
    kind: ErrorKind;
    retryable: boolean;
    statusCode?: number | undefined;
    message: RegExp;
}

/** Provokes the fault and checks everything that must hold for every fault. */
export async function provoke(fault: Fault): Promise<void> {
    // The runner's timer starts when the test begins to wait.
    await wait(1);
    const before = process.getActiveResourcesInfo();
    const server = await serve(fault);
    const temporal = token(['temporal']);
    const apiUri = fault.apiUri?.(server) ?? server.uri;
    const options = { attempts: 2, tryTimeout: 5000, ...fault.options };
    const memory = fault.growth === undefined ? undefined : watchMemory();
    const begun = performance.now();
    const { result, error, messages } = await watched(() => exchange(apiUri, { temporal, options }));
    const took = performance.now() - begun;

    try {
        if (memory) expect(memory.growth(), 'growth in bytes').to.be.below(fault.growth ?? 0);
        expect(took, 'milliseconds').to.be.below(5000);
        expectOutcome(fault, result, error);
        expectRequests(fault, server, temporal);
        expect(messages).to.have.length.above(0);
        expect(leaked([...textsOf(error), ...messages], [temporal, ...(fault.secrets ?? [])])).to.deep.equal([]);
        await until('no request is pending', () => server.pending === 0);
        await until('at most one connection is kept', () => server.sockets.size <= 1);
    } finally {
        memory?.stop();
        httpAgent.destroy();
        httpsAgent.destroy();
        if (fault.options?.agent instanceof HttpAgent) fault.options.agent.destroy();
        await server.close();
    }
    await until('no socket and no timer is open', () => opened(before).length === 0);
}

function expectOutcome({ outcome, attempts }: Fault, result: unknown, error: unknown): void {
    if (typeof outcome === 'string') {
        if (error) throw error as Error;
        expect(result).to.equal(outcome);

        return;
    }
    expect(result).to.equal(undefined);
    expect(error).to.be.instanceOf(Executor.ExecutorError);
    const {
        code,
        kind,
        retryable,
        statusCode,
        message,
        userMessage,
        attempts: made
    } = error as Executor.ExecutorErrorJSON;
    const { message: expected, ...classification } = outcome;

    expect({ code, kind, retryable, statusCode }).to.deep.equal({ statusCode: undefined, ...classification });
    expect(message).to.match(/^Failed to exchange build token: /);
    expect(message).to.match(expected);
    expect(userMessage)
        .to.be.a('string')
        .that.matches(/^Screwdriver .*\. (Start|If) .*\.$/)
        .and.does.not.match(/127\.0\.0\.1|localhost/);
    if (statusCode !== undefined) expect(userMessage).to.not.match(/reached/);
    expect(made).to.equal(attempts);
    expect(JSON.parse(JSON.stringify(error))).to.include({ code, kind, retryable, message });
}

function expectRequests(fault: Fault, server: FaultServer, temporal: string): void {
    for (const request of server.requests) {
        expect(request).to.deep.equal({
            path: '/v4/builds/7/token',
            authorization: `Bearer ${temporal}`,
            body: '{"buildTimeout":75}'
        });
    }
    if (fault.answers) expect(server.requests).to.have.lengthOf(fault.attempts);
    if (fault.connections !== undefined) expect(server.connections).to.equal(fault.connections);
}

/** The new things that keep this process alive: sockets, servers, timers. */
function opened(before: string[]): string[] {
    const rest = [...before];

    return process.getActiveResourcesInfo().filter(resource => {
        const at = rest.indexOf(resource);

        return at === -1 || rest.splice(at, 1).length === 0;
    });
}

/** Samples the memory of the process. */
function watchMemory(): { growth: () => number; stop: () => void } {
    const held = () => {
        const { heapUsed, external } = process.memoryUsage();

        return heapUsed + external;
    };
    const base = held();
    let peak = base;
    const timer = setInterval(() => (peak = Math.max(peak, held())), 2);

    return { growth: () => Math.max(peak, held()) - base, stop: () => clearInterval(timer) };
}

/** Waits for an effect on the other side of a socket. */
export async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 10_000;

    while (!holds()) {
        if (performance.now() > end)
            throw new Error(`not after ten seconds: ${what} (${process.getActiveResourcesInfo().join()})`);
        await wait(5);
    }
}
