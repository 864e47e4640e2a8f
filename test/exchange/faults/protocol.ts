import { reply } from '../answers';
import { token } from '../tokens';
import type { Socket } from 'node:net';
import type { Fault } from '../provoke';

const fresh = token(['build']);
const good = reply(200, { token: fresh });
const whole = JSON.stringify({ token: fresh });

const lost = { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'engine', retryable: true } as const;
const late = { code: 'EXECUTOR_EXCHANGE_TIMEOUT', kind: 'timeout', retryable: true } as const;
const unusable = { code: 'EXECUTOR_EXCHANGE_ANSWER', kind: 'engine', retryable: false } as const;
const foreign = { code: 'EXECUTOR_EXCHANGE_NETWORK', kind: 'configuration', retryable: false } as const;
const brief = { tryTimeout: 300 };

/** Sends bytes after a request, and leaves the connection open. */
function say(bytes: string | Buffer): (socket: Socket) => void {
    return socket => {
        socket.once('data', () => socket.write(bytes, 'latin1'));
    };
}

/** Sends a head, then a piece of text repeatedly. */
function sayForEver(head: string, piece: string, pause: number): (socket: Socket) => void {
    return socket => {
        socket.once('data', () => {
            socket.write(head);
            const timer = setInterval(() => socket.write(piece), pause);

            socket.once('close', () => clearInterval(timer));
        });
    };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const ANSWER = `${OK}Content-Length: ${whole.length}\r\n\r\n${whole}`;

/** Bytes that are not an HTTP answer, or not a trustworthy one: a gateway that restarts breaks off its answers. */
const broken: Fault[] = (
    [
        ['two different lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
        ['a length beside chunks', `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
        ['a length that is not a number', `${OK}Content-Length: two\r\n\r\n{}`],
        ['garbage in a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
        ['a status that is not a number', 'HTTP/1.1 abc\r\n\r\n'],
        ['garbage after a 103', `HTTP/1.1 103 Early Hints\r\n\r\nSSH-2.0-server\r\n`],
        ['headers without end, at once', `${OK}${'X-Much: x\r\n'.repeat(20_000)}`]
    ] as const
).map(([title, bytes]) => ({
    title,
    connection: say(bytes),
    outcome: { ...lost, message: /Parse Error/ },
    attempts: 2,
    connections: 2
}));

const endless: Fault[] = (
    [
        ['headers one by one forever', OK, 'X-More: x\r\n'],
        ['a status line byte by byte forever', 'HTTP/1.1 200 ', 'O'],
        ['a body byte by byte forever', `${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
        ['a body of no length byte by byte forever', `${OK}\r\n`, ' '],
        ['a 102 again and again forever', '', 'HTTP/1.1 102 Processing\r\n\r\n']
    ] as const
).map(([title, head, piece]) => ({
    title,
    connection: sayForEver(head, piece, 5),
    options: brief,
    outcome: { ...late, message: /Timeout awaiting 'request' for 300ms/ },
    attempts: 2,
    connections: 2
}));

/** Another kind of server listens there: the address is permanently wrong. */
const foreigners: Fault[] = (
    [
        ['an SSH server', 'SSH-2.0-server\r\n', /does not speak HTTP: are host and port/],
        ['a server of another HTTP', 'HTTP/9.7 200 OK\r\n\r\n', /does not speak HTTP: are host and port/],
        ['a server whose bytes begin like an alert', Buffer.from('15010100020246', 'hex'), /does not speak HTTP/],
        ['a server whose bytes go on like an alert', Buffer.from('16030100020246', 'hex'), /does not speak HTTP/],
        ['a TLS server that says so by an alert', Buffer.from('15030100020246', 'hex'), /speaks TLS: .* https/]
    ] as const
).map(([title, bytes, message]) => ({
    title,
    connection: say(bytes),
    outcome: { ...foreign, message },
    attempts: 1,
    connections: 1
}));

const switched: Fault[] = (
    [
        ['a 101 with what it switches to', 'Connection: upgrade\r\nUpgrade: websocket\r\n'],
        ['a 101 without anything else', '']
    ] as const
).map(([title, headers]) => ({
    title,
    connection: say(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`),
    options: brief,
    outcome: { ...unusable, statusCode: 101, message: /: "" \(status 101\)$/ },
    attempts: 1,
    connections: 1
}));

const informed: Fault[] = [100, 102, 103, 199].map(status => ({
    title: `a ${status} before the answer`,
    connection: say(`HTTP/1.1 ${status} Wait\r\nLink: </a>\r\n\r\n`.repeat(3) + ANSWER),
    outcome: fresh,
    attempts: 1,
    connections: 1
}));

/** Variants of HTTP on the server's side. */
export const protocolFaults: Fault[] = [
    ...broken,
    ...endless,
    ...foreigners,
    ...switched,
    ...informed,
    {
        title: 'an answer that ends before its Content-Length',
        connection: socket => socket.once('data', () => socket.end(`${OK}Content-Length: 1000\r\n\r\n{"token":"`)),
        outcome: { ...lost, message: /aborted/ },
        attempts: 2,
        connections: 2
    },
    {
        title: 'an answer that only the end of the connection ends',
        connection: socket => socket.once('data', () => socket.end(`${OK}\r\n${whole}`)),
        outcome: fresh,
        attempts: 1
    },
    {
        title: 'a server that closes the connection silently, as a TLS server may',
        connection: socket => socket.once('data', () => socket.end()),
        outcome: { ...lost, message: /socket hang up \(.*scheme, host and port of http:/ },
        attempts: 2,
        connections: 2
    },
    {
        title: 'a scheme in capitals',
        apiUri: ({ uri }) => uri.replace('http', 'HTTP'),
        answers: [good],
        outcome: fresh,
        attempts: 1
    }
];
