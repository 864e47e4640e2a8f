'use strict';

const { randomUUID } = require('node:crypto');
const { startConfig, startTimerConfig, statusConfig, stopConfig } = require('screwdriver-executor-base/testing');
const DockerExecutor = require('../../examples/docker-executor/lib/executor');
const { images } = require('../images');
const { docker } = require('../docker/engine');
const { until } = require('../support/until');
const { screwdriver } = require('./real');

/** Sends a signal to the launcher itself, past whatever runs it. */
async function signalLauncher(name, signal) {
    const isLauncher = line => /^(\S+\/node (--\S+ )*)?\/opt\/sd\/launch /.test(line);
    const pid = await until(`the launcher of ${name}`, async () => {
        const { Processes } = await docker.getContainer(name).top({ ps_args: '-eo pid,args' });

        return Processes.find(([, line]) => isLauncher(line))?.[0];
    });

    process.kill(Number(pid), signal);
}

/**
 * An executor in this process, of whose builds that of the API knows nothing: they have another prefix. So it can have
 * other options, and each of its builds another way to the API.
 */
class OwnExecutor {
    prefix;
    #executor;

    /** @param {object} [options] of the Docker executor */
    constructor(options = {}) {
        const { prefix = `own-${randomUUID().slice(0, 8)}-` } = options;
        const { uri } = screwdriver.store;

        this.#executor = new DockerExecutor({
            jobToolsImage: images.official,
            network: 'host',
            stopSeconds: 2,
            ecosystem: { store: uri, ui: uri },
            ...options,
            prefix
        });
        this.prefix = prefix;
    }

    /**
     * Starts a build. Resolves with it, the name of its container, and the executor's other operations on it.
     *
     * @param {Record<string, string>} steps
     * @param {object} [overrides] of what the executor's `start` gets
     */
    async start(steps, overrides = {}) {
        const { build, config, temporalToken } = await screwdriver.buildWithToken(steps);
        const api = { uri: config.apiUri, temporalToken: () => temporalToken };
        const startWith = startConfig(api, { buildId: build.id, container: images.build('ok'), ...overrides });
        const name = `${this.prefix}build-${build.id}`;

        await this.#executor.start(startWith);

        return {
            build,
            name,
            status: () => this.#executor.status(statusConfig(api, { buildId: build.id })),
            startTimer: config => this.#executor.startTimer(startTimerConfig(api, { buildId: build.id, ...config })),
            stop: () => this.#executor.stop(stopConfig(api, { buildId: build.id })),
            isGone: () =>
                until(
                    `${name} to be gone`,
                    async () => {
                        const { Volumes } = await docker.listVolumes();
                        const containers = await docker.listContainers({ all: true });
                        const names = [...(Volumes ?? []).map(({ Name }) => Name), ...containers.flatMap(_ => _.Names)];

                        return !names.some(one => one.includes(name));
                    },
                    60
                )
        };
    }

    close() {
        return this.#executor.cleanUp();
    }
}

module.exports = { OwnExecutor, signalLauncher };
