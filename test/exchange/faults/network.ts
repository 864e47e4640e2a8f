import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { cut, reply, reset, silence, stall, trickle } from '../answers';
import { token } from '../tokens';
import type { Fault } from '../provoke';

const fresh = token(['build']);
const good = reply(200, { token: fresh });

const lost = { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'engine', retryable: true } as const;
const late = { code: 'EXECUTOR_EXCHANGE_TIMEOUT', kind: 'timeout', retryable: true } as const;
const slow = { ...late, message: /Timeout awaiting 'request' for 300ms/ };
/** A short `tryTimeout` for answers that never end. */
const brief = { tryTimeout: 300 };
const unfit = { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'configuration', retryable: false } as const;

/** No answer, or an incomplete one. */
export const networkFaults: Fault[] = [
    {
        title: 'a connection that is refused',
        apiUri: () => 'http://127.0.0.1:1',
        outcome: { ...lost, message: /connect ECONNREFUSED 127\.0\.0\.1:1/ },
        attempts: 2
    },
    {
        title: 'an address of its own that this machine does not have',
        options: { agent: new HttpAgent({ localAddress: '203.0.113.1' }) },
        outcome: { ...lost, kind: 'capacity', message: /EADDRNOTAVAIL/ },
        attempts: 2,
        connections: 0
    },
    {
        title: 'a name that does not resolve',
        // Longer than a label may be, so that the resolver sends no query.
        apiUri: () => `http://${'x'.repeat(64)}.invalid`,
        outcome: { ...lost, message: /getaddrinfo/ },
        attempts: 2
    },
    {
        title: 'a reset on connecting',
        connection: socket => socket.resetAndDestroy(),
        outcome: { ...lost, message: /ECONNRESET|socket hang up/ },
        attempts: 2,
        connections: 2
    },
    {
        title: 'a reset before the answer',
        answers: [reset],
        outcome: { ...lost, message: /ECONNRESET|socket hang up/ },
        attempts: 2
    },
    { title: 'a reset that is gone at the second try', answers: [reset, good], outcome: fresh, attempts: 2 },
    {
        title: 'a 200 that breaks off in its body',
        answers: [cut(200, `{"token":"${fresh.slice(0, 40)}`)],
        secrets: [fresh],
        outcome: { ...lost, message: /aborted|ECONNRESET/ },
        attempts: 2
    },
    {
        title: 'a 200 that breaks off, then a whole one',
        answers: [cut(200, '{"tok'), good],
        outcome: fresh,
        attempts: 2
    },
    {
        title: 'a 403 that breaks off, then a 200',
        answers: [cut(403, '{"sta'), good],
        outcome: fresh,
        attempts: 2
    },
    { title: 'a server that accepts and says nothing', answers: [silence], options: brief, outcome: slow, attempts: 2 },
    {
        title: 'a connection that is accepted and never answered',
        options: brief,
        connection: socket => socket.resume(),
        outcome: slow,
        attempts: 2,
        connections: 2
    },
    { title: 'a head without its body', answers: [stall(200)], options: brief, outcome: slow, attempts: 2 },
    {
        title: 'a head without its body, then a whole answer',
        answers: [stall(200), good],
        options: { tryTimeout: 1000 },
        outcome: fresh,
        attempts: 2
    },
    {
        title: 'one byte at a time, for longer than a try may take',
        answers: [trickle(200, JSON.stringify({ token: fresh }), 10)],
        options: brief,
        secrets: [fresh],
        outcome: slow,
        attempts: 2
    },
    {
        title: 'one byte a second, for longer than all tries may take',
        answers: [trickle(200, JSON.stringify({ token: fresh }), 1000)],
        options: { tryTimeout: 20_000, deadline: 400 },
        outcome: { ...late, message: /gave up after 400 ms/ },
        attempts: 1
    },
    {
        title: 'silence beyond the deadline, with tries left',
        answers: [reset, silence],
        options: { attempts: 50, tryTimeout: 20_000, deadline: 1500 },
        outcome: { ...late, message: /gave up after 1500 ms/ },
        attempts: 2
    },
    {
        title: 'an agent for another protocol',
        options: { agent: new Agent() },
        outcome: { ...unfit, message: /Protocol "http:" not supported.*agent/ },
        attempts: 0,
        connections: 0
    },
    {
        title: 'an invalid agent',
        options: { agent: {} as Agent },
        outcome: { ...unfit, message: /Agent-like Object.*apiUri, agent and ca must fit each other/ },
        attempts: 0,
        connections: 0
    }
];
