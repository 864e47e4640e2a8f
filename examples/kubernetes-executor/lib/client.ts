import { once } from 'node:events';
import http = require('node:http');
import https = require('node:https');
import { URLSearchParams } from 'node:url';
import { CoreV1Api, ServerConfiguration, createConfiguration } from '@kubernetes/client-node';
import { clusterError, isDenied } from './errors';
import { persist } from './retry';
import type { IncomingMessage } from 'node:http';
import type { KubeConfig, V1Pod as Pod } from '@kubernetes/client-node';

/** A watch is reopened after this time. */
const WATCH_SECONDS = 60;
/** Milliseconds after that by which the cluster must have ended the watch itself. */
const GRACE = 5_000;

/** The API of a cluster with a time limit for each request, which would otherwise wait forever. */
export class Client {
    #kubeConfig;
    #server;
    #answerTimeout;

    /** @param answerTimeout milliseconds */
    constructor(kubeConfig: KubeConfig, answerTimeout: number) {
        this.#kubeConfig = kubeConfig;
        this.#server = kubeConfig.getCurrentCluster()?.server ?? '';
        this.#answerTimeout = answerTimeout;
    }

    /**
     * Asks again while the cluster refuses access, since an API server that has just started knows no roles yet.
     *
     * @param signal ends the call, which then rejects with the reason
     * @param isNone whether to ignore an error and resolve with undefined
     * @param secret what the call sends to the cluster, which errors must not quote
     */
    ask<Result>(
        call: (core: CoreV1Api) => Promise<Result>,
        signal: AbortSignal,
        isNone: (error: unknown) => boolean = () => false,
        secret = ''
    ): Promise<Result | undefined> {
        return persist(() => this.#askOnce(call, signal, isNone, secret), signal, isDenied);
    }

    async #askOnce<Result>(
        call: (core: CoreV1Api) => Promise<Result>,
        signal: AbortSignal,
        isNone: (error: unknown) => boolean,
        secret: string
    ): Promise<Result | undefined> {
        const { end, clear } = endOf(signal, this.#answerTimeout);
        // Made like `makeApiClient` of the config does, except for the signal.
        const core = new CoreV1Api(
            createConfiguration({
                baseServer: new ServerConfiguration(this.#server, {}),
                authMethods: { default: this.#kubeConfig },
                promiseMiddleware: [
                    {
                        pre(request) {
                            request.setSignal(end);

                            return Promise.resolve(request);
                        },
                        post: response => Promise.resolve(response)
                    }
                ]
            })
        );

        try {
            return await unlessOver(call(core), end);
        } catch (error) {
            const failure = clusterError(signal.aborted ? (signal.reason as unknown) : error, secret);

            if (isNone(failure)) return undefined;
            throw failure;
        } finally {
            clear();
        }
    }

    /**
     * The changes of a pod from a version of the cluster's state on, undefined when it is gone. The watch ends for many
     * reasons, and its end does not say what has happened to the pod. (The client's own watch cannot be ended before it
     * is answered.)
     */
    async *changes(
        { namespace, ...query }: { namespace: string; fieldSelector: string; resourceVersion: string },
        signal: AbortSignal
    ): AsyncGenerator<Pod | undefined> {
        const { end, clear } = endOf(signal, WATCH_SECONDS * 1000 + GRACE);
        const options = { signal: end };
        const search = new URLSearchParams({ ...query, watch: 'true', timeoutSeconds: String(WATCH_SECONDS) });

        try {
            await unlessOver(this.#kubeConfig.applyToHTTPSOptions(options), end);
            const { get } = this.#server.startsWith('https:') ? https : http;
            const request = get(`${this.#server}/api/v1/namespaces/${namespace}/pods?${search.toString()}`, options);

            // A request that has no connection yet reports nothing when it is given up, and may fail later.
            request.on('error', () => {});
            const [response] = (await once(request, 'response', { signal: end })) as [IncomingMessage];

            for await (const { type, object } of jsonLines(response)) {
                // An answer that is not from a watch has no type.
                if (!['ADDED', 'MODIFIED', 'DELETED'].includes(type)) return;
                yield type === 'DELETED' ? undefined : object;
            }
        } catch {
            // The caller looks at the pod again.
        } finally {
            clear();
        }
    }
}

/** A line of a watch. */
type Change = { type: string; object: Pod };

async function* jsonLines(response: IncomingMessage): AsyncGenerator<Change> {
    let rest = '';

    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = `${rest}${chunk}`.split('\n');

        rest = lines.pop() ?? '';
        yield* lines.map(line => JSON.parse(line) as Change);
    }
}

/**
 * Settles as the work does, unless the signal comes first: a plug-in for credentials, for example, may never answer.
 */
async function unlessOver<Result>(work: Promise<Result>, end: AbortSignal): Promise<Result> {
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

/** A signal that is aborted with another one, or after a time unless it is cleared before. */
function endOf(signal: AbortSignal, milliseconds: number) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), milliseconds);

    return { end: AbortSignal.any([signal, late.signal]), clear: () => clearTimeout(timer) };
}
