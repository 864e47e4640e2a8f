import { randomUUID } from 'node:crypto';
import { startConfig, startTimerConfig, statusConfig, stopConfig } from 'screwdriver-executor-base/testing';
import DockerExecutor = require('../../examples/docker-executor/lib/executor');
import { images } from '../images';
import { docker } from '../docker/engine';
import { until } from '../support/until';
import { screwdriver, type Steps } from './real';
import type { Options } from '../../examples/docker-executor/lib/settings';
import type { StartConfig, TimerConfig } from 'screwdriver-executor-base';

/** Sends a signal to the launcher itself, not to the program that runs it. */
export async function signalLauncher(name: string, signal: NodeJS.Signals) {
    const isLauncher = (line = '') => /^(\S+\/node (--\S+ )*)?\/opt\/sd\/launch /.test(line);
    const pid = await until(`the launcher of ${name}`, async () => {
        const { Processes } = await docker.getContainer(name).top({ ps_args: '-eo pid,args' });

        return (Processes as string[][]).find(([, line]) => isLauncher(line))?.[0];
    });

    process.kill(Number(pid), signal);
}

/** A build that {@link OwnExecutor} has started. */
export type OwnBuild = Awaited<ReturnType<OwnExecutor['start']>>;

/**
 * An executor in this process. The API's executor does not know its builds, which have another prefix. So it can have
 * other options, and each of its builds another connection to the API.
 */
export class OwnExecutor {
    readonly prefix: string;
    #executor;

    constructor(options: Options = {}) {
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
     * @param overrides of the config for the executor's `start`
     */
    async start(steps: Steps, overrides: Partial<StartConfig> = {}) {
        const { build, config, temporalToken } = await screwdriver.buildWithToken(steps);
        const api = { uri: config.apiUri, temporalToken: () => temporalToken };
        const startWith = startConfig(api, { buildId: build.id, container: images.build('ok'), ...overrides });
        const name = `${this.prefix}build-${build.id}`;
        const onEngine = async () => {
            const { Volumes } = await docker.listVolumes();
            const containers = await docker.listContainers({ all: true });

            return [...(Volumes ?? []).map(({ Name }) => Name), ...containers.flatMap(({ Names }) => Names)];
        };

        await this.#executor.start(startWith);

        return {
            build,
            name,
            status: () => this.#executor.status(statusConfig(api, { buildId: build.id })),
            startTimer: (more: Partial<TimerConfig>) =>
                this.#executor.startTimer(startTimerConfig(api, { buildId: build.id, ...more })),
            stop: () => this.#executor.stop(stopConfig(api, { buildId: build.id })),
            isGone: () =>
                until(`${name} to be gone`, async () => !(await onEngine()).some(one => one.includes(name)), 120)
        };
    }

    close() {
        return this.#executor.cleanUp();
    }
}
