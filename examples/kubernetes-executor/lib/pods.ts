import { Client } from './client';
import { clusterError, foreign, isExisting, notKubernetes, statusOf, unconfirmed } from './errors';
import { BUILD } from './containers';
import { BUILD_LABEL, buildIdOf, isSame, nameOf, secretNameOf, secretOf, tokenIn } from './pod';
import { REMOVAL, graceOf, isEnding, isIdle, lacksSandbox, timeOf } from './pod-state';
import { pause, persist } from './retry';
import type { CoreV1Api, CoreV1Event, KubeConfig, V1Pod as Pod } from '@kubernetes/client-node';
import type { ExecutorError } from 'screwdriver-executor-base';
import type { Settings } from './settings';

/** The builds' pods on the cluster, with the Secret that each owns. Each call is ended by its signal. */
export class Pods {
    #client;
    #settings;
    #namespace;

    constructor(kubeConfig: KubeConfig, settings: Settings) {
        this.#client = new Client(kubeConfig, settings.answerTimeout);
        this.#settings = settings;
        this.#namespace = settings.namespace;
    }

    /** Makes the pod. Its name decides between concurrent starts of a build, since only one can make it. */
    async add(body: Pod, signal: AbortSignal): Promise<Pod> {
        const namespace = this.#namespace;
        const made = await this.#client.ask(core => core.createNamespacedPod({ namespace, body }), signal);

        return made as Pod;
    }

    /**
     * Lets the build's container start, unless another executor has already done so.
     *
     * @param token the build's own
     */
    async addToken(pod: Pod, token: string, signal: AbortSignal) {
        const body = secretOf(pod, token);
        const namespace = this.#namespace;

        const create = (core: CoreV1Api) => core.createNamespacedSecret({ namespace, body });

        await this.#client.ask(create, signal, isExisting, token);
    }

