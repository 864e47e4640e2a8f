import { startDockerEngine } from './engines/docker';
import { startJenkins } from './engines/jenkins';
import { startKubernetesApi } from './engines/kubernetes';
import { startNomadApi } from './engines/nomad';
import { startQueueService } from './engines/queue-service';
import { startScrewdriverApi } from './engines/screwdriver-api';
import type { Recorder } from './engines/recorder';
import type { Load } from './child/load';

/** An executor on its engine, or on several. */
export interface Started {
    executor: any;
    api: Recorder;
    engine?: Recorder;
    engines: Recorder[];
    close(): Promise<unknown>;
}

/** Two tries, so that the repetition of a failed request can be observed. */
const fusebox = { retry: { retries: 1, minTimeout: 1, maxTimeout: 2 } };

/** Each executor with its engine, and its options for that engine as in its README. */
export const EXECUTORS: Record<
    string,
    { startEngine(): Promise<Recorder>; options(engine: Pick<Recorder, 'host' | 'port' | 'uri'>): object }
> = {
    docker: {
        startEngine: startDockerEngine,
        options: ({ port }) => ({
            docker: { host: '127.0.0.1', port },
            fusebox: { ...fusebox, breaker: { timeout: 20000 } },
            launchVersion: 'stable',
            prefix: 'beta-'
        })
    },
    jenkins: {
        startEngine: startJenkins,
        options: ({ port }) => ({
            jenkins: { host: '127.0.0.1', port, username: 'screwdriver', password: 'fakepassword' },
            docker: { prefix: 'beta-' },
            cleanupTimeLimit: 2,
            cleanupWatchInterval: 1,
            fusebox
        })
    },
    k8s: {
        startEngine: startKubernetesApi,
        options: ({ host }) => ({
            kubernetes: {
                token: 'api_key',
                host,
                jobsNamespace: 'builds',
                baseImage: 'launcher-base',
                dockerFeatureEnabled: true,
                resources: { disk: { speed: 'screwdriver.cd/diskSpeed' } },
                podLabels: { team: 'one' },
                nodeSelectors: { dedicated: 'builds' },
                preferredNodeSelectors: { zone: 'near' }
            },
            launchVersion: 'stable',
            prefix: 'beta-',
            fusebox,
            requestretry: { retryDelay: 1, maxAttempts: 2 }
        })
    },
    'k8s-vm': {
        startEngine: startKubernetesApi,
        options: ({ host }) => ({
            kubernetes: {
                token: 'api_key',
                host,
                jobsNamespace: 'builds',
                baseImage: 'hyperctl',
                resources: { disk: { space: 'screwdriver.cd/disk', speed: 'screwdriver.cd/diskSpeed' } },
                nodeSelectors: { dedicated: 'builds' }
            },
            launchVersion: 'stable',
            prefix: 'beta-',
            fusebox,
            requestretry: { retryDelay: 1, maxAttempts: 2 }
        })
    },
    nomad: {
        startEngine: startNomadApi,
        options: ({ uri }) => ({
            nomad: { host: uri, token: 'api_key', resources: { cpu: { high: 600 }, memory: { high: 4096 } } },
            launchVersion: 'stable',
            prefix: 'beta-',
            fusebox
        })
    },
    queue: { startEngine: startQueueService, options: () => ({}) }
};

/**
 * Starts the recording engine of a published executor and constructs the executor on it as the API does.
 *
 * @param name docker, jenkins, k8s, k8s-vm, nomad or queue
 * @param load requires a package from the tree that holds the executor
 */
export async function startExecutor(name: string, load: Load): Promise<Started> {
    const { startEngine, options } = EXECUTORS[name]!;
    const api = await startScrewdriverApi();
    const engine = await startEngine();
    const Plugin = load(`screwdriver-executor-${name}`);
    const executor = new Plugin({ ecosystem: ecosystem(api, engine), ...options(engine) });

    return { executor, engine, engines: [engine], api, close: () => Promise.all([engine.close(), api.close()]) };
}

/** Starts router over k8s, docker and jenkins, each on its own engine. */
export async function startRouter(load: Load, options: object = {}): Promise<Started> {
    const api = await startScrewdriverApi();
    const names = ['k8s', 'docker', 'jenkins'];
    const engines: Recorder[] = [];

    for (const name of names) engines.push(await EXECUTORS[name]!.startEngine());
    const Plugin = load('screwdriver-executor-router');
    const executor = new Plugin({
        ecosystem: ecosystem(api, api),
        defaultPlugin: 'k8s',
        executor: names.map((name, index) => ({ name, options: EXECUTORS[name]!.options(engines[index]!) })),
        ...options
    });

    return { executor, engines, api, close: () => Promise.all([api, ...engines].map(server => server.close())) };
}

function ecosystem(api: Recorder, queue: Recorder) {
    return { api: api.uri, store: 'http://store.example', ui: 'http://ui.example', queue: queue.uri };
}
