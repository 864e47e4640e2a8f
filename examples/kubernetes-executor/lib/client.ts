import { once } from 'node:events';
import http = require('node:http');
import https = require('node:https');
import { URLSearchParams } from 'node:url';
import { CoreV1Api, ServerConfiguration, createConfiguration } from '@kubernetes/client-node';
import { clusterError } from './errors';
import type { IncomingMessage } from 'node:http';
import type { KubeConfig, V1Pod as Pod } from '@kubernetes/client-node';

/** A watch is opened again after this time. */
const WATCH_SECONDS = 60;
/** Milliseconds after that in which the cluster must have ended the watch itself. */
const GRACE = 5_000;

/** The API of a cluster, with an end to each request: by itself one waits for ever. */
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
     * @param signal ends it, and it rejects with the reason
     * @param isNone whether an error is none here: then it resolves with undefined
     * @param secret what the call sends to the cluster, for no error to quote
     */
    async ask<Result>(
        call: (core: CoreV1Api) => Promise<Result>,
        signal: AbortSignal,
        isNone: (error: unknown) => boolean = () => false,
        secret = ''
    ): Promise<Result | undefined> {
        const { end, clear } = endOf(signal, this.#answerTimeout);
        // As `makeApiClient` of the config makes it, but for the signal.
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
     * What becomes of a pod from a version of the cluster's state on: undefined where it is gone. It ends for many
     * reasons, none of which says what has become of the pod. (The client's own watch does not end before it is
     * answered.)
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

            // One that has no connection yet says nothing when it is given up, and may fail later.
            request.on('error', () => {});
            const [response] = (await once(request, 'response', { signal: end })) as [IncomingMessage];

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

/** What a watch tells. */
type Change = { type: string; object: Pod };

async function* jsonLines(response: IncomingMessage): AsyncGenerator<Change> {
    let rest = '';

    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = `${rest}${chunk}`.split('\n');

        rest = lines.pop() ?? '';
        yield* lines.map(line => JSON.parse(line) as Change);
    }
}

/** What the work comes to, unless the signal comes first: to ask a plug-in for credentials, say, has no end of its own. */
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

/** A signal that is aborted with another one or after a time, unless it is cleared before. */
function endOf(signal: AbortSignal, milliseconds: number) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), milliseconds);

    return { end: AbortSignal.any([signal, late.signal]), clear: () => clearTimeout(timer) };
}
