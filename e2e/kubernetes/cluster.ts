import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { CoreV1Api, KubeConfig } from '../../examples/kubernetes-executor/node_modules/@kubernetes/client-node';
import { until } from '../support/until';
import type { BuildId } from 'screwdriver-executor-base';
import type { V1Pod } from '../../examples/kubernetes-executor/node_modules/@kubernetes/client-node';

export type { KubeConfig, V1Pod } from '../../examples/kubernetes-executor/node_modules/@kubernetes/client-node';
/** A mocha suite, or one of its checks, that can be skipped. */
type Skippable = { skip(): void };
/** As the cluster answers: with the optional members of its schema, and at least one item in each list. */
type Whole<T> = T extends Date
    ? T
    : T extends (infer Item)[]
      ? [Whole<Item>, ...Whole<Item>[]]
      : T extends object
        ? { [Key in keyof T]-?: Whole<NonNullable<T[Key]>> }
        : T;
type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export const kubeConfig = new KubeConfig();

kubeConfig.loadFromDefault();

export const core = kubeConfig.makeApiClient(CoreV1Api);
export const namespace = process.env.NAMESPACE ?? 'default';
/** What pods on this cluster need in addition to what the executor gives them, as JSON. */
export const podTemplate = JSON.parse(process.env.POD_TEMPLATE ?? '{}') as { spec?: object };

function names({ items }: { items: { metadata?: { name?: string } }[] }) {
    return items.map(({ metadata }) => metadata?.name ?? '').sort();
}

/** The name of a build's pod. */
export function nameOf(buildId: BuildId) {
    return `sd-build-${buildId}`;
}

/** The names of the pods and Secrets in the namespace. */
export type Listing = Awaited<ReturnType<typeof listing>>;

/** The account of the checks' executors. Older clusters create a Secret for it, some time later. */
export const ACCOUNT = 'sd-e2e-role';

/** Resolves with the names of the pods and Secrets in the namespace. */
export async function listing() {
    const secrets = names(await core.listNamespacedSecret({ namespace }));

    return {
        pods: names(await core.listNamespacedPod({ namespace })),
        secrets: secrets.filter(name => !name.startsWith(ACCOUNT))
    };
}

export async function pod(buildId: BuildId) {
    return (await core.readNamespacedPod({ namespace, name: nameOf(buildId) })) as Whole<V1Pod>;
}

/** Resolves with the pod once it is in one of these phases. */
export function phase(buildId: BuildId, ...phases: Phase[]): Promise<Whole<V1Pod>> {
    const look = async () => {
        const found = await pod(buildId);

        return phases.includes(found.status.phase as Phase) ? found : undefined;
    };

    // A small node needs minutes for thirty pods at once.
    return until(`a pod in phase ${phases.join(' or ')}`, look, 240);
}

/** Lets the deadline of a running build's pod come, and resolves with that deadline: the seconds from the pod's start. */
export async function expire(buildId: BuildId) {
    const { startTime } = (await pod(buildId)).status;
    const value = Math.ceil((Date.now() - startTime.getTime()) / 1000) + 2;
    const body = [{ op: 'add', path: '/spec/activeDeadlineSeconds', value }];

    await core.patchNamespacedPod({ namespace, name: nameOf(buildId), body });
    await phase(buildId, 'Failed');

    return value;
}

/** Resolves with everything that the build's container has printed, once it has ended. */
export async function output(buildId: BuildId) {
    await phase(buildId, 'Succeeded', 'Failed');

    return core.readNamespacedPodLog({ namespace, name: nameOf(buildId), container: 'build' });
}

/** For checks whose pods reach servers on this machine's loopback: they need nodes that share it. */
export function needsThisHost(suite: Skippable) {
    if (!process.env.LOAD_IMAGE) return;
    console.log('      not run: with LOAD_IMAGE the nodes of the cluster are not on this machine');
    suite.skip();
}

/** For checks of a crash. */
export function needsRestart(suite: Skippable) {
    if (process.env.KUBERNETES_RESTART) return;
    console.log('      not run: KUBERNETES_RESTART does not say how this cluster is killed and started again');
    suite.skip();
}

/** Kills the cluster and starts it again. */
export function restart() {
    return promisify(exec)(process.env.KUBERNETES_RESTART ?? '');
}

/** Resolves once the cluster is down. */
export function crash() {
    return until('the crash', () =>
        listing().then(
            () => false,
            () => true
        )
    );
}
