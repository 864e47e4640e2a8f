'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const { randomBytes } = require('node:crypto');
const { join } = require('node:path');
const { names } = require('./exchange-client');

const title = 'The token exchange';

const COLUMNS = ['over', 'at a time', 'client', 'exchanges/s', 'ratio', 'CPU µs each', 'ratio', 'p50 ms', 'p99 ms'];
const EXCHANGES = { 1: 200, 16: 600, 64: 600 };

/** A JWT of the API's length; nobody verifies it. */
function token(scope) {
    const part = claims => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const claims = { username: 7, scope: [scope], scmContext: 'github:github.com', isPR: false, jobId: 1, eventId: 1 };

    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(256).toString('base64url')}`;
}

/** The next message of a child; rejects where it ends instead. */
async function next(child) {
    const ended = new AbortController();
    const { signal } = ended;

    try {
        const [message] = await Promise.race([
            once(child, 'message', { signal }),
            once(child, 'exit', { signal }).then(([code]) => {
                throw new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`);
            })
        ]);

        return message;
    } finally {
        ended.abort();
    }
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);

    return sorted[sorted.length >> 1];
}

const digits = value => value.toFixed(value < 10 ? 2 : 0);

/** `1.25 (1.20–1.31)`: ours by theirs, median and spread of the rounds. */
function ratio(ours, theirs, key) {
    const ratios = ours.map((result, at) => result[key] / theirs[at][key]);

    return `${digits(median(ratios))} (${digits(Math.min(...ratios))}–${digits(Math.max(...ratios))})`;
}

function rowsOf(over, atATime, results) {
    const ours = results.get(names[0]);

    return [...results].map(([name, theirs]) => {
        const figure = key => digits(median(theirs.map(result => result[key])));
        const beside = key => (theirs === ours ? '' : ratio(ours, theirs, key));

        return [over, atATime, name, figure('throughput'), beside('throughput'), figure('cpu'), beside('cpu')].concat(
            [figure('p50'), figure('p99')].map(String)
        );
    });
}

/** Every client in turn, round by round, first without being counted. */
async function measureAt(clients, config, task, rounds) {
    const results = new Map(names.map(name => [name, []]));

    for (let round = 0; round <= rounds; round += 1) {
        const order = round % 2 ? names : [...names].reverse();

        for (const name of order) {
            const client = clients.get(name);

            client.send({ config, ...task });
            const result = await next(client);

            if (round > 0) results.get(name).push(result);
        }
    }

    return results;
}

async function measure({ rounds = 5 } = {}) {
    const env = {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(__dirname, '..', 'test', 'exchange', 'certificates', 'authority.pem')
    };
    const start = (file, argument) => fork(join(__dirname, file), [argument], { env });
    const server = start('exchange-server.js', token('build'));
    const clients = new Map(names.map(name => [name, start('exchange-client.js', name)]));
    const rows = [];

    try {
        const uris = await next(server);

        for (const [over, apiUri] of Object.entries(uris)) {
            const config = { token: token('temporal'), apiUri, buildId: 7 };

            for (const [atATime, count] of Object.entries(EXCHANGES)) {
                const task = { count, atATime: Number(atATime) };

                rows.push(...rowsOf(over, atATime, await measureAt(clients, config, task, rounds)));
            }
        }
    } finally {
        for (const child of [server, ...clients.values()]) child.kill();
    }

    return {
        columns: COLUMNS,
        rows,
        notes: [
            `Median of ${rounds} rounds in alternating order, ${JSON.stringify(EXCHANGES)} exchanges a round by how many at a time.`,
            'Ratios are this package by the client of the row, median and spread: more exchanges a second is better, less CPU is better.',
            'Server and each client in a process of its own, on 127.0.0.1. undici does nothing but send and parse: it is the limit.'
        ]
    };
}

module.exports = { title, measure };

if (require.main === module) {
    measure().then(({ columns, rows, notes }) => {
        const line = cells => `| ${cells.join(' | ')} |`;

        console.log([`## ${title}`, '', line(columns), line(columns.map(() => '---'))].join('\n'));
        console.log([...rows.map(line), '', ...notes].join('\n'));
    });
}
