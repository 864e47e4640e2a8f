'use strict';

const { Client } = require('./client');
const { clusterError, foreign, isExisting, notKubernetes, statusOf, unconfirmed } = require('./errors');
const { isSame, nameOf, secretNameOf, secretOf } = require('./pod');
const { isEnding, isIdle } = require('./pod-state');
const { pause, persist } = require('./retry');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

/** Milliseconds beyond its grace period in which a pod must be gone. */
const REMOVAL = 30_000;

/** The builds' pods on the cluster, with the Secret that each owns. A call is ended by its signal. */
class Pods {
    #client;
    #settings;
    #namespace;

    /**
     * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
     * @param {import('./settings').Settings} settings
     */
    constructor(kubeConfig, settings) {
        this.#client = new Client(kubeConfig, settings.answerTimeout);
        this.#settings = settings;
        this.#namespace = settings.namespace;
    }

    /**
     * The name of the pod decides between starts of the same build: one of them makes it.
     *
     * @param {Pod} body
     * @param {AbortSignal} signal
     * @returns {Promise<Pod>}
     */
    async add(body, signal) {
        const namespace = this.#namespace;
        const made = await this.#client.ask(core => core.createNamespacedPod({ namespace, body }), signal);

        return /** @type {Pod} */ (made);
    }

    /**
     * Lets the build's container start. Another executor may have done it already.
     *
     * @param {Pod} pod
     * @param {string} token the build's own
     * @param {AbortSignal} signal
     */
    async addToken(pod, token, signal) {
        const body = secretOf(pod, token);
        const namespace = this.#namespace;

        await this.#client.ask(core => core.createNamespacedSecret({ namespace, body }), signal, isExisting);
    }

    /**
     * @param {Pod} pod
     * @param {AbortSignal} signal
     */
    async hasToken(pod, signal) {
        const secret = { namespace: this.#namespace, name: secretNameOf(pod) };
        const found = await this.#client.ask(core => core.readNamespacedSecret(secret), signal, isMissing);

        return found !== undefined;
    }

    /**
     * Whether the start of a pod is not done yet: nothing runs in it, and it has no token.
     *
     * @param {Pod | undefined} pod
     * @param {AbortSignal} signal
     * @returns {Promise<boolean>}
     */
    async isUnfinished(pod, signal) {
        return pod?.status?.phase === 'Pending' && !isEnding(pod) && !(await this.hasToken(pod, signal));
    }

    /**
     * Rejects where the pod of that name is not one that an executor like this has made.
     *
     * @param {number | string} buildId
     * @param {AbortSignal} signal
     */
    async find(buildId, signal) {
        const name = nameOf(this.#settings, buildId);
        const { found } = await this.#look(name, signal);

        if (found && !secretNameOf(found)) throw foreign(name);

        return found;
    }

    /**
     * Orders the end of a build, TERM first, and resolves once the cluster has taken the order: it carries that out by
     * itself.
     *
     * @param {Pod} pod as the cluster has it
     * @param {AbortSignal} signal
     */
    async end(pod, signal) {
        const secret = { namespace: this.#namespace, name: secretNameOf(pod) };
        // A node takes up to a minute to let go of a pod in which nothing runs, and some let one that has just begun run on for
        // so long. Without a pod it gives the container its grace time all the same.
        const options = pod.status?.phase === 'Pending' ? { gracePeriodSeconds: 0 } : undefined;

        // The pod owns it. It goes first, so that a container that is still to come does not begin.
        await persist(() => this.#client.ask(core => core.deleteNamespacedSecret(secret), signal, isMissing), signal);
        if (!isEnding(pod)) await this.#delete(pod, signal, options);
    }

    /**
     * Waits until a pod that is being ended is gone. Rejects where its node does not confirm that in time.
     *
     * @param {Pod} pod
     * @param {AbortSignal} signal
     */
    async gone(pod, signal) {
        const late = new AbortController();
        const end = AbortSignal.any([signal, late.signal]);
        const grace = (pod.spec?.terminationGracePeriodSeconds ?? 0) * 1000;
        const timer = setTimeout(() => late.abort(unconfirmed(pod)), grace + REMOVAL);

        try {
            await this.when(pod, isIdle, end);
            // As in `end`.
            await this.#delete(pod, end, { gracePeriodSeconds: 0 });
            await this.when(pod, () => false, end);
        } finally {
            clearTimeout(timer);
        }
    }

    /**
     * Not by the name alone: by now another start may have put a new pod there, which is not to be touched (409).
     *
     * @param {Pod} pod
     * @param {AbortSignal} signal
     * @param {{ gracePeriodSeconds?: number }} [options]
     */
    async #delete({ metadata }, signal, options) {
        const { name = '', uid = '' } = metadata ?? {};
        const request = { namespace: this.#namespace, name, body: { preconditions: { uid }, ...options } };
        const isGone = (/** @type {any} */ error) => isMissing(error) || statusOf(error) === 409;

        await persist(() => this.#client.ask(core => core.deleteNamespacedPod(request), signal, isGone), signal);
    }

    /**
     * Waits until a pod is as wanted, and resolves with what it is then: undefined where it is gone. A cluster that is
     * away for a while is waited for, too.
     *
     * @param {Pod} pod
     * @param {(found: Pod) => boolean} isWanted
     * @param {AbortSignal} signal ends the wait, and rejects
     * @returns {Promise<Pod | undefined>}
     */
    async when(pod, isWanted, signal) {
        const ours = (/** @type {Pod | undefined} */ found) => (isSame(found, pod) ? found : undefined);
        const isDecided = (/** @type {Pod | undefined} */ found) => !found || isWanted(found);

        for (;;) {
            if (signal.aborted) throw clusterError(signal.reason);
            try {
                const { found, query } = await this.#look(pod.metadata?.name ?? '', signal);

                if (isDecided(ours(found))) return ours(found);
                for await (const changed of this.#client.changes(query, signal)) {
                    if (isDecided(ours(changed))) return ours(changed);
                }
            } catch (/** @type {any} */ error) {
                if (!error.retryable) throw error;
            }
            await pause(signal);
        }
    }

    /**
     * The pod that has a name, and the query that tells its changes from there on.
     *
     * @param {string} name
     * @param {AbortSignal} signal
     */
    async #look(name, signal) {
        const request = { namespace: this.#namespace, fieldSelector: `metadata.name=${name}` };
        const list = await this.#client.ask(core => core.listNamespacedPod(request), signal);

        if (!Array.isArray(list?.items)) throw notKubernetes();

        return {
            found: list.items[0],
            query: { ...request, resourceVersion: list.metadata?.resourceVersion ?? '' }
        };
    }
}

/** @param {any} error */
function isMissing(error) {
    return statusOf(error) === 404;
}

module.exports = { Pods };
