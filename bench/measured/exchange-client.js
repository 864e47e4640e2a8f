'use strict';

// One way of exchanging a token, in a separate process.
const { performance } = require('node:perf_hooks');
const { used } = require('./heap');

const exchange = require('./exchange-clients')[process.argv[2]]();

const TASKS = {
    /** Makes a number of exchanges, several at a time. Times in milliseconds, CPU in microseconds per exchange. */
    async round(config, { count, atATime }) {
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

        return {
            throughput: (count / took) * 1000,
            cpu: (user + system) / count,
            p50: quantile(0.5),
            p99: quantile(0.99)
        };
    },

    /** Bytes per exchange while a number of them wait for a server that does not answer. */
    async waiting(config, { count }) {
        const { apiUri } = config;
        const waiting = { ...config, apiUri: `${apiUri}/waiting` };

        await exchange(config);
        const before = used();

        for (let begun = 0; begun < count; begun += 1) {
            exchange(waiting).catch(() => {});
            // Few enough at once for the server's queue of new connections.
            if (begun % 500 === 499 || begun === count - 1) await until(`${apiUri}/count`, begun + 1);
        }

        return (used() - before) / count;
    }
};

/** Resolves when the server reports that this many requests are waiting. */
async function until(address, count) {
    const http = require('node:http');
    const ask = () =>
        new Promise((resolve, reject) => {
            http.get(address, { agent: false }, answer => {
                answer.setEncoding('utf8').once('data', text => resolve(Number(text)));
            }).once('error', reject);
        });

    while ((await ask()) < count) await new Promise(resolve => setTimeout(resolve, 20));
}

process.on('message', async ({ task, config, ...rest }) => process.send(await TASKS[task](config, rest)));
