'use strict';

const { once } = require('node:events');
const http = require('node:http');
const https = require('node:https');
const { URLSearchParams } = require('node:url');
const { CoreV1Api, ServerConfiguration, createConfiguration } = require('@kubernetes/client-node');
const { clusterError } = require('./errors');

/** @typedef {import('@kubernetes/client-node').V1Pod} Pod */

/** A watch is opened again after this time. */
const WATCH_SECONDS = 60;
/** Milliseconds after that in which the cluster must have ended the watch itself. */
const GRACE = 5_000;

/** The API of a cluster, with an end to each request: by itself one waits for ever. */
class Client {
    #kubeConfig;
    #server;
    #answerTimeout;

    /**
     * @param {import('@kubernetes/client-node').KubeConfig} kubeConfig
     * @param {number} answerTimeout milliseconds
     */
    constructor(kubeConfig, answerTimeout) {
        this.#kubeConfig = kubeConfig;
        this.#server = kubeConfig.getCurrentCluster()?.server ?? '';
        this.#answerTimeout = answerTimeout;
    }

    /**
     * @template Result
     * @param {(core: CoreV1Api) => Promise<Result>} call
     * @param {AbortSignal} signal ends it, and it rejects with the reason
     * @param {(error: unknown) => boolean} [isNone] whether an error is none here: then it resolves with undefined
     * @returns {Promise<Result | undefined>}
     */
    async ask(call, signal, isNone = () => false) {
        const { end, clear } = endOf(signal, this.#answerTimeout);
        // As `makeApiClient` of the config makes it, but for the signal.
        const core = new CoreV1Api(
            createConfiguration({
                baseServer: new ServerConfiguration(this.#server, {}),
                authMethods: { default: this.#kubeConfig },
                promiseMiddleware: [
                    {
                        pre: async request => {
                            request.setSignal(end);

                            return request;
                        },
                        post: async response => response
                    }
                ]
            })
        );

        try {
            return await unlessOver(call(core), end);
        } catch (error) {
            const failure = clusterError(signal.aborted ? signal.reason : error);

            if (isNone(failure)) return undefined;
            throw failure;
        } finally {
            clear();
        }
    }

    /**
     * What becomes of a pod from a version of the cluster's state on: undefined where it is gone. It ends for many
     * reasons, none of which says what has become of the pod. (The client's own watch does not end before it is
     * answered.)
     *
     * @param {{ namespace: string, fieldSelector: string, resourceVersion: string }} pod
     * @param {AbortSignal} signal
     * @returns {AsyncGenerator<Pod | undefined>}
     */
    async *changes({ namespace, ...query }, signal) {
        const { end, clear } = endOf(signal, WATCH_SECONDS * 1000 + GRACE);
        const options = { signal: end };
        const search = new URLSearchParams({ ...query, watch: 'true', timeoutSeconds: String(WATCH_SECONDS) });

        try {
            await unlessOver(this.#kubeConfig.applyToHTTPSOptions(options), end);
            const { get } = this.#server.startsWith('https:') ? https : http;
            const request = get(`${this.#server}/api/v1/namespaces/${namespace}/pods?${search}`, options);

            // One that has no connection yet says nothing when it is given up, and may fail later.
            request.on('error', () => {});
            const [response] = await once(request, 'response', { signal: end });

            for await (const { type, object } of jsonLines(response)) {
                // An answer that is none of a watch has no type.
                if (!['ADDED', 'MODIFIED', 'DELETED'].includes(type)) return;
                yield type === 'DELETED' ? undefined : object;
            }
        } catch {
            // Whoever watches looks at the pod again.
        } finally {
            clear();
        }
    }
}

/** @param {import('node:http').IncomingMessage} response */
async function* jsonLines(response) {
    let rest = '';

    for await (const chunk of response.setEncoding('utf8')) {
        const lines = `${rest}${chunk}`.split('\n');

        rest = lines.pop() ?? '';
        yield* lines.map(line => JSON.parse(line));
    }
}

/**
 * What the work comes to, unless the signal comes first: to ask a plug-in for credentials, say, has no end of its own.
 *
 * @template Result
 * @param {Promise<Result>} work
 * @param {AbortSignal} end
 * @returns {Promise<Result>}
 */
async function unlessOver(work, end) {
    const settled = new AbortController();
    const over = end.aborted
        ? Promise.reject(end.reason)
        : once(end, 'abort', { signal: settled.signal }).then(() => Promise.reject(end.reason));

    try {
        return await Promise.race([work, over]);
    } finally {
        settled.abort();
    }
}

/**
 * A signal that is aborted with another one or after a time, unless it is cleared before.
 *
 * @param {AbortSignal} signal
 * @param {number} milliseconds
 */
function endOf(signal, milliseconds) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), milliseconds);

    return { end: AbortSignal.any([signal, late.signal]), clear: () => clearTimeout(timer) };
}

module.exports = { Client };