    /** The build's own token. Undefined if it has none yet, or no longer has one. */
    async tokenOf(pod: Pod, signal: AbortSignal) {
        const secret = { namespace: this.#namespace, name: secretNameOf(pod) };
        const found = await this.#client.ask(core => core.readNamespacedSecret(secret), signal, isMissing);

        return found && tokenIn(found);
    }

    /** Whether the start of a pod is not finished: nothing runs in it, and it has no token. */
    async isUnfinished(pod: Pod | undefined, signal: AbortSignal): Promise<boolean> {
        return pod?.status?.phase === 'Pending' && !isEnding(pod) && (await this.tokenOf(pod, signal)) === undefined;
    }

    /** The pods of all builds that this executor, or one with the same settings, has started, by the builds' ids. */
    async all(signal: AbortSignal) {
        const request = { namespace: this.#namespace, labelSelector: BUILD_LABEL };
        const list = await this.#client.ask(core => core.listNamespacedPod(request), signal);
        const there = new Map<string, Pod>();

        for (const pod of list?.items ?? []) {
            const id = buildIdOf(this.#settings, pod);

            if (id !== undefined) there.set(id, pod);
        }

        return there;
    }

    /** The last line that the build's container has printed. Empty if it cannot be read. */
    async lastLine({ metadata }: Pod, signal: AbortSignal) {
        const request = { namespace: this.#namespace, name: metadata?.name ?? '', container: BUILD, tailLines: 1 };
        const line = await this.#client.ask(
            core => core.readNamespacedPodLog(request),
            signal,
            () => true
        );

        return line?.trim() ?? '';
    }

    /** The cluster's last warning about a pod that is not prepared. Empty if there is none or it may not be read. */
    async warningOf(pod: Pod | undefined, signal: AbortSignal) {
        if (!pod || !lacksSandbox(pod)) return '';
        const fieldSelector = `involvedObject.uid=${pod.metadata?.uid},type=Warning`;
        const request = { namespace: this.#namespace, fieldSelector };
        const list = await this.#client.ask(
            core => core.listNamespacedEvent(request),
            signal,
            () => true
        );
        const [last] = (list?.items ?? []).toSorted((one, other) => whenOf(other) - whenOf(one));

        return last?.message ?? '';
    }

    /** Makes the cluster end a build, TERM first, as if its pod's deadline had come. The pod and its Secret stay. */
    async expire({ metadata }: Pod, signal: AbortSignal) {
        const body = [{ op: 'add', path: '/spec/activeDeadlineSeconds', value: 1 }];
        const request = { namespace: this.#namespace, name: metadata?.name ?? '', body };

        await persist(() => this.#client.ask(core => core.patchNamespacedPod(request), signal, isMissing), signal);
    }

    /** Finds the pod of a build. Rejects if an executor with these settings has not made the pod of that name. */
    async find(buildId: number | string, signal: AbortSignal) {
        const name = nameOf(this.#settings, buildId);
        const { found } = await this.#look(name, signal);

        if (found && !secretNameOf(found)) throw foreign(name);

        return found;
    }

    /**
     * Orders the end of a build, TERM first, and resolves once the cluster has accepted the order, which it carries out
     * itself.
     *
     * @param pod as the cluster has it
     */
    async end(pod: Pod, signal: AbortSignal) {
        const secret = { namespace: this.#namespace, name: secretNameOf(pod) };
        // A node takes up to a minute to release a pod in which nothing runs, and some let a pod that has just begun
        // run on for that long. Without a pod, the node still gives the container its grace time.
        const options = pod.status?.phase === 'Pending' ? { gracePeriodSeconds: 0 } : undefined;

        // The pod owns the Secret. It is removed first, so that a container that has not started yet does not start.
        await persist(() => this.#client.ask(core => core.deleteNamespacedSecret(secret), signal, isMissing), signal);
        if (!isEnding(pod)) await this.#delete(pod, signal, options);
    }

    /** Waits until a pod that is being ended is gone. Rejects if its node does not confirm that in time. */
    async gone(pod: Pod, signal: AbortSignal) {
        const late = new AbortController();
        const end = AbortSignal.any([signal, late.signal]);
        const timer = setTimeout(() => late.abort(unconfirmed(pod)), graceOf(pod) + REMOVAL);

        try {
            await this.when(pod, isIdle, end);
            // As in `end`.
            await this.#delete(pod, end, { gracePeriodSeconds: 0 });
            await this.when(pod, () => false, end);
        } finally {
            clearTimeout(timer);
        }
    }

    /** Not just by name: by now another start may have made a new pod, which must not be touched (409). */
    async #delete({ metadata }: Pod, signal: AbortSignal, options?: { gracePeriodSeconds?: number }) {
        const { name = '', uid = '' } = metadata ?? {};
        const request = { namespace: this.#namespace, name, body: { preconditions: { uid }, ...options } };
        const isGone = (error: unknown) => isMissing(error) || statusOf(error) === 409;

        await persist(() => this.#client.ask(core => core.deleteNamespacedPod(request), signal, isGone), signal);
    }

    /**
     * Waits until a pod is as wanted, and resolves with it, or with undefined if it is gone. Also waits for a cluster
     * that is down for a while.
     *
     * @param signal ends the wait, which then rejects
     */
    async when(pod: Pod, isWanted: (found: Pod) => boolean, signal: AbortSignal): Promise<Pod | undefined> {
        const ours = (found: Pod | undefined) => (isSame(found, pod) ? found : undefined);
        const isDecided = (found: Pod | undefined) => !found || isWanted(found);

        for (;;) {
            if (signal.aborted) throw clusterError(signal.reason);
            try {
                const { found, query } = await this.#look(pod.metadata?.name ?? '', signal);

                if (isDecided(ours(found))) return ours(found);
                for await (const changed of this.#client.changes(query, signal)) {
                    if (isDecided(ours(changed))) return ours(changed);
                }
            } catch (error) {
                if (!(error as ExecutorError).retryable) throw error;
            }
            await pause(signal);
        }
    }

    /** The pod of this name, and the query for its changes from then on. */
    async #look(name: string, signal: AbortSignal) {
        const request = { namespace: this.#namespace, fieldSelector: `metadata.name=${name}` };
        const list = await this.#client.ask(core => core.listNamespacedPod(request), signal);

        if (!Array.isArray(list?.items)) throw notKubernetes();

        return {
            found: list.items[0],
            query: { ...request, resourceVersion: list.metadata?.resourceVersion ?? '' }
        };
    }
}

/** The time of an event in milliseconds. Which of its times an event has depends on its source. */
function whenOf({ lastTimestamp, eventTime, metadata }: CoreV1Event) {
    return timeOf(lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}

function isMissing(error: unknown) {
    return statusOf(error) === 404;
}
