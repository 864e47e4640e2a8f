import { after, before, describe, it } from 'mocha';
import { conformance } from 'screwdriver-executor-base/conformance';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import DockerExecutor = require('../../../examples/docker-executor/lib/executor');
import { images } from '../../images';
import { docker, emptyEngine, inspect, stopTimeout } from '../engine';
import { OPTIONS } from '../options';
import type { BuildId } from 'screwdriver-executor-base';

/** For `observe.logs`: everything that the executors of these checks have logged. */
const lines: string[] = [];
const options = { ...OPTIONS, log: (line: string) => lines.push(line) };

const hostConfig = async (buildId: BuildId) => (await inspect(buildId)).HostConfig;

async function tokenMinutes(buildId: BuildId) {
    const token = (await inspect(buildId)).Config.Env.find(line => line.startsWith('SD_TOKEN='));
    const { iat, exp } = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());

    return (exp - iat) / 60;
}

describe('the conformance kit', () => {
    /** An engine that accepts every connection and never answers. */
    const silent = createServer(() => {});

    before(() => once(silent.listen(0, '127.0.0.1'), 'listening'));
    after(() => silent.close());
    after(() => emptyEngine());

    conformance({
        describe,
        it,
        factory: () => new DockerExecutor(options),
        engineDown: () => new DockerExecutor({ ...options, docker: { host: '127.0.0.1', port: 1 } }),
        engineSlow: () =>
            new DockerExecutor({
                ...options,
                docker: { host: '127.0.0.1', port: (silent.address() as AddressInfo).port, timeout: 1000 }
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
                honoured: async (executor, buildId) => (await stopTimeout(buildId)) === 3
            },
            timeout: {
                value: 20,
                // The build's token is valid for the timeout, a minute to end, and thirty more minutes.
                honoured: async (executor, buildId) => (await tokenMinutes(buildId)) === 51
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
