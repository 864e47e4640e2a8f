'use strict';

const { fork } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { join } = require('node:path');
const { names } = require('./exchange-client');
const { digits, median, ratios, spread } = require('./spread');
const { print } = require('./table');
const { inTurns, next } = require('./turns');

const title = 'The token exchange';

const COLUMNS = ['over', 'at a time', 'client', 'exchanges/s', 'ratio', 'CPU µs each', 'ratio', 'p50 ms', 'p99 ms'];
const EXCHANGES = { 1: 400, 16: 1200, 100: 1200 };

/** A JWT of the API's length; nobody verifies it. */
function token(scope) {
    const part = claims => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const claims = { username: 7, scope: [scope], scmContext: 'github:github.com', isPR: false, jobId: 1, eventId: 1 };

    return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(256).toString('base64url')}`;
}

function rowsOf(over, atATime, results) {
    const ours = results.get(names[0]);

    return [...results].map(([name, theirs]) => {
        const figure = key => digits(median(theirs.map(result => result[key])));
        const beside = key => {
            const [mine, its] = [ours, theirs].map(each => each.map(result => result[key]));

            return theirs === ours ? '' : spread(ratios(mine, its));
        };

        return [over, atATime, name, figure('throughput'), beside('throughput'), figure('cpu'), beside('cpu')].concat(
            [figure('p50'), figure('p99')].map(String)
        );
    });
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

                const results = await inTurns(names, rounds, name => {
                    clients.get(name).send({ config, ...task });

                    return next(clients.get(name));
                });

                rows.push(...rowsOf(over, atATime, results));
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

if (require.main === module) print(module.exports);
