'use strict';

const { setTimeout: wait } = require('node:timers/promises');
const { Watch } = require('@kubernetes/client-node');
const { clientOf } = require('./client');
const { alreadyThere, clusterError, foreign, statusOf, tooLate } = require('./errors');
const { isSame, nameOf, secretNameOf, secretOf } = require('./pod');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

/** A watch is opened again after this time. */
const WATCH_SECONDS = 60;
/** Seconds after that in which the cluster must have ended the watch itself. */
const GRACE_SECONDS = 5;
/** Milliseconds between two watches: a cluster that is down is not to be flooded. */
const PAUSE = 500;
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
     * @param {import('./settings').Settings} settings
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

    /**
     * Rejects where the pod of that name is not one that an executor like this has made.
     *
     * @param {number | string} buildId
     */
    async find(buildId) {
        return (await this.#look(buildId)).pod;
    }

    /**
     * Ends the build, TERM first, and resolves when its pod is gone, and its Secret with it. Nothing there is no error.
     *
     * @param {number | string} buildId
     * @param {{ signal?: AbortSignal, only?: Pod }} [options] to stop waiting; to leave any other pod of the build alone
     */
    async remove(buildId, { signal, only } = {}) {
        const pod = await this.find(buildId);

        if (!pod || (only && !isSame(pod, only))) return;
        const isGone = (/** @type {Pod | undefined} */ found) => !isSame(found, pod);
        const late = new AbortController();
        const end = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
        const grace = (pod.spec?.terminationGracePeriodSeconds ?? 0) * 1000;
        const timer = setTimeout(() => late.abort(tooLate()), grace + REMOVAL);

        try {
            await unless(
                404,
                this.#core.deleteNamespacedSecret({ namespace: this.#namespace, name: secretNameOf(pod) })
            );
            if (!isIdle(pod)) {
                await this.#delete(pod);
                await this.when(buildId, found => isGone(found) || isIdle(found), end);
            }
            // A node takes up to a minute to let go of a pod in which nothing runs.
            await this.#delete(pod, { gracePeriodSeconds: 0 });
            await this.when(buildId, isGone, end);
        } finally {
            clearTimeout(timer);
        }
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
     * Waits until the build's pod is as wanted, and resolves with it: undefined where it is gone. A cluster that is away
     * for a while is waited for, too.
     *
     * @param {number | string} buildId
     * @param {(pod: Pod | undefined) => boolean} isWanted
     * @param {AbortSignal} signal ends the wait, and rejects
     */
    async when(buildId, isWanted, signal) {
        for (;;) {
            if (signal.aborted) throw clusterError(signal.reason);
            try {
                const { pod, version } = await this.#look(buildId);

                if (isWanted(pod)) return pod;
                // A watch ends for many reasons, none of which says what has become of the pod: that is asked each time.
                await this.#change(buildId, version, isWanted, signal);
            } catch (error) {
                if (!clusterError(error).retryable) throw error;
            }
            await wait(PAUSE, undefined, { signal }).catch(() => {});
        }
    }

    /**
     * The build's pod, and the version of the cluster's state in which it was seen.
     *
     * @param {number | string} buildId
     */
    async #look(buildId) {
        const fieldSelector = this.#selectorOf(buildId);

        try {
            const { items, metadata } = await this.#core.listNamespacedPod({
                namespace: this.#namespace,
                fieldSelector
            });
            const [pod] = items;

            if (pod && !secretNameOf(pod)) throw foreign(nameOf(this.#settings, buildId));

            return { pod, version: metadata?.resourceVersion };
        } catch (error) {
            throw clusterError(error);
        }
    }

    /**
     * Resolves when the pod has changed into what is wanted, and whenever its watch ends.
     *
     * @param {number | string} buildId
     * @param {string | undefined} resourceVersion from which on changes are told
     * @param {(pod: Pod | undefined) => boolean} isWanted
     * @param {AbortSignal} signal
     */
    async #change(buildId, resourceVersion, isWanted, signal) {
        const path = `/api/v1/namespaces/${this.#namespace}/pods`;
        const query = { fieldSelector: this.#selectorOf(buildId), resourceVersion, timeoutSeconds: WATCH_SECONDS };
        const over = new AbortController();

        await new Promise(resolve => {
            const onEvent = (/** @type {string} */ type, /** @type {Pod} */ changed) => {
                if (type === 'ERROR' || isWanted(type === 'DELETED' ? undefined : changed)) resolve(undefined);
            };
            const watching = this.#watch.watch(path, query, onEvent, resolve);
            // The server ends its watch earlier. One that has died, or never began, does not.
            const timer = setTimeout(resolve, (WATCH_SECONDS + GRACE_SECONDS) * 1000);

            watching.catch(resolve);
            if (signal.aborted) resolve(undefined);
            signal.addEventListener('abort', resolve, { once: true, signal: over.signal });
            over.signal.addEventListener('abort', () => {
                clearTimeout(timer);
                watching.then(
                    watch => watch.abort(),
                    () => {}
                );
            });
        });
        over.abort();
    }

    /** @param {number | string} buildId */
    #selectorOf(buildId) {
        return `metadata.name=${nameOf(this.#settings, buildId)}`;
    }
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
