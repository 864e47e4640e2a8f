'use strict';

const { startDockerEngine } = require('./engines/docker');
const { startJenkins } = require('./engines/jenkins');
const { startKubernetesApi } = require('./engines/kubernetes');
const { startNomadApi } = require('./engines/nomad');
const { startQueueService } = require('./engines/queue-service');
const { startScrewdriverApi } = require('./engines/screwdriver-api');

/** Two tries, so that a request which fails is seen to be repeated. */
const fusebox = { retry: { retries: 1, minTimeout: 1, maxTimeout: 2 } };

/** Each executor with the engine that it speaks to, and its options for that engine as its README names them. */
const EXECUTORS = {
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
 * Starts the recording engine of a published executor and constructs the executor on it, the way the API does.
 *
 * @param name docker, jenkins, k8s, k8s-vm, nomad or queue
 * @param load requires a package from the tree that holds the executor
 * @returns `{ executor, engine, api, close }`; the engines have `requests`, `fail()` and `recover()`
 */
async function startExecutor(name, load) {
    const api = await startScrewdriverApi();
    const engine = await EXECUTORS[name].startEngine();
    const Plugin = load(`screwdriver-executor-${name}`);
    const executor = new Plugin({ ecosystem: ecosystem(api, engine), ...EXECUTORS[name].options(engine) });

    return { executor, engine, api, close: () => Promise.all([engine.close(), api.close()]) };
}

/** Starts router over k8s, docker and jenkins. `engines` has one per executor. */
async function startRouter(load, options = {}) {
    const api = await startScrewdriverApi();
    const names = ['k8s', 'docker', 'jenkins'];
    const engines = {};

    for (const name of names) engines[name] = await EXECUTORS[name].startEngine();
    const Plugin = load('screwdriver-executor-router');
    const executor = new Plugin({
        ecosystem: ecosystem(api, api),
        defaultPlugin: 'k8s',
        executor: names.map(name => ({ name, options: EXECUTORS[name].options(engines[name]) })),
        ...options
    });

    return {
        executor,
        engines,
        api,
        close: () => Promise.all([api, ...Object.values(engines)].map(server => server.close()))
    };
}

function ecosystem(api, queue) {
    return { api: api.uri, store: 'http://store.example', ui: 'http://ui.example', queue: queue.uri };
}

module.exports = { EXECUTORS, startExecutor, startRouter };
