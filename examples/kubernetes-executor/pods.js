'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { CoreV1Api, ServerConfiguration, Watch, createConfiguration } = require('@kubernetes/client-node');
const { alreadyThere, clusterError, statusOf } = require('./errors');
const { nameOf, secretNameOf, secretOf } = require('./pod');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

/** A watch is opened again after this time, so that one whose connection has died unseen does no harm. */
const WATCH_SECONDS = 60;
/** Milliseconds between two watches: a cluster that is down is not to be flooded. */
const PAUSE = 200;
/** Milliseconds beyond its grace period in which a pod must be gone. */
const REMOVAL = 60_000;

/** The builds' pods on the cluster, with the Secret that each owns. */
class Pods {
    #core;
    #watch;
    #settings;
    #namespace;

    /**
     * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
     * @param {import('./index').Settings} settings
     */
    constructor(kubeConfig, settings) {
        this.#core = clientOf(kubeConfig, settings.answerTimeout);
        this.#watch = new Watch(kubeConfig);
        this.#settings = settings;
        this.#namespace = settings.namespace;
    }

    /**
     * The name of the pod is the lock: a second start of the build fails here, even one from another process.
     *
     * @param {Pod} pod
     * @param {number | string} buildId
     */
    async add(pod, buildId) {
        try {
            return await this.#core.createNamespacedPod({ namespace: this.#namespace, body: pod });
        } catch (error) {
            throw statusOf(error) === 409 ? alreadyThere(buildId, error) : clusterError(error);
        }
    }

    /**
     * Lets the build's container start. Another executor may have done it already.
     *
     * @param {Pod} pod
     * @param {string} token the build's own
     */
    async addToken(pod, token) {
        await unless(
            409,
            this.#core.createNamespacedSecret({ namespace: this.#namespace, body: secretOf(pod, token) })
        );
    }

    /** @param {Pod} pod */
    async hasToken(pod) {
        const secret = { namespace: this.#namespace, name: secretNameOf(pod) };

        return (await unless(404, this.#core.readNamespacedSecret(secret))) !== undefined;
    }

    /** @param {number | string} buildId */
    find(buildId) {
        return unless(404, this.#core.readNamespacedPod(this.#at(buildId)));
    }

    /**
     * Ends the build, TERM first, and resolves when its pod is gone, and its Secret with it. Nothing there is no error.
     *
     * @param {number | string} buildId
     * @param {AbortSignal} [signal] to stop waiting
     */
    async remove(buildId, signal) {
        const pod = await this.find(buildId);

        if (!pod) return;
        const late = AbortSignal.timeout((pod.spec?.terminationGracePeriodSeconds ?? 0) * 1000 + REMOVAL);
        const end = signal ? AbortSignal.any([signal, late]) : late;
        const isGone = (/** @type {Pod | undefined} */ found) => found?.metadata?.uid !== pod.metadata?.uid;

        await unless(404, this.#core.deleteNamespacedSecret({ namespace: this.#namespace, name: secretNameOf(pod) }));
        if (!isIdle(pod)) {
            await this.#delete(pod);
            await this.when(buildId, found => isGone(found) || isIdle(found), end);
        }
        // A node takes up to a minute to let go of a pod in which nothing runs.
        await this.#delete(pod, { gracePeriodSeconds: 0 });
        await this.when(buildId, isGone, end);
    }

    /**
     * Not by the name alone: by now another start may have put a new pod there, which is not to be touched (409).
     *
     * @param {Pod} pod
     * @param {{ gracePeriodSeconds?: number }} [options]
     */
    async #delete({ metadata }, options) {
        const { name = '', uid = '' } = metadata ?? {};
        const body = { preconditions: { uid }, ...options };
        const answer = unless(404, this.#core.deleteNamespacedPod({ namespace: this.#namespace, name, body }));

        await unless(409, answer);
    }

    /**
     * Watches the build's pod until it is as wanted, and resolves with it: undefined where it is gone.
     *
     * @param {number | string} buildId
     * @param {(pod: Pod | undefined) => boolean} isWanted
     * @param {AbortSignal} signal ends the watch, and rejects
     */
    async when(buildId, isWanted, signal) {
        for (;;) {
            if (signal.aborted) throw clusterError(signal.reason);
            const pod = await this.find(buildId);

            if (isWanted(pod)) return pod;
            // A watch ends for many reasons, none of which says what has become of the pod: that is asked each time.
            await this.#change(pod, isWanted, signal);
            await wait(PAUSE);
        }
    }

    /**
     * Resolves when the pod has changed into what is wanted, and whenever its watch ends.
     *
     * @param {Pod | undefined} pod as it is known
     * @param {(pod: Pod | undefined) => boolean} isWanted
     * @param {AbortSignal} signal
     */
    async #change(pod, isWanted, signal) {
        const { name = '', resourceVersion } = pod?.metadata ?? {};
        const path = `/api/v1/namespaces/${this.#namespace}/pods`;
        const query = { fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: WATCH_SECONDS };
        const over = new AbortController();

        await new Promise(resolve => {
            const onEvent = (/** @type {string} */ type, /** @type {Pod} */ changed) => {
                if (type === 'ERROR' || isWanted(type === 'DELETED' ? undefined : changed)) resolve(undefined);
            };
            const watching = this.#watch.watch(path, query, onEvent, resolve);

            signal.addEventListener('abort', resolve, { once: true, signal: over.signal });
            over.signal.addEventListener('abort', () => void watching.then(watch => watch.abort()), { once: true });
        });
        over.abort();
    }

    /** @param {number | string} buildId */
    #at(buildId) {
        return { namespace: this.#namespace, name: nameOf(this.#settings, buildId) };
    }
}

/**
 * As `makeApiClient` of the config makes it, but with an end to each request: by itself it waits for ever.
 *
 * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
 * @param {number} milliseconds
 */
function clientOf(kubeConfig, milliseconds) {
    return new CoreV1Api(
        createConfiguration({
            baseServer: new ServerConfiguration(kubeConfig.getCurrentCluster()?.server ?? '', {}),
            authMethods: { default: kubeConfig },
            promiseMiddleware: [
                {
                    pre: async request => {
                        request.setSignal(AbortSignal.timeout(milliseconds));

                        return request;
                    },
                    post: async response => response
                }
            ]
        })
    );
}

/**
 * Whether no build runs in a pod: it has not begun, or it is over.
 *
 * @param {Pod | undefined} pod
 */
function isIdle(pod) {
    return ['Pending', 'Succeeded', 'Failed'].includes(pod?.status?.phase ?? '');
}

/**
 * @template Result
 * @param {number} status that an answer may have without being an error
 * @param {Promise<Result>} answer
 * @returns {Promise<Result | undefined>}
 */
async function unless(status, answer) {
    try {
        return await answer;
    } catch (error) {
        if (statusOf(error) === status) return undefined;
        throw clusterError(error);
    }
}

module.exports = { Pods };
