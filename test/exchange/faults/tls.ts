import { certificate } from '../certificates';
import { reply } from '../answers';
import { token } from '../tokens';
import type { Fault } from '../provoke';

const fresh = token(['build']);
const good = reply(200, { token: fresh });
const ca = certificate('authority');

const untrusted = { code: 'EXECUTOR_EXCHANGE_TLS', kind: 'configuration', retryable: false } as const;

/** Failures of the TLS handshake: nothing is sent and nothing is retried. */
export const tlsFaults: Fault[] = [
    {
        title: 'a self-signed certificate',
        tls: 'self-signed',
        outcome: { ...untrusted, message: /self-signed certificate.*option ca/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'a certificate of a private authority, without the option ca',
        tls: 'trusted',
        outcome: { ...untrusted, message: /unable to verify.*option ca/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'an expired certificate',
        tls: 'expired',
        options: { ca },
        outcome: { ...untrusted, message: /certificate has expired/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'a certificate for another host',
        tls: 'wrong-host',
        options: { ca },
        outcome: { ...untrusted, message: /does not match certificate's altnames/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'a certificate of an authority other than ca',
        tls: 'trusted',
        options: { ca: certificate('self-signed') },
        outcome: { ...untrusted, message: /unable to verify/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'a server that does not speak TLS',
        connection: socket => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'),
        apiUri: ({ uri }) => uri.replace('http:', 'https:'),
        outcome: { ...untrusted, message: /wrong version number.*\(the port does not speak TLS: .* http\?\)$/ },
        attempts: 1,
        connections: 1
    },
    {
        title: 'a reset in the TLS handshake',
        connection: socket => socket.once('data', () => socket.resetAndDestroy()),
        apiUri: ({ uri }) => uri.replace('http:', 'https:'),
        outcome: { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'engine', retryable: true, message: /ECONNRESET|hang up/ },
        attempts: 2,
        connections: 2
    },
    {
        title: 'a TLS handshake without an answer',
        options: { tryTimeout: 300 },
        connection: socket => socket.resume(),
        apiUri: ({ uri }) => uri.replace('http:', 'https:'),
        outcome: { code: 'EXECUTOR_EXCHANGE_TIMEOUT', kind: 'timeout', retryable: true, message: /Timeout awaiting/ },
        attempts: 2,
        connections: 2
    },
    {
        title: 'a private authority, given in a list',
        tls: 'trusted',
        answers: [good],
        options: { ca: [certificate('self-signed'), Buffer.from(ca)] },
        outcome: fresh,
        attempts: 1,
        connections: 1
    },
    {
        title: 'a private authority, given as text',
        tls: 'trusted',
        answers: [good],
        options: { ca },
        outcome: fresh,
        attempts: 1,
        connections: 1
    }
];
