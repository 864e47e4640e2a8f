'use strict';

// One way of exchanging a token, in a process of its own. Does rounds of exchanges as its parent asks for them.
const { performance } = require('node:perf_hooks');

const url = ({ apiUri, buildId }) => `${apiUri}/v4/builds/${buildId}/token`;
const bearer = ({ token }) => ({ authorization: `Bearer ${token}` });

/** Each gives the function that exchanges the token of a config. Loaded one at a time: they share no process. */
const CLIENTS = {
    'this package': () => {
        const Executor = require('..');
        const executor = new Executor();

        return config => executor.exchangeTokenForBuild(config, 90);
    },
    'screwdriver-executor-base 6.1.5': () => {
        const Executor = require('screwdriver-executor-base-6');
        const executor = new Executor();

        return config => executor.exchangeTokenForBuild(config, 90);
    },
    'node:http': () => {
        const clients = { 'http:': require('node:http'), 'https:': require('node:https') };

        return config =>
            new Promise((resolve, reject) => {
                const body = JSON.stringify({ buildTimeout: 120 });
                const headers = {
                    ...bearer(config),
                    'content-type': 'application/json',
                    'content-length': body.length
                };
                const { protocol } = new URL(config.apiUri);

                clients[protocol]
                    .request(url(config), { method: 'POST', headers }, answer => {
                        let text = '';

                        answer.setEncoding('utf8');
                        answer.on('data', chunk => {
                            text += chunk;
                        });
                        answer.on('end', () => resolve(JSON.parse(text).token));
                    })
                    .on('error', reject)
                    .end(body);
            });
    },
    'undici 7': () => {
        const { request } = require('undici');

        return async config => {
            const answer = await request(url(config), {
                method: 'POST',
                headers: { ...bearer(config), 'content-type': 'application/json' },
                body: JSON.stringify({ buildTimeout: 120 })
            });

            return (await answer.body.json()).token;
        };
    }
};

/** That many exchanges, so many at a time. Times in milliseconds, CPU in microseconds an exchange. */
async function round(exchange, config, { count, atATime }) {
    // Opens the connections.
    await Promise.all(Array.from({ length: atATime }, () => exchange(config)));

    const latencies = [];
    let begun = 0;
    const work = async () => {
        while (begun < count) {
            begun += 1;
            const start = performance.now();

            if (typeof (await exchange(config)) !== 'string') throw new Error('no token came back');
            latencies.push(performance.now() - start);
        }
    };
    const start = performance.now();
    const cpu = process.cpuUsage();

    await Promise.all(Array.from({ length: atATime }, work));
    const { user, system } = process.cpuUsage(cpu);
    const took = performance.now() - start;

    latencies.sort((a, b) => a - b);
    const quantile = share => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];

    return { throughput: (count / took) * 1000, cpu: (user + system) / count, p50: quantile(0.5), p99: quantile(0.99) };
}

module.exports = { names: Object.keys(CLIENTS) };

if (require.main === module) {
    const exchange = CLIENTS[process.argv[2]]();

    process.on('message', async ({ config, ...task }) => process.send(await round(exchange, config, task)));
}
