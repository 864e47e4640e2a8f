'use strict';

const { after, before, describe, it } = require('mocha');
const { conformance } = require('screwdriver-executor-base/conformance');
const { createServer } = require('node:net');
const { once } = require('node:events');
const DockerExecutor = require('../../../examples/docker-executor');
const { images } = require('../../images');
const { until } = require('../../support/until');
const { buildsOnEngine, docker, inspect } = require('../engine');
const { OPTIONS } = require('../options');

/** What `observe.logs` shows: all that executors of these checks have logged. */
const lines = [];
const options = { ...OPTIONS, log: line => lines.push(line) };

const hostConfig = async buildId => (await inspect(buildId)).HostConfig;

async function tokenMinutes(buildId) {
    const token = (await inspect(buildId)).Config.Env.find(line => line.startsWith('SD_TOKEN='));
    const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

    return (exp - iat) / 60;
}

describe('the conformance kit', () => {
    /** An engine that takes every connection and never answers. */
    const silent = createServer(() => {});

    before(() => once(silent.listen(0, '127.0.0.1'), 'listening'));
    after(() => silent.close());
    after(() => until('an empty engine', async () => (await buildsOnEngine()).length === 0));

    conformance({
        describe,
        it,
        factory: () => new DockerExecutor(options),
        engineDown: () => new DockerExecutor({ ...options, docker: { host: '127.0.0.1', port: 1 } }),
        engineSlow: () =>
            new DockerExecutor({
                ...options,
                docker: { host: '127.0.0.1', port: silent.address().port, timeout: 1000 }
            }),
        config: { container: images.build('sleeps') },
        duplicateStart: 'joins',
        observe: {
            running: (executor, buildId) =>
                docker.listContainers({ all: true, filters: { label: [`screwdriver.build=${buildId}`] } }),
            args: async (executor, buildId) => {
                const { Config, ...info } = await inspect(buildId);

                return { ...info, Config: { ...Config, Env: undefined } };
            },
            logs: () => lines
        },
        annotations: {
            cpu: {
                value: 'MICRO',
                honoured: async (executor, buildId) => (await hostConfig(buildId)).CpuQuota === 50_000
            },
            ram: {
                value: 3,
                honoured: async (executor, buildId) => (await hostConfig(buildId)).Memory === 3 * 1024 ** 3
            },
            terminationGracePeriodSeconds: {
                value: 3,
                honoured: async (executor, buildId) => (await inspect(buildId)).Config.StopTimeout === 3
            },
            timeout: {
                value: 20,
                // The build's token lives for the timeout and thirty minutes more.
                honoured: async (executor, buildId) => (await tokenMinutes(buildId)) === 50
            },
            disk: 'ignored',
            diskSpeed: 'ignored',
            dockerEnabled: 'ignored',
            dockerCpu: 'ignored',
            dockerRam: 'ignored',
            rootlessBuildkitEnabled: 'ignored',
            buildkitCpu: 'ignored',
            buildkitRam: 'ignored',
            nodeLabel: 'ignored'
        },
        gracePeriod: OPTIONS.stopSeconds * 1000,
        startTimeout: 30_000,
        callTimeout: 20_000
    });
});
